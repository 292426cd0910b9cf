#include "title.h"

#include <string.h>
#include <strings.h>

static bool is_in(const char *title, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(title, list[i]) == 0) return true;
    }
    return false;
}

/* What programs put there when nobody wrote a title. */
static bool is_default(const char *title)
{
    static const char *const words[] = {
        "title",
        "untitled document",
        "document",
        "document1",
        "new document",
        "no title",
        "none",
        "null",
        "doc1",
        "slide 1",
        "powerpoint presentation",
        "layout 1",
        "index",
        "home",
        "article",
        "report",
        "microsoft word document",
        "unknown",
        "test",
        "print",
        "standard input",
        "stdin",
        "texput",
        "output",
        "template",
    };
    return strncasecmp(title, "untitled", 8) == 0 || strncasecmp(title, "(anonymous", 10) == 0 ||
           is_in(title, words, sizeof words / sizeof words[0]);
}

static bool is_file_name(const char *title)
{
    static const char *const endings[] = {".pdf",  ".doc", ".docx", ".dvi", ".tex",  ".ps",  ".eps",
                                          ".indd", ".odt", ".rtf",  ".xls", ".xlsx", ".ppt", ".pptx",
                                          ".html", ".htm", ".qxd",  ".fm",  ".md",   ".txt", ".sxw",
                                          ".wpd",  ".pub", ".cdr",  ".ai",  ".psd"};
    const char *dot = strrchr(title, '.');
    bool path = !strchr(title, ' ') && (strchr(title, '/') || strchr(title, '\\') || strchr(title, '_'));
    return path || (dot && is_in(dot, endings, sizeof endings / sizeof endings[0]));
}

/* One word without a small letter, or with digits in it: a font, a job, a part number ("CMR10",
 * "IPCC-2021-ch3"). */
static bool is_code_name(const char *title)
{
    bool lower = false, digit = false;
    for (const char *p = title; *p; p++) {
        if (*p == ' ' || (unsigned char)*p >= 0x80) return false;
        lower = lower || (*p >= 'a' && *p <= 'z');
        digit = digit || (*p >= '0' && *p <= '9');
    }
    return digit || !lower;
}

static unsigned letters_in(const char *title)
{
    unsigned letters = 0;
    struct nd_view v = nd_view_of(title);
    for (size_t at = 0; at < v.len;) letters += nd_is_letter(nd_utf8_next(v, &at));
    return letters;
}

/* Prefixes that printing from an office program leaves. */
static const char *without_program(const char *title)
{
    static const char *const prefixes[] = {"Microsoft Word - ", "Microsoft PowerPoint - ",
                                           "Microsoft Excel - "};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (strncasecmp(title, prefixes[i], strlen(prefixes[i])) == 0) return title + strlen(prefixes[i]);
    }
    return title;
}

static void take(struct nd_job *job, const char *title, enum nd_title_from from)
{
    nd_free(job->reading->title);
    job->reading->title = nd_strdup(title);
    job->reading->title_from = from;
}

/* Headings that every document has. */
static bool is_common_heading(const char *title)
{
    static const char *const words[] = {"contents",
                                        "table of contents",
                                        "index",
                                        "abstract",
                                        "summary",
                                        "inhaltsverzeichnis",
                                        "inhalt",
                                        "sommaire",
                                        "indice",
                                        "índice",
                                        "table des matières",
                                        "document history",
                                        "preface",
                                        "copyright",
                                        "navigation"};
    return is_in(title, words, sizeof words / sizeof words[0]);
}

bool nd_title_from_metadata(struct nd_job *job, struct nd_view title)
{
    char *line = nd_one_line(title);
    if (!line) return false;
    const char *kept = without_program(line);
    bool good = letters_in(kept) >= 2 && !is_default(kept) && !is_common_heading(kept) &&
                !is_file_name(kept) && !is_code_name(kept) && !strstr(kept, "\xEF\xBF\xBD");
    if (good) take(job, kept, ND_TITLE_METADATA);
    nd_free(line);
    return good;
}

void nd_title_from_heading(struct nd_job *job, struct nd_view title)
{
    char *line = job->reading->title ? NULL : nd_one_line(title);
    if (line && letters_in(line) >= 2 && !is_common_heading(line)) take(job, line, ND_TITLE_HEADING);
    nd_free(line);
}

void nd_title_from_headings(struct nd_job *job)
{
    for (size_t i = 0; i < job->reading->heading_count && !job->reading->title; i++)
        nd_title_from_heading(job, nd_view_of(job->reading->headings[i].title));
}

void nd_author(struct nd_job *job, struct nd_view author)
{
    char *line = nd_one_line(author);
    bool machine =
        line && (is_in(line,
                       (const char *const[]){"administrator", "admin", "user", "owner", "unknown", "author",
                                             "root", "windows user", "microsoft office user"},
                       9) ||
                 letters_in(line) < 2);
    if (line && !machine && !job->reading->author) {
        job->reading->author = line;
        return;
    }
    nd_free(line);
}

void nd_date(struct nd_job *job, struct nd_view date)
{
    static const char form[] = "dddd-dd-dd";
    size_t n = 0;
    while (n < date.len && n < sizeof form - 1 &&
           (form[n] == 'd' ? date.data[n] >= '0' && date.data[n] <= '9' : date.data[n] == form[n]))
        n++;
    size_t kept = n >= 10 ? 10 : n >= 7 ? 7 : n >= 4 ? 4 : 0;
    if (kept == 0 || job->reading->date) return;
    job->reading->date = nd_strndup(date.data, kept);
}
