/** A folder of documents, a store in memory, and what the reader makes of them. */
#ifndef ND_DOCUMENT_RIG_H
#define ND_DOCUMENT_RIG_H

#include "nightdesk/document/document.h"
#include "objects_rig.h"

struct rig {
    const char *root; /* folder of the documents */
    const char *reader;
    struct nd_objects *objects;
    struct nd_request request;
    struct nd_inputs inputs;
    struct nd_sources sources;
    struct nd_read_progress progress;
    struct nd_error err;
};

void rig_open(struct rig *rig); /* with nightdesk-read as it was built */
void rig_close(struct rig *rig);
/** Writes a document below the root; folders in its name are made. */
void rig_add(struct rig *rig, const char *name, struct nd_view bytes);
/** Lists and reads all documents again. */
enum nd_rc rig_read(struct rig *rig);
/** The same for one document; its reading. */
const struct nd_reading *rig_read_one(struct rig *rig, const char *name, struct nd_view bytes);
/** The source with that path; the test fails when there is none. */
const struct nd_source *rig_source(const struct rig *rig, const char *path);
/** A page's text, NUL-ended; lives until the test's process ends. */
const char *rig_page(const struct rig *rig, const char *path, uint32_t page);
/** The text of a table's cell. */
const char *rig_cell(const struct rig *rig, const char *path, size_t table, uint32_t row, uint32_t column);

/** Heading i of the reading r has that level and title. */
#define HEADING(r, i, l, t)                                                                                  \
    do {                                                                                                     \
        ck_assert_uint_lt((size_t)(i), (r)->heading_count);                                                  \
        ck_assert_str_eq((r)->headings[i].title, (t));                                                       \
        ck_assert_uint_eq((r)->headings[i].level, (l));                                                      \
    } while (0)

#endif
