#include "nightdesk/base/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void nd_base64_add(struct nd_view data, struct nd_bytes *out)
{
    for (size_t at = 0; at < data.len; at += 3) {
        size_t left = data.len - at < 3 ? data.len - at : 3;
        uint32_t group = 0;
        for (size_t i = 0; i < 3; i++) group = group << 8 | (i < left ? (uint8_t)data.data[at + i] : 0U);
        char text[4];
        for (unsigned i = 0; i < 4; i++) text[i] = i <= left ? digits[group >> (18 - 6 * i) & 63] : '=';
        nd_bytes_add(out, text, sizeof text);
    }
}

/* 0 to 63, or 64 for what is no digit. */
static uint32_t value_of(char c)
{
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (uint32_t)(at - digits) : 64;
}

/* Four characters, of which the last `pad` are '='. The bits that they leave over must be 0. */
static bool decode_group(const char *text, unsigned pad, uint8_t out[3])
{
    uint32_t group = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t value = i < 4 - pad ? value_of(text[i]) : 0;
        if (value > 63) return false;
        group = group << 6 | value;
    }
    for (unsigned i = 0; i < 3; i++) out[i] = (uint8_t)(group >> (16 - 8 * i) & 0xFF);
    return (pad < 1 || out[2] == 0) && (pad < 2 || out[1] == 0);
}

bool nd_base64_decode(struct nd_view text, struct nd_bytes *out)
{
    size_t before = out->len;
    if (text.len % 4 != 0) return false;
    for (size_t at = 0; at < text.len; at += 4) {
        const char *group = text.data + at;
        bool last = at + 4 == text.len;
        unsigned pad = last && group[3] == '=' ? (group[2] == '=' ? 2 : 1) : 0;
        uint8_t bytes[3];
        if (!decode_group(group, pad, bytes)) {
            out->len = before;
            if (out->data) out->data[before] = '\0';
            return false;
        }
        nd_bytes_add(out, bytes, 3 - pad);
    }
    return true;
}
