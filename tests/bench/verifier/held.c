/* held: answers, a line of JSON for a line of JSON, what the verifier says.
 *   {"page", "next"?, "quote"}                     -> {"found": bool}                  a written quote on its
 * page
 *   {"sentence", "texts": [], "titles"?: [], "pages"?: []} -> {"missing": text | null, "kind"} a claim
 * against its quotes
 *   {"scan": text}                                 -> {"found": [{"kind", "start", "end"}]}   hazards in a
 * text
 */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/json.h"
#include "nightdesk/report/hazards.h"
#include "nightdesk/report/quote.h"

#include <stdio.h>

#define VIEWS_MAX 16

static size_t views_of(const struct nd_json *array, struct nd_view out[VIEWS_MAX])
{
    size_t n = 0;
    ND_JSON_EACH(item, array)
    if (n < VIEWS_MAX) out[n++] = nd_json_view(item);
    return n;
}

static void answer_quote(const struct nd_json *ask, struct nd_json *out)
{
    struct nd_view page = nd_json_view(nd_json_get(ask, "page")),
                   quote = nd_json_view(nd_json_get(ask, "quote"));
    const struct nd_json *next = nd_json_get(ask, "next");
    size_t start = 0, end = 0;
    struct nd_quote_part parts[2];
    bool found = nd_quote_find(page, quote, &start, &end);
    if (!found && next) found = nd_quote_find_across(page, nd_json_view(next), quote, parts);
    nd_json_set_bool(out, "found", found);
}

static void answer_claim(const struct nd_json *ask, struct nd_json *out)
{
    struct nd_view texts[VIEWS_MAX], titles[VIEWS_MAX], pages[VIEWS_MAX];
    struct nd_held held = {.texts = texts, .titles = titles, .pages = pages};
    held.text_count = views_of(nd_json_get(ask, "texts"), texts);
    held.title_count = views_of(nd_json_get(ask, "titles"), titles);
    held.page_count = views_of(nd_json_get(ask, "pages"), pages);
    const char *kind = NULL;
    char *missing = nd_fact_missing(nd_json_view(nd_json_get(ask, "sentence")), &held, &kind);
    nd_json_set_str(out, "missing", missing);
    nd_json_set_str(out, "kind", missing ? kind : NULL);
    nd_free(missing);
}

static void answer_scan(const struct nd_json *ask, struct nd_json *out)
{
    struct nd_hazard_list list = {0};
    struct nd_json *found = nd_json_set(out, "found", nd_json_array());
    nd_hazards_find(nd_json_view(nd_json_get(ask, "scan")), NULL, &list);
    for (size_t i = 0; i < list.n; i++) {
        struct nd_json *one = nd_json_add(found, nd_json_object());
        nd_json_set_str(one, "kind", nd_hazard_word(list.v[i].kind));
        nd_json_set_int(one, "start", (int64_t)list.v[i].start);
        nd_json_set_int(one, "end", (int64_t)list.v[i].end);
    }
    nd_hazards_release(&list);
}

static bool answer(struct nd_view line)
{
    struct nd_json *ask = NULL, *out = nd_json_object();
    struct nd_error err = {0};
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    if (nd_json_parse(&ask, line, &err) != ND_OK) {
        (void)fprintf(stderr, "held: %s\n", err.note[0]);
        nd_json_free(out);
        return false;
    }
    if (nd_json_get(ask, "quote"))
        answer_quote(ask, out);
    else if (nd_json_get(ask, "sentence"))
        answer_claim(ask, out);
    else
        answer_scan(ask, out);
    nd_json_print(out, &text);
    (void)printf("%s\n", text.data);
    nd_bytes_release(&text);
    nd_json_free(out);
    nd_json_free(ask);
    return true;
}

int main(void)
{
    struct nd_bytes line = ND_BYTES(ND_BYTES_MAX);
    int c;
    bool good = true;
    while (good && (c = getchar()) != EOF) {
        if (c != '\n') {
            nd_bytes_add_char(&line, (char)c);
            continue;
        }
        good = answer(nd_bytes_view(&line));
        nd_bytes_clear(&line);
    }
    nd_bytes_release(&line);
    return good ? 0 : 1;
}
