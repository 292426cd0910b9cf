/**
 * wire_bodies: what nightdesk would send. Each line of standard input is {"provider", "model", "streams",
 * "args", "counts"?} or {"guardrail", "args"}, and is answered by a line {"path", "body"} as at the
 * provider's own address. No network.
 */
#include "asker.h"
#include "guardrail_wire.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <string.h>

static const struct provider *provider_named(const char *name)
{
    static const struct provider *const all[] = {&openai_provider, &anthropic_provider, &bedrock_provider};
    for (size_t i = 0; i < 3; i++)
        if (name && strcmp(all[i]->name, name) == 0) return all[i];
    return NULL;
}

/* A call to the guardrail "ID:VERSION". */
static int answer_guardrail(const char *name, const struct nd_json *args)
{
    const char *colon = strrchr(name, ':');
    if (!colon || !guardrail_fits(args)) return 1;
    char *path = nd_bedrock_guardrail_path((struct nd_view){name, (size_t)(colon - name)}, colon + 1);
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    guardrail_body(args, &body);
    (void)printf("{\"path\":\"%s\",\"body\":%s}\n", path, nd_bytes_view(&body).data);
    nd_bytes_release(&body);
    nd_free(path);
    return 0;
}

static int answer(const struct nd_json *line)
{
    const char *guardrail = nd_json_get_str(line, "guardrail");
    if (guardrail) return answer_guardrail(guardrail, nd_json_get(line, "args"));
    const struct provider *p = provider_named(nd_json_get_str(line, "provider"));
    const char *model = nd_json_get_str(line, "model");
    const struct nd_json *args = nd_json_get(line, "args");
    struct nd_error err = {0};
    if (!p || !model || nd_model_check(args, &err) != ND_OK) {
        (void)fprintf(stderr, "wire_bodies: %s\n", err.notes ? err.note[0] : "no such provider, or no model");
        return 1;
    }
    struct nd_traits traits;
    nd_traits_find(p->name, model, ND_AT_PROVIDER, &traits);
    traits.streams = nd_json_get_bool(line, "streams", traits.streams);
    char *by = nd_sprintf("%s:%s", p->name, model), *path = p->path(model, traits.streams);
    struct asked asked = {"", model, by, NULL, &traits, ND_AT_PROVIDER};
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    if (nd_json_get_bool(line, "counts", false)) {
        size_t uncounted = 0;
        nd_free(path);
        path = p->count_path(model);
        asker_count_body(p, &asked, args, &body, &uncounted);
    } else {
        asker_body(p, &asked, args, &body);
    }
    (void)printf("{\"path\":\"%s\",\"body\":%s}\n", path, nd_bytes_view(&body).data);
    nd_bytes_release(&body);
    nd_free(by);
    nd_free(path);
    return 0;
}

int main(void)
{
    char *text = NULL;
    size_t cap = 0;
    int status = 0;
    for (ssize_t len; status == 0 && (len = getline(&text, &cap, stdin)) > 0;) {
        struct nd_json *line = NULL;
        if (nd_json_parse(&line, (struct nd_view){text, (size_t)len}, NULL) == ND_OK)
            status = answer(line);
        else
            status = 2;
        nd_json_free(line);
    }
    nd_free(text);
    return status;
}
