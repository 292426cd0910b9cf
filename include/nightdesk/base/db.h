/**
 * SQLite, fenced: the only file that includes sqlite3.h is src/base/db.c. A handle may be used by one thread
 * at a time.
 */
#ifndef NIGHTDESK_BASE_DB_H
#define NIGHTDESK_BASE_DB_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

struct nd_db;
struct nd_stmt;

enum nd_db_open { ND_DB_CREATE, ND_DB_EXISTING, ND_DB_READONLY };

/**
 * Opens path (":memory:" for none). Waits up to 10 s for locks.
 * The file's header is read at once; its schema runs no code of its own. A path is a path, never a "file:"
 * address.
 * @return ND_NOT_FOUND no such file (EXISTING, READONLY) · ND_BROKEN not a database or damaged · ND_FULL ·
 * ND_BAD_INPUT cannot be opened (permission, a folder) · ND_RETRY locked, or no descriptor is free
 */
enum nd_rc nd_db_open(struct nd_db **out, const char *path, enum nd_db_open how, struct nd_error *err);
void nd_db_close(struct nd_db *db);
/**
 * Runs one or more statements without results. ND_RETRY busy · ND_FULL disk full · ND_UNKNOWN a write or a
 * sync failed · ND_BROKEN damaged, or wrong SQL · and what nd_stmt_step says
 */
enum nd_rc nd_db_exec(struct nd_db *db, const char *sql, struct nd_error *err);

enum nd_rc nd_db_prepare(struct nd_db *db, struct nd_stmt **out, const char *sql, struct nd_error *err);
void nd_stmt_close(struct nd_stmt *s);
/* parameters count from 1; bytes are borrowed until the statement is reset */
void nd_stmt_bind_int(struct nd_stmt *s, int at, int64_t value);
void nd_stmt_bind_num(struct nd_stmt *s, int at, double value);
void nd_stmt_bind_text(struct nd_stmt *s, int at, struct nd_view text);
void nd_stmt_bind_blob(struct nd_stmt *s, int at, struct nd_view bytes);
void nd_stmt_bind_null(struct nd_stmt *s, int at);
/**
 * Next row: *row is false at the end. Results as nd_db_exec's, and ND_CONFLICT a constraint was broken,
 * ND_OVER_LIMIT a value is too large, ND_BAD_INPUT the database is read-only, ND_STOPPED interrupted. A
 * failed statement is reset.
 */
enum nd_rc nd_stmt_step(struct nd_stmt *s, bool *row, struct nd_error *err);
/** Makes it ready to run again; bindings are cleared. */
void nd_stmt_reset(struct nd_stmt *s);
/* columns count from 0; views are borrowed until the next step or reset */
int64_t nd_stmt_int(struct nd_stmt *s, int column);
double nd_stmt_num(struct nd_stmt *s, int column);
struct nd_view nd_stmt_view(struct nd_stmt *s, int column);
bool nd_stmt_null(struct nd_stmt *s, int column);
/** Rows changed by the last statement. */
int64_t nd_db_changes(struct nd_db *db);

#endif
