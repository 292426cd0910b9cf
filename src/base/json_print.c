#include "json_tree.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct printer {
    struct nd_bytes *out;
    bool pretty, sorted;
    unsigned depth;
};

static void print_node(struct printer *p, const cJSON *node);

static int by_name(const void *left, const void *right)
{
    const cJSON *const *a = left;
    const cJSON *const *b = right;
    return strcmp((*a)->string, (*b)->string);
}

const cJSON **nd_json_sorted(const cJSON *object, size_t *n)
{
    size_t count = 0;
    for (const cJSON *item = object->child; item; item = item->next) count++;
    const cJSON **sorted = ND_ARRAY(const cJSON *, count);
    size_t at = 0;
    for (const cJSON *item = object->child; item; item = item->next) sorted[at++] = item;
    if (count > 1) qsort(sorted, count, sizeof(const cJSON *), by_name);
    *n = count;
    return sorted;
}

static void quote_one(struct nd_bytes *out, uint32_t c, bool tag_starts)
{
    switch (c) {
    case '"':
        nd_bytes_add_str(out, "\\\"");
        return;
    case '\\':
        nd_bytes_add_str(out, "\\\\");
        return;
    case '\n':
        nd_bytes_add_str(out, "\\n");
        return;
    case '\r':
        nd_bytes_add_str(out, "\\r");
        return;
    case '\t':
        nd_bytes_add_str(out, "\\t");
        return;
    case '\b':
        nd_bytes_add_str(out, "\\b");
        return;
    case '\f':
        nd_bytes_add_str(out, "\\f");
        return;
    default:
        break;
    }
    if (c < 0x20 || c == 0x2028 || c == 0x2029 || tag_starts)
        nd_bytes_addf(out, "\\u%04x", c);
    else
        nd_utf8_add(out, c);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<';
}

void nd_json_quote(struct nd_view text, struct nd_bytes *out)
{
    nd_bytes_add_char(out, '"');
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        while (at < text.len && is_plain((unsigned char)text.data[at])) at++;
        nd_bytes_add_view(out, nd_view_sub(text, start, at));
        if (at == text.len) break;
        uint32_t c = nd_utf8_next(text, &at);
        char next = at < text.len ? text.data[at] : '\0';
        quote_one(out, c, c == '<' && (next == '/' || next == '!'));
    }
    nd_bytes_add_char(out, '"');
}

static void print_number(struct printer *p, const cJSON *node)
{
    const struct nd_json *number = (const struct nd_json *)node;
    if (nd_json_is_int(number)) {
        nd_bytes_addf(p->out, "%lld", (long long)nd_json_int(number, 0));
        return;
    }
    char digits[32];
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(digits, sizeof digits, "%.*g", precision, node->valuedouble);
        if (strtod(digits, NULL) == node->valuedouble) break;
    }
    nd_bytes_add_str(p->out, digits);
}

static void print_break(struct printer *p)
{
    if (!p->pretty) return;
    nd_bytes_add_char(p->out, '\n');
    for (unsigned i = 0; i < p->depth; i++) nd_bytes_add_str(p->out, "  ");
}

static void print_item(struct printer *p, const cJSON *item, bool member)
{
    print_break(p);
    if (member) {
        nd_json_quote(nd_view_of(item->string), p->out);
        nd_bytes_add_str(p->out, p->pretty ? ": " : ":");
    }
    print_node(p, item);
}

static void print_items(struct printer *p, const cJSON *node, char open, char close)
{
    bool members = open == '{';
    size_t n = 0;
    const cJSON **sorted = p->sorted && members ? nd_json_sorted(node, &n) : NULL;
    nd_bytes_add_char(p->out, open);
    p->depth++;
    size_t at = 0;
    for (const cJSON *item = node->child; item; item = item->next, at++) {
        if (at) nd_bytes_add_char(p->out, ',');
        print_item(p, sorted ? sorted[at] : item, members);
    }
    p->depth--;
    if (at) print_break(p);
    nd_bytes_add_char(p->out, close);
    nd_free(sorted);
}

static void print_node(struct printer *p, const cJSON *node)
{
    switch (node->type & 0xFF) {
    case cJSON_Object:
        print_items(p, node, '{', '}');
        return;
    case cJSON_Array:
        print_items(p, node, '[', ']');
        return;
    case cJSON_String:
        nd_json_quote(nd_view_of(node->valuestring), p->out);
        return;
    case cJSON_Number:
        print_number(p, node);
        return;
    case cJSON_True:
        nd_bytes_add_str(p->out, "true");
        return;
    case cJSON_False:
        nd_bytes_add_str(p->out, "false");
        return;
    default:
        nd_bytes_add_str(p->out, "null");
        return;
    }
}

static void print(const struct nd_json *node, struct printer p)
{
    if (node)
        print_node(&p, (const cJSON *)node);
    else
        nd_bytes_add_str(p.out, "null");
}

void nd_json_print(const struct nd_json *node, struct nd_bytes *out)
{
    print(node, (struct printer){.out = out});
}

void nd_json_print_pretty(const struct nd_json *node, struct nd_bytes *out)
{
    print(node, (struct printer){.out = out, .pretty = true});
    nd_bytes_add_char(out, '\n');
}

void nd_json_print_canonical(const struct nd_json *node, struct nd_bytes *out)
{
    print(node, (struct printer){.out = out, .sorted = true});
}
