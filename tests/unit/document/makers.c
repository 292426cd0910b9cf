#include "makers.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/deflate.h"

#include <string.h>

const char make_english[] =
    "The quick brown fox jumps over the lazy dog and is not seen again by those who\n"
    "were there, for it was late and the light of the day had gone from the hills of\n"
    "the country that they had come to see with so much hope in their hearts.";

char *keep(char *memory)
{
    static char *kept[1000]; /* reachable, so no leak */
    static size_t n;
    if (n < sizeof kept / sizeof kept[0]) kept[n++] = memory;
    return memory;
}

/* ---- PDF: no cross-reference table, since every reader rebuilds it ---- */

void make_pdf_with(struct nd_bytes *out, const char *const *pages, size_t n, const char *info,
                   const char *catalog, const char *objects)
{
    nd_bytes_addf(
        out, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R %s>>endobj\n2 0 obj<</Type/Pages/Count %zu/Kids[",
        catalog, n);
    for (size_t i = 0; i < n; i++) nd_bytes_addf(out, "%zu 0 R ", 10 + 2 * i);
    nd_bytes_addf(
        out,
        "]>>endobj\n3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n4 0 obj<<%s>>endobj\n%s",
        info, objects);
    for (size_t i = 0; i < n; i++) {
        nd_bytes_addf(
            out,
            "%zu 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 60000]/Contents %zu 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>endobj\n%zu 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n",
            10 + 2 * i, 11 + 2 * i, 11 + 2 * i, strlen(pages[i]) + 1, pages[i]);
    }
    nd_bytes_add_str(out, "trailer<</Root 1 0 R/Info 4 0 R/Size 1000>>\n%%EOF\n");
}

void make_pdf(struct nd_bytes *out, const char *const *pages, size_t n)
{
    make_pdf_with(out, pages, n, "", "", "");
}

char *make_page(const char *text)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_bytes_add_str(&out, "BT /F 12 Tf 50 750 Td 14 TL (");
    for (const char *c = text; *c; c++) {
        if (*c == '\n') {
            nd_bytes_add_str(&out, ") Tj T* (");
            continue;
        }
        if (strchr("()\\", *c)) nd_bytes_add_char(&out, '\\');
        nd_bytes_add_char(&out, *c);
    }
    nd_bytes_add_str(&out, ") Tj ET");
    return keep(nd_bytes_take(&out, NULL));
}

/* ---- zip ---- */

static uint32_t crc32_of(struct nd_view bytes)
{
    uint32_t crc = 0xFFFFFFFFU;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned char)bytes.data[i];
        for (unsigned k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0);
    }
    return ~crc;
}

static void add_number(struct nd_bytes *out, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) nd_bytes_add_char(out, (char)(value >> (8 * i) & 0xFF));
}

/* The fields that a local header and the directory share. */
static void add_header(struct nd_bytes *out, const struct zip_part *part, uint32_t crc, size_t packed)
{
    uint32_t size = part->claims_size ? part->claims_size : (uint32_t)part->bytes.len;
    add_number(out, 20, 2);
    add_number(out, 0, 2);
    add_number(out, part->packed ? 8 : 0, 2);
    add_number(out, 0, 4); /* time */
    add_number(out, crc, 4);
    add_number(out, (uint32_t)packed, 4);
    add_number(out, size, 4);
    add_number(out, (uint32_t)strlen(part->name), 2);
    add_number(out, 0, 2);
}

void make_zip(struct nd_bytes *out, const struct zip_part *parts, size_t n)
{
    struct nd_bytes directory = ND_BYTES(ND_BYTES_MAX);
    size_t start = out->len;
    for (size_t i = 0; i < n; i++) {
        struct nd_bytes packed = ND_BYTES(ND_BYTES_MAX);
        uint32_t at = (uint32_t)(out->len - start), crc = crc32_of(parts[i].bytes);
        if (parts[i].packed)
            (void)nd_deflate(parts[i].bytes, (struct nd_view){0}, &packed, NULL);
        else
            nd_bytes_add_view(&packed, parts[i].bytes);
        nd_bytes_add(out, "PK\x03\x04", 4);
        add_header(out, &parts[i], crc, packed.len);
        nd_bytes_add_str(out, parts[i].name);
        nd_bytes_add_view(out, nd_bytes_view(&packed));
        nd_bytes_add(&directory, "PK\x01\x02", 4);
        add_number(&directory, 20, 2);
        add_header(&directory, &parts[i], crc, packed.len);
        for (unsigned k = 0; k < 10; k++) nd_bytes_add_char(&directory, '\0'); /* comment, disk, attributes */
        add_number(&directory, at, 4);
        nd_bytes_add_str(&directory, parts[i].name);
        nd_bytes_release(&packed);
    }
    uint32_t at = (uint32_t)(out->len - start);
    nd_bytes_add_view(out, nd_bytes_view(&directory));
    nd_bytes_add(out, "PK\x05\x06", 4);
    add_number(out, 0, 4);
    add_number(out, (uint32_t)n, 2);
    add_number(out, (uint32_t)n, 2);
    add_number(out, (uint32_t)directory.len, 4);
    add_number(out, at, 4);
    add_number(out, 0, 2);
    nd_bytes_release(&directory);
}

/* ---- zlib ---- */

void make_zlib(struct nd_bytes *out, struct nd_view bytes)
{
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        a = (a + (unsigned char)bytes.data[i]) % 65521;
        b = (b + a) % 65521;
    }
    nd_bytes_add(out, "\x78\x9c", 2);
    (void)nd_deflate(bytes, (struct nd_view){0}, out, NULL);
    for (unsigned i = 4; i-- > 0;) nd_bytes_add_char(out, (char)((b << 16 | a) >> (8 * i) & 0xFF));
}
