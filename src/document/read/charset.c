#include "charset.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

enum { DECLARED_WITHIN = 4096, NAME_BYTES = 40 };

struct nd_charset {
    iconv_t handle; /* (iconv_t)-1: the bytes are UTF-8 */
    size_t mark;    /* bytes of the byte order mark */
};

/* Labels of the web that mean something else than what iconv takes them for, or that iconv does not know. */
static const char *const aliases[][2] = {
    {"iso-8859-1", "WINDOWS-1252"},
    {"latin1", "WINDOWS-1252"},
    {"us-ascii", "WINDOWS-1252"},
    {"ascii", "WINDOWS-1252"},
    {"iso-8859-9", "WINDOWS-1254"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"x-sjis", "CP932"},
    {"shift_jis", "CP932"},
    {"ks_c_5601-1987", "CP949"},
    {"euc-kr", "CP949"},
    {"x-gbk", "GB18030"},
};

static iconv_t open_named(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (strcasecmp(aliases[i][0], name) == 0) return iconv_open("UTF-8", aliases[i][1]);
    }
    return iconv_open("UTF-8", name);
}

/* The value after "charset=" or "encoding=" in the first bytes: "<meta charset=…", "…; charset=…", "<?xml …
 * encoding=…". */
static bool declared(struct nd_view bytes, char name[NAME_BYTES])
{
    static const char *const keys[] = {"charset=", "encoding="};
    struct nd_view head = nd_view_sub(bytes, 0, DECLARED_WITHIN);
    for (size_t at = 0; at < head.len; at++) {
        for (unsigned k = 0; k < 2; k++) {
            size_t len = strlen(keys[k]);
            if (head.len - at <= len || strncasecmp(head.data + at, keys[k], len) != 0) continue;
            size_t from = at + len, n = 0;
            while (from < head.len && strchr("\"' \t", head.data[from])) from++;
            while (from < head.len && n + 1 < NAME_BYTES &&
                   (nd_is_letter((unsigned char)head.data[from] & 0x7F) ||
                    strchr("0123456789-_.:", head.data[from])))
                name[n++] = head.data[from++];
            name[n] = '\0';
            if (n > 0) return true;
        }
    }
    return false;
}

struct nd_charset *nd_charset_choose(struct nd_view bytes, bool html)
{
    struct nd_charset *charset = ND_NEW(struct nd_charset);
    char name[NAME_BYTES];
    *charset = (struct nd_charset){.handle = (iconv_t)-1};
    if (nd_view_starts(bytes, "\xEF\xBB\xBF")) {
        charset->mark = 3;
    } else if (nd_view_starts(bytes, "\xFE\xFF")) {
        *charset = (struct nd_charset){iconv_open("UTF-8", "UTF-16BE"), 2};
    } else if (nd_view_starts(bytes, "\xFF\xFE")) {
        *charset = (struct nd_charset){iconv_open("UTF-8", "UTF-16LE"), 2};
    } else if (!nd_utf8_valid(bytes)) {
        if (html && declared(bytes, name)) charset->handle = open_named(name);
        if (charset->handle == (iconv_t)-1) charset->handle = iconv_open("UTF-8", "WINDOWS-1252");
    }
    return charset;
}

void nd_charset_convert(struct nd_charset *charset, struct nd_view bytes, struct nd_bytes *out)
{
    bytes = nd_view_sub(bytes, charset->mark, bytes.len);
    if (charset->handle == (iconv_t)-1) {
        nd_utf8_repair(bytes, out);
        return;
    }
    struct nd_bytes copy = ND_BYTES(ND_BYTES_MAX); /* iconv wants bytes that it could write to */
    nd_bytes_add_view(&copy, bytes);
    char *from = copy.data;
    size_t left = copy.len;
    while (left > 0) {
        char piece[8192];
        char *to = piece;
        size_t room = sizeof piece;
        size_t rc = iconv(charset->handle, &from, &left, &to, &room);
        nd_bytes_add(out, piece, sizeof piece - room);
        if (rc != (size_t)-1 || errno == E2BIG || left == 0) continue;
        nd_utf8_add(out, ND_REPLACEMENT);
        from++;
        left--;
    }
    nd_bytes_release(&copy);
}

void nd_charset_free(struct nd_charset *charset)
{
    if (!charset) return;
    if (charset->handle != (iconv_t)-1) iconv_close(charset->handle);
    nd_free(charset);
}
