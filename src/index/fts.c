#include "fts.h"

#include "nightdesk/base/alloc.h"

#include <math.h>
#include <pthread.h>

struct nd_fts {
    struct nd_db *db;
    struct nd_stmt *insert, *find;
    pthread_mutex_t lock; /* guards find and the answers */
    struct nd_fts_scores *answers;
    bool *asked;
    size_t terms;
    int64_t rows;
};

/* Terms hold letters, digits, marks and the '=' of exact forms; ascii keeps every byte above 127 as part of a
 * word. */
#define SCHEMA                                                                                               \
    "CREATE VIRTUAL TABLE passage USING fts5(body, section, name, content='', tokenize=\"ascii tokenchars "  \
    "'=.,'''\");"                                                                                            \
    "BEGIN"

enum nd_rc nd_fts_open(struct nd_fts **out, struct nd_error *err)
{
    struct nd_fts *fts = ND_NEW(struct nd_fts);
    pthread_mutex_init(&fts->lock, NULL);
    enum nd_rc rc = nd_db_open(&fts->db, ":memory:", ND_DB_CREATE, err);
    if (rc == ND_OK) rc = nd_db_exec(fts->db, SCHEMA, err);
    if (rc == ND_OK)
        rc = nd_db_prepare(fts->db, &fts->insert,
                           "INSERT INTO passage(rowid, body, section, name) VALUES(?, ?, ?, ?)", err);
    if (rc == ND_OK)
        *out = fts;
    else
        nd_fts_close(fts);
    return rc;
}

enum nd_rc nd_fts_add(struct nd_fts *fts, struct nd_view body, struct nd_view section, struct nd_view name,
                      struct nd_error *err)
{
    bool row = false;
    nd_stmt_bind_int(fts->insert, 1, ++fts->rows);
    nd_stmt_bind_text(fts->insert, 2, body);
    nd_stmt_bind_text(fts->insert, 3, section);
    nd_stmt_bind_text(fts->insert, 4, name);
    enum nd_rc rc = nd_stmt_step(fts->insert, &row, err);
    nd_stmt_reset(fts->insert);
    return rc;
}

enum nd_rc nd_fts_ready(struct nd_fts *fts, size_t terms, struct nd_error *err)
{
    fts->answers = ND_ARRAY(struct nd_fts_scores, terms);
    fts->asked = ND_ARRAY(bool, terms);
    fts->terms = terms;
    enum nd_rc rc = nd_db_exec(fts->db, "COMMIT", err);
    if (rc != ND_OK) return rc;
    return nd_db_prepare(
        fts->db, &fts->find,
        "SELECT rowid, bm25(passage, 1, 0, 0), bm25(passage, 0, 1, 0), bm25(passage, 0, 0, 1)"
        " FROM passage WHERE passage MATCH ? ORDER BY rowid",
        err);
}

/* bm25() is negative, the best the smallest. */
static int32_t millionths(double bm25)
{
    return (int32_t)lround(-bm25 * 1e6);
}

static enum nd_rc ask(struct nd_fts *fts, struct nd_view term, struct nd_fts_scores *out,
                      struct nd_error *err)
{
    struct nd_bytes phrase = ND_BYTES(ND_MIB);
    nd_bytes_add_char(&phrase, '"');
    nd_bytes_add_view(&phrase, term);
    nd_bytes_add_char(&phrase, '"');
    nd_stmt_bind_text(fts->find, 1, nd_bytes_view(&phrase));
    size_t cap = 0;
    bool row = true;
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK && row) {
        rc = nd_stmt_step(fts->find, &row, err);
        if (rc != ND_OK || !row) break;
        ND_GROW(out->v, out->n, cap);
        out->v[out->n++] = (struct nd_fts_score){
            .passage = (uint32_t)(nd_stmt_int(fts->find, 0) - 1),
            .body = millionths(nd_stmt_num(fts->find, 1)),
            .section = millionths(nd_stmt_num(fts->find, 2)),
            .name = millionths(nd_stmt_num(fts->find, 3)),
        };
    }
    nd_stmt_reset(fts->find);
    nd_bytes_release(&phrase);
    return rc;
}

enum nd_rc nd_fts_find(struct nd_fts *fts, uint32_t number, struct nd_view term, struct nd_fts_scores *out,
                       struct nd_error *err)
{
    if (number >= fts->terms)
        return nd_fail(err, ND_BROKEN, "term %u of an index of %zu terms", number, fts->terms);
    enum nd_rc rc = ND_OK;
    pthread_mutex_lock(&fts->lock);
    if (!fts->asked[number]) {
        struct nd_fts_scores found = {0};
        rc = ask(fts, term, &found, err);
        if (rc == ND_OK) {
            fts->answers[number] = found;
            fts->asked[number] = true;
        } else {
            nd_free(found.v);
        }
    }
    if (rc == ND_OK) *out = fts->answers[number];
    pthread_mutex_unlock(&fts->lock);
    return rc;
}

void nd_fts_close(struct nd_fts *fts)
{
    if (!fts) return;
    for (size_t i = 0; i < fts->terms; i++) nd_free(fts->answers[i].v);
    nd_free(fts->answers);
    nd_free(fts->asked);
    nd_stmt_close(fts->insert);
    nd_stmt_close(fts->find);
    nd_db_close(fts->db);
    pthread_mutex_destroy(&fts->lock);
    nd_free(fts);
}
