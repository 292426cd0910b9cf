/* Reservations, approvals and control as rows; see sqlite_rows.c. */
#include "sqlite.h"
#include "rules.h"
#include "seal.h"

/* ---- reservations ---- */

static struct nd_sha256 *seal_of_reserve(const char *run_id, const struct nd_reserve *r)
{
    struct nd_sha256 *seal = nd_seal_open("reserve", run_id);
    nd_seal_text(seal, r->id);
    nd_seal_text(seal, r->action_id);
    nd_seal_int(seal, r->phase);
    nd_seal_text(seal, r->lane);
    nd_seal_int(seal, r->step);
    nd_seal_int(seal, r->amount_microusd);
    nd_seal_int(seal, r->state);
    return seal;
}

enum nd_rc nd_row_reserve_put(struct conn *conn, const char *run_id, int64_t no, const struct nd_reserve *r,
                              struct nd_error *err)
{
    char seal[ND_SEAL_HEX];
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_RESERVE_PUT, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_seal_close(seal_of_reserve(run_id, r), seal);
    nd_stmt_bind_int(stmt, 1, no);
    nd_stmt_bind_text(stmt, 2, nd_view_of(r->id));
    nd_stmt_bind_text(stmt, 3, nd_view_of(r->action_id));
    nd_stmt_bind_int(stmt, 4, r->phase);
    nd_stmt_bind_text(stmt, 5, nd_view_of(r->lane));
    nd_stmt_bind_int(stmt, 6, r->step);
    nd_stmt_bind_int(stmt, 7, r->amount_microusd);
    nd_stmt_bind_int(stmt, 8, r->state);
    nd_stmt_bind_text(stmt, 9, nd_view_of(seal));
    return nd_conn_run(stmt, err);
}

enum nd_rc nd_row_reserve(struct nd_stmt *stmt, const char *run_id, struct nd_reserve *out,
                          struct nd_error *err)
{
    struct nd_reserve r = {.amount_microusd = nd_stmt_int(stmt, 5)};
    unsigned state = 0;
    bool fine =
        nd_row_text(stmt, 0, r.id, sizeof r.id) && nd_row_text(stmt, 1, r.action_id, sizeof r.action_id);
    fine = fine && nd_row_number(stmt, 2, ND_PHASES - 1, &r.phase) &&
           nd_row_text(stmt, 3, r.lane, sizeof r.lane);
    fine = fine && nd_row_number(stmt, 4, ND_STEP_NO_MAX, &r.step);
    fine = fine && nd_row_number(stmt, 6, ND_RESERVE_UNKNOWN, &state);
    r.state = (enum nd_reserve_state)state;
    if (!fine || !nd_row_sealed(stmt, 7, seal_of_reserve(run_id, &r)))
        return nd_fail(err, ND_BROKEN, "reservation '%s' of run '%s' does not fit its seal", r.id, run_id);
    enum nd_rc rc = nd_rules_reserve(&r, err);
    if (rc == ND_OK) *out = r;
    return rc;
}

/* ---- approvals ---- */

static struct nd_sha256 *seal_of_approval(const char *run_id, const struct nd_approval *a)
{
    struct nd_sha256 *seal = nd_seal_open("approval", run_id);
    nd_seal_text(seal, a->gate);
    nd_seal_int(seal, a->n);
    nd_seal_int(seal, a->phase);
    nd_seal_text(seal, a->shown_sha256);
    nd_seal_int(seal, a->opened_ms);
    nd_seal_int(seal, a->expires_ms);
    nd_seal_view(seal, a->shown);
    nd_seal_view(seal, a->decision);
    return seal;
}

enum nd_rc nd_row_approval_add(struct conn *conn, const char *run_id, int64_t no, const struct nd_approval *a,
                               struct nd_error *err)
{
    char seal[ND_SEAL_HEX];
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_APPROVAL_ADD, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_seal_close(seal_of_approval(run_id, a), seal);
    nd_stmt_bind_int(stmt, 1, no);
    nd_stmt_bind_text(stmt, 2, nd_view_of(a->gate));
    nd_stmt_bind_int(stmt, 3, a->n);
    nd_stmt_bind_int(stmt, 4, a->phase);
    nd_stmt_bind_text(stmt, 5, nd_view_of(a->shown_sha256));
    nd_stmt_bind_int(stmt, 6, a->opened_ms);
    nd_stmt_bind_int(stmt, 7, a->expires_ms);
    nd_stmt_bind_text(stmt, 8, nd_view_of(seal));
    nd_stmt_bind_blob(stmt, 9, a->shown);
    nd_stmt_bind_blob(stmt, 10, a->decision);
    rc = nd_conn_run(stmt, err);
    if (rc == ND_CONFLICT) {
        nd_error_clear(err);
        rc = nd_fail(err, ND_CONFLICT, "run '%s' has a gate '%s' %u already", run_id, a->gate, a->n);
    }
    return rc;
}

enum nd_rc nd_row_approval_decide(struct conn *conn, const char *run_id, int64_t no,
                                  const struct nd_approval *a, struct nd_error *err)
{
    char seal[ND_SEAL_HEX];
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_APPROVAL_DECIDE, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_seal_close(seal_of_approval(run_id, a), seal);
    nd_stmt_bind_int(stmt, 1, no);
    nd_stmt_bind_text(stmt, 2, nd_view_of(a->gate));
    nd_stmt_bind_int(stmt, 3, a->n);
    nd_stmt_bind_blob(stmt, 4, a->decision);
    nd_stmt_bind_text(stmt, 5, nd_view_of(seal));
    return nd_conn_run(stmt, err);
}

enum nd_rc nd_row_approval(struct nd_stmt *stmt, const char *run_id, struct nd_approval *out,
                           struct nd_error *err)
{
    struct nd_approval a = {.opened_ms = nd_stmt_int(stmt, 4),
                            .expires_ms = nd_stmt_int(stmt, 5),
                            .shown = nd_stmt_view(stmt, 7),
                            .decision = nd_stmt_view(stmt, 8)};
    bool fine = nd_row_text(stmt, 0, a.gate, sizeof a.gate) && nd_row_number(stmt, 1, UINT16_MAX, &a.n);
    fine = fine && nd_row_number(stmt, 2, ND_PHASES - 1, &a.phase);
    fine = fine && nd_row_text(stmt, 3, a.shown_sha256, sizeof a.shown_sha256);
    if (!fine || !nd_row_sealed(stmt, 6, seal_of_approval(run_id, &a)))
        return nd_fail(err, ND_BROKEN, "gate '%s' %u of run '%s' does not fit its seal", a.gate, a.n, run_id);
    enum nd_rc rc = nd_rules_approval(&a, err);
    if (rc == ND_OK) *out = a;
    return rc;
}

/* ---- control ---- */

static struct nd_sha256 *seal_of_control(const char *run_id, const struct nd_control *c)
{
    struct nd_sha256 *seal = nd_seal_open("control", run_id);
    nd_seal_int(seal, c->cancel);
    nd_seal_int(seal, c->ceiling_microusd);
    nd_seal_int(seal, c->tool_calls_per_lane);
    nd_seal_int(seal, c->tool_calls_per_run);
    nd_seal_int(seal, c->steps_per_lane);
    nd_seal_int(seal, c->wall_max_ms);
    return seal;
}

enum nd_rc nd_row_control_put(struct conn *conn, const char *run_id, int64_t no, const struct nd_control *c,
                              struct nd_error *err)
{
    char seal[ND_SEAL_HEX];
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_CONTROL_PUT, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_seal_close(seal_of_control(run_id, c), seal);
    nd_stmt_bind_int(stmt, 1, no);
    nd_stmt_bind_int(stmt, 2, c->cancel);
    nd_stmt_bind_int(stmt, 3, c->ceiling_microusd);
    nd_stmt_bind_int(stmt, 4, c->tool_calls_per_lane);
    nd_stmt_bind_int(stmt, 5, c->tool_calls_per_run);
    nd_stmt_bind_int(stmt, 6, c->steps_per_lane);
    nd_stmt_bind_int(stmt, 7, c->wall_max_ms);
    nd_stmt_bind_text(stmt, 8, nd_view_of(seal));
    return nd_conn_run(stmt, err);
}

enum nd_rc nd_row_control(struct conn *conn, const char *run_id, int64_t no, struct nd_control *out,
                          struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_CONTROL, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_int(stmt, 1, no);
    rc = nd_stmt_step(stmt, &row, err);
    struct nd_control c = {.cancel = nd_stmt_int(stmt, 0) != 0,
                           .ceiling_microusd = nd_stmt_int(stmt, 1),
                           .tool_calls_per_lane = nd_stmt_int(stmt, 2),
                           .tool_calls_per_run = nd_stmt_int(stmt, 3),
                           .steps_per_lane = nd_stmt_int(stmt, 4),
                           .wall_max_ms = nd_stmt_int(stmt, 5)};
    if (rc == ND_OK && (!row || !nd_row_sealed(stmt, 6, seal_of_control(run_id, &c))))
        rc = nd_fail(err, ND_BROKEN, "the control item of run '%s' is missing or does not fit its seal",
                     run_id);
    nd_stmt_reset(stmt);
    if (rc == ND_OK) *out = c;
    return rc;
}

/* ---- counting ---- */

enum nd_rc nd_row_reserve_count(struct conn *conn, int64_t no, int64_t *out, struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_RESERVE_COUNT, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_int(stmt, 1, no);
    rc = nd_stmt_step(stmt, &row, err);
    if (rc == ND_OK) *out = nd_stmt_int(stmt, 0);
    nd_stmt_reset(stmt);
    return rc;
}
