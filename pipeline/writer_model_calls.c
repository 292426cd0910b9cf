/* The tools as the model sees them, and what becomes of a call. A model names nothing but ids that it was
 * shown and words: sources, pages and places are put in here. */
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/kb.h"
#include "scene.h"
#include "web_pages.h"
#include "writer_model_agent.h"
#include <string.h>

#define WORDS_LEAST 2
#define WORDS_MOST 200
#define QUESTION_MOST 300
#define QUOTE_MOST 1200
#define NOTES_MOST 12
#define IDS_MOST 8

struct tool {
    const char *name, *description;
    struct nd_json *(*schema)(void);
    void (*resolve)(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action);
};

/* ---- results without a step ---- */

static void say(struct nd_agent_call *call, char *text)
{
    call->said = text;
}

static void bad(struct nd_agent_call *call, char *text)
{
    call->said = text;
    call->bad = true;
}

/* ---- arguments ---- */

static const struct nd_json *input_of(const struct nd_agent_call *call)
{
    return nd_json_get(call->json, "input");
}

/* On one line, NULL when it is not there or not within the lengths (then the call is bad). Caller frees. */
static char *line_of(struct nd_agent_call *call, const char *member, size_t least, size_t most)
{
    const struct nd_json *value = nd_json_get(input_of(call), member);
    if (nd_json_kind(value) != ND_JSON_STRING) {
        bad(call, nd_sprintf("'%s' is %s, wanted a string.", member, nd_json_kind_word(nd_json_kind(value))));
        return NULL;
    }
    char *line = nd_answer_line(nd_json_view(value), most + 1);
    size_t len = strlen(line);
    if (len >= least && len <= most) return line;
    bad(call, nd_sprintf("'%s' has %s%zu bytes, wanted %zu to %zu.", member, len > most ? "over " : "",
                         len > most ? most : len, least, most));
    nd_free(line);
    return NULL;
}

static bool is_excluded(const struct nd_agent *agent, uint32_t source)
{
    ND_JSON_EACH(n, nd_json_get(agent->scene->lane->spec, "exclude"))
    if (nd_json_int(n, 0) == (int64_t)source) return true;
    return false;
}

/* "d2" or "s7": the place it stands for; false when there is none (then the call is bad). */
static bool place_of(const struct nd_agent *agent, struct nd_agent_call *call, struct nd_part *out,
                     bool *document)
{
    const char *id = nd_json_get_str(input_of(call), "id");
    const struct nd_json *sources = agent->sources;
    const struct nd_snippet *snippet = nd_notebook_find(&agent->nb, id);
    size_t n = id && id[0] == 'd' ? nd_id_number(id) : 0;
    *document = n > 0;
    bool known = snippet || (n > 0 && n <= nd_json_len(sources) &&
                             !(agent->nb.open && nd_source_is_local(agent->scene, (int64_t)n)));
    if (known) *out = snippet ? snippet->parts.v[0] : (struct nd_part){(uint32_t)n, {1, 0, 1}};
    if (known && !is_excluded(agent, out->source)) return true;
    char *shown = nd_answer_line(nd_view_of(id), 40);
    bad(call, nd_sprintf(
                  "'id' is '%s', wanted the id of a document (d1 to d%zu) or of a text that was shown (s1 to "
                  "s%zu).",
                  shown, nd_json_len(sources), agent->nb.n));
    nd_free(shown);
    return false;
}

/* ---- equal calls ---- */

/* The last earlier step with that tool and these args (one that was not refused). */
static const struct nd_step *made_before(const struct nd_agent *agent, const struct nd_agent_call *call,
                                         const char *tool, const struct nd_json *args, size_t *part)
{
    const struct nd_step *step = NULL;
    for (size_t i = 0; i < agent->n; i++) {
        for (size_t k = 0; k < agent->turn[i].n; k++) {
            const struct nd_agent_call *other = &agent->turn[i].calls[k];
            if (other == call) return step;
            if (!other->step || nd_step_refused(other->step) || strcmp(other->step->action.name, tool) != 0 ||
                !nd_json_equal(other->step->action.args, args))
                continue;
            *part = other->part + 1;
            step = other->step;
        }
    }
    return step;
}

/* A call is made once: asked again, a search shows what comes after, and the others are pointed to. */
static void make_once(struct nd_agent *agent, struct nd_agent_call *call, const char *tool,
                      struct nd_json *args, struct nd_action *action)
{
    size_t part = 0, from = 0, to = 0;
    const struct nd_step *before = made_before(agent, call, tool, args, &part);
    if (before && strcmp(tool, "look") == 0) {
        nd_agent_shown(before, part, &from, &to);
        call->again = from < to;
    }
    if (call->again) {
        call->step = before;
        call->part = part;
    } else if (before) {
        say(call,
            nd_strdup("That was asked before, and there is nothing more to it. Try other words or another "
                      "place, or finish."));
    } else if (agent->calls_most - agent->calls <= 1 && strcmp(tool, "note") != 0) {
        say(call, nd_strdup("No calls are left but one to note what was found. Then finish."));
    } else if (agent->calls_most - agent->calls <= 0) {
        say(call, nd_strdup("No calls are left. Finish."));
    } else {
        nd_do_tool(action, tool, args);
        return;
    }
    nd_json_free(args);
}

/* ---- the tools ---- */

static struct nd_json *described(struct nd_json *schema, const char *what)
{
    nd_json_set_str(schema, "description", what);
    return schema;
}

static struct nd_json *search_schema(void)
{
    return nd_schema_with("query", described(nd_schema_string(), "2 to 8 words, as the text would put it"));
}

static void search(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action)
{
    char *query = line_of(call, "query", WORDS_LEAST, WORDS_MOST);
    if (!query) return;
    struct nd_json *args = nd_json_object();
    const struct nd_json *exclude = nd_json_get(agent->scene->lane->spec, "exclude");
    nd_json_set_str(args, "words", query);
    if (exclude) nd_json_set(args, "exclude", nd_json_copy(exclude));
    nd_free(query);
    make_once(agent, call, "look", args, action);
}

static struct nd_json *open_schema(void)
{
    struct nd_json *schema = nd_schema_with(
        "id", described(nd_schema_string(), "of a document (d1) or of a text that was shown (s1)"));
    struct nd_json *where = nd_schema_string(), *words = nd_json_set(where, "enum", nd_json_array());
    nd_json_add_str(words, "around");
    nd_json_add_str(words, "before");
    nd_json_add_str(words, "after");
    nd_schema_member(schema, "where", where);
    return schema;
}

/* Was this id brought by a search of the web, or found as a link on a page? */
static bool is_web_id(const struct nd_agent *agent, const char *id)
{
    for (size_t i = 0; i < agent->webs; i++) {
        static const char *const lists[] = {"results", "links"};
        for (size_t k = 0; k < 2; k++) ND_JSON_EACH(item, nd_json_get(agent->web[i]->observation, lists[k]))
        if (nd_view_is(nd_json_view(nd_json_get(item, "id")), id)) return true;
    }
    return false;
}

/* The fetch of that page; NULL: not yet. */
static const struct nd_step *fetch_of(const struct nd_agent *agent, const char *id)
{
    for (size_t i = 0; i < agent->webs; i++)
        if (strcmp(agent->web[i]->action.name, "open") == 0 && !nd_step_refused(agent->web[i]) &&
            nd_view_is(nd_json_view(nd_json_get(agent->web[i]->action.args, "id")), id))
            return agent->web[i];
    return NULL;
}

/* A page of the web: fetched first, then read like a document. */
static void open_page(struct nd_agent *agent, struct nd_agent_call *call, const char *id,
                      struct nd_action *action)
{
    const struct nd_step *fetch = fetch_of(agent, id);
    const char *why = fetch ? nd_json_get_str(nd_json_get(fetch->observation, "error"), "message") : NULL;
    uint32_t source = fetch && !why ? nd_web_source(agent->scene, id) : 0;
    struct nd_json *args = nd_json_object();
    if (source) {
        nd_json_set_int(args, "source", source);
        nd_json_set_int(args, "page", 1);
        nd_json_set_int(args, "at", 0);
        nd_json_set_str(args, "where", "from");
        make_once(agent, call, "page", args, action);
        return;
    }
    if (fetch) {
        say(call, nd_sprintf("That page could not be had: %.200s.", why ? why : "it has no text"));
    } else if (agent->calls_most - agent->calls <= 2) {
        say(call, nd_strdup("No calls are left but to note what was found. Then finish."));
    } else {
        nd_json_set_str(args, "id", id);
        nd_do_tool(action, "open", args);
        return;
    }
    nd_json_free(args);
}

static struct nd_json *web_schema(void)
{
    return nd_schema_with("query", described(nd_schema_string(), "2 to 8 words for a search engine"));
}

static void search_web(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action)
{
    char *query = line_of(call, "query", WORDS_LEAST, WORDS_MOST);
    if (!query) return;
    if (!nd_web_wanted(agent->scene->request, true)) {
        say(call, nd_strdup("The web is not searched in this run: go on with the documents."));
    } else {
        struct nd_json *args = nd_json_object();
        nd_json_set_str(args, "query", query);
        make_once(agent, call, "search", args, action);
    }
    nd_free(query);
}

/* ---- knowledge bases elsewhere ---- */

static struct nd_json *kb_schema(void)
{
    return nd_schema_with("query", described(nd_schema_string(), "2 to 8 words, or a question"));
}

/* The step that asked that; NULL: none. */
static const struct nd_step *asked_before(const struct nd_agent *agent, const struct nd_json *args)
{
    for (size_t i = 0; i < agent->webs; i++)
        if (strcmp(agent->web[i]->action.name, "retrieve") == 0 && !nd_step_refused(agent->web[i]) &&
            nd_json_equal(agent->web[i]->action.args, args))
            return agent->web[i];
    return NULL;
}

/* Why nothing came; "": nothing was wrong. */
static const char *why_nothing(const struct nd_step *step)
{
    const char *why = nd_json_get_str(nd_json_get(step->observation, "error"), "message");
    ND_JSON_EACH(row, nd_json_get(step->observation, "asked"))
    if (!why) why = nd_json_get_str(nd_json_get(row, "error"), "message");
    return why ? why : "";
}

/* What was retrieved is shown at once: it needs no opening. */
static void show_retrieved(struct nd_agent *agent, struct nd_agent_call *call, const struct nd_step *step,
                           struct nd_action *action)
{
    struct nd_json *args = nd_json_object(), *sources = nd_retrieved_sources(agent->scene, step);
    if (nd_json_len(sources) > 0) {
        nd_json_set(args, "sources", sources);
        make_once(agent, call, "passages", args, action);
        return;
    }
    const char *why = why_nothing(step);
    say(call, nd_sprintf(*why ? "Nothing came: %.200s." : "Nothing came%s. Try other words.", why));
    nd_json_free(sources);
    nd_json_free(args);
}

static void search_kb(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action)
{
    char *query = line_of(call, "query", WORDS_LEAST, WORDS_MOST);
    if (!query) return;
    struct nd_json *args = nd_json_object();
    nd_json_set_str(args, "query", query);
    nd_free(query);
    const struct nd_step *asked = asked_before(agent, args);
    if (asked)
        show_retrieved(agent, call, asked, action);
    else if (agent->calls_most - agent->calls <= 2)
        say(call, nd_strdup("No calls are left but to note what was found. Then finish."));
    else {
        nd_do_tool(action, "retrieve", args);
        return;
    }
    nd_json_free(args);
}

static void open_text(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action)
{
    struct nd_part at;
    bool document = false;
    const char *where = nd_json_get_str(input_of(call), "where");
    bool known = where && (strcmp(where, "around") == 0 || strcmp(where, "before") == 0 ||
                           strcmp(where, "after") == 0);
    if (!known && nd_json_get(input_of(call), "where")) {
        bad(call, nd_strdup("'where' is none of 'around', 'before', 'after'."));
        return;
    }
    const char *id = nd_json_get_str(input_of(call), "id");
    if (id && is_web_id(agent, id)) {
        open_page(agent, call, id, action);
        return;
    }
    if (!place_of(agent, call, &at, &document)) return;
    struct nd_json *args = nd_json_object();
    nd_json_set_int(args, "source", at.source);
    nd_json_set_int(args, "page", at.at.page);
    nd_json_set_int(args, "at", at.at.start);
    nd_json_set_str(args, "where", document ? "from" : where ? where : "around");
    make_once(agent, call, "page", args, action);
}

static struct nd_json *find_schema(void)
{
    struct nd_json *schema =
        nd_schema_with("id", described(nd_schema_string(), "of a document, or of a text from it"));
    nd_schema_member(schema, "words", nd_schema_string());
    return schema;
}

static void find(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action)
{
    struct nd_part at;
    bool document = false;
    if (!place_of(agent, call, &at, &document)) return;
    char *words = line_of(call, "words", WORDS_LEAST, WORDS_MOST);
    if (!words) return;
    struct nd_json *args = nd_json_object();
    nd_json_set_int(args, "source", at.source);
    nd_json_set_str(args, "words", words);
    nd_free(words);
    make_once(agent, call, "within", args, action);
}

static struct nd_json *note_schema(void)
{
    struct nd_json *ids =
        described(nd_schema_array(nd_schema_string(), IDS_MOST), "of the texts it stands in (s1)");
    struct nd_json *one = nd_schema_with("ids", ids);
    nd_schema_member(
        one, "quote",
        described(nd_schema_string(), "the sentence, word for word; empty: all that the ids show"));
    return nd_schema_with("notes", nd_schema_array(one, NOTES_MOST));
}

/* The notes of a call in the form of the tool `note`; NULL: bad. */
static struct nd_json *notes_of(struct nd_agent_call *call)
{
    const struct nd_json *list = nd_json_get(input_of(call), "notes");
    if (nd_json_kind(list) != ND_JSON_ARRAY || nd_json_len(list) == 0 || nd_json_len(list) > NOTES_MOST) {
        bad(call, nd_sprintf("'notes' is %s of %zu, wanted an array of 1 to %d.",
                             nd_json_kind_word(nd_json_kind(list)), nd_json_len(list), NOTES_MOST));
        return NULL;
    }
    struct nd_json *notes = nd_json_array();
    ND_JSON_EACH(item, list)
    {
        struct nd_json *note = nd_json_add(notes, nd_json_object()), *ids = nd_json_array();
        char *quote = nd_answer_line(nd_json_view(nd_json_get(item, "quote")), QUOTE_MOST);
        size_t n = 0;
        ND_JSON_EACH(id, nd_json_get(item, "ids"))
        if (nd_json_str(id) && n++ < IDS_MOST) {
            char *clean = nd_answer_line(nd_json_view(id), 16);
            nd_json_add_str(ids, clean);
            nd_free(clean);
        }
        nd_json_set(note, "ids", ids);
        nd_json_set_str(note, "quote", quote);
        nd_free(quote);
    }
    return notes;
}

static void note(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action)
{
    struct nd_json *notes = notes_of(call);
    if (!notes) return;
    struct nd_json *args = nd_json_object();
    nd_json_set(args, "notes", notes);
    make_once(agent, call, "note", args, action);
}

static struct nd_json *ask_schema(void)
{
    return nd_schema_with("question", nd_schema_string());
}

bool nd_asked_by_model(const struct nd_step *step)
{
    return nd_json_get_bool(nd_json_get(step->action.args, "shown"), "of_model", false);
}

static void ask_human(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action)
{
    char *question = line_of(call, "question", WORDS_LEAST, QUESTION_MOST);
    if (!question) return;
    const struct nd_lane *lane = agent->scene->lane;
    if (!agent->scene->request->ask) {
        say(call, nd_strdup("Nobody can be asked in this run: go on with what the documents say."));
    } else if (agent->asked == ND_QUESTIONS_MOST) {
        say(call, nd_strdup("No further questions can be asked."));
    } else {
        struct nd_json *shown = nd_json_object();
        nd_json_set_str(shown, "id", lane->id);
        nd_json_set_str(shown, "title", lane->title);
        nd_json_set_str(shown, "question", question);
        nd_json_set_bool(shown, "of_model", true);
        nd_do_ask(action, "question", shown, question);
    }
    nd_free(question);
}

static struct nd_json *finish_schema(void)
{
    struct nd_json *found = nd_json_object();
    nd_json_set_str(found, "type", "boolean");
    nd_json_set_str(found, "description", "false: the documents do not say it");
    struct nd_json *schema = nd_schema_with("found", found);
    nd_schema_member(
        schema, "missing",
        described(nd_schema_string(), "what of the question stays open, in one sentence; or empty"));
    return schema;
}

static void finish(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action)
{
    (void)action;
    agent->end = ND_AGENT_FINISHED;
    agent->finish = input_of(call);
    say(call, nd_strdup("Finished."));
}

static const struct tool tools[] = {
    {"search", "Search all documents for passages. The same query again shows the results that come next.",
     search_schema, search},
    {"search_web", "Search the web. Open a result by its id (r1) to read the page.", web_schema, search_web},
    {"search_kb", "Ask the knowledge bases of the person who wants the report. It shows the passages.",
     kb_schema, search_kb},
    {"open", "Read a document from its start, or the text around, before or after a text that was shown.",
     open_schema, open_text},
    {"find", "The sentences of one document that hold some words.", find_schema, find},
    {"note",
     "Keep evidence. Each note names the ids of the texts it stands in and quotes the sentence; it is "
     "checked at once, and "
     "what does not stand there is refused.",
     note_schema, note},
    {"ask_human", "Ask the person who wants the report, only where nothing else can settle it.", ask_schema,
     ask_human},
    {"finish", "End, when the question is answered or nothing new comes.", finish_schema, finish},
};
#define TOOLS (sizeof tools / sizeof *tools)

struct nd_json *nd_agent_tools(const struct nd_agent *agent)
{
    struct nd_json *list = nd_json_array();
    for (size_t i = 0; i < TOOLS; i++) {
        if (tools[i].resolve == search_web && !nd_web_wanted(agent->scene->request, true)) continue;
        if (tools[i].resolve == search_kb && nd_kbs_elsewhere(agent->scene->request) == 0) continue;
        struct nd_json *tool = nd_json_add(list, nd_json_object());
        nd_json_set_str(tool, "name", tools[i].name);
        nd_json_set_str(tool, "description", tools[i].description);
        nd_json_set(tool, "schema", tools[i].schema());
    }
    return list;
}

void nd_agent_resolve(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action)
{
    const char *name = nd_json_get_str(call->json, "name"), *problem = nd_json_get_str(call->json, "problem");
    *action = (struct nd_action){.kind = ND_ACT_DONE};
    if (agent->end != ND_AGENT_GOES_ON) {
        say(call, nd_strdup("It was not made: the work is finished."));
        return;
    }
    for (size_t i = 0; i < TOOLS && !problem && name; i++) {
        if (strcmp(tools[i].name, name) != 0) continue;
        tools[i].resolve(agent, call, action);
        return;
    }
    char *shown = nd_answer_line(nd_view_of(problem ? problem : name), 160);
    bad(call,
        problem
            ? nd_sprintf("This call cannot be made: %s.", shown)
            : nd_sprintf("There is no tool '%s'; there are search, open, find, note, ask_human and finish.",
                         shown));
    nd_free(shown);
}
