/**
 * The web in a run: which addresses may be fetched, and which pages a lane has.
 *
 * An address is named by an id and by nothing else. Ids come from records: "u2" is the second address of the
 * user's list, "r5" the fifth result that this lane's searches brought, "r5.3" the third link that the
 * program recorded on the page of r5 (and so on: "r5.3.1"). What a model or a page says can only pick among
 * them.
 *
 * Pages are sources. Those of the user's list belong to the run, as documents do, and every lane has them;
 * pages that a lane opened, and passages that knowledge bases elsewhere gave it, are the lane's own, and
 * their numbers go on after the run's. Pages with the same bytes are one source. When research ends, the
 * pages of all lanes become sources of the run, in the order of the plan and of each lane's steps.
 */
#ifndef PIPELINE_WEB_PAGES_H
#define PIPELINE_WEB_PAGES_H

#include "nightdesk/core/phase.h"

#define ND_WEB_ID_MAX 64         /* characters of an id */
#define ND_WEB_LINKS_MAX 100     /* links of a page that are recorded */
#define ND_WEB_LINK_TEXT_MAX 120 /* bytes of a link's text */

/** Is there a web in this run, and may it be asked? search: for the search service, else for pages. */
bool nd_web_wanted(const struct nd_request *request, bool search);

/** The address of an id in the lane's and lane 0's records; NULL: there is no such id. Borrowed. */
const char *nd_web_address(const struct nd_scene *scene, const char *id);
/** The lane's observation of the tool `open` for that id; NULL: not opened, or it failed. Borrowed. */
const struct nd_json *nd_web_opened(const struct nd_scene *scene, const char *id);
/**
 * The number of the page's source within the lane (see nd_lane_library_of); 0: not opened, or it has no text.
 */
uint32_t nd_web_source(const struct nd_scene *scene, const char *id);

/** The numbers, within the lane, of the passages with text that a step of `retrieve` brought. Caller frees.
 */
struct nd_json *nd_retrieved_sources(const struct nd_scene *scene, const struct nd_step *step);

/** Adds the pages of the user's list to the sources of the run's documents ("nightdesk.sources/1"'s array).
 */
void nd_listed_pages(const struct nd_lane *lane0, struct nd_json *sources);
/**
 * The sources of a lane: the run's recorded ones, then the pages that it opened ("nightdesk.sources/1"'s
 * array, numbered). Caller frees. *run: how many are the run's (may be NULL). NULL: nothing was read yet.
 */
struct nd_json *nd_lane_sources(const struct nd_scene *scene, const struct nd_lane *lane, size_t *run);
/** The sources of the run when research has ended: with the pages of all lanes. Caller frees. */
struct nd_json *nd_research_sources(const struct nd_scene *scene);
/**
 * A copy of what a lane judged with every member "source" turned from the lane's number into the run's.
 * Caller frees.
 */
struct nd_json *nd_web_renumbered(const struct nd_json *judged, const struct nd_json *lane_sources,
                                  const struct nd_json *run_sources);

#endif
