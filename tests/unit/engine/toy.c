#include "toy.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"

#include <stdio.h>
#include <string.h>

static const struct toy *toy_of(const struct nd_scene *scene)
{
    return scene->pipeline;
}

static bool extractive(const struct nd_scene *scene)
{
    return strcmp(scene->writer, "extractive") == 0;
}

/* ---- actions ---- */

static enum nd_rc act(struct nd_action *out, enum nd_act kind, const char *name, struct nd_json *args)
{
    *out = (struct nd_action){.kind = kind, .args = args};
    (void)snprintf(out->name, sizeof out->name, "%s", name);
    return ND_OK;
}

static struct nd_json *about(const struct nd_scene *scene, unsigned phase, const char *what)
{
    struct nd_json *args = nd_json_object();
    nd_json_set_int(args, "phase", phase);
    nd_json_set_str(args, "lane", scene->lane->id);
    nd_json_set_str(args, "what", what);
    return args;
}

static void add_message(struct nd_json *messages, const char *role, const char *content)
{
    struct nd_json *message = nd_json_add(messages, nd_json_object());
    nd_json_set_str(message, "role", role);
    nd_json_set_str(message, "content", content);
}

/* A model's turn, or the extractive writer's. `earlier` is the step whose conversation goes on. */
static enum nd_rc turn(const struct nd_scene *scene, unsigned phase, const char *what,
                       const struct nd_step *earlier, struct nd_action *out)
{
    struct nd_json *args = about(scene, phase, what);
    if (extractive(scene)) return act(out, ND_ACT_TOOL, "pick", args);
    struct nd_json *messages = NULL;
    if (earlier) {
        messages = nd_json_copy(nd_json_get(earlier->action.args, "messages"));
        add_message(messages, "assistant", nd_json_get_str(earlier->observation, "text"));
        nd_json_set_int(args, "extends", earlier->no);
    } else {
        messages = nd_json_array();
        add_message(messages, "system", "You are a toy.");
    }
    char *content =
        nd_sprintf("%s of lane %s in phase %u about %s", what, scene->lane->id, phase, scene->request->topic);
    add_message(messages, "user", content);
    nd_free(content);
    nd_json_set(args, "messages", messages);
    nd_json_set_int(args, "max_tokens", 20);
    return act(out, ND_ACT_MODEL, "write", args);
}

static bool refused(const struct nd_transcript *t)
{
    return t->n > 0 && nd_step_refused(&t->v[t->n - 1]);
}

/* ---- lane 0 ---- */

static bool has_gate(const struct nd_scene *scene, unsigned phase)
{
    return (phase == ND_RESEARCH && (scene->request->gates & ND_GATE_PLAN) && !scene->stop) ||
           (phase == ND_DRAFT && (scene->request->gates & ND_GATE_OUTLINE) && !scene->stop);
}

static const char *gate_of(unsigned phase)
{
    return phase == ND_RESEARCH ? "plan" : "outline";
}

static bool decided(const struct nd_step *step, const char *word)
{
    const char *decision = nd_json_get_str(step->observation, "decision");
    return decision && strcmp(decision, word) == 0;
}

/* How many steps of lane 0 make the plan; 0: it does not stand yet. */
static size_t plan_steps(const struct nd_scene *scene, unsigned phase)
{
    const struct nd_transcript *t = &scene->lane0->transcript;
    if (toy_of(scene)->minimum && phase == ND_RESEARCH && !scene->stop) {
        for (size_t i = 1; i < t->n; i++) {
            if (t->v[i].action.kind == ND_ACT_MODEL && !nd_step_refused(&t->v[i])) return i + 1;
        }
        return 0;
    }
    if (!has_gate(scene, phase)) return t->n >= 2 ? 2 : 0;
    for (size_t i = 2; i < t->n; i++) {
        if (t->v[i].action.kind == ND_ACT_HUMAN && !decided(&t->v[i], "revise")) return i + 1;
    }
    return 0;
}

static enum nd_rc ask_gate(const struct nd_scene *scene, unsigned phase, const char *gate,
                           struct nd_action *out)
{
    struct nd_json *args = nd_json_object(), *shown = nd_json_set(args, "shown", nd_json_object());
    nd_json_set_int(shown, "phase", phase);
    nd_json_set_int(shown, "version", (int64_t)scene->lane->transcript.n);
    nd_json_set_str(args, "prompt", "is this right?");
    return act(out, ND_ACT_HUMAN, gate, args);
}

static enum nd_rc next_of_lane0(const struct nd_scene *scene, unsigned phase, struct nd_action *out)
{
    const struct nd_transcript *t = &scene->lane->transcript;
    size_t plan = plan_steps(scene, phase);
    if (t->n == 0) return act(out, ND_ACT_TOOL, "read", about(scene, phase, "all"));
    if (t->n == 1) return turn(scene, phase, "plan", NULL, out);
    if (!plan) {
        const struct nd_step *last = &t->v[t->n - 1];
        if (last->action.kind == ND_ACT_HUMAN) return turn(scene, phase, "plan again", NULL, out);
        if (toy_of(scene)->minimum) return act(out, ND_ACT_HUMAN, "budget", nd_json_object());
        return ask_gate(scene, phase, gate_of(phase), out);
    }
    if (!scene->lanes) return act(out, ND_ACT_LANES, "", NULL);
    if (toy_of(scene)->two_plans) return act(out, ND_ACT_LANES, "", NULL);
    if (t->n == plan) return act(out, ND_ACT_TOOL, "sum", about(scene, phase, "sum"));
    bool final = phase == ND_FACT_CHECK && (scene->request->gates & ND_GATE_FINAL) && !scene->stop;
    if (final && t->n == plan + 1) return ask_gate(scene, phase, "final", out);
    return act(out, ND_ACT_DONE, "", NULL);
}

/* ---- other lanes ---- */

static int64_t number(const struct nd_scene *scene)
{
    return nd_json_get_int(scene->lane->spec, "number", 0);
}

static enum nd_rc next_of_lane(const struct nd_scene *scene, unsigned phase, struct nd_action *out)
{
    const struct toy *toy = toy_of(scene);
    const struct nd_transcript *t = &scene->lane->transcript;
    size_t notes = toy->notes ? toy->notes : 1;
    if (toy->endless && t->n >= 3) return act(out, ND_ACT_TOOL, "note", about(scene, phase, "again"));
    if (refused(t)) return act(out, ND_ACT_DONE, "", NULL);
    if (t->n == 0)
        return act(out, ND_ACT_TOOL, extractive(scene) ? "pick" : "fetch", about(scene, phase, "page"));
    if (t->n == 1) return turn(scene, phase, "ask", NULL, out);
    if (t->n == 2) return turn(scene, phase, "more", extractive(scene) ? NULL : &t->v[1], out);
    if (t->n < 3 + notes) return act(out, ND_ACT_TOOL, "note", about(scene, phase, "note"));
    bool asks = toy->questions && phase == ND_RESEARCH && number(scene) % 2 == 0 && !scene->stop;
    if (asks && t->n == 3 + notes) {
        struct nd_json *args = nd_json_object();
        nd_json_set_str(args, "prompt", "what now?");
        return act(out, ND_ACT_HUMAN, "question", args);
    }
    return act(out, ND_ACT_DONE, "", NULL);
}

static enum nd_rc next(const struct nd_scene *scene, unsigned phase, struct nd_action *out)
{
    bool zero = strcmp(scene->lane->id, "0") == 0;
    return zero ? next_of_lane0(scene, phase, out) : next_of_lane(scene, phase, out);
}

/* An approved plan may say how many lanes there are. */
static enum nd_rc lanes(const struct nd_scene *scene, unsigned phase, struct nd_lanes *out)
{
    const struct nd_transcript *t = &scene->lane0->transcript;
    size_t plan = plan_steps(scene, phase);
    int64_t count = toy_of(scene)->lanes;
    if (plan) count = nd_json_get_int(nd_json_get(t->v[plan - 1].observation, "edited"), "lanes", count);
    for (int64_t i = 1; i <= count; i++) {
        ND_GROW(out->v, out->n, out->cap);
        struct nd_lane *lane = &out->v[out->n++];
        *lane = (struct nd_lane){.spec = nd_json_object(), .title = nd_sprintf("lane %lld", (long long)i)};
        nd_json_set_int(lane->spec, "number", toy_of(scene)->same_lanes ? 1 : i);
        nd_lane_id(lane->spec, lane->id);
    }
    return ND_OK;
}

/* ---- artefacts ---- */

static void add_lane(struct nd_json *list, const struct nd_lane *lane)
{
    struct nd_json *entry = nd_json_add(list, nd_json_object());
    nd_json_set_str(entry, "id", lane->id);
    struct nd_json *steps = nd_json_set(entry, "steps", nd_json_array());
    for (size_t i = 0; i < lane->transcript.n; i++) {
        const struct nd_step *step = &lane->transcript.v[i];
        struct nd_json *one = nd_json_add(steps, nd_json_object());
        nd_json_set_str(one, "id", step->id);
        nd_json_set(one, "saw", nd_json_copy(step->observation));
    }
}

static enum nd_rc finish(const struct nd_scene *scene, unsigned phase, struct nd_artefact *out)
{
    char hex[ND_SHA256_HEX];
    struct nd_bytes earlier = ND_BYTES(ND_BYTES_MAX);
    for (unsigned i = 0; i < phase; i++) nd_json_print_canonical(scene->artefact[i], &earlier);
    nd_sha256_hex(nd_bytes_view(&earlier), hex);
    nd_bytes_release(&earlier);
    struct nd_json *json = out->json = nd_json_object();
    nd_json_set_int(json, "phase", phase);
    nd_json_set_str(json, "writer", scene->writer);
    nd_json_set_str(json, "earlier", hex);
    nd_json_set_int(json, "started_ms", scene->started_ms);
    if (scene->stop) nd_json_set(json, "stop", nd_json_copy(scene->stop));
    struct nd_json *list = nd_json_set(json, "lanes", nd_json_array());
    add_lane(list, scene->lane0);
    for (size_t i = 0; i < scene->lanes->n; i++) add_lane(list, &scene->lanes->v[i]);
    if (phase != ND_FACT_CHECK) return ND_OK;
    nd_json_print(json, nd_artefact_add(out, "report.json"));
    nd_bytes_add_str(nd_artefact_add(out, "evidence/a.txt"), "a page");
    return ND_OK;
}

/* ---- tools ---- */

static enum nd_rc enter(const struct nd_scene *scene, const char *tool, const struct nd_json *args,
                        bool after, const atomic_bool *stop)
{
    const struct toy *toy = toy_of(scene);
    return toy->on_call ? toy->on_call(toy->ctx, tool, args, after, stop) : ND_OK;
}

static enum nd_rc call(const struct nd_scene *scene, const char *tool, const struct nd_json *args,
                       const atomic_bool *stop, struct nd_json **observation, struct nd_error *err)
{
    enum nd_rc rc = enter(scene, tool, args, false, stop);
    if (rc == ND_OK) rc = enter(scene, tool, args, true, stop);
    if (rc != ND_OK) return rc == ND_STOPPED ? rc : nd_fail(err, rc, "tool '%s' was made to fail", tool);
    char hex[ND_SHA256_HEX];
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_str(&text, tool);
    nd_json_print_canonical(args, &text);
    nd_sha256_hex(nd_bytes_view(&text), hex);
    nd_bytes_release(&text);
    *observation = nd_json_object();
    nd_json_set_str(*observation, "result", hex);
    return ND_OK;
}

#define TOY_TOOL(name)                                                                                       \
    static enum nd_rc tool_##name(const struct nd_scene *scene, const struct nd_json *args,                  \
                                  const atomic_bool *stop, struct nd_json **observation,                     \
                                  struct nd_error *err)                                                      \
    {                                                                                                        \
        return call(scene, #name, args, stop, observation, err);                                             \
    }
TOY_TOOL(fetch)
TOY_TOOL(pick)
TOY_TOOL(sum)

/* Text that does not compress well: hex of the hashes of a counter. */
static void add_text(struct nd_json *observation, size_t bytes)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    for (unsigned i = 0; text.len < bytes; i++) {
        char hex[ND_SHA256_HEX];
        nd_sha256_hex((struct nd_view){(const char *)&i, sizeof i}, hex);
        nd_bytes_add_str(&text, hex);
    }
    nd_json_set_view(observation, "text", nd_bytes_view(&text));
    nd_bytes_release(&text);
}

static enum nd_rc tool_read(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                            struct nd_json **observation, struct nd_error *err)
{
    unsigned *reads = toy_of(scene)->reads;
    char name[32];
    (void)snprintf(name, sizeof name, "reading/%u", reads ? (*reads)++ : 0);
    enum nd_rc rc = reads ? nd_objects_name_put(scene->objects, name, ND_VIEW("page text"), err) : ND_OK;
    if (rc == ND_OK) rc = call(scene, "read", args, stop, observation, err);
    if (rc == ND_OK && toy_of(scene)->payload_bytes) add_text(*observation, toy_of(scene)->payload_bytes);
    return rc;
}

static enum nd_rc tool_note(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                            struct nd_json **observation, struct nd_error *err)
{
    bool fails =
        toy_of(scene)->lane_fails && nd_json_get_int(args, "phase", 0) == ND_DRAFT && number(scene) == 1;
    if (fails && toy_of(scene)->bad_reason) {
        char reason[200];
        memset(reason, '"', sizeof reason - 1);
        reason[sizeof reason - 1] = '\0';
        memcpy(reason, "\x1b\\\xff", 3);
        memcpy(reason + 119, "\xc3\xa9", 2); /* a character across the place where it is cut */
        return nd_fail(err, ND_BAD_INPUT, "%s", reason);
    }
    if (fails) return nd_fail(err, ND_BAD_INPUT, "'%s' cannot be noted", "lane 1");
    enum nd_rc rc = call(scene, "note", args, stop, observation, err);
    if (rc == ND_OK && toy_of(scene)->note_bytes) add_text(*observation, toy_of(scene)->note_bytes);
    return rc;
}

static const struct nd_tool tools[] = {
    {.name = "read", .call = tool_read},
    {.name = "fetch", .counted = true, .leaves = true, .fee_microusd = TOY_FEE_MICROUSD, .call = tool_fetch},
    {.name = "note", .counted = true, .call = tool_note},
    {.name = "pick", .call = tool_pick},
    {.name = "sum", .call = tool_sum},
};
static const struct nd_tool *const tool_list[] = {&tools[0], &tools[1], &tools[2],
                                                  &tools[3], &tools[4], NULL};

/* ---- the table ---- */

#define TOY_PHASE(name, number)                                                                              \
    static enum nd_rc next_##name(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err) \
    {                                                                                                        \
        (void)err;                                                                                           \
        return next(scene, number, out);                                                                     \
    }                                                                                                        \
    static enum nd_rc lanes_##name(const struct nd_scene *scene, struct nd_lanes *out, struct nd_error *err) \
    {                                                                                                        \
        (void)err;                                                                                           \
        return lanes(scene, number, out);                                                                    \
    }                                                                                                        \
    static enum nd_rc finish_##name(const struct nd_scene *scene, struct nd_artefact *out,                   \
                                    struct nd_error *err)                                                    \
    {                                                                                                        \
        (void)err;                                                                                           \
        return finish(scene, number, out);                                                                   \
    }
TOY_PHASE(research, ND_RESEARCH)
TOY_PHASE(draft, ND_DRAFT)
TOY_PHASE(synthesize, ND_SYNTHESIZE)
TOY_PHASE(fact_check, ND_FACT_CHECK)

static const struct nd_phase phases[ND_PHASES] = {
    {"research", 60, lanes_research, next_research, finish_research},
    {"draft", 85, lanes_draft, next_draft, finish_draft},
    {"synthesize", 95, lanes_synthesize, next_synthesize, finish_synthesize},
    {"fact-check", 100, lanes_fact_check, next_fact_check, finish_fact_check},
};

struct nd_pipeline toy_pipeline(const char *sha256)
{
    return (struct nd_pipeline){
        .sha256 = sha256, .phases = {&phases[0], &phases[1], &phases[2], &phases[3]}, .tools = tool_list};
}
