/* Tables and statements of the embedded store. Why they are as they are: docs/adr (the embedded store's
 * layout). */
#include "sqlite.h"

#define LAYOUT 1
#define APPLICATION_ID 1852072555 /* "ndk" + 1 in the file's header: whose database this is */

static const char tables[] =
    "CREATE TABLE run(no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, started_ms INTEGER NOT "
    "NULL,"
    " meta TEXT NOT NULL, records_0 INTEGER NOT NULL, records_1 INTEGER NOT NULL, records_2 INTEGER NOT NULL,"
    " records_3 INTEGER NOT NULL, approvals INTEGER NOT NULL, reserves INTEGER NOT NULL, seal TEXT NOT NULL);"
    "CREATE TABLE request(run INTEGER PRIMARY KEY, body BLOB NOT NULL, seal TEXT NOT NULL);"
    "CREATE TABLE record(run INTEGER NOT NULL, phase INTEGER NOT NULL, lane TEXT NOT NULL, step INTEGER NOT "
    "NULL,"
    " format INTEGER NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, cost_microusd INTEGER NOT NULL,"
    " blob TEXT NOT NULL, seal TEXT NOT NULL, payload BLOB NOT NULL, UNIQUE(run, phase, lane, step));"
    "CREATE TABLE reserve(run INTEGER NOT NULL, id TEXT NOT NULL, action_id TEXT NOT NULL, phase INTEGER NOT "
    "NULL,"
    " lane TEXT NOT NULL, step INTEGER NOT NULL, amount_microusd INTEGER NOT NULL, state INTEGER NOT NULL,"
    " seal TEXT NOT NULL, PRIMARY KEY(run, id)) WITHOUT ROWID;"
    "CREATE TABLE approval(run INTEGER NOT NULL, gate TEXT NOT NULL, n INTEGER NOT NULL, phase INTEGER NOT "
    "NULL,"
    " shown_sha256 TEXT NOT NULL, opened_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, seal TEXT NOT "
    "NULL,"
    " shown BLOB NOT NULL, decision BLOB NOT NULL, UNIQUE(run, gate, n));"
    "CREATE TABLE control(run INTEGER PRIMARY KEY, cancel INTEGER NOT NULL, ceiling_microusd INTEGER NOT "
    "NULL,"
    " tool_calls_per_lane INTEGER NOT NULL, tool_calls_per_run INTEGER NOT NULL, steps_per_lane INTEGER NOT "
    "NULL,"
    " wall_max_ms INTEGER NOT NULL, seal TEXT NOT NULL);"
    /* which run names which object; a row whose run is gone is left to the sweep */
    "CREATE TABLE object_ref(sha256 TEXT NOT NULL, run INTEGER NOT NULL, PRIMARY KEY(sha256, run)) WITHOUT "
    "ROWID;"
    "CREATE INDEX object_ref_run ON object_ref(run);"
    "CREATE TABLE object_name(name TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX object_name_sha256 ON object_name(sha256);";

#define RUN_COLUMNS                                                                                          \
    "no, id, started_ms, meta, records_0, records_1, records_2, records_3, approvals, reserves, seal"

const char *const nd_schema_sql[SQL_COUNT] = {
    [SQL_BEGIN_READ] = "BEGIN",
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_RUN_NO] = "SELECT no FROM run WHERE id = ?",
    [SQL_RUN] = "SELECT " RUN_COLUMNS " FROM run WHERE id = ?",
    [SQL_RUN_LIST] = "SELECT " RUN_COLUMNS " FROM run ORDER BY started_ms DESC, id",
    [SQL_RUN_ADD] =
        "INSERT INTO run(id, started_ms, meta, records_0, records_1, records_2, records_3, approvals,"
        " reserves, seal) VALUES(?, ?, ?, 0, 0, 0, 0, 0, 0, ?) RETURNING no",
    [SQL_RUN_SET] = "UPDATE run SET started_ms = ?, meta = ?, records_0 = ?, records_1 = ?, records_2 = ?,"
                    " records_3 = ?, approvals = ?, reserves = ?, seal = ? WHERE no = ?",
    [SQL_RUN_DROP] = "DELETE FROM run WHERE no = ?",
    [SQL_REQUEST] = "SELECT body, seal FROM request WHERE run = ?",
    [SQL_REQUEST_ADD] = "INSERT INTO request(run, body, seal) VALUES(?, ?, ?)",
    [SQL_REQUEST_DROP] = "DELETE FROM request WHERE run = ?",
    [SQL_RECORDS] =
        "SELECT phase, lane, step, format, id, version, cost_microusd, blob, seal, payload FROM record"
        " WHERE run = ?1 AND phase BETWEEN ?2 AND ?3 AND (?4 IS NULL OR lane = ?4)"
        " ORDER BY phase, lane, step",
    [SQL_RECORD_ADD] =
        "INSERT INTO record(run, phase, lane, step, format, id, version, cost_microusd, blob, seal,"
        " payload) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SQL_RECORD_DROP] = "DELETE FROM record WHERE run = ?",
    [SQL_RESERVES] = "SELECT id, action_id, phase, lane, step, amount_microusd, state, seal FROM reserve"
                     " WHERE run = ? ORDER BY id",
    [SQL_RESERVE_COUNT] = "SELECT count(*) FROM reserve WHERE run = ?",
    [SQL_RESERVE_PUT] =
        "INSERT OR REPLACE INTO reserve(run, id, action_id, phase, lane, step, amount_microusd, state,"
        " seal) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SQL_RESERVE_RELEASE] = "DELETE FROM reserve WHERE run = ? AND id = ?",
    [SQL_RESERVE_DROP] = "DELETE FROM reserve WHERE run = ?",
    [SQL_APPROVALS] =
        "SELECT gate, n, phase, shown_sha256, opened_ms, expires_ms, seal, shown, decision FROM approval"
        " WHERE run = ? ORDER BY gate, n",
    [SQL_APPROVAL] =
        "SELECT gate, n, phase, shown_sha256, opened_ms, expires_ms, seal, shown, decision FROM approval"
        " WHERE run = ? AND gate = ? AND n = ?",
    [SQL_APPROVAL_ADD] =
        "INSERT INTO approval(run, gate, n, phase, shown_sha256, opened_ms, expires_ms, seal, shown,"
        " decision) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SQL_APPROVAL_DECIDE] =
        "UPDATE approval SET decision = ?4, seal = ?5 WHERE run = ?1 AND gate = ?2 AND n = ?3",
    [SQL_APPROVAL_DROP] = "DELETE FROM approval WHERE run = ?",
    [SQL_CONTROL] =
        "SELECT cancel, ceiling_microusd, tool_calls_per_lane, tool_calls_per_run, steps_per_lane,"
        " wall_max_ms, seal FROM control WHERE run = ?",
    [SQL_CONTROL_PUT] =
        "INSERT OR REPLACE INTO control(run, cancel, ceiling_microusd, tool_calls_per_lane,"
        " tool_calls_per_run, steps_per_lane, wall_max_ms, seal) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
    [SQL_CONTROL_DROP] = "DELETE FROM control WHERE run = ?",
    [SQL_REF] = "SELECT 1 FROM object_ref WHERE sha256 = ? AND run = ?",
    [SQL_REF_ADD] = "INSERT OR IGNORE INTO object_ref(sha256, run) VALUES(?, ?)",
    [SQL_REF_ORPHANS] =
        "SELECT DISTINCT sha256 FROM object_ref AS gone WHERE run NOT IN (SELECT no FROM run) AND NOT"
        " EXISTS (SELECT 1 FROM object_ref AS kept JOIN run ON run.no = kept.run"
        " WHERE kept.sha256 = gone.sha256) LIMIT ?",
    [SQL_REF_DROP] = "DELETE FROM object_ref WHERE sha256 = ?",
    [SQL_REF_DROP_GONE] = "DELETE FROM object_ref WHERE run NOT IN (SELECT no FROM run)",
    [SQL_NAME] = "SELECT sha256 FROM object_name WHERE name = ?",
    [SQL_NAME_ADD] = "INSERT OR IGNORE INTO object_name(name, sha256) VALUES(?, ?)",
    [SQL_NAME_DROP] = "DELETE FROM object_name WHERE sha256 = ?",
};

static enum nd_rc pragma_int(struct nd_db *db, const char *sql, int64_t *out, struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = nd_db_prepare(db, &stmt, sql, err);
    if (rc == ND_OK) rc = nd_stmt_step(stmt, &row, err);
    if (rc == ND_OK) *out = row ? nd_stmt_int(stmt, 0) : 0;
    nd_stmt_close(stmt);
    return rc;
}

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

static enum nd_rc make_tables(struct nd_db *db, struct nd_error *err)
{
    enum nd_rc rc =
        nd_db_exec(db, "PRAGMA page_size=" TEXT(ND_SQLITE_PAGE_BYTES) "; PRAGMA journal_mode=WAL", err);
    if (rc == ND_OK) rc = nd_db_exec(db, "BEGIN IMMEDIATE", err);
    if (rc == ND_OK) rc = nd_db_exec(db, tables, err);
    if (rc == ND_OK)
        rc = nd_db_exec(
            db,
            "PRAGMA application_id=" TEXT(APPLICATION_ID) "; PRAGMA user_version=" TEXT(LAYOUT) "; COMMIT",
            err);
    return rc;
}

enum nd_rc nd_schema_settings(struct nd_db *db, struct nd_error *err)
{
    return nd_db_exec(db,
                      "PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON;"
                      " PRAGMA wal_autocheckpoint=" TEXT(ND_SQLITE_CHECKPOINT_PAGES),
                      err);
}

enum nd_rc nd_sqlite_schema_check(struct nd_db *db, const char *folder, struct nd_error *err)
{
    int64_t application = 0, layout = 0, objects = 0;
    enum nd_rc rc = pragma_int(db, "PRAGMA application_id", &application, err);
    if (rc == ND_OK) rc = pragma_int(db, "PRAGMA user_version", &layout, err);
    if (rc == ND_OK) rc = pragma_int(db, "SELECT count(*) FROM sqlite_schema", &objects, err);
    if (rc != ND_OK) return rc;
    if (application == 0 && layout == 0 && objects == 0) return make_tables(db, err);
    if (application != APPLICATION_ID || layout < 1)
        return nd_fail(err, ND_BROKEN, "'%.160s/nightdesk.db' is a database of another program", folder);
    if (layout > LAYOUT)
        return nd_fail(err, ND_VERSION,
                       "store '%.120s' has layout %lld, this nightdesk reads up to %d: use a newer one",
                       folder, (long long)layout, LAYOUT);
    return ND_OK;
}
