#include "blocks.h"

#include <string.h>

static bool is(const struct nd_json *object, const char *member, const char *word)
{
    const char *its = nd_json_get_str(object, member);
    return its && strcmp(its, word) == 0;
}

static void add_text(const struct block_words *words, struct nd_view text, struct nd_json *content)
{
    if (nd_view_trim(text).len) nd_json_add(content, words->text(text));
}

static void add_part(const struct block_words *words, const char *me, const struct nd_json *part,
                     struct nd_json *content)
{
    if (is(part, "type", "tool_use"))
        nd_json_add(content, words->call(part));
    else if (is(part, "type", "tool_result"))
        nd_json_add(content, words->result(part));
    else if (is(part, "type", "text"))
        add_text(words, nd_json_view(nd_json_get(part, "text")), content);
    else if (is(part, "from", me))
        nd_json_add(content, nd_json_copy(nd_json_get(part, "block")));
}

static void add_message(const struct block_words *words, const char *me, const struct nd_json *message,
                        struct nd_json *content)
{
    const struct nd_json *parts = nd_json_get(message, "content");
    if (nd_json_str(parts)) {
        add_text(words, nd_json_view(parts), content);
        return;
    }
    ND_JSON_EACH(part, parts) add_part(words, me, part, content);
}

struct nd_json *blocks_messages(const struct block_words *words, const char *me,
                                const struct nd_json *messages, struct nd_json *mark)
{
    struct nd_json *out = nd_json_array();
    const struct nd_json *at = nd_json_first(messages);
    while (at && is(at, "role", "system")) at = nd_json_next(at);
    while (at) {
        const char *role = nd_json_get_str(at, "role");
        struct nd_json *message = nd_json_add(out, nd_json_object());
        nd_json_set_str(message, "role", role);
        struct nd_json *content = nd_json_set(message, "content", nd_json_array());
        for (; at && is(at, "role", role); at = nd_json_next(at)) add_message(words, me, at, content);
        if (!nd_json_len(content)) nd_json_add(content, words->text(ND_VIEW("(empty)")));
        if (!at && mark) nd_json_add(content, mark);
    }
    return out;
}

struct nd_view blocks_system(const struct nd_json *messages)
{
    const struct nd_json *first = nd_json_first(messages);
    bool system = is(first, "role", "system");
    return system ? nd_json_view(nd_json_get(first, "content")) : (struct nd_view){"", 0};
}

bool blocks_go_on(const struct nd_json *args)
{
    return nd_json_len(nd_json_get(args, "tools")) > 0 || nd_json_get(args, "extends");
}
