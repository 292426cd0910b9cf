#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_TRY_AGAIN 75 /* EX_TEMPFAIL of sysexits.h */

void nd_no_memory(void)
{
    static const char message[] = "nightdesk: out of memory; run it again to resume\n";
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(EXIT_TRY_AGAIN);
}

void *nd_calloc(size_t count, size_t size)
{
    void *p = count && size ? calloc(count, size) : calloc(1, 1);
    if (!p) nd_no_memory();
    return p;
}

void *nd_realloc(void *old, size_t count, size_t size)
{
    void *p = count && size ? reallocarray(old, count, size) : realloc(old, 1);
    if (!p) nd_no_memory();
    return p;
}

char *nd_strdup(const char *text)
{
    return text ? nd_strndup(text, strlen(text)) : NULL;
}

char *nd_strndup(const char *text, size_t len)
{
    if (len == SIZE_MAX) nd_no_memory();
    char *copy = nd_realloc(NULL, len + 1, 1);
    if (len) memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *nd_sprintf(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = nd_vsprintf(fmt, args);
    va_end(args);
    return text;
}

char *nd_vsprintf(const char *fmt, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, fmt, args) < 0) nd_no_memory();
    return text;
}

void nd_free(void *p)
{
    free(p);
}
