#include "nightdesk/base/alloc.h"
#include "nightdesk/base/log.h"
#include "nightdesk/base/secret.h"

#include <pthread.h>
#include <string.h>

#define SECRET_MIN_BYTES 8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    struct nd_view *v;
    size_t n, cap;
} secrets;

void nd_log_secret(const char *value)
{
    struct nd_view secret = nd_view_of(value);
    if (secret.len < SECRET_MIN_BYTES) return;
    pthread_mutex_lock(&lock);
    ND_GROW(secrets.v, secrets.n, secrets.cap);
    secrets.v[secrets.n++] = (struct nd_view){nd_view_dup(secret), secret.len};
    pthread_mutex_unlock(&lock);
}

/* The length of the longest registered value that stands at `at`. */
static size_t secret_at(struct nd_view text, size_t at)
{
    size_t longest = 0;
    for (size_t i = 0; i < secrets.n; i++) {
        struct nd_view secret = secrets.v[i];
        if (secret.len > longest && nd_view_eq(nd_view_sub(text, at, at + secret.len), secret))
            longest = secret.len;
    }
    return longest;
}

void nd_log_mask(struct nd_view text, struct nd_bytes *out)
{
    pthread_mutex_lock(&lock);
    size_t start = 0, end = 0; /* of the next secret by its form, once end is behind `at` */
    bool more = nd_secret_next(text, 0, &start, &end);
    for (size_t at = 0; at < text.len;) {
        size_t len = secret_at(text, at);
        if (more && end <= at) more = nd_secret_next(text, at, &start, &end);
        if (more && at >= start && end - at > len) len = end - at;
        if (len)
            nd_bytes_add_str(out, "***");
        else
            nd_bytes_add_char(out, text.data[at]);
        at += len ? len : 1;
    }
    pthread_mutex_unlock(&lock);
}
