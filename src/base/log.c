#include "nightdesk/base/log.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "nightdesk/base/json.h"
#include "nightdesk/base/text.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX_BYTES ((size_t)8 << 10)

static const char *const level_words[] = {
    [ND_LOG_ERROR] = "error", [ND_LOG_WARN] = "warn", [ND_LOG_INFO] = "info", [ND_LOG_DEBUG] = "debug"};

static atomic_int chosen_level = ND_LOG_WARN;
static atomic_int chosen_format = ND_LOG_TEXT;
static pthread_mutex_t line_lock = PTHREAD_MUTEX_INITIALIZER; /* keeps the pieces of two lines apart */

void nd_log_setup(enum nd_log_level level, enum nd_log_format format)
{
    atomic_store(&chosen_level, (int)level);
    atomic_store(&chosen_format, (int)format);
}

static void add_json(struct nd_bytes *line, const char *time, const char *level, struct nd_view message)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "time", time);
    nd_json_set_str(json, "level", level);
    nd_json_set_view(json, "message", message);
    nd_json_print(json, line);
    nd_json_free(json);
}

static void write_line(struct nd_view line)
{
    pthread_mutex_lock(&line_lock);
    while (line.len) {
        ssize_t done = TEMP_FAILURE_RETRY(write(STDERR_FILENO, line.data, line.len));
        if (done <= 0) break; /* nobody listens, and there is nowhere to tell */
        line = nd_view_sub(line, (size_t)done, line.len);
    }
    pthread_mutex_unlock(&line_lock);
}

void nd_log(enum nd_log_level level, const char *fmt, ...)
{
    if ((int)level > atomic_load(&chosen_level)) return;
    int saved_errno = errno;
    va_list args;
    va_start(args, fmt);
    char *raw = nd_vsprintf(fmt, args);
    va_end(args);
    struct nd_bytes masked = ND_BYTES(ND_BYTES_MAX);
    struct nd_bytes message = ND_BYTES(ND_BYTES_MAX);
    struct nd_bytes line = ND_BYTES(ND_BYTES_MAX);
    nd_log_mask(nd_view_of(raw),
                &masked); /* before the cut, which could hide the end of a secret from the mask */
    struct nd_view whole = nd_bytes_view(&masked);
    nd_text_printable(nd_view_sub(whole, 0, nd_utf8_cut(whole, MESSAGE_MAX_BYTES)), &message);
    char time[ND_TIME_BYTES];
    const struct nd_host *host = nd_host_posix();
    nd_time_format(host->now_ms(host->ctx), time);
    if (atomic_load(&chosen_format) == ND_LOG_JSON) {
        add_json(&line, time, level_words[level], nd_bytes_view(&message));
    } else {
        nd_bytes_addf(&line, "%s %s: ", time, level_words[level]);
        nd_bytes_add_view(&line, nd_bytes_view(&message));
    }
    nd_bytes_add_char(&line, '\n');
    write_line(nd_bytes_view(&line));
    nd_bytes_release(&line);
    nd_bytes_release(&message);
    nd_bytes_release(&masked);
    nd_free(raw);
    errno = saved_errno;
}
