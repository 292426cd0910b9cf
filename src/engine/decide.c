/* The person's side of a gate: what is open, and deciding it. Needs no lease. */
#include "gate.h"
#include "look.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_MAX_BYTES ((size_t)64 << 10)

void nd_gate_release(struct nd_gate *gate)
{
    nd_json_free(gate->shown);
    *gate = (struct nd_gate){0};
}

static bool is_phase_gate(const char *gate)
{
    return strcmp(gate, "question") != 0 && strcmp(gate, "budget") != 0 && strcmp(gate, "limit") != 0;
}

/* The newest gate of what the run waits for that is open, or that is decided. */
static const struct nd_asked *newest_gate(const struct nd_meta *meta, const struct nd_asked_list *asked,
                                          bool decided)
{
    const struct nd_asked *newest = NULL;
    for (size_t i = 0; i < asked->n; i++) {
        const struct nd_asked *one = &asked->v[i];
        if ((one->decision != NULL) != decided || one->phase != meta->phase) continue;
        if (!nd_outcome_waits_at(meta->outcome, one->gate)) continue;
        if (!newest || one->opened_ms >= newest->opened_ms) newest = one;
    }
    return newest;
}

static const struct nd_asked *open_gate(const struct nd_meta *meta, const struct nd_asked_list *asked)
{
    return newest_gate(meta, asked, false);
}

static enum nd_rc nothing_open(const struct nd_meta *meta, const struct nd_asked_list *asked,
                               struct nd_error *err)
{
    const struct nd_asked *decided = newest_gate(meta, asked, true);
    if (!decided)
        return nd_fail(err, ND_NOT_FOUND, "run '%s' waits for nobody: it is %s", meta->run_id,
                       nd_outcome_word(meta->outcome));
    const char *word = nd_json_get_str(decided->decision, "decision");
    return nd_fail(err, ND_CONFLICT, "the %s of run '%s' was decided already ('%.40s'): resume it",
                   decided->gate, meta->run_id, word ? word : "answered");
}

/* ---- answers to some of several questions: kept under write-once names until the last one makes the
 * decision ---- */

static void answer_name(const char *run_id, const char *gate, unsigned n, const char *id,
                        char name[ND_SHA256_HEX + 8])
{
    char hex[ND_SHA256_HEX];
    char *text = nd_sprintf("%s\n%s\n%u\n%s", run_id, gate, n, id);
    nd_sha256_hex(nd_view_of(text), hex);
    (void)snprintf(name, ND_SHA256_HEX + 8, "answer/%s", hex);
    nd_free(text);
}

/* The run id in it keeps equal answers of two runs two objects, so that deleting one run keeps the other's.
 */
static struct nd_json *answer_json(const char *run_id, const char *id, const char *text)
{
    struct nd_json *answer = nd_json_object();
    nd_json_set_str(answer, "run_id", run_id);
    nd_json_set_str(answer, "id", id);
    nd_json_set_str(answer, "answer", text);
    return answer;
}

static enum nd_rc keep_answer(const struct nd_look *look, const struct nd_gate *gate, const char *id,
                              const char *text, struct nd_error *err)
{
    char name[ND_SHA256_HEX + 8];
    struct nd_bytes bytes = ND_BYTES(2 * ANSWER_MAX_BYTES);
    struct nd_json *answer = answer_json(look->meta.run_id, id, text);
    answer_name(look->meta.run_id, gate->gate, gate->n, id, name);
    nd_json_print_canonical(answer, &bytes);
    enum nd_rc rc = nd_objects_name_put(look->objects, name, nd_bytes_view(&bytes), err);
    if (rc == ND_CONFLICT) {
        nd_error_clear(err);
        rc = nd_fail(err, ND_CONFLICT, "question '%s' was already answered otherwise", id);
    }
    nd_json_free(answer);
    nd_bytes_release(&bytes);
    return rc;
}

/* *out is NULL when there is no answer yet; caller frees. */
static enum nd_rc kept_answer(struct nd_objects *objects, const char *run_id, const char *gate, unsigned n,
                              const char *id, struct nd_json **out, struct nd_error *err)
{
    char name[ND_SHA256_HEX + 8];
    struct nd_bytes bytes = ND_BYTES(2 * ANSWER_MAX_BYTES);
    struct nd_error why = {0};
    answer_name(run_id, gate, n, id, name);
    *out = NULL;
    enum nd_rc rc = nd_objects_name_get(objects, name, &bytes, &why);
    if (rc == ND_OK) rc = nd_json_parse(out, nd_bytes_view(&bytes), &why);
    nd_bytes_release(&bytes);
    if (rc == ND_NOT_FOUND) return ND_OK;
    if (rc != ND_OK && err) *err = why;
    return rc;
}

/* ---- what is open ---- */

/* Questions that have an answer show it. */
static enum nd_rc show_answers(const struct nd_look *look, const struct nd_asked *open, struct nd_json *shown,
                               struct nd_error *err)
{
    struct nd_json *questions = nd_json_array();
    enum nd_rc rc = ND_OK;
    ND_JSON_EACH(question, nd_json_get(shown, "questions"))
    {
        struct nd_json *copy = nd_json_add(questions, nd_json_copy(question)), *answer = NULL;
        const char *id = nd_json_get_str(question, "id");
        if (rc == ND_OK && id)
            rc = kept_answer(look->objects, look->meta.run_id, open->gate, open->n, id, &answer, err);
        if (answer) nd_json_set_view(copy, "answer", nd_json_view(nd_json_get(answer, "answer")));
        nd_json_free(answer);
    }
    nd_json_set(shown, "questions", questions);
    return rc;
}

static enum nd_rc copy_gate(const struct nd_look *look, const struct nd_asked *open, struct nd_gate *out,
                            struct nd_error *err)
{
    struct nd_gate gate = {
        .n = open->n, .phase = open->phase, .opened_ms = open->opened_ms, .expires_ms = open->expires_ms};
    memcpy(gate.gate, open->gate, sizeof gate.gate);
    memcpy(gate.shown_sha256, open->shown_sha256, sizeof gate.shown_sha256);
    gate.shown = nd_json_copy(open->shown);
    enum nd_rc rc = ND_OK;
    if (strcmp(gate.gate, "question") == 0) rc = show_answers(look, open, gate.shown, err);
    if (rc == ND_OK) {
        *out = gate;
    } else {
        nd_gate_release(&gate);
    }
    return rc;
}

enum nd_rc nd_engine_gate(const struct nd_engine *e, const char *run_id, struct nd_gate *out,
                          struct nd_error *err)
{
    struct nd_look look;
    struct nd_asked_list asked = {0};
    enum nd_rc rc = nd_look_open(&look, e, run_id, err);
    if (rc != ND_OK) return rc;
    rc = nd_asked_load(e, run_id, look.objects, &asked, err);
    if (rc == ND_OK) {
        const struct nd_asked *open = open_gate(&look.meta, &asked);
        rc = open ? copy_gate(&look, open, out, err) : nothing_open(&look.meta, &asked, err);
    }
    nd_asked_release(&asked);
    nd_look_close(&look);
    return rc;
}

/* ---- deciding ---- */

static bool asks(const struct nd_gate *gate, const char *id)
{
    ND_JSON_EACH(question, nd_json_get(gate->shown, "questions"))
    {
        const char *there = nd_json_get_str(question, "id");
        if (there && strcmp(there, id) == 0) return true;
    }
    return false;
}

static enum nd_rc keep_answers(const struct nd_look *look, const struct nd_gate *gate,
                               const struct nd_json *answers, struct nd_error *err)
{
    if (!nd_json_len(answers) || nd_json_kind(answers) != ND_JSON_OBJECT)
        return nd_fail(err, ND_BAD_INPUT, "the decision on questions has no answers");
    ND_JSON_EACH(answer, answers)
    {
        const char *id = nd_json_name(answer);
        size_t len = nd_view_trim(nd_json_view(answer)).len;
        if (!asks(gate, id)) return nd_fail(err, ND_BAD_INPUT, "there is no open question '%s'", id);
        if (!len || len > ANSWER_MAX_BYTES)
            return nd_fail(err, ND_BAD_INPUT, "the answer to '%s' has %zu bytes, wanted 1 to %zu", id, len,
                           ANSWER_MAX_BYTES);
    }
    enum nd_rc rc = ND_OK;
    const struct nd_json *answer = nd_json_first(answers);
    for (; rc == ND_OK && answer; answer = nd_json_next(answer))
        rc = keep_answer(look, gate, nd_json_name(answer), nd_json_str(answer), err);
    return rc;
}

/* The decision when all questions have an answer, else *out stays NULL. */
static enum nd_rc whole_decision(const struct nd_look *look, const struct nd_gate *gate,
                                 const struct nd_json *decision, struct nd_json **out, struct nd_error *err)
{
    struct nd_json *whole = nd_json_object(), *answers = nd_json_set(whole, "answers", nd_json_object());
    bool all = true;
    enum nd_rc rc = ND_OK;
    ND_JSON_EACH(question, nd_json_get(gate->shown, "questions"))
    {
        const char *id = nd_json_get_str(question, "id");
        struct nd_json *kept = NULL;
        if (rc == ND_OK && id)
            rc = kept_answer(look->objects, look->meta.run_id, gate->gate, gate->n, id, &kept, err);
        if (kept) nd_json_set_view(answers, id, nd_json_view(nd_json_get(kept, "answer")));
        all = all && kept;
        nd_json_free(kept);
    }
    static const char *const signature[] = {"by", "at"};
    for (size_t i = 0; i < sizeof signature / sizeof *signature; i++) {
        const char *text = nd_json_get_str(decision, signature[i]);
        if (text) nd_json_set_str(whole, signature[i], text);
    }
    if (rc == ND_OK && all) {
        *out = whole;
    } else {
        nd_json_free(whole);
    }
    return rc;
}

static enum nd_rc check_word(const struct nd_look *look, const struct nd_gate *gate,
                             const struct nd_json *decision, struct nd_error *err)
{
    const char *word = nd_json_get_str(decision, "decision");
    bool phase_gate = is_phase_gate(gate->gate);
    bool fine = word && (strcmp(word, "reject") == 0 || strcmp(word, phase_gate ? "approve" : "raise") == 0);
    bool revise = word && phase_gate && strcmp(word, "revise") == 0;
    if (!fine && !revise)
        return nd_fail(err, ND_BAD_INPUT, "gate '%s' is decided by %s, found '%s'", gate->gate,
                       phase_gate ? "'approve', 'revise' or 'reject'" : "'raise' or 'reject'",
                       word ? word : "nothing");
    if (!revise) return ND_OK;
    struct nd_asked_list asked = {0};
    enum nd_rc rc = nd_asked_load(look->e, look->meta.run_id, look->objects, &asked, err);
    if (rc == ND_OK && nd_gate_revisions(&asked, gate->gate, gate->phase) >= ND_REVISIONS_MAX)
        rc = nd_fail(err, ND_OVER_LIMIT, "the %s was sent back %d times already, which is the limit",
                     gate->gate, ND_REVISIONS_MAX);
    nd_asked_release(&asked);
    return rc;
}

static enum nd_rc store_decision(const struct nd_look *look, const struct nd_gate *gate,
                                 const struct nd_json *decision, const struct nd_control *control,
                                 struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_ARTEFACT_MAX_BYTES);
    struct nd_store *store = look->e->store;
    nd_json_print_canonical(decision, &text);
    enum nd_rc rc = store->ops->decide(store, look->meta.run_id, gate->gate, gate->n, gate->shown_sha256,
                                       nd_bytes_view(&text), control, err);
    nd_bytes_release(&text);
    return rc;
}

static bool holds(const struct nd_json *decision, const struct nd_json *answers)
{
    const struct nd_json *stands = nd_json_get(decision, "answers");
    ND_JSON_EACH(answer, answers)
    {
        if (!nd_json_equal(answer, nd_json_get(stands, nd_json_name(answer)))) return false;
    }
    return stands != NULL;
}

/* Somebody else made the whole decision meanwhile, from the same kept answers, and signed it: these count
 * too. */
static enum nd_rc answered_at_once(const struct nd_look *look, const struct nd_gate *gate,
                                   const struct nd_json *answers, struct nd_error *err)
{
    struct nd_asked_list asked = {0};
    struct nd_error why = {0};
    bool same = false;
    enum nd_rc rc = nd_asked_load(look->e, look->meta.run_id, look->objects, &asked, &why);
    for (size_t i = 0; rc == ND_OK && i < asked.n; i++) {
        const struct nd_asked *one = &asked.v[i];
        if (one->n == gate->n && strcmp(one->gate, gate->gate) == 0) same = holds(one->decision, answers);
    }
    nd_asked_release(&asked);
    if (!same) return ND_CONFLICT;
    nd_error_clear(err);
    return ND_OK;
}

enum nd_rc nd_engine_decide(const struct nd_engine *e, const char *run_id, const struct nd_gate *gate,
                            const struct nd_json *decision, const struct nd_control *control,
                            struct nd_error *err)
{
    struct nd_look look;
    struct nd_json *whole = NULL;
    enum nd_rc rc = nd_look_open(&look, e, run_id, err);
    if (rc != ND_OK) return rc;
    if (nd_json_kind(decision) != ND_JSON_OBJECT)
        rc = nd_fail(err, ND_BAD_INPUT, "the decision is no JSON object");
    if (rc == ND_OK && strcmp(gate->gate, "question") == 0) {
        const struct nd_json *answers = nd_json_get(decision, "answers");
        rc = keep_answers(&look, gate, answers, err);
        if (rc == ND_OK) rc = whole_decision(&look, gate, decision, &whole, err);
        if (rc == ND_OK && whole) {
            rc = store_decision(&look, gate, whole, control, err);
            if (rc == ND_CONFLICT) rc = answered_at_once(&look, gate, answers, err);
        }
    } else if (rc == ND_OK) {
        rc = check_word(&look, gate, decision, err);
        if (rc == ND_OK) rc = store_decision(&look, gate, decision, control, err);
    }
    nd_json_free(whole);
    nd_look_close(&look);
    return rc;
}
