#include "library.h"
#include "nightdesk/base/alloc.h"
#include "web_pages.h"
#include <pthread.h>
#include <string.h>

struct nd_library {
    char key[ND_SHA256_HEX]; /* hash of the recorded sources */
    struct nd_library *base; /* of a lane's library: the run's, which has the first sources; else NULL */
    size_t based;            /* how many: their entries here borrow the base's */
    struct nd_sources sources;
    struct nd_sources own; /* of a lane's library: the same, with nothing to read among the first */
    unsigned threads;
    pthread_mutex_t lock;  /* of what follows */
    struct nd_bytes *text; /* per source, the blob; loaded[i] says whether it is there */
    struct nd_pages *pages;
    bool *loaded;
    struct nd_collection *collection;
    struct nd_library *next;
};

struct nd_desk {
    struct nd_desk_config config;
    struct nd_web *web;
    struct nd_kbs *kbs;
    pthread_mutex_t lock; /* of the list of libraries and of making one */
    struct nd_library *libraries;
};

struct nd_desk *nd_desk_open(const struct nd_desk_config *config)
{
    struct nd_desk *desk = ND_NEW(struct nd_desk);
    desk->config = *config;
    pthread_mutex_init(&desk->lock, NULL);
    return desk;
}

void nd_desk_set_web(struct nd_desk *desk, struct nd_web *web)
{
    desk->web = web;
}

void nd_desk_set_kbs(struct nd_desk *desk, struct nd_kbs *kbs)
{
    desk->kbs = kbs;
}

static void library_free(struct nd_library *lib)
{
    nd_collection_free(lib->collection);
    for (size_t i = 0; i < lib->sources.n; i++) {
        nd_pages_release(&lib->pages[i]);
        nd_bytes_release(&lib->text[i]);
        if (i < lib->based) lib->sources.v[i] = (struct nd_source){0};
    }
    nd_free(lib->own.v);
    nd_free(lib->pages);
    nd_free(lib->text);
    nd_free(lib->loaded);
    nd_sources_release(&lib->sources);
    pthread_mutex_destroy(&lib->lock);
    nd_free(lib);
}

void nd_desk_close(struct nd_desk *desk)
{
    if (!desk) return;
    for (struct nd_library *lib = desk->libraries, *next; lib; lib = next) {
        next = lib->next;
        library_free(lib);
    }
    pthread_mutex_destroy(&desk->lock);
    nd_free(desk);
}

const struct nd_desk_config *nd_desk_config(const struct nd_scene *scene)
{
    const struct nd_desk *desk = scene->pipeline;
    return &desk->config;
}

struct nd_web *nd_desk_web(const struct nd_scene *scene)
{
    const struct nd_desk *desk = scene->pipeline;
    return desk->web;
}

struct nd_kbs *nd_desk_kbs(const struct nd_scene *scene)
{
    const struct nd_desk *desk = scene->pipeline;
    return desk->kbs;
}

const struct nd_json *nd_scene_sources(const struct nd_scene *scene)
{
    if (scene->artefact[ND_RESEARCH]) return nd_json_get(scene->artefact[ND_RESEARCH], "sources");
    const struct nd_step *read =
        scene->lane0 ? nd_transcript_last(&scene->lane0->transcript, ND_ACT_TOOL, "read") : NULL;
    return read ? nd_json_get(read->observation, "sources") : NULL;
}

bool nd_source_stays(const struct nd_scene *scene, int64_t number)
{
    const struct nd_json *source =
        number > 0 ? nd_json_at(nd_scene_sources(scene), (size_t)number - 1) : NULL;
    return nd_json_get_bool(source, "local", false) || nd_json_get_bool(source, "confidential", false);
}

static void sources_key(const struct nd_json *sources, char key[ND_SHA256_HEX])
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(sources, &text);
    nd_sha256_hex(nd_bytes_view(&text), key);
    nd_bytes_release(&text);
}

static enum nd_rc parse_sources(const struct nd_scene *scene, const struct nd_json *sources,
                                struct nd_sources *out, struct nd_error *err)
{
    struct nd_json *record = nd_json_object();
    nd_json_set_str(record, "schema", "nightdesk.sources/1");
    nd_json_set(record, "sources", nd_json_copy(sources));
    enum nd_rc rc = nd_sources_parse(out, record, scene->objects, err);
    nd_json_free(record);
    return rc;
}

/* Takes the sources. The desk's lock is held. */
static struct nd_library *library_add(struct nd_desk *desk, struct nd_sources *sources, const char *key)
{
    struct nd_library *lib = ND_NEW(struct nd_library);
    memcpy(lib->key, key, sizeof lib->key);
    lib->sources = *sources;
    lib->threads = desk->config.threads;
    lib->text = ND_ARRAY(struct nd_bytes, sources->n + 1);
    lib->pages = ND_ARRAY(struct nd_pages, sources->n + 1);
    lib->loaded = ND_ARRAY(bool, sources->n + 1);
    pthread_mutex_init(&lib->lock, NULL);
    lib->next = desk->libraries;
    desk->libraries = lib;
    return lib;
}

/* A lane's library of that base, or (base NULL) the run's: where one lane alone has pages, both have the same
 * sources, but not the same titles and collection. */
static struct nd_library *library_with(const struct nd_desk *desk, const char *key,
                                       const struct nd_library *base)
{
    struct nd_library *lib = desk->libraries;
    while (lib && (lib->base != base || strcmp(lib->key, key) != 0)) lib = lib->next;
    return lib;
}

enum nd_rc nd_library_of(const struct nd_scene *scene, struct nd_library **out, struct nd_error *err)
{
    struct nd_desk *desk = scene->pipeline;
    const struct nd_json *sources = nd_scene_sources(scene);
    if (!sources) return nd_fail(err, ND_NOT_FOUND, "no documents were read yet");
    char key[ND_SHA256_HEX];
    struct nd_sources list = {0};
    sources_key(sources, key);
    pthread_mutex_lock(&desk->lock);
    struct nd_library *lib = library_with(desk, key, NULL);
    enum nd_rc rc = lib ? ND_OK : parse_sources(scene, sources, &list, err);
    if (rc == ND_OK) *out = lib ? lib : library_add(desk, &list, key);
    pthread_mutex_unlock(&desk->lock);
    return rc;
}

/* ---- a lane's library ---- */

/* The run's sources, borrowed, then the pages; and the same list with nothing to read but the pages. */
static struct nd_library *lane_library_add(struct nd_desk *desk, struct nd_library *base,
                                           struct nd_sources *pages, const char *key)
{
    size_t run = base->sources.n, n = run + pages->n;
    struct nd_sources all = {.v = ND_ARRAY(struct nd_source, n + 1), .n = n, .cap = n + 1};
    struct nd_sources own = {.v = ND_ARRAY(struct nd_source, n + 1), .n = n, .cap = n + 1};
    for (size_t i = 0; i < n; i++) {
        all.v[i] = i < run ? base->sources.v[i] : pages->v[i - run];
        own.v[i] = all.v[i];
        if (i < run) own.v[i].reading = NULL;
    }
    nd_free(pages->v);
    struct nd_library *lib = library_add(desk, &all, key);
    lib->base = base;
    lib->based = run;
    lib->own = own;
    return lib;
}

static struct nd_json *rest_of(const struct nd_json *array, size_t from)
{
    struct nd_json *rest = nd_json_array();
    size_t i = 0;
    ND_JSON_EACH(item, array)
    if (i++ >= from) nd_json_add(rest, nd_json_copy(item));
    return rest;
}

enum nd_rc nd_lane_library_of(const struct nd_scene *scene, struct nd_library **out, struct nd_error *err)
{
    struct nd_desk *desk = scene->pipeline;
    struct nd_library *base = NULL;
    enum nd_rc rc = nd_library_of(scene, &base, err);
    if (rc != ND_OK || !base) return rc;
    struct nd_json *sources = nd_lane_sources(scene, scene->lane, NULL),
                   *rest = rest_of(sources, base->sources.n);
    char key[ND_SHA256_HEX];
    struct nd_sources pages = {0};
    sources_key(sources, key);
    pthread_mutex_lock(&desk->lock);
    struct nd_library *lib = nd_json_len(rest) > 0 ? library_with(desk, key, base) : base;
    rc = lib ? ND_OK : parse_sources(scene, rest, &pages, err);
    if (rc == ND_OK) *out = lib ? lib : lane_library_add(desk, base, &pages, key);
    pthread_mutex_unlock(&desk->lock);
    nd_json_free(rest);
    nd_json_free(sources);
    return rc;
}

const struct nd_sources *nd_library_sources(const struct nd_library *lib)
{
    return &lib->sources;
}

static enum nd_rc load_pages(struct nd_library *lib, struct nd_objects *objects, size_t i,
                             struct nd_error *err)
{
    const struct nd_source *source = &lib->sources.v[i];
    if (source->reading->text_sha256[0] == '\0') return ND_OK;
    lib->text[i] = ND_BYTES(ND_PAGE_TEXT_MAX_BYTES);
    enum nd_rc rc = nd_objects_get(objects, source->reading->text_sha256, &lib->text[i], err);
    if (rc == ND_OK)
        rc = nd_pages_split(&lib->pages[i], nd_bytes_view(&lib->text[i]), source->reading->pages, err);
    if (rc == ND_OK) return ND_OK;
    nd_bytes_release(&lib->text[i]);
    return nd_while(err, "while loading the text of '%s'", source->path);
}

enum nd_rc nd_library_pages(struct nd_library *lib, struct nd_objects *objects, uint32_t source,
                            const struct nd_pages **out, struct nd_error *err)
{
    if (source == 0 || source > lib->sources.n)
        return nd_fail(err, ND_BROKEN, "source %u is asked for, there are %zu", source, lib->sources.n);
    size_t i = source - 1;
    if (i < lib->based) return nd_library_pages(lib->base, objects, source, out, err);
    pthread_mutex_lock(&lib->lock);
    enum nd_rc rc = lib->loaded[i] ? ND_OK : load_pages(lib, objects, i, err);
    if (rc == ND_OK) lib->loaded[i] = true;
    pthread_mutex_unlock(&lib->lock);
    if (rc == ND_OK) *out = &lib->pages[i];
    return rc;
}

enum nd_rc nd_library_collection(struct nd_library *lib, struct nd_objects *objects,
                                 const struct nd_collection **out, struct nd_error *err)
{
    pthread_mutex_lock(&lib->lock);
    enum nd_rc rc = ND_OK;
    if (!lib->collection)
        rc = nd_collection_open(&lib->collection, lib->based ? &lib->own : &lib->sources, objects,
                                lib->threads, err);
    pthread_mutex_unlock(&lib->lock);
    if (rc == ND_OK) *out = lib->collection;
    return rc;
}

bool nd_is_lane_page(const struct nd_scene *scene, uint32_t n)
{
    return n > nd_json_len(nd_scene_sources(scene));
}

enum nd_rc nd_library_open(const struct nd_scene *scene, bool pages, const atomic_bool *stop,
                           struct nd_library **lib, const struct nd_collection **c, struct nd_error *err)
{
    enum nd_rc rc = pages ? nd_lane_library_of(scene, lib, err) : nd_library_of(scene, lib, err);
    if (rc == ND_OK) rc = nd_library_collection(*lib, scene->objects, c, err);
    return rc == ND_OK && atomic_load(stop) ? nd_fail(err, ND_STOPPED, "asked to stop") : rc;
}
