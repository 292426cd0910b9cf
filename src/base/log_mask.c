#include "nightdesk/base/alloc.h"
#include "nightdesk/base/log.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

#define SECRET_MIN_BYTES 8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    struct nd_view *v;
    size_t n, cap;
} secrets;

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define WORD DIGITS UPPER "abcdefghijklmnopqrstuvwxyz-_"

/* `prefix`, then at least `min` characters of `set`: masked, but for the prefix when it is to be kept. */
struct pattern {
    const char *prefix, *set;
    size_t min;
    bool keep_prefix;
};

static const struct pattern patterns[] = {
    {"sk-", WORD, 16, false},
    {"AKIA", UPPER DIGITS, 16, false},
    {"ASIA", UPPER DIGITS, 16, false},
    {"eyJ", WORD ".", 20, false},
    {"X-Amz-Signature=", WORD, 1, true},
    {"X-Amz-Credential=", WORD "%/", 1, true},
    {"X-Amz-Security-Token=", WORD "%/+=", 1, true},
    {"Bearer ", WORD ".~+/=", 8, true},
};

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

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

static size_t pattern_at(struct nd_view text, size_t at, size_t *kept)
{
    if (at > 0 && is_one_of(text.data[at - 1], WORD)) return 0; /* "task-…" holds no key */
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        const struct pattern *p = &patterns[i];
        size_t prefix = strlen(p->prefix);
        if (text.len - at < prefix || strncasecmp(text.data + at, p->prefix, prefix) != 0) continue;
        size_t end = at + prefix;
        while (end < text.len && is_one_of(text.data[end], p->set)) end++;
        if (end - at - prefix < p->min) continue;
        *kept = p->keep_prefix ? prefix : 0;
        return end - at;
    }
    return 0;
}

void nd_log_mask(struct nd_view text, struct nd_bytes *out)
{
    pthread_mutex_lock(&lock);
    for (size_t at = 0; at < text.len;) {
        size_t kept = 0;
        size_t len = secret_at(text, at);
        if (!len) len = pattern_at(text, at, &kept);
        if (len) {
            nd_bytes_add(out, text.data + at, kept);
            nd_bytes_add_str(out, "***");
            at += len;
        } else {
            nd_bytes_add_char(out, text.data[at++]);
        }
    }
    pthread_mutex_unlock(&lock);
}
