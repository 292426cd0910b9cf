/* The conversation of a research lane: how it began, what was called, what came. Where it grows beyond the
 * model's window it begins anew: with every note, a line for each call that was made, and the last turn as it
 * was. */
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/model.h"
#include "scene.h"
#include "writer_model_agent.h"
#include <string.h>

#define DOCUMENTS_MOST 40
#define BYTES_OF_TOKEN 3 /* at least, of running text: what a window surely holds */
#define WINDOW_LEAST 4000
#define CONVERSATION_TOKENS                                                                                  \
    16000              /* of a model with a larger window, or an unknown one: every turn is paid             \
                        */
#define LINKS_MOST 12  /* of a page, shown after its text */
#define LINE_LEAST 120 /* bytes of a text that must be cut to fit */

/* What is shown while a conversation is built. */
struct show {
    const struct nd_agent *agent;
    struct nd_json *messages;
    char mark[ND_MARK_BYTES];
    bool *there; /* of each snippet: its text stands in this conversation */
    bool is_private;
    size_t result_bytes; /* of a turn's results, at most */
    size_t bytes;
};

/* ---- lines ---- */

static size_t number_of(const struct show *show, const struct nd_json *item)
{
    struct nd_parts parts;
    struct nd_error ignored = {0};
    if (nd_parts_parse(&parts, nd_json_get(item, "parts"), &ignored) != ND_OK) return 0;
    return nd_notebook_place(&show->agent->nb, &parts);
}

static const char *title_of(const struct show *show, int64_t source)
{
    const char *title = nd_json_get_str(nd_json_at(show->agent->sources, (size_t)source - 1), "title");
    return title ? title : "";
}

/* "s3: (d2 Title; Section) text"; false when there was no room. */
static bool add_snippet(struct show *show, size_t number, struct nd_sheet *sheet)
{
    const struct nd_snippet *s = &show->agent->nb.snippet[number - 1];
    const char *section = nd_json_get_str(s->item, "section");
    int64_t source = s->parts.v[0].source;
    char id[16], *text = nd_sprintf("(d%lld %.80s%s%.80s)%s %s", (long long)source, title_of(show, source),
                                    section ? "; " : "", section ? section : "",
                                    nd_json_get_bool(s->item, "head", false) ? " [heading]" : "",
                                    nd_json_get_str(s->item, "text"));
    nd_id(id, 's', number);
    bool added = nd_sheet_add(sheet, id, nd_view_of(text));
    nd_free(text);
    if (!added) return false;
    show->there[number - 1] = true;
    show->is_private = show->is_private || s->local;
    return true;
}

/* What became of a result's items on their way to the model. */
struct told {
    size_t shown, before, kept, cut; /* as lines; earlier in the conversation; private; no room */
};

static struct told add_items(struct show *show, const struct nd_step *step, size_t part,
                             struct nd_sheet *sheet, struct nd_bytes *before)
{
    struct told told = {0};
    size_t from = 0, to = 0, i = 0;
    nd_agent_shown(step, part, &from, &to);
    ND_JSON_EACH(item, nd_step_items(step))
    {
        size_t number = i >= from && i < to ? number_of(show, item) : 0;
        i++;
        if (number == 0) continue;
        if (show->agent->nb.open && show->agent->nb.snippet[number - 1].local) {
            told.kept++;
        } else if (show->there[number - 1]) {
            nd_bytes_addf(before, "%ss%zu", told.before++ ? ", " : "", number);
        } else if (add_snippet(show, number, sheet)) {
            told.shown++;
        } else {
            told.cut++;
        }
    }
    return told;
}

/* ---- results ---- */

static void add_told(const struct told *told, const char *before, struct nd_bytes *out)
{
    if (told->before) nd_bytes_addf(out, "Shown above already: %s.\n", before);
    if (told->kept) nd_bytes_addf(out, "%zu more stand in documents that must stay elsewhere.\n", told->kept);
    if (told->cut) nd_bytes_addf(out, "%zu more had no room.\n", told->cut);
    if (told->shown + told->before + told->kept + told->cut == 0) nd_bytes_add_str(out, "Nothing.\n");
}

static void say_items(struct show *show, const struct nd_agent_call *call, struct nd_bytes *out)
{
    struct nd_sheet sheet = {ND_BYTES(show->result_bytes)};
    struct nd_bytes before = ND_BYTES(ND_MIB);
    size_t from = 0, to = 0, n = nd_json_len(nd_step_items(call->step));
    nd_agent_shown(call->step, call->part, &from, &to);
    if (strcmp(call->step->action.name, "look") == 0 && n > 0)
        nd_bytes_addf(out, "Results %zu to %zu of %zu%s:\n", from + 1, to, n,
                      nd_json_get_bool(call->step->observation, "loose", false)
                          ? ", none of which holds most of these words"
                          : "");
    struct told told = add_items(show, call->step, call->part, &sheet, &before);
    char *lines = nd_sheet_marked(&sheet, show->mark);
    if (told.shown) nd_bytes_addf(out, "%s\n", lines);
    add_told(&told, nd_bytes_view(&before).data, out);
    if (nd_json_get_bool(call->step->observation, "more", false))
        nd_bytes_add_str(out, "The text goes on.\n");
    nd_free(lines);
    nd_bytes_release(&before);
    nd_bytes_release(&sheet.lines);
}

/* Results of the web, or links of a page, by their ids. */
static void say_web(struct show *show, const struct nd_json *list, size_t most, struct nd_bytes *out)
{
    struct nd_sheet sheet = {ND_BYTES(show->result_bytes)};
    size_t n = 0;
    ND_JSON_EACH(item, list)
    {
        const char *title = nd_json_get_str(item, "title"), *snippet = nd_json_get_str(item, "snippet"),
                   *published = nd_json_get_str(item, "published"), *text = nd_json_get_str(item, "text");
        if (n++ == most) break;
        char *line = text ? nd_strdup(text)
                          : nd_sprintf("%s%s%s — %s", title ? title : "", published ? ", " : "",
                                       published ? published : "", snippet ? snippet : "");
        nd_sheet_add(&sheet, nd_json_get_str(item, "id"), nd_view_of(line));
        nd_free(line);
    }
    char *lines = nd_sheet_marked(&sheet, show->mark);
    nd_bytes_addf(out, "%s\n", n ? lines : "Nothing.");
    nd_free(lines);
    nd_bytes_release(&sheet.lines);
}

/* A text that belongs to what the program says of a note. */
static void add_line(struct show *show, const char *id, const struct nd_json *item, struct nd_bytes *out)
{
    struct nd_sheet sheet = ND_SHEET;
    struct nd_parts parts = {0};
    struct nd_error ignored = {0};
    if (nd_parts_parse(&parts, nd_json_get(item, "parts"), &ignored) != ND_OK) return;
    bool local = nd_source_is_local(show->agent->scene, parts.v[0].source);
    if (local && show->agent->nb.open) return;
    show->is_private = show->is_private || local;
    nd_sheet_add(&sheet, id, nd_json_view(nd_json_get(item, "text")));
    char *line = nd_sheet_marked(&sheet, show->mark);
    nd_bytes_addf(out, "%s\n", line);
    nd_free(line);
    nd_bytes_release(&sheet.lines);
}

static void say_notes(struct show *show, const struct nd_step *step, struct nd_bytes *out)
{
    const struct nd_notebook *nb = &show->agent->nb;
    ND_JSON_EACH(item, nd_json_get(step->observation, "noted"))
    {
        const char *how = nd_json_get_str(item, "how");
        char id[16];
        for (size_t i = 0; i < nb->notes; i++)
            if (nb->note[i] == item) nd_id(id, 'n', i + 1);
        bool told = how && (strcmp(how, "nearest") == 0 || strcmp(how, "elsewhere") == 0);
        nd_bytes_addf(out, "Note %lld is kept as %s%s\n", (long long)nd_json_get_int(item, "of", 0) + 1, id,
                      !told         ? "."
                      : *how == 'n' ? "; its words stand not so in the text, which says:"
                                    : "; it stands in another text than the ids say:");
        if (told) add_line(show, id, item, out);
    }
    ND_JSON_EACH(item, nd_json_get(step->observation, "not_noted"))
    {
        const struct nd_json *nearest = nd_json_get(item, "nearest");
        nd_bytes_addf(out, "Note %lld is refused: %s%s\n", (long long)nd_json_get_int(item, "of", 0) + 1,
                      nd_json_get_str(item, "why"), nearest ? ". The nearest sentence:" : ".");
        if (nearest) add_line(show, "nearest", nearest, out);
    }
}

static void say_answer(const struct nd_step *step, struct nd_bytes *out)
{
    char *answer = nd_answer_line(nd_json_view(nd_json_get(step->observation, "answer")), 1000);
    if (*answer)
        nd_bytes_addf(out, "The person says: %s\n", answer);
    else
        nd_bytes_add_str(out, "The person gives no answer.\n");
    nd_free(answer);
}

static char *result_of(struct show *show, const struct nd_agent_call *call, bool *is_error)
{
    if (call->said) {
        *is_error = call->bad;
        return nd_strdup(call->said);
    }
    struct nd_bytes out = ND_BYTES(ND_MIB);
    const char *error = nd_json_get_str(nd_json_get(call->step->observation, "error"), "message");
    *is_error = error != NULL;
    if (error)
        nd_bytes_addf(&out, "It failed: %.200s\n", error);
    else if (nd_step_refused(call->step))
        nd_bytes_add_str(&out, "No calls are left.\n");
    else if (call->step->action.kind == ND_ACT_HUMAN)
        say_answer(call->step, &out);
    else if (strcmp(call->step->action.name, "note") == 0)
        say_notes(show, call->step, &out);
    else if (strcmp(call->step->action.name, "search") == 0)
        say_web(show, nd_json_get(call->step->observation, "results"), SIZE_MAX, &out);
    else
        say_items(show, call, &out);
    const struct nd_json *links = call->page ? nd_json_get(call->page->observation, "links") : NULL;
    if (nd_json_len(links) > 0) {
        nd_bytes_add_str(&out, "Links on it:\n");
        say_web(show, links, LINKS_MOST, &out);
    }
    struct nd_view all = nd_view_trim(nd_bytes_view(&out));
    char *text = nd_view_dup(all);
    nd_bytes_release(&out);
    return text;
}

/* ---- turns ---- */

static void add_text(struct nd_json *message, const char *text)
{
    struct nd_json *content = nd_json_copy(nd_json_get(message, "content")),
                   *part = nd_json_add(content, nd_json_object());
    nd_json_set_str(part, "type", "text");
    nd_json_set_str(part, "text", text);
    nd_json_set(message, "content", content);
}

static char *standing(const struct show *show, const struct nd_agent_turn *turn)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    if (turn->nudge) nd_bytes_addf(&out, "%s\n", turn->nudge);
    if (turn->more) nd_bytes_addf(&out, "%zu calls too many at a time were not made.\n", turn->more);
    nd_bytes_addf(&out, "Calls left: %lld.", (long long)(turn->left > 0 ? turn->left : 0));
    if (turn->dry + 1 == ND_DRY_TURNS)
        nd_bytes_add_str(&out, " Nothing new came lately: note what answers the question, and finish.");
    (void)show;
    return nd_bytes_take(&out, NULL);
}

static void add_message(struct show *show, struct nd_json *message)
{
    show->bytes += nd_message_bytes(message);
    nd_json_add(show->messages, message);
}

static void add_turn(struct show *show, const struct nd_agent_turn *turn)
{
    struct nd_json *reply = nd_model_reply(turn->step->observation), *results = nd_model_results();
    if (reply) add_message(show, reply);
    for (size_t i = 0; i < turn->n; i++) {
        bool is_error = false;
        char *text = result_of(show, &turn->calls[i], &is_error);
        nd_model_add_result(results, nd_json_get_str(turn->calls[i].json, "id"), text, is_error);
        nd_free(text);
    }
    size_t at = 0;
    ND_JSON_EACH(call, nd_json_get(turn->step->observation, "tool_calls"))
    if (at++ >= ND_CALLS_OF_TURN)
        nd_model_add_result(results, nd_json_get_str(call, "id"), "Too many calls at a time.", true);
    char *text = standing(show, turn);
    add_text(results, text);
    add_message(show, results);
    nd_free(text);
}

/* ---- the beginning ---- */

static void add_documents(struct show *show, struct nd_sheet *sheet)
{
    size_t n = 0, shown = 0;
    ND_JSON_EACH(source, show->agent->sources)
    {
        bool local = nd_json_get_bool(source, "local", false);
        char id[16];
        n++;
        if (nd_json_get_int(source, "pages", 0) == 0 || (local && show->agent->nb.open) ||
            shown == DOCUMENTS_MOST)
            continue;
        nd_id(id, 'd', n);
        if (!nd_sheet_add(sheet, id, nd_json_view(nd_json_get(source, "title")))) continue;
        show->is_private = show->is_private || local;
        shown++;
    }
}

static void add_notes(struct show *show, struct nd_sheet *sheet)
{
    const struct nd_notebook *nb = &show->agent->nb;
    size_t room = nb->notes ? (sheet->lines.max - sheet->lines.len) / nb->notes : 0;
    for (size_t i = 0; i < nb->notes; i++) {
        struct nd_parts parts;
        struct nd_error ignored = {0};
        if (nd_parts_parse(&parts, nd_json_get(nb->note[i], "parts"), &ignored) != ND_OK) continue;
        bool local = nd_source_is_local(show->agent->scene, parts.v[0].source);
        if (local && nb->open) continue;
        struct nd_view text = nd_json_view(nd_json_get(nb->note[i], "text"));
        size_t most = room > LINE_LEAST + 32 ? room - 32 : LINE_LEAST;
        char id[16];
        nd_id(id, 'n', i + 1);
        if (nd_sheet_add(sheet, id, nd_view_sub(text, 0, nd_utf8_cut(text, most))) && local)
            show->is_private = true;
    }
}

/* What a call was and what it brought, in one line. */
static void add_stub(const struct show *show, const struct nd_agent_call *call, struct nd_bytes *out)
{
    const struct nd_step *step = call->step;
    if (!step || step->action.kind != ND_ACT_TOOL || strcmp(step->action.name, "note") == 0 ||
        nd_step_refused(step))
        return;
    const char *words = nd_json_get_str(step->action.args, "words"), *name = step->action.name;
    size_t from = 0, to = 0, i = 0, n = 0;
    nd_agent_shown(step, call->part, &from, &to);
    if (strcmp(name, "search") == 0) {
        const char *query = nd_json_get_str(step->action.args, "query");
        nd_bytes_addf(out, "- searched the web for \"%s\":", query ? query : "");
        ND_JSON_EACH(result, nd_json_get(step->observation, "results"))
        nd_bytes_addf(out, "%s%s", n++ ? ", " : " ", nd_json_get_str(result, "id"));
    } else if (strcmp(name, "passages") == 0 && call->page) {
        const char *query = nd_json_get_str(call->page->action.args, "query");
        nd_bytes_addf(out, "- asked the knowledge bases \"%s\":", query ? query : "");
    } else if (strcmp(name, "look") == 0)
        nd_bytes_addf(out, "- searched \"%s\":", words ? words : "");
    else if (strcmp(name, "within") == 0)
        nd_bytes_addf(out, "- looked for \"%s\" in d%lld:", words ? words : "",
                      (long long)nd_json_get_int(step->action.args, "source", 0));
    else
        nd_bytes_addf(out, "- read in d%lld:", (long long)nd_json_get_int(step->action.args, "source", 0));
    ND_JSON_EACH(item, nd_step_items(step))
    {
        size_t number = i >= from && i < to ? number_of(show, item) : 0;
        i++;
        if (number == 0 || (show->agent->nb.open && show->agent->nb.snippet[number - 1].local)) continue;
        nd_bytes_addf(out, "%ss%zu", n++ ? ", " : " ", number);
    }
    nd_bytes_addf(out, "%s\n", n ? "" : " nothing");
}

static char *done_before(const struct show *show, size_t from)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    for (size_t t = 0; t < from; t++)
        for (size_t i = 0; i < show->agent->turn[t].n; i++)
            add_stub(show, &show->agent->turn[t].calls[i], &out);
    const char *words =
        nd_json_get_str(show->agent->search ? show->agent->search->action.args : NULL, "more");
    struct nd_bytes all = ND_BYTES(ND_MIB);
    if (out.len) nd_bytes_addf(&all, "What you did before (open an id to see its text again):\n%s", out.data);
    if (words) nd_bytes_addf(&all, "A person who was asked says to look for: %s\n", words);
    nd_bytes_release(&out);
    return nd_bytes_take(&all, NULL);
}

static struct nd_json *holes_of(struct show *show, size_t from)
{
    const struct nd_scene *scene = show->agent->scene;
    char *wishes = nd_prompt_wishes(scene->request), *done = done_before(show, from);
    struct nd_json *holes = nd_json_object();
    show->is_private = nd_prompt_subject(scene, show->agent->nb.open, holes) || show->is_private;
    nd_json_set_str(holes, "wishes", wishes);
    nd_json_set_str(holes, "heading",
                    from > show->agent->start
                        ? "Documents (d…) and your notes (n…):"
                        : "Documents (d…), notes (n…), and what a first search found (s…):");
    nd_json_set_str(holes, "done", done);
    nd_free(wishes);
    nd_free(done);
    return holes;
}

static enum nd_rc begin(struct show *show, size_t from, size_t sheet_bytes, struct nd_error *err)
{
    struct nd_ask ask = {.sheet = {ND_BYTES(sheet_bytes)}, .by_tools = true, .holes = holes_of(show, from)};
    struct nd_bytes before = ND_BYTES(ND_MIB);
    memset(show->there, 0, show->agent->nb.n + 1);
    add_notes(show, &ask.sheet);
    const struct nd_step *searches[] = {show->agent->search, show->agent->pages};
    for (size_t i = 0; i < 2 && from == show->agent->start; i++)
        if (searches[i]) add_items(show, searches[i], 0, &ask.sheet, &before);
    add_documents(show, &ask.sheet);
    nd_sheet_mark(&ask.sheet, show->mark);
    enum nd_rc rc = nd_prompt_messages("research", &ask, &show->messages, err);
    ND_JSON_EACH(message, show->messages) show->bytes += nd_message_bytes(message);
    nd_ask_release(&ask);
    nd_bytes_release(&before);
    return rc;
}

/* ---- the whole ---- */

static size_t window_bytes(const struct nd_agent *agent, const struct nd_json *tools)
{
    int64_t known = agent->scene->request->context_tokens,
            tokens =
                (known > 0 && known < CONVERSATION_TOKENS ? known : CONVERSATION_TOKENS) >> agent->overflows;
    int64_t bytes = (tokens - ND_ANSWER_TOKENS) * BYTES_OF_TOKEN - (int64_t)nd_model_form_bytes(tools);
    return bytes > WINDOW_LEAST ? (size_t)bytes : WINDOW_LEAST;
}

/* The conversation from turn `from` on; *over is the first turn, beyond that one, that does not fit; n: all
 * do. */
static enum nd_rc build(struct show *show, size_t from, size_t window, size_t *over, struct nd_error *err)
{
    const struct nd_agent *agent = show->agent;
    nd_json_free(show->messages);
    show->messages = NULL;
    show->bytes = 0;
    show->is_private = false;
    show->result_bytes = window / 4 < ND_SHEET_MAX_BYTES ? window / 4 : ND_SHEET_MAX_BYTES;
    enum nd_rc rc = begin(show, from, window / 3 < ND_SHEET_MAX_BYTES ? window / 3 : ND_SHEET_MAX_BYTES, err);
    for (*over = from; rc == ND_OK && *over < agent->n; ++*over) {
        add_turn(show, &agent->turn[*over]);
        if (show->bytes > window && *over > from) break;
    }
    return rc;
}

enum nd_rc nd_agent_args(const struct nd_agent *agent, struct nd_json **out, struct nd_error *err)
{
    struct show show = {.agent = agent, .there = ND_ARRAY(bool, agent->nb.n + 1)};
    struct nd_json *tools = nd_agent_tools(agent);
    size_t window = window_bytes(agent, tools), over = agent->start;
    enum nd_rc rc = build(&show, over, window, &over, err);
    while (rc == ND_OK && over < agent->n) rc = build(&show, over, window, &over, err);
    nd_free(show.there);
    if (rc != ND_OK) {
        nd_json_free(show.messages);
        nd_json_free(tools);
        return rc;
    }
    struct nd_json *args = nd_json_object();
    nd_json_set_str(args, "role", "read");
    nd_json_set_str(args, "job", "research");
    nd_json_set(args, "messages", show.messages);
    nd_json_set(args, "tools", tools);
    nd_json_set_str(args, "tool_choice", "required");
    nd_json_set_int(args, "max_tokens", ND_ANSWER_TOKENS);
    if (show.is_private) nd_json_set_bool(args, "private", true);
    if (agent->last) nd_json_set_int(args, "extends", agent->last->no);
    *out = args;
    return ND_OK;
}
