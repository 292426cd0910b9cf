/* What the report is and of what, in the program's words. It states nothing about the subject. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"
#include "report_builder.h"
#include "scene.h"
#include <string.h>

static size_t count_read(const struct nd_json *sources)
{
    size_t n = 0;
    ND_JSON_EACH(source, sources)
    {
        const char *status = nd_json_get_str(source, "status");
        n += status && (strcmp(status, "read") == 0 || strcmp(status, "partly") == 0);
    }
    return n;
}

void nd_builder_introduction(struct nd_builder *b)
{
    const struct nd_scene *scene = b->scene;
    const struct nd_json *sections = nd_json_get(b->report, "sections");
    size_t documents = count_read(nd_scene_sources(scene)), statements = 0, answered = 0,
           n = nd_json_len(sections);
    ND_JSON_EACH(section, sections)
    {
        size_t claims = nd_json_len(nd_json_get(section, "claims"));
        statements += claims;
        answered += claims > 0;
    }
    const char *language = scene->request->language;
    struct nd_view asked = nd_view_trim(nd_view_of(scene->request->topic));
    bool ended = asked.len > 0 && strchr("?.!", asked.data[asked.len - 1]) != NULL;
    char *topic = nd_sprintf("%.*s%s", (int)asked.len, asked.data, ended ? "" : ".");
    char *read = nd_sayf(language, documents == 1 ? "%zu document" : "%zu documents", documents);
    char *found = nd_sayf(language, statements == 1 ? "%zu statement" : "%zu statements", statements);
    char *text =
        statements == 0
            ? nd_sayf(language, "The question was: %s Read: %s. Nothing solid was found for any part of it.",
                      topic, read)
            : nd_sayf(
                  language,
                  "The question was: %s Read: %s. What they say of it stands below: %s, for %zu of %zu %s.",
                  topic, read, found, answered, n, nd_plural(language, (int64_t)n, "part", "parts"));
    nd_free(found);
    nd_free(read);
    nd_free(topic);
    nd_json_set_str(b->report, "introduction", text);
    nd_free(text);
}
