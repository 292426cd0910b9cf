/** Reading XLSX: xlsx.c walks the sheets, xlsx_tables.c has what cells refer to. */
#ifndef ND_READ_XLSX_H
#define ND_READ_XLSX_H

#include "office.h"

struct nd_workbook {
    struct nd_job *job;
    struct nd_archive *zip;
    struct nd_bytes strings; /* the shared strings one after the other … */
    size_t *string_end;      /* … and where each ends */
    size_t string_count, string_cap;
    bool *is_date; /* by cell style */
    size_t style_count, style_cap;
    bool from_1904; /* dates count from 1904 */
};

void nd_workbook_read(struct nd_workbook *book, struct nd_archive *zip, struct nd_job *job);
void nd_workbook_release(struct nd_workbook *book);
/** The shared string; empty when there is no such one. */
struct nd_view nd_workbook_string(const struct nd_workbook *book, size_t index);
/** Appends a number as the sheet's style means it: dates as 2026-11-24 or 2026-11-24 06:00:00, others to 15
 * digits. */
void nd_workbook_number(const struct nd_workbook *book, const char *value, size_t style,
                        struct nd_bytes *out);

#endif
