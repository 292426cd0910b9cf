#include "originals.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define RUN "verify" /* the name of the run in memory that holds what is read */

/* A request that names the roots and nothing else. */
static enum nd_rc request_of(const struct nd_strings *roots, struct nd_request **out, struct nd_error *err)
{
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here))
        return nd_fail(err, ND_BAD_INPUT, "the current folder does not exist any more");
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "topic", RUN);
    struct nd_json *array =
        nd_json_set(nd_json_set(json, "documents", nd_json_object()), "roots", nd_json_array());
    for (size_t i = 0; i < roots->n; i++) {
        char *path = roots->v[i][0] == '/' ? nd_strdup(roots->v[i]) : nd_path_join(here, roots->v[i]);
        nd_json_add_str(array, path);
        nd_free(path);
    }
    enum nd_rc rc = nd_request_parse(out, json, err);
    nd_json_free(json);
    return rc;
}

/* The report is hostile: what it names is looked for among the files that were listed, and nothing else is
 * opened. */
static const struct nd_input *find_input(const struct originals *o, const struct nd_json *source)
{
    int64_t root = nd_json_get_int(source, "root", 0);
    const char *path = nd_json_get_str(source, "path");
    for (size_t i = 0; path && i < o->inputs.n; i++) {
        const struct nd_input *input = &o->inputs.v[i];
        if (input->root == root && strcmp(input->path, path) == 0) return input;
    }
    return NULL;
}

static enum nd_rc read_texts(struct originals *o, const struct nd_input *input, struct nd_bytes *texts,
                             struct nd_error *err)
{
    struct nd_input copy = *input;
    struct nd_inputs one = {.v = &copy, .n = 1, .cap = 1};
    struct nd_read_options how = {.reader = o->w.reader, .workers = 1};
    struct nd_sources sources = {.v = NULL};
    enum nd_rc rc = nd_inputs_read(&sources, &one, o->request, o->objects, &how, NULL, err);
    if (rc != ND_OK) return rc;
    const struct nd_reading *reading = sources.v[0].reading;
    if (*reading->text_sha256) {
        rc = nd_objects_get(o->objects, reading->text_sha256, texts, err);
    } else {
        rc = nd_fail(err, ND_BAD_INPUT, "it is %s now: %s", nd_source_status_word(reading->status),
                     reading->why ? reading->why : "no reason given");
    }
    nd_sources_release(&sources);
    return rc;
}

static enum nd_rc read_original(void *ctx, const struct nd_json *source, bool want_text,
                                char sha256[ND_SHA256_HEX], struct nd_bytes *texts, struct nd_error *err)
{
    struct originals *o = ctx;
    const struct nd_input *input = find_input(o, source);
    if (!input) return nd_fail(err, ND_NOT_FOUND, "it is not among the files of --docs");
    if (input->why) return nd_fail(err, ND_BAD_INPUT, "%s", input->why);
    memcpy(sha256, input->sha256, ND_SHA256_HEX);
    return want_text ? read_texts(o, input, texts, err) : ND_OK;
}

enum nd_rc originals_open(struct originals *o, const struct cli *cli, const struct nd_strings *roots,
                          struct nd_error *err)
{
    *o = (struct originals){.table = {.read = read_original, .ctx = o}};
    enum nd_rc rc = wiring_open(&o->w, cli, STORE_IN_MEMORY, err);
    if (rc == ND_OK && !o->w.reader)
        rc = nd_fail(err, ND_CONFIG, "nightdesk-read is not there: documents cannot be read again");
    if (rc == ND_OK) rc = request_of(roots, &o->request, err);
    if (rc == ND_OK) rc = nd_inputs_list(&o->inputs, o->request, NULL, NULL, err);
    if (rc == ND_OK) rc = nd_engine_create(&o->w.engine, RUN, o->request, 0, err);
    if (rc == ND_OK) rc = o->w.store->ops->objects(o->w.store, RUN, &o->objects, err);
    return rc;
}

void originals_close(struct originals *o)
{
    nd_objects_close(o->objects);
    nd_inputs_release(&o->inputs);
    nd_request_free(o->request);
    wiring_close(&o->w);
}
