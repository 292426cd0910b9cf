#include "analysis.h"

#include "nightdesk/base/alloc.h"

#include <string.h>

/* Readers of marked-up documents write each block on a line of its own, however long. */
static bool lines_are_blocks(const char *kind)
{
    static const char *const kinds[] = {"html", "docx", "xlsx", "pptx", "odt", "epub", "csv"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kind && strcmp(kind, kinds[i]) == 0) return true;
    }
    return false;
}

void nd_analyse(struct nd_analysis *a, const struct nd_reading *reading, const struct nd_view *pages,
                size_t n)
{
    *a = (struct nd_analysis){.reading = reading, .page = pages, .pages = (uint32_t)n};
    a->lang = reading->lang ? reading->lang : nd_language_guess(pages, n);
    a->language = nd_language_of(a->lang);
    a->blocks = lines_are_blocks(reading->kind);
    nd_lines_split(a);
    nd_lines_classify(a);
    nd_furniture_mark(a);
    nd_regions_mark(a);
    nd_heads_mark(a);
    nd_units_cut(a);
    nd_passages_cut(a);
}

void nd_analysis_release(struct nd_analysis *a)
{
    nd_free(a->lines);
    nd_free(a->first_line);
    for (size_t i = 0; i < a->section_count; i++) {
        nd_free(a->sections[i].title);
        nd_free(a->sections[i].path);
    }
    nd_free(a->sections);
    nd_free(a->section_line);
    nd_free(a->units);
    nd_free(a->passages);
    *a = (struct nd_analysis){0};
}
