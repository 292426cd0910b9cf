/*
 * A section: sentences by the model, each with the pieces of evidence that it rests on. The pieces are those
 * that the extractive writer would print. A sentence that can't be printed gives way to its first piece, word
 * for word.
 */
#include "checking.h"
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include "writer_extractive_draft.h"
#include "writer_model.h"

#define PIECES_MOST 24        /* in a question */
#define PIECES_OF_SENTENCE 4  /* at most */
#define SENTENCES_ACCEPTED 20 /* of an answer */
#define TOKENS_EACH 100
#define TOKENS_MORE 100

/* The section as the extractive writer makes it, and its pieces: one for each of its claims. */
struct section {
    struct nd_json *base;
    struct nd_known known;
    const struct nd_json *piece[PIECES_MOST]; /* evidence */
    const struct nd_json *claim[PIECES_MOST]; /* of base: that piece as a quoted claim */
    size_t n;
};

static enum nd_rc section_open(const struct nd_scene *scene, struct section *s, struct nd_error *err)
{
    *s = (struct section){0};
    enum nd_rc rc = nd_extractive_draft(scene, &s->base, err);
    if (rc != ND_OK) return rc;
    nd_known_gather(&s->known, scene);
    ND_JSON_EACH(claim, nd_json_get(s->base, "claims"))
    {
        const struct nd_json *first = nd_json_first(nd_json_get(claim, "evidence")), *piece = NULL;
        ND_JSON_EACH(e, nd_json_get(s->base, "evidence"))
        if (nd_json_equal(nd_json_get(e, "id"), first)) piece = e;
        if (!piece) piece = nd_known_find(&s->known, nd_json_str(first));
        if (!piece || s->n == PIECES_MOST) continue;
        s->claim[s->n] = claim;
        s->piece[s->n++] = piece;
    }
    return ND_OK;
}

static void section_close(struct section *s)
{
    nd_json_free(s->base);
    nd_known_release(&s->known);
}

static size_t most_sentences(const struct nd_scene *scene, size_t pieces)
{
    static const size_t by_length[] = {
        [ND_LENGTH_SHORT] = 5, [ND_LENGTH_STANDARD] = 8, [ND_LENGTH_LONG] = 12};
    size_t most = by_length[scene->request->length];
    return pieces < 2 ? 2 : pieces < most ? pieces : most;
}

static void set_holes(const struct nd_scene *scene, bool open, size_t pieces, struct nd_ask *out)
{
    size_t most = most_sentences(scene, pieces);
    char *wishes = nd_prompt_wishes(scene->request), *upper = nd_sprintf("%zu", most),
         *lower = nd_sprintf("%zu", (most + 1) / 2);
    out->holes = nd_json_object();
    out->is_private = nd_prompt_subject(scene, open, out->holes);
    nd_json_set_str(out->holes, "wishes", wishes);
    nd_json_set_str(out->holes, "least", lower);
    nd_json_set_str(out->holes, "most", upper);
    nd_free(wishes);
    nd_free(upper);
    nd_free(lower);
}

static struct nd_json *draft_schema(size_t pieces, size_t sentences)
{
    struct nd_json *ids = nd_schema_array(nd_schema_ids('e', pieces), PIECES_OF_SENTENCE);
    struct nd_json *sentence = nd_schema_with("text", nd_schema_string());
    nd_schema_member(sentence, "evidence", ids);
    return nd_schema_with("sentences", nd_schema_array(sentence, sentences));
}

static enum nd_rc make(const struct nd_scene *scene, bool open, struct nd_ask *out, struct nd_error *err)
{
    struct section s;
    enum nd_rc rc = section_open(scene, &s, err);
    if (rc != ND_OK) return rc;
    set_holes(scene, open, s.n, out);
    for (size_t i = 0; i < s.n; i++) {
        bool local = nd_parts_are_local(scene, s.piece[i]);
        char id[16];
        nd_id(id, 'e', i + 1);
        if (open && local) continue;
        if (nd_sheet_add(&out->sheet, id, nd_json_view(nd_json_get(s.piece[i], "text"))) && local)
            out->is_private = true;
    }
    out->is_empty = out->sheet.lines.len == 0;
    out->schema = draft_schema(s.n, most_sentences(scene, s.n));
    out->max_tokens = (int64_t)most_sentences(scene, s.n) * TOKENS_EACH + TOKENS_MORE;
    section_close(&s);
    return ND_OK;
}

/* ---- the answer ---- */

/* One sentence of an answer: the pieces that it names (unknown ones passed over), and what is wrong with it.
 */
struct sentence {
    char *text;
    const struct nd_json *piece[PIECES_OF_SENTENCE], *claim[PIECES_OF_SENTENCE];
    size_t n;
    char *problem;
};

static void sentence_read(const struct nd_scene *scene, const struct section *s, bool open,
                          const struct nd_json *json, struct sentence *out)
{
    struct nd_view texts[PIECES_OF_SENTENCE], all[PIECES_MOST], titles[2];
    titles[0] = nd_view_of(scene->request->topic);
    titles[1] = nd_json_view(nd_json_get(scene->lane->spec, "title"));
    *out = (struct sentence){
        .text = nd_answer_line(nd_json_view(nd_json_get(json, "text")), ND_SENTENCE_BYTES + 100)};
    ND_JSON_EACH(id, nd_json_get(json, "evidence"))
    {
        size_t number = nd_answer_id(id, 'e', s->n);
        if (!number || out->n == PIECES_OF_SENTENCE ||
            (open && nd_parts_are_local(scene, s->piece[number - 1])))
            continue;
        texts[out->n] = nd_json_view(nd_json_get(s->piece[number - 1], "text"));
        out->claim[out->n] = s->claim[number - 1];
        out->piece[out->n++] = s->piece[number - 1];
    }
    for (size_t i = 0; i < s->n; i++) all[i] = nd_json_view(nd_json_get(s->piece[i], "text"));
    const struct nd_held held = {texts, out->n, titles, 2, all, s->n};
    out->problem = out->n ? nd_statement_problem(nd_view_of(out->text), &held, scene->request)
                          : nd_strdup("it names no piece of the evidence by its id");
}

static void sentence_release(struct sentence *sentence)
{
    nd_free(sentence->text);
    nd_free(sentence->problem);
}

/* An answer while it is checked. */
struct checked {
    const struct nd_scene *scene;
    struct section s;
    bool open;
};

static char *problem_of(void *ctx, const struct nd_json *json)
{
    const struct checked *c = ctx;
    struct sentence sentence;
    sentence_read(c->scene, &c->s, c->open, json, &sentence);
    nd_free(sentence.text);
    return sentence.problem;
}

static char *check(const struct nd_scene *scene, bool open, const struct nd_json *answer)
{
    struct checked c = {.scene = scene, .open = open};
    if (section_open(scene, &c.s, NULL) != ND_OK) return NULL;
    char *problem = nd_answer_list_problem(answer, "sentences", "sentence", problem_of, &c);
    section_close(&c.s);
    return problem;
}

static const struct nd_talk talk = {
    .job = "draft", .role = "write", .after = "find", .make = make, .check = check};

enum nd_rc nd_model_draft_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    enum nd_rc rc = nd_extractive_draft_next(scene, out, err);
    return rc == ND_OK && out->kind == ND_ACT_DONE ? nd_talk_next(&talk, scene, out, err) : rc;
}

/* ---- the claims ---- */

static bool is_there(const struct nd_json *claims, const char *text)
{
    ND_JSON_EACH(claim, claims)
    if (nd_view_is(nd_json_view(nd_json_get(claim, "text")), text)) return true;
    return false;
}

/* False: it is there already. */
static bool add_quoted(struct nd_json *claims, const struct nd_json *claim)
{
    if (is_there(claims, nd_json_get_str(claim, "text"))) return false;
    nd_json_add(claims, nd_json_copy(claim));
    return true;
}

/* is_private: the model saw text that must stay on this machine when it wrote it. */
static void add_sentence(struct nd_json *claims, const struct sentence *sentence, bool is_private)
{
    for (size_t i = 0; i < sentence->n; i++) {
        struct nd_view piece = nd_json_view(nd_json_get(sentence->claim[i], "text"));
        if (!nd_sentence_copies(nd_view_of(sentence->text), piece)) continue;
        add_quoted(claims, sentence->claim[i]); /* that piece in its own words */
        return;
    }
    if (sentence->problem) { /* the first of its pieces that is not printed yet */
        for (size_t i = 0; i < sentence->n; i++)
            if (add_quoted(claims, sentence->claim[i])) return;
        return;
    }
    if (is_there(claims, sentence->text)) return;
    struct nd_json *claim = nd_json_add(claims, nd_json_object()), *ids = nd_json_array();
    nd_json_set_str(claim, "text", sentence->text);
    for (size_t i = 0; i < sentence->n; i++) {
        const struct nd_json *id = nd_json_get(sentence->piece[i], "id");
        bool again = false;
        ND_JSON_EACH(other, ids) again = again || nd_json_equal(other, id);
        if (!again) nd_json_add(ids, nd_json_copy(id));
    }
    nd_json_set(claim, "evidence", ids);
    nd_json_set_bool(claim, "quoted", false);
    nd_json_set(claim, "premises", nd_json_array());
    if (is_private) nd_json_set_bool(claim, "private", true);
}

/* The model's sentences, then what it never saw since it must stay here. */
static struct nd_json *claims_of(const struct nd_scene *scene, const struct section *s,
                                 const struct nd_reply *reply)
{
    struct nd_json *claims = nd_json_array();
    const struct nd_json *said = nd_json_get(reply->json, "sentences");
    size_t i = 0;
    ND_JSON_EACH(json, said)
    {
        struct sentence sentence;
        if (nd_json_len(claims) == SENTENCES_ACCEPTED) break;
        if (nd_answer_repeats(said, i++)) continue;
        sentence_read(scene, s, reply->open, json, &sentence);
        add_sentence(claims, &sentence, reply->is_private);
        sentence_release(&sentence);
    }
    for (size_t k = 0; reply->open && nd_json_len(claims) > 0 && k < s->n; k++)
        if (nd_parts_are_local(scene, s->piece[k])) add_quoted(claims, s->claim[k]);
    return claims;
}

enum nd_rc nd_model_draft(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    struct section s;
    enum nd_rc rc = section_open(scene, &s, err);
    if (rc != ND_OK) return rc;
    struct nd_reply reply = nd_talk_reply(&talk, scene);
    struct nd_json *claims = reply.json ? claims_of(scene, &s, &reply) : NULL;
    if (nd_json_len(claims) > 0) {
        nd_json_set(s.base, "claims", claims);
    } else if (reply.json || reply.why) {
        char *note = nd_sprintf("This section quotes its sources: %s.",
                                reply.why ? reply.why : "the model's answer could not be used");
        nd_json_set_str(s.base, "note", note);
        nd_free(note);
        nd_json_free(claims);
    }
    nd_json_free(reply.json);
    *out = s.base;
    s.base = NULL;
    section_close(&s);
    return ND_OK;
}
