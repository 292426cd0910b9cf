#include "xlsx.h"
#include "nightdesk/base/host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STRINGS_MAX = 1000000, STYLES_MAX = 65536, FORMATS_MAX = 1000 };

/* ---- shared strings ---- */

/* The runs of one string item; its phonetic reading is left out. */
static void read_string(struct nd_workbook *book, struct nd_xml *xml)
{
    for (unsigned depth = 1; depth > 0;) {
        enum nd_xml_at at = nd_xml_next(xml);
        if (at == ND_XML_END) break;
        if (at == ND_XML_CLOSE) depth--;
        if (at != ND_XML_OPEN) continue;
        if (nd_xml_is(xml, "rPh"))
            nd_xml_skip(xml);
        else if (nd_xml_is(xml, "t"))
            nd_xml_content(xml, &book->strings);
        else
            depth++;
    }
    ND_GROW(book->string_end, book->string_count, book->string_cap);
    book->string_end[book->string_count++] = book->strings.len;
}

struct nd_view nd_workbook_string(const struct nd_workbook *book, size_t index)
{
    if (index >= book->string_count) return (struct nd_view){0};
    size_t start = index > 0 ? book->string_end[index - 1] : 0;
    return nd_view_sub(nd_bytes_view(&book->strings), start, book->string_end[index]);
}

/* ---- styles: which of them show a number as a date ---- */

static bool is_date_code(const char *code)
{
    bool quoted = false, bracket = false;
    for (const char *c = code; *c; c++) {
        if (*c == '"') quoted = !quoted;
        if (*c == '[') bracket = true;
        if (*c == ']') bracket = false;
        if (*c == '\\' && c[1])
            c++;
        else if (!quoted && !bracket && strchr("ymdhsYMDHS", *c))
            return true;
    }
    return false;
}

struct formats {
    int64_t date[FORMATS_MAX]; /* numbers of the workbook's own formats that are dates */
    size_t n;
};

static bool is_date_format(const struct formats *own, int64_t number)
{
    if ((number >= 14 && number <= 22) || (number >= 27 && number <= 36) || (number >= 45 && number <= 47) ||
        (number >= 50 && number <= 58))
        return true;
    for (size_t i = 0; i < own->n; i++) {
        if (own->date[i] == number) return true;
    }
    return false;
}

static void read_styles(void *ctx, struct nd_xml *xml)
{
    struct nd_workbook *book = ctx;
    struct formats own = {0};
    bool in_cells = false;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (nd_xml_is(xml, "cellXfs")) in_cells = at == ND_XML_OPEN;
        if (at != ND_XML_OPEN) continue;
        int64_t number = strtol(nd_xml_attribute(xml, "numFmtId"), NULL, 10);
        if (nd_xml_is(xml, "numFmt") && own.n < FORMATS_MAX &&
            is_date_code(nd_xml_attribute(xml, "formatCode")))
            own.date[own.n++] = number;
        if (in_cells && nd_xml_is(xml, "xf") && book->style_count < STYLES_MAX) {
            ND_GROW(book->is_date, book->style_count, book->style_cap);
            book->is_date[book->style_count++] = is_date_format(&own, number);
        }
    }
}

/* ---- all together ---- */

static void read_strings(void *ctx, struct nd_xml *xml)
{
    struct nd_workbook *book = ctx;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (at == ND_XML_OPEN && nd_xml_is(xml, "si") && book->string_count < STRINGS_MAX)
            read_string(book, xml);
    }
}

static void read_properties(void *ctx, struct nd_xml *xml)
{
    struct nd_workbook *book = ctx;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (at != ND_XML_OPEN || !nd_xml_is(xml, "workbookPr")) continue;
        const char *value = nd_xml_attribute(xml, "date1904");
        book->from_1904 = strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
    }
}

void nd_workbook_read(struct nd_workbook *book, struct nd_archive *zip, struct nd_job *job)
{
    *book = (struct nd_workbook){.job = job, .zip = zip, .strings = ND_BYTES(ND_READ_ZIP_ENTRY_MAX_BYTES)};
    nd_office_part(zip, job, "xl/sharedStrings.xml", read_strings, book);
    nd_office_part(zip, job, "xl/styles.xml", read_styles, book);
    nd_office_part(zip, job, "xl/workbook.xml", read_properties, book);
}

void nd_workbook_release(struct nd_workbook *book)
{
    nd_bytes_release(&book->strings);
    nd_free(book->string_end);
    nd_free(book->is_date);
}

/* ---- numbers ---- */

/* Days since the end of 1899 (1900 counts as a leap year there) or since 1904. */
static void add_date(double days, bool from_1904, struct nd_bytes *out)
{
    enum { EPOCH_1900 = 25569, EPOCH_1904 = 24107, SECONDS = 86400 };
    if (!from_1904 && days < 60) days += 1;
    double since_1970 = (days - (from_1904 ? EPOCH_1904 : EPOCH_1900)) * SECONDS;
    char when[ND_TIME_BYTES];
    nd_time_format((int64_t)llround(since_1970) * 1000, when);
    bool whole_day = floor(days) == days;
    nd_bytes_add(out, when, 10);
    if (!whole_day) nd_bytes_addf(out, " %.8s", when + 11);
}

void nd_workbook_number(const struct nd_workbook *book, const char *value, size_t style, struct nd_bytes *out)
{
    char *end = NULL;
    double number = strtod(value, &end);
    bool is_number = end != value && *end == '\0' && isfinite(number);
    bool is_date = style < book->style_count && book->is_date[style] && number >= 1 && number < 2958466;
    if (is_number && is_date)
        add_date(number, book->from_1904, out);
    else if (is_number)
        nd_bytes_addf(out, "%.15g", number);
    else
        nd_bytes_add_str(out, value);
}
