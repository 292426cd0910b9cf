#include "gate_text.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/say.h"
#include <string.h>

static void add_line(struct nd_bytes *out, const char *text)
{
    nd_text_printable(nd_view_of(text), out);
    nd_bytes_add_char(out, '\n');
}

static void add_numbers(struct nd_bytes *out, const char *name, const struct nd_json *numbers)
{
    if (nd_json_len(numbers) == 0) return;
    nd_bytes_addf(out, "    %s:", name);
    ND_JSON_EACH(n, numbers) nd_bytes_addf(out, " %lld", (long long)nd_json_int(n, 0));
    nd_bytes_add_char(out, '\n');
}

/* What the numbers of sources mean. */
static void add_sources(const struct nd_json *shown, struct nd_bytes *out)
{
    if (nd_json_len(nd_json_get(shown, "sources")) == 0) return;
    nd_bytes_add_str(out, "\n# Sources that would be used:\n");
    ND_JSON_EACH(source, nd_json_get(shown, "sources"))
    {
        nd_bytes_addf(out, "# %4lld  ", (long long)nd_json_get_int(source, "n", 0));
        nd_text_printable(nd_json_view(nd_json_get(source, "title")), out);
        nd_bytes_add_str(out, "  ");
        add_line(out, nd_json_get_str(source, "path"));
    }
}

static void plan_text(const struct nd_json *shown, struct nd_bytes *out)
{
    nd_bytes_add_str(
        out,
        "# The plan: one line for each sub-topic. Change a title, move lines, delete lines, add lines:\n"
        "#     new A further sub-topic\n"
        "# Under a sub-topic (indented) may stand:\n"
        "#     words: other words to look for\n"
        "#     pin: 4 7          sources to use first, by number\n"
        "#     exclude: 2        sources not to use\n"
        "# Lines that begin with '#' are ignored. An empty plan changes nothing and approves nothing.\n\n");
    ND_JSON_EACH(topic, nd_json_get(shown, "sub_topics"))
    {
        const char *id = nd_json_get_str(topic, "id");
        nd_bytes_addf(out, "%-4s", id ? id : "new");
        add_line(out, nd_json_get_str(topic, "title"));
        add_numbers(out, "pin", nd_json_get(topic, "pin"));
        add_numbers(out, "exclude", nd_json_get(topic, "exclude"));
        const char *why = nd_json_get_str(topic, "why");
        int64_t passages = nd_json_get_int(topic, "passages", 0);
        nd_bytes_addf(out, "#   %lld %s; ", (long long)passages,
                      nd_plural(NULL, passages, "passage", "passages"));
        add_line(out, why ? why : "");
        if (passages == 0)
            nd_bytes_add_str(
                out, "#   nothing solid was found: add a line '    words: …', rename it, or delete it\n");
        add_numbers(out, "# sources", nd_json_get(topic, "documents"));
    }
    add_sources(shown, out);
}

static void outline_text(const struct nd_json *shown, struct nd_bytes *out)
{
    nd_bytes_add_str(
        out, "# The outline: one line for each section, its quotes indented below it. Change a title, move "
             "or delete lines.\n"
             "# A deleted quote is not printed. A new section gets its quotes from a search:\n"
             "#     new A further section\n"
             "# To drop all quotes of a source, write its number on a line of its own, not indented:\n"
             "#     exclude: 2\n"
             "# Lines that begin with '#' are ignored.\n\n");
    ND_JSON_EACH(section, nd_json_get(shown, "sections"))
    {
        const char *id = nd_json_get_str(section, "sub_topic");
        nd_bytes_addf(out, "%-4s", id ? id : "new");
        add_line(out, nd_json_get_str(section, "title"));
        ND_JSON_EACH(e, nd_json_get(section, "evidence"))
        {
            nd_bytes_addf(out, "    %s [%lld, p. %lld] ", nd_json_get_str(e, "id"),
                          (long long)nd_json_get_int(e, "source", 0),
                          (long long)nd_json_get_int(e, "page", 0));
            add_line(out, nd_json_get_str(e, "text"));
        }
    }
}

static void final_text(const struct nd_json *shown, struct nd_bytes *out)
{
    nd_bytes_add_str(out, "# The report's statements. Delete the line of a statement to drop it; other "
                          "changes have no effect.\n"
                          "# Lines that begin with '#' are ignored.\n\n");
    ND_JSON_EACH(section, nd_json_get(shown, "sections"))
    {
        nd_bytes_addf(out, "[%s] ", nd_json_get_str(section, "section"));
        add_line(out, nd_json_get_str(section, "title"));
        ND_JSON_EACH(claim, nd_json_get(section, "claims"))
        {
            nd_bytes_addf(out, "    %lld. ", (long long)nd_json_get_int(claim, "n", 0));
            add_line(out, nd_json_get_str(claim, "text"));
        }
    }
}

enum nd_rc nd_gate_text(const char *gate, const struct nd_json *shown, struct nd_bytes *out,
                        struct nd_error *err)
{
    if (strcmp(gate, "plan") == 0)
        plan_text(shown, out);
    else if (strcmp(gate, "outline") == 0)
        outline_text(shown, out);
    else if (strcmp(gate, "final") == 0)
        final_text(shown, out);
    else
        return nd_fail(err, ND_BAD_INPUT, "the gate '%s' has nothing to edit", gate);
    return out->over ? nd_fail(err, ND_OVER_LIMIT, "the text of the gate '%s' is larger than %zu bytes", gate,
                               out->max)
                     : ND_OK;
}
