#include "in_place.h"
#include <string.h>

#define QUOTES_IN_PLACE 2 /* a statement with more of them is removed instead */

static bool shares_evidence(const struct nd_json *a, const struct nd_json *b)
{
    ND_JSON_EACH(x, nd_json_get(a, "evidence"))
    {
        ND_JSON_EACH(y, nd_json_get(b, "evidence"))
        if (nd_json_equal(x, y)) return true;
    }
    return false;
}

bool nd_is_summary(const struct nd_scene *scene)
{
    const char *section = nd_json_get_str(scene->lane->spec, "section");
    return section && strcmp(section, "summary") == 0;
}

bool nd_quotes_may_stand(const struct nd_scene *scene, const struct nd_json *claim,
                         const struct nd_json *verdicts)
{
    if (nd_is_summary(scene) || nd_json_len(nd_json_get(claim, "evidence")) > QUOTES_IN_PLACE) return false;
    const struct nd_json *verdict = nd_json_first(verdicts);
    ND_JSON_EACH(other, nd_json_get(scene->lane->spec, "claims"))
    {
        const char *word = nd_json_get_str(verdict, "verdict");
        bool quoted = nd_json_get_bool(other, "quoted", false) || (word && strcmp(word, "quoted") == 0);
        if (other != claim && quoted && shares_evidence(claim, other)) return false;
        verdict = nd_json_next(verdict);
    }
    return true;
}
