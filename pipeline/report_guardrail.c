/* What a guardrail judged, and what it could not. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"
#include "report_builder.h"
#include <string.h>

static size_t missed_for(const struct nd_verdicts *verdicts, const char *why)
{
    size_t n = 0;
    for (size_t i = 0; i < verdicts->n; i++)
        n += verdicts->v[i].missed && strcmp(verdicts->v[i].missed, why) == 0;
    return n;
}

static bool told_before(const struct nd_verdicts *verdicts, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (verdicts->v[i].missed && strcmp(verdicts->v[i].missed, verdicts->v[at].missed) == 0) return true;
    return false;
}

void nd_report_guardrail_notes(const struct nd_request *request, const struct nd_verdicts *verdicts,
                               struct nd_json *notes)
{
    for (size_t i = 0; i < verdicts->n; i++) {
        const char *why = verdicts->v[i].missed;
        if (!why || told_before(verdicts, i)) continue;
        char *note = nd_sayf(request->language, "Statements that the guardrail did not judge: %zu (%s).",
                             missed_for(verdicts, why), nd_say(request->language, why));
        nd_json_add_str(notes, note);
        nd_free(note);
    }
}

void nd_report_guardrail(const struct nd_request *request, const struct nd_verdicts *verdicts,
                         struct nd_json *checks)
{
    size_t judged = 0, blocked = 0, missed = 0;
    if (!request->guardrail) return;
    for (size_t i = 0; i < verdicts->n; i++) {
        const struct nd_verdict *v = &verdicts->v[i];
        judged += v->guardrail != NULL;
        blocked += nd_json_get_bool(v->guardrail, "blocked", false);
        missed += v->missed != NULL;
    }
    struct nd_json *row = nd_json_set(checks, "guardrail", nd_json_object());
    nd_json_set_str(row, "name", request->guardrail);
    nd_json_set_int(row, "judged", (int64_t)judged);
    nd_json_set_int(row, "blocked", (int64_t)blocked);
    nd_json_set_int(row, "missed", (int64_t)missed);
}
