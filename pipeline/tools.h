/**
 * The pipeline's tools. What a writer asks for (`find`, `search`, `open`, and what a model chooses: `look`,
 * `page`, `within`, `passages`, `note`) counts against the limits; `fetch`, `search`, `open` and `retrieve`
 * leave the machine, so they are reserved first, and a search or a question to a knowledge base may cost a
 * fee. All others are local and free.
 *
 *     inputs   {}                    freezes the list of files:
 *                                    {"inputs": [{"root", "path", "also", "size_bytes", "sha256"}]}
 *     fetch    {"from"}              the user's addresses (web.urls) from that one on, each as `open` gives
 * it:
 *                                    {"pages": [{"id": "u1", …}]}
 *     read     {}                    "nightdesk.sources/1" of the files, then of those pages
 *     search   {"query"}             {"query", "service", "results": [{"id": "r1", "url", "title", "snippet",
 *                                    "published"?}], "cost_microusd"}; the query is cut to its limits. One
 * that may not leave the machine, or a service that gives nothing:
 *                                    {"query", "error": {"message"}, "cost_microusd"}
 *     open     {"id"}                a result or a link by its id (web_pages.h), fetched and read:
 *                                    {"id", "url", "source": {an item of nightdesk.sources/1}, "links":
 * [{"id": "r1.1", "url", "text"}]}; a page that could not be had:
 *                                    {"id", "url", "error": {"message"}, "source"?: {status failed}}
 *     retrieve {"query"}             asks the knowledge bases elsewhere (request->kbs), the query cut as
 * above:
 *                                    {"query", "asked": [{"kb", "told"?, "error"?: {"message"}}], "passages":
 * [{"source": {an item of nightdesk.sources/1}}], "cost_microusd"}; a query that may not leave the machine:
 *                                    {"query", "error": {"message"}, "cost_microusd"}
 *     survey   {"version", "why"?}   the extractive writer's plan: "nightdesk.plan/1"; with "sub_topics":
 *                                    [{"title", "question", "words"}] a plan of these
 *     find     a sub-topic's spec and {"attempt", "more"?}:
 *              {"passages", "documents", "pages", "candidates": […], "figures": […], "tables": […]}; with
 *              "in": "pages", among the pages that this lane opened in place of the run's sources
 *              (numbers are the lane's, see web_pages.h)
 *     lift     {"source", "table"}   a table of a source, cell by cell with its place
 *     check    {"section"}           every claim of a drafted section against the page texts:
 *                                    {"claims": [{"ok", "what"?}]}
 *     look     {"words", "exclude"?}  quotes for a model's own words, at most 24:
 *              {"items": [candidates], "figures", "tables"}; when no passage holds enough of the words,
 *              {"items": [the sentences that hold most of them], "loose": true}
 *     page     {"source", "page", "at": byte, "where": "before|around|after|from"}  a stretch of its text:
 *              {"source", "pages", "items": [{"parts", "text", "section", "head"?}], "more": it goes on}
 *     within   {"source", "words"}   its sentences that hold most of them: {"source", "items"}
 *     passages {"sources": [n]}      their text, sentence by sentence: {"items"}
 *     note     {"notes": [{"ids": ["s3"], "quote"}]}  evidence; quote "": what the ids show.
 *              {"noted": [candidate and {"of": index, "how": "shown|verbatim|elsewhere|nearest"}],
 *              "not_noted": [{"of", "why", "nearest"?: {"parts", "text"}}]}
 */
#ifndef PIPELINE_TOOLS_H
#define PIPELINE_TOOLS_H

#include "nightdesk/core/phase.h"

extern const struct nd_tool nd_tool_inputs, nd_tool_fetch, nd_tool_read, nd_tool_survey, nd_tool_search,
    nd_tool_open, nd_tool_retrieve, nd_tool_passages, nd_tool_find, nd_tool_lift, nd_tool_check, nd_tool_look,
    nd_tool_page, nd_tool_within, nd_tool_note;

#define ND_FETCH_BATCH 25 /* addresses of one `fetch` */

/** What `check` does; section "summary" is the summary's. stop may be NULL. */
enum nd_rc nd_section_check(const struct nd_scene *scene, const char *section, const atomic_bool *stop,
                            struct nd_json **out, struct nd_error *err);

#endif
