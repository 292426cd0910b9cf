#include "writer.h"
#include "nightdesk/pipeline/pipeline.h"

static const struct nd_writer *const writers[] = {&nd_writer_extractive, &nd_writer_model};

static const struct nd_writer *writer_named(const char *name)
{
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        if (writers[i]->serves(name)) return writers[i];
    }
    return NULL;
}

enum nd_rc nd_pipeline_writer_known(const char *writer, struct nd_error *err)
{
    if (writer_named(writer)) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "there is no writer '%s', wanted 'extractive' or PROVIDER:MODEL",
                   writer);
}

enum nd_rc nd_writer_of(const struct nd_scene *scene, const struct nd_writer **out, struct nd_error *err)
{
    const struct nd_writer *writer = writer_named(scene->writer);
    if (!writer) return nd_fail(err, ND_CONFIG, "this program has no writer '%s'", scene->writer);
    *out = writer;
    return ND_OK;
}
