#include "place.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "paste.h"
#include <limits.h>
#include <string.h>

enum { PLACE_MAX_BYTES = 8 * PATH_MAX };
enum { PLACE_NAME_BYTES = ND_SHA256_HEX + 8 };

/* Run ids have capital letters, object names have none. */
static void place_name(const char *run_id, char name[PLACE_NAME_BYTES])
{
    char hex[ND_SHA256_HEX];
    nd_sha256_hex(nd_view_of(run_id), hex);
    (void)snprintf(name, PLACE_NAME_BYTES, "place/%s", hex);
}

/* *out stays NULL when nothing is kept. */
static enum nd_rc kept(const struct wiring *w, const char *run_id, char **out, struct nd_error *err)
{
    char name[PLACE_NAME_BYTES];
    struct nd_objects *objects = NULL;
    struct nd_bytes text = ND_BYTES(PLACE_MAX_BYTES);
    struct nd_json *json = NULL;
    struct nd_error why = {0};
    place_name(run_id, name);
    enum nd_rc rc = w->store->ops->objects(w->store, run_id, &objects, &why);
    if (rc == ND_OK) rc = nd_objects_name_get(objects, name, &text, &why);
    if (rc == ND_OK) rc = nd_json_parse(&json, nd_bytes_view(&text), &why);
    const char *path = nd_json_get_str(json, "out");
    if (rc == ND_OK && (!path || path[0] != '/' || strlen(path) >= PATH_MAX))
        rc = nd_fail(&why, ND_BROKEN, "the stored folder of run '%s' is no path", run_id);
    if (rc == ND_OK) *out = nd_strdup(path);
    nd_json_free(json);
    nd_bytes_release(&text);
    nd_objects_close(objects);
    if (rc == ND_OK || rc == ND_NOT_FOUND) return ND_OK;
    *err = why;
    return rc;
}

enum nd_rc place_choose(const struct wiring *w, const struct cli *cli, const char *run_id, bool known_only,
                        char **out, struct nd_error *err)
{
    const char *given = setting_text(&cli->settings, OPT_OUT);
    *out = nd_strdup(given);
    enum nd_rc rc = given ? ND_OK : kept(w, run_id, out, err);
    if (rc == ND_OK && !*out && !known_only) *out = nd_sprintf("nightdesk-%s", run_id);
    return rc;
}

enum nd_rc place_keep(const struct wiring *w, struct cli *cli, const char *run_id, const char *out,
                      struct nd_error *err)
{
    char name[PLACE_NAME_BYTES], *path = path_from_anywhere(out);
    struct nd_objects *objects = NULL;
    struct nd_bytes text = ND_BYTES(PLACE_MAX_BYTES);
    struct nd_json *json = nd_json_object();
    place_name(run_id, name);
    /* the run id in it makes it this run's object, which goes when the run is deleted */
    nd_json_set_str(json, "run_id", run_id);
    nd_json_set_str(json, "out", path);
    nd_json_print_canonical(json, &text);
    bool fits = path[0] == '/' && !text.over && nd_utf8_valid(nd_view_of(path));
    enum nd_rc rc = fits ? w->store->ops->objects(w->store, run_id, &objects, err) : ND_OK;
    if (rc == ND_OK && fits) rc = nd_objects_name_put(objects, name, nd_bytes_view(&text), err);
    if (rc == ND_CONFLICT) {
        nd_error_clear(err);
        rc = ND_OK;
        cli->out_again = true;
    }
    nd_objects_close(objects);
    nd_json_free(json);
    nd_bytes_release(&text);
    nd_free(path);
    return rc;
}
