#include "nightdesk/core/say.h"
#include "nightdesk/base/alloc.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int by_english(const void *a, const void *b)
{
    return strcmp(((const struct nd_saying *)a)->english, ((const struct nd_saying *)b)->english);
}

static bool is_language(const char *tag, const char *language)
{
    size_t len = strlen(language);
    return tag && strncasecmp(tag, language, len) == 0 && (tag[len] == '\0' || tag[len] == '-');
}

bool nd_say_knows(const char *language)
{
    return !language || is_language(language, "en") || is_language(language, "de");
}

const char *nd_say(const char *language, const char *english)
{
    if (!is_language(language, "de")) return english;
    struct nd_saying key = {english, NULL};
    const struct nd_saying *row = bsearch(&key, nd_german, nd_german_count, sizeof *nd_german, by_english);
    return row ? row->other : english;
}

const char *nd_plural(const char *language, int64_t n, const char *one, const char *many)
{
    return nd_say(language, n == 1 ? one : many);
}

char *nd_sayf(const char *language, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    char *text = nd_vsprintf(nd_say(language, english), args);
    va_end(args);
    return text;
}
