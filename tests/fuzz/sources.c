/* The list of sources and a record that it names: the list, then the record's bytes whatever its hash. */
#include "fuzz.h"
#include "nightdesk/document/document.h"

struct shelf {
    struct nd_objects objects;
    struct nd_view record;
};

static enum nd_rc shelf_get(struct nd_objects *o, const char *sha256, struct nd_bytes *out,
                            struct nd_error *err)
{
    (void)sha256;
    (void)err;
    nd_bytes_add_view(out, ((const struct shelf *)(const void *)o)->record);
    return ND_OK;
}

static const struct nd_objects_ops shelf_ops = {.get = shelf_get};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size), list = fuzz_part(&rest);
    struct shelf shelf = {.objects = {&shelf_ops}, .record = rest};
    struct nd_json *json = NULL;
    struct nd_sources sources = {0}, back = {0};
    struct nd_error err = {0};
    if (nd_json_parse(&json, list, NULL) == ND_OK &&
        nd_sources_parse(&sources, json, &shelf.objects, &err) == ND_OK) {
        for (size_t i = 0; i < sources.n; i++) FUZZ_CHECK(sources.v[i].path && *sources.v[i].reading->title);
        struct nd_json *again = nd_sources_json(&sources);
        FUZZ_CHECK(nd_sources_parse(&back, again, &shelf.objects, &err) == ND_OK);
        fuzz_check_same(again, nd_sources_json(&back));
        nd_sources_release(&sources);
        nd_sources_release(&back);
    }
    nd_json_free(json);
    return 0;
}
