/* Titles: from file names, and apart from each other. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "reader.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADINGS_LOOKED_AT = 8,
    GROUP_MAX = 2000 /* sources of one title that are compared with each other */
};

char *nd_title_of_path(const char *path)
{
    enum { ENDING_BYTES = 9 };
    const char *slash = strrchr(path, '/');
    struct nd_view name = nd_view_of(slash ? slash + 1 : path);
    const char *dot = strrchr(name.data, '.');
    if (dot && dot > name.data && strlen(dot) <= ENDING_BYTES)
        name = nd_view_sub(name, 0, (size_t)(dot - name.data));
    struct nd_bytes title = ND_BYTES(PATH_MAX * 4), printable = ND_BYTES(PATH_MAX * 4);
    nd_text_printable(name, &printable);
    for (size_t i = 0; i < printable.len; i++) {
        char c = printable.data[i] == '_' ? ' ' : printable.data[i];
        bool doubled = c == ' ' && (title.len == 0 || title.data[title.len - 1] == ' ');
        if (!doubled) nd_bytes_add_char(&title, c);
    }
    nd_bytes_release(&printable);
    if (title.len == 0) nd_bytes_add_view(&title, name);
    return nd_bytes_take(&title, NULL);
}

void nd_title_from_path(struct nd_reading *reading, const char *path)
{
    if (reading->title_from != ND_TITLE_FILE_NAME) return;
    nd_free(reading->title);
    reading->title = nd_title_of_path(path);
}

void nd_title_of_passage(struct nd_source *passage)
{
    passage->reading->title_from = ND_TITLE_FILE_NAME;
    nd_title_from_path(passage->reading, passage->path);
}

/* ---- titles that several sources share ---- */

static int compare(const void *a, const void *b)
{
    const struct nd_source *x = *(struct nd_source *const *)a, *y = *(struct nd_source *const *)b;
    int order = strcmp(x->reading->title, y->reading->title);
    return order ? order : (x > y) - (x < y);
}

static const char *heading_at(const struct nd_source *s, size_t k)
{
    return k < s->reading->heading_count ? s->reading->headings[k].title : NULL;
}

static bool is_alone_with(struct nd_source *const *group, size_t n, size_t self, size_t k)
{
    const char *own = heading_at(group[self], k);
    if (!own || strcmp(own, group[self]->reading->title) == 0) return false;
    for (size_t i = 0; i < n; i++) {
        const char *other = i == self ? NULL : heading_at(group[i], k);
        if (other && strcmp(own, other) == 0) return false;
    }
    return true;
}

/* The file's name, or its whole path when another of the group is named alike. */
static char *name_apart(struct nd_source *const *group, size_t n, size_t self)
{
    char *name = nd_title_of_path(group[self]->path);
    bool shared = strcmp(name, group[self]->reading->title) == 0;
    for (size_t i = 0; n <= GROUP_MAX && i < n && !shared; i++) {
        char *other = nd_title_of_path(group[i]->path);
        shared = i != self && strcmp(name, other) == 0;
        nd_free(other);
    }
    if (!shared) return name;
    nd_free(name);
    return nd_strdup(group[self]->path);
}

static char *apart(struct nd_source *const *group, size_t n, size_t self)
{
    const char *title = group[self]->reading->title;
    for (size_t k = 0; n <= GROUP_MAX && k < HEADINGS_LOOKED_AT; k++) {
        if (is_alone_with(group, n, self, k)) return nd_sprintf("%s: %s", title, heading_at(group[self], k));
    }
    char *name = name_apart(group, n, self);
    char *longer = nd_sprintf("%s (%s)", title, name);
    nd_free(name);
    return longer;
}

/* Passages of one place stay together. */
static bool is_one_document(struct nd_source *const *group, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!group[i]->kb || strcmp(group[i]->path, group[0]->path) != 0) return false;
    return true;
}

void nd_titles_apart(struct nd_sources *sources)
{
    struct nd_source **sorted = ND_ARRAY(struct nd_source *, sources->n + 1);
    char **titles = ND_ARRAY(char *, sources->n + 1);
    for (size_t i = 0; i < sources->n; i++) sorted[i] = &sources->v[i];
    qsort(sorted, sources->n, sizeof *sorted, compare);
    for (size_t from = 0, to = 0; from < sources->n; from = to) {
        for (to = from + 1; to < sources->n; to++) {
            if (strcmp(sorted[from]->reading->title, sorted[to]->reading->title) != 0) break;
        }
        if (is_one_document(sorted + from, to - from)) continue;
        for (size_t i = from; to - from > 1 && i < to; i++)
            titles[i] = apart(sorted + from, to - from, i - from);
    }
    for (size_t i = 0; i < sources->n; i++) {
        if (!titles[i]) continue;
        nd_free(sorted[i]->reading->title);
        sorted[i]->reading->title = titles[i];
    }
    nd_free(sorted);
    nd_free(titles);
}
