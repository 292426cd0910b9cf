/* CSV (RFC 4180) as one table. The separator is the one of , ; tab | that stands most often in the first
 * line. */
#include "build.h"
#include "kinds.h"

#include <string.h>

static char separator_of(struct nd_view text)
{
    static const char candidates[] = ",;\t|";
    size_t counts[sizeof candidates - 1] = {0};
    bool quoted = false;
    for (size_t i = 0; i < text.len && (quoted || text.data[i] != '\n'); i++) {
        const char *at = text.data[i] ? strchr(candidates, text.data[i]) : NULL;
        if (text.data[i] == '"') quoted = !quoted;
        if (at && !quoted) counts[at - candidates]++;
    }
    size_t best = 0;
    for (size_t i = 1; i < sizeof counts / sizeof counts[0]; i++) {
        if (counts[i] > counts[best]) best = i;
    }
    return candidates[best];
}

/* Adds one field to the build's run; returns where it ends. A doubled quote inside quotes is one. */
static size_t add_field(struct nd_build *b, struct nd_view text, size_t at, char separator)
{
    bool quoted = at < text.len && text.data[at] == '"';
    if (quoted) at++;
    size_t from = at;
    for (; at < text.len; at++) {
        char c = text.data[at];
        if (quoted && c == '"') {
            nd_build_add(b, nd_view_sub(text, from, at));
            from = at + 1;
            if (from < text.len && text.data[from] == '"') {
                at++;
            } else {
                quoted = false;
            }
        } else if (!quoted && (c == separator || c == '\n' || c == '\r')) {
            break;
        }
    }
    nd_build_add(b, nd_view_sub(text, from, at));
    return at;
}

static size_t add_row(struct nd_build *b, struct nd_grid *grid, struct nd_view text, size_t at,
                      char separator)
{
    nd_grid_row(grid, false);
    for (;;) {
        at = add_field(b, text, at, separator);
        nd_grid_cell(grid, 1, 1);
        if (at >= text.len || text.data[at] != separator) break;
        at++;
    }
    while (at < text.len && (text.data[at] == '\n' || text.data[at] == '\r')) at++;
    return at;
}

void nd_csv_read(struct nd_job *job)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    struct nd_build b;
    nd_job_extractor(job, "nightdesk", "csv");
    nd_build_open(&b, job);
    nd_build_source(&b, &text);
    struct nd_grid *grid = nd_grid_open(&b, (struct nd_view){0});
    struct nd_view whole = nd_bytes_view(&text);
    char separator = separator_of(whole);
    for (size_t at = 0; at < whole.len && !b.over;) at = add_row(&b, grid, whole, at, separator);
    nd_grid_close(grid);
    nd_build_close(&b);
    nd_bytes_release(&text);
}
