/* Points that had to be covered: which section and which statements say something of each. */
#include "evidence.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"
#include "report_builder.h"
#include <string.h>

#define COVERED 0.6    /* share of a point's terms that a section's title or statements must hold */
#define NAMED_CLAIMS 8 /* statements that are named with a point */

static double share_of(const struct nd_termset *point, const struct nd_json *object, const char *member,
                       const char *lang)
{
    struct nd_termset terms;
    nd_termset_of(&terms, nd_json_view(nd_json_get(object, member)), lang);
    double share = nd_termset_within(point, &terms);
    nd_termset_release(&terms);
    return share;
}

/* How much of the point a section holds in one of its statements; one that has it in its title is about it.
 */
static double held_by(const struct nd_json *section, const struct nd_termset *point, const char *lang)
{
    double title = share_of(point, section, "title", lang), most = 0;
    ND_JSON_EACH(claim, nd_json_get(section, "claims"))
    {
        double share = share_of(point, claim, "text", lang);
        if (share > most) most = share;
    }
    return title >= COVERED ? 1 + title : most;
}

static bool is_found(const struct nd_json *section)
{
    return nd_view_is(nd_json_view(nd_json_get(section, "status")), "found");
}

/* The section that holds most of the point, one with statements before one without; NULL: none does. */
static const struct nd_json *section_about(const struct nd_json *sections, const struct nd_termset *point,
                                           const char *lang)
{
    const struct nd_json *best = NULL;
    double most = 0;
    ND_JSON_EACH(section, sections)
    {
        double share = held_by(section, point, lang);
        bool better = best && is_found(best) != is_found(section) ? is_found(section) : share > most;
        if (share < COVERED || !better) continue;
        most = share;
        best = section;
    }
    return best;
}

static struct nd_json *claims_about(const struct nd_json *section, const struct nd_termset *point,
                                    const char *lang)
{
    struct nd_json *ids = nd_json_array();
    ND_JSON_EACH(claim, nd_json_get(section, "claims"))
    {
        if (nd_json_len(ids) == NAMED_CLAIMS || share_of(point, claim, "text", lang) < COVERED) continue;
        nd_json_add_str(ids, nd_json_get_str(claim, "id"));
    }
    return ids;
}

static struct nd_json *covered(const struct nd_builder *b, const char *text)
{
    const char *lang = b->scene->request->language;
    struct nd_termset point;
    nd_termset_of(&point, nd_view_of(text), lang);
    const struct nd_json *section = section_about(nd_json_get(b->report, "sections"), &point, lang);
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "point", text);
    nd_json_set_bool(json, "covered", section && is_found(section));
    if (section) nd_json_set_str(json, "section", nd_json_get_str(section, "id"));
    nd_json_set(json, "claims", claims_about(section, &point, lang));
    if (!section)
        nd_json_set_str(json, "why",
                        b->scene->stop ? "the run stopped before it was looked for"
                                       : "no section says anything solid of it");
    else if (!is_found(section))
        nd_json_set_str(json, "why", "it was looked for, and nothing solid was found");
    nd_termset_release(&point);
    return json;
}

void nd_builder_covered(struct nd_builder *b, struct nd_json *notes)
{
    const struct nd_request *request = b->scene->request;
    if (request->must_cover.n == 0) return;
    b->must_cover = nd_json_array();
    for (size_t i = 0; i < request->must_cover.n; i++) {
        const struct nd_json *point = nd_json_add(b->must_cover, covered(b, request->must_cover.v[i]));
        if (nd_json_get_bool(point, "covered", false)) continue;
        char *line = nd_sayf(request->language, "Asked to cover '%s': %s.", request->must_cover.v[i],
                             nd_say(request->language, nd_json_get_str(point, "why")));
        nd_json_add_str(notes, line);
        nd_free(line);
    }
}
