#include "library.h"
#include "nightdesk/base/alloc.h"
#include <pthread.h>
#include <string.h>

struct nd_library {
    char key[ND_SHA256_HEX]; /* hash of the recorded sources */
    struct nd_sources sources;
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

static void library_free(struct nd_library *lib)
{
    nd_collection_free(lib->collection);
    for (size_t i = 0; i < lib->sources.n; i++) {
        nd_pages_release(&lib->pages[i]);
        nd_bytes_release(&lib->text[i]);
    }
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

const struct nd_json *nd_scene_sources(const struct nd_scene *scene)
{
    if (scene->artefact[ND_RESEARCH]) return nd_json_get(scene->artefact[ND_RESEARCH], "sources");
    const struct nd_step *read =
        scene->lane0 ? nd_transcript_last(&scene->lane0->transcript, ND_ACT_TOOL, "read") : NULL;
    return read ? nd_json_get(read->observation, "sources") : NULL;
}

static void sources_key(const struct nd_json *sources, char key[ND_SHA256_HEX])
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(sources, &text);
    nd_sha256_hex(nd_bytes_view(&text), key);
    nd_bytes_release(&text);
}

static enum nd_rc library_make(struct nd_desk *desk, const struct nd_scene *scene,
                               const struct nd_json *sources, const char *key, struct nd_error *err)
{
    struct nd_sources list = {0};
    struct nd_json *record = nd_json_object();
    nd_json_set_str(record, "schema", "nightdesk.sources/1");
    nd_json_set(record, "sources", nd_json_copy(sources));
    enum nd_rc rc = nd_sources_parse(&list, record, scene->objects, err);
    nd_json_free(record);
    if (rc != ND_OK) return rc;
    struct nd_library *lib = ND_NEW(struct nd_library);
    memcpy(lib->key, key, sizeof lib->key);
    lib->sources = list;
    lib->threads = desk->config.threads;
    lib->text = ND_ARRAY(struct nd_bytes, list.n + 1);
    lib->pages = ND_ARRAY(struct nd_pages, list.n + 1);
    lib->loaded = ND_ARRAY(bool, list.n + 1);
    pthread_mutex_init(&lib->lock, NULL);
    lib->next = desk->libraries;
    desk->libraries = lib;
    return ND_OK;
}

enum nd_rc nd_library_of(const struct nd_scene *scene, struct nd_library **out, struct nd_error *err)
{
    struct nd_desk *desk = scene->pipeline;
    const struct nd_json *sources = nd_scene_sources(scene);
    if (!sources) return nd_fail(err, ND_NOT_FOUND, "no documents were read yet");
    char key[ND_SHA256_HEX];
    sources_key(sources, key);
    pthread_mutex_lock(&desk->lock);
    struct nd_library *lib = desk->libraries;
    while (lib && strcmp(lib->key, key) != 0) lib = lib->next;
    enum nd_rc rc = lib ? ND_OK : library_make(desk, scene, sources, key, err);
    if (rc == ND_OK) *out = lib ? lib : desk->libraries;
    pthread_mutex_unlock(&desk->lock);
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
        rc = nd_collection_open(&lib->collection, &lib->sources, objects, lib->threads, err);
    pthread_mutex_unlock(&lib->lock);
    if (rc == ND_OK) *out = lib->collection;
    return rc;
}

enum nd_rc nd_library_open(const struct nd_scene *scene, const atomic_bool *stop, struct nd_library **lib,
                           const struct nd_collection **c, struct nd_error *err)
{
    enum nd_rc rc = nd_library_of(scene, lib, err);
    if (rc == ND_OK) rc = nd_library_collection(*lib, scene->objects, c, err);
    return rc == ND_OK && atomic_load(stop) ? nd_fail(err, ND_STOPPED, "asked to stop") : rc;
}
