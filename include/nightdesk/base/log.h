/**
 * The program's log: lines for people or JSON lines on standard error. Known secrets and secret-like patterns
 * are masked. Off below the chosen level. Safe from any thread.
 */
#ifndef NIGHTDESK_BASE_LOG_H
#define NIGHTDESK_BASE_LOG_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

enum nd_log_level { ND_LOG_ERROR, ND_LOG_WARN, ND_LOG_INFO, ND_LOG_DEBUG };
enum nd_log_format { ND_LOG_TEXT, ND_LOG_JSON };

void nd_log_setup(enum nd_log_level level, enum nd_log_format format);
void nd_log(enum nd_log_level level, const char *fmt, ...) ND_PRINTF(2, 3);
/** Registers a value that must never be printed (at least 8 bytes; a key read from the environment). Copied.
 */
void nd_log_secret(const char *value);
/** Copies text with secrets replaced by "***": registered values, and what looks like one (base/secret.h). */
void nd_log_mask(struct nd_view text, struct nd_bytes *out);

#endif
