/* Points that had to be covered: which section says something of each. */
#include "evidence.h"
#include "nightdesk/base/alloc.h"
#include "report_builder.h"
#include <string.h>

#define COVERED 0.6 /* share of a point's terms that a section's title or statements must hold */

static double share_of(const struct nd_termset *point, struct nd_view text, const char *lang)
{
    struct nd_termset terms;
    nd_termset_of(&terms, text, lang);
    double share = nd_termset_within(point, &terms);
    nd_termset_release(&terms);
    return share;
}

/* How much of the point a section holds: in its title, or in one of its statements. */
static double held_by(const struct nd_json *section, const struct nd_termset *point, const char *lang)
{
    double most = share_of(point, nd_json_view(nd_json_get(section, "title")), lang);
    ND_JSON_EACH(claim, nd_json_get(section, "claims"))
    {
        double share = share_of(point, nd_json_view(nd_json_get(claim, "text")), lang);
        if (share > most) most = share;
    }
    return most;
}

static char *covered(const char *text, const struct nd_json *sections, const char *lang)
{
    struct nd_termset point;
    const struct nd_json *best = NULL;
    double most = 0;
    nd_termset_of(&point, nd_view_of(text), lang);
    ND_JSON_EACH(section, sections)
    {
        double share = held_by(section, &point, lang);
        if (share <= most) continue;
        most = share;
        best = section;
    }
    nd_termset_release(&point);
    if (most < COVERED) return nd_sprintf("Asked to cover '%s': no section says anything solid of it.", text);
    bool found = nd_view_is(nd_json_view(nd_json_get(best, "status")), "found");
    return nd_sprintf("Asked to cover '%s': section '%s' %s.", text, nd_json_get_str(best, "title"),
                      found ? "does" : "looked for it and found nothing solid");
}

void nd_report_covered(const struct nd_request *request, const struct nd_json *report, struct nd_json *notes)
{
    for (size_t i = 0; i < request->must_cover.n; i++) {
        char *line = covered(request->must_cover.v[i], nd_json_get(report, "sections"), request->language);
        nd_json_add_str(notes, line);
        nd_free(line);
    }
}
