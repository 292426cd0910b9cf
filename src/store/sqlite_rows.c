/* Runs, requests and records as rows. A row read back is hostile until its seal and its members were checked.
 */
#include "sqlite.h"
#include "nightdesk/base/alloc.h"
#include "rules.h"
#include "seal.h"

#include <string.h>

bool nd_row_text(struct nd_stmt *stmt, int column, char *out, size_t size)
{
    struct nd_view text = nd_stmt_view(stmt, column);
    if (text.len >= size || memchr(text.data, '\0', text.len)) return false;
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return true;
}

bool nd_row_number(struct nd_stmt *stmt, int column, unsigned max, unsigned *out)
{
    int64_t value = nd_stmt_int(stmt, column);
    if (value < 0 || value > max) return false;
    *out = (unsigned)value;
    return true;
}

bool nd_row_sealed(struct nd_stmt *stmt, int column, struct nd_sha256 *seal)
{
    char wanted[ND_SEAL_HEX];
    nd_seal_close(seal, wanted);
    return nd_view_is(nd_stmt_view(stmt, column), wanted);
}

/* ---- runs ---- */

static struct nd_sha256 *seal_of_run(const char *run_id, struct nd_view meta,
                                     const int64_t tally[TALLY_COUNT])
{
    struct nd_sha256 *seal = nd_seal_open("run", run_id);
    nd_seal_view(seal, meta);
    for (size_t i = 0; i < TALLY_COUNT; i++) nd_seal_int(seal, tally[i]);
    return seal;
}

enum nd_rc nd_row_run_no(struct conn *conn, const char *run_id, int64_t *no, struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_RUN_NO, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_text(stmt, 1, nd_view_of(run_id));
    rc = nd_stmt_step(stmt, &row, err);
    if (rc == ND_OK && !row) rc = nd_fail(err, ND_NOT_FOUND, "there is no run '%.64s'", run_id);
    if (rc == ND_OK) *no = nd_stmt_int(stmt, 0);
    nd_stmt_reset(stmt);
    return rc;
}

enum nd_rc nd_row_run_read(struct nd_stmt *stmt, struct run_row *out, struct nd_error *err)
{
    char run_id[ND_RUN_ID_BYTES];
    struct run_row row = {.no = nd_stmt_int(stmt, 0)};
    if (!nd_row_text(stmt, 1, run_id, sizeof run_id))
        return nd_fail(err, ND_BROKEN, "a run of the store has an id that is too long");
    struct nd_view text = nd_stmt_view(stmt, 3);
    for (int i = 0; i < TALLY_COUNT; i++) row.tally[i] = nd_stmt_int(stmt, 4 + i);
    if (!nd_row_sealed(stmt, 4 + TALLY_COUNT, seal_of_run(run_id, text, row.tally)))
        return nd_fail(err, ND_BROKEN, "the head of run '%s' does not fit its seal", run_id);
    enum nd_rc rc = nd_meta_parse(&row.meta, text, err);
    if (rc == ND_OK && (strcmp(row.meta.run_id, run_id) != 0 || row.meta.started_ms != nd_stmt_int(stmt, 2)))
        rc = nd_fail(err, ND_BROKEN, "the head of run '%s' is of another run", run_id);
    if (rc == ND_OK) {
        *out = row;
    } else {
        (void)nd_while(err, "while reading the head of run '%s'", run_id);
    }
    return rc;
}

enum nd_rc nd_row_run(struct conn *conn, const char *run_id, struct run_row *out, struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_RUN, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_text(stmt, 1, nd_view_of(run_id));
    rc = nd_stmt_step(stmt, &row, err);
    if (rc == ND_OK && !row) rc = nd_fail(err, ND_NOT_FOUND, "there is no run '%.64s'", run_id);
    if (rc == ND_OK) rc = nd_row_run_read(stmt, out, err);
    nd_stmt_reset(stmt);
    return rc;
}

static enum nd_rc print_meta(const struct nd_meta *meta, struct nd_bytes *text, struct nd_error *err)
{
    struct nd_json *json = nd_meta_json(meta);
    nd_json_print(json, text);
    nd_json_free(json);
    if (!text->over) return ND_OK;
    return nd_fail(err, ND_OVER_LIMIT, "the head of run '%s' is larger than %d bytes", meta->run_id,
                   ND_META_MAX_BYTES);
}

enum nd_rc nd_row_run_add(struct conn *conn, const struct nd_meta *meta, int64_t *no, struct nd_error *err)
{
    static const int64_t nothing[TALLY_COUNT];
    struct nd_bytes text = ND_BYTES(ND_META_MAX_BYTES);
    char seal[ND_SEAL_HEX];
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = print_meta(meta, &text, err);
    if (rc == ND_OK) rc = nd_conn_stmt(conn, SQL_RUN_ADD, &stmt, err);
    if (rc == ND_OK) {
        nd_seal_close(seal_of_run(meta->run_id, nd_bytes_view(&text), nothing), seal);
        nd_stmt_bind_text(stmt, 1, nd_view_of(meta->run_id));
        nd_stmt_bind_int(stmt, 2, meta->started_ms);
        nd_stmt_bind_text(stmt, 3, nd_bytes_view(&text));
        nd_stmt_bind_text(stmt, 4, nd_view_of(seal));
        rc = nd_stmt_step(stmt, &row, err);
        if (rc == ND_OK) *no = nd_stmt_int(stmt, 0);
        nd_stmt_reset(stmt);
    }
    if (rc == ND_CONFLICT) {
        nd_error_clear(err);
        rc = nd_fail(err, ND_CONFLICT, "run '%s' exists already", meta->run_id);
    }
    nd_bytes_release(&text);
    return rc;
}

enum nd_rc nd_row_run_set(struct conn *conn, const struct run_row *row, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_META_MAX_BYTES);
    char seal[ND_SEAL_HEX];
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = print_meta(&row->meta, &text, err);
    if (rc == ND_OK) rc = nd_conn_stmt(conn, SQL_RUN_SET, &stmt, err);
    if (rc == ND_OK) {
        nd_seal_close(seal_of_run(row->meta.run_id, nd_bytes_view(&text), row->tally), seal);
        nd_stmt_bind_int(stmt, 1, row->meta.started_ms);
        nd_stmt_bind_text(stmt, 2, nd_bytes_view(&text));
        for (int i = 0; i < TALLY_COUNT; i++) nd_stmt_bind_int(stmt, 3 + i, row->tally[i]);
        nd_stmt_bind_text(stmt, 3 + TALLY_COUNT, nd_view_of(seal));
        nd_stmt_bind_int(stmt, 4 + TALLY_COUNT, row->no);
        rc = nd_conn_run(stmt, err);
    }
    nd_bytes_release(&text);
    return rc;
}

/* ---- requests ---- */

static struct nd_sha256 *seal_of_request(const char *run_id, struct nd_view body)
{
    struct nd_sha256 *seal = nd_seal_open("request", run_id);
    nd_seal_view(seal, body);
    return seal;
}

enum nd_rc nd_row_request_add(struct conn *conn, const char *run_id, int64_t no, struct nd_view request,
                              struct nd_error *err)
{
    char seal[ND_SEAL_HEX];
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_REQUEST_ADD, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_seal_close(seal_of_request(run_id, request), seal);
    nd_stmt_bind_int(stmt, 1, no);
    nd_stmt_bind_blob(stmt, 2, request);
    nd_stmt_bind_text(stmt, 3, nd_view_of(seal));
    return nd_conn_run(stmt, err);
}

enum nd_rc nd_row_request(struct conn *conn, const char *run_id, int64_t no, struct nd_bytes *out,
                          struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_REQUEST, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_int(stmt, 1, no);
    rc = nd_stmt_step(stmt, &row, err);
    if (rc == ND_OK && (!row || !nd_row_sealed(stmt, 1, seal_of_request(run_id, nd_stmt_view(stmt, 0)))))
        rc = nd_fail(err, ND_BROKEN, "the request of run '%s' is missing or does not fit its seal", run_id);
    if (rc == ND_OK) {
        nd_bytes_add_view(out, nd_stmt_view(stmt, 0));
        if (out->over)
            rc = nd_fail(err, ND_OVER_LIMIT, "the request of run '%s' is larger than %zu bytes", run_id,
                         out->max);
    }
    nd_stmt_reset(stmt);
    return rc;
}

/* ---- records ---- */

static struct nd_sha256 *seal_of_record(const char *run_id, const struct nd_record *r)
{
    struct nd_sha256 *seal = nd_seal_open("record", run_id);
    nd_seal_int(seal, r->format);
    nd_seal_int(seal, r->phase);
    nd_seal_text(seal, r->lane);
    nd_seal_int(seal, r->step);
    nd_seal_text(seal, r->id);
    nd_seal_text(seal, r->version);
    nd_seal_int(seal, r->cost_microusd);
    nd_seal_text(seal, r->blob);
    nd_seal_view(seal, r->payload);
    return seal;
}

enum nd_rc nd_row_record_add(struct conn *conn, const char *run_id, int64_t no, const struct nd_record *r,
                             struct nd_error *err)
{
    char seal[ND_SEAL_HEX];
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_RECORD_ADD, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_seal_close(seal_of_record(run_id, r), seal);
    nd_stmt_bind_int(stmt, 1, no);
    nd_stmt_bind_int(stmt, 2, r->phase);
    nd_stmt_bind_text(stmt, 3, nd_view_of(r->lane));
    nd_stmt_bind_int(stmt, 4, r->step);
    nd_stmt_bind_int(stmt, 5, r->format);
    nd_stmt_bind_text(stmt, 6, nd_view_of(r->id));
    nd_stmt_bind_text(stmt, 7, nd_view_of(r->version));
    nd_stmt_bind_int(stmt, 8, r->cost_microusd);
    nd_stmt_bind_text(stmt, 9, nd_view_of(r->blob));
    nd_stmt_bind_text(stmt, 10, nd_view_of(seal));
    nd_stmt_bind_blob(stmt, 11, r->payload);
    rc = nd_conn_run(stmt, err);
    if (rc == ND_CONFLICT) {
        nd_error_clear(err);
        rc = nd_fail(err, ND_CONFLICT, "run '%s' has a record of phase %u, lane '%s', step %u already",
                     run_id, r->phase, r->lane, r->step);
    }
    return rc;
}

enum nd_rc nd_row_record(struct nd_stmt *stmt, const char *run_id, struct nd_record *out,
                         struct nd_error *err)
{
    struct nd_record r = {.cost_microusd = nd_stmt_int(stmt, 6), .payload = nd_stmt_view(stmt, 9)};
    bool fine =
        nd_row_number(stmt, 0, ND_PHASES - 1, &r.phase) && nd_row_text(stmt, 1, r.lane, sizeof r.lane);
    fine = fine && nd_row_number(stmt, 2, ND_STEP_NO_MAX, &r.step);
    fine = fine && nd_row_number(stmt, 3, UINT16_MAX, &r.format);
    fine =
        fine && nd_row_text(stmt, 4, r.id, sizeof r.id) && nd_row_text(stmt, 5, r.version, sizeof r.version);
    fine = fine && nd_row_text(stmt, 7, r.blob, sizeof r.blob);
    if (!fine || !nd_row_sealed(stmt, 8, seal_of_record(run_id, &r)))
        return nd_fail(err, ND_BROKEN,
                       "a record of run '%s' (phase %u, lane '%s', step %u) does not fit its seal", run_id,
                       r.phase, r.lane, r.step);
    enum nd_rc rc = nd_rules_record(&r, ND_SQLITE_INLINE_MAX, err);
    if (rc == ND_OK) *out = r;
    return rc;
}
