#include "progress.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/say.h"
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { READ_LINES_MAX = 40, REDRAW_MS = 100, IDLE_REDRAWS = 10 /* the clock moves on once a second */ };

struct progress {
    enum progress_mode mode;
    const struct screen *screen;
    const struct nd_host *host;
    int64_t began_ms, phase_began_ms;
    pthread_mutex_t lock; /* of everything below */
    struct progress_view view;
    bool dirty;
    unsigned drawn; /* lines on the terminal */
    pthread_t ticker;
    atomic_bool closing;
};

static enum progress_mode mode_of(const char *how, const struct screen *screen, char *const *environment)
{
    const char *term = environment_get(environment, "TERM");
    if (strcmp(how, "tty") == 0) return PROGRESS_TTY;
    if (strcmp(how, "plain") == 0) return PROGRESS_PLAIN;
    if (strcmp(how, "json") == 0) return PROGRESS_JSON;
    if (strcmp(how, "none") == 0) return PROGRESS_NONE;
    return screen->err_tty && term && strcmp(term, "dumb") != 0 ? PROGRESS_TTY : PROGRESS_PLAIN;
}

static void write_all(const struct nd_bytes *text)
{
    for (size_t at = 0; at < text->len;) {
        ssize_t put = write(STDERR_FILENO, text->data + at, text->len - at);
        if (put <= 0) return; /* a closed terminal is no reason to stop a run */
        at += (size_t)put;
    }
}

/* One frame in one write, so that nothing flickers. The lock is held. */
static void draw(struct progress *p)
{
    int64_t now = p->host->monotonic_ms(p->host->ctx);
    p->view.elapsed_ms = now - p->began_ms;
    if (p->view.phase < ND_PHASES) p->view.phase_ms[p->view.phase] = now - p->phase_began_ms;
    struct nd_bytes lines = ND_BYTES(64 << 10), frame = ND_BYTES(128 << 10);
    unsigned count = progress_draw(&p->view, screen_width() - 1, p->screen->color, &lines);
    if (p->drawn > 0) nd_bytes_addf(&frame, "\033[%uA", p->drawn);
    for (size_t at = 0; at < lines.len;) {
        size_t end = nd_view_find(nd_bytes_view(&lines), ND_VIEW("\n"), at);
        nd_bytes_add_str(&frame, "\r");
        nd_bytes_add(&frame, lines.data + at, end - at);
        nd_bytes_add_str(&frame, "\033[K\n");
        at = end + 1;
    }
    write_all(&frame);
    p->drawn = count;
    p->dirty = false;
    nd_bytes_release(&lines);
    nd_bytes_release(&frame);
}

static void *tick(void *ctx)
{
    struct progress *p = ctx;
    for (unsigned idle = 0; !atomic_load(&p->closing);) {
        p->host->sleep_ms(p->host->ctx, REDRAW_MS);
        pthread_mutex_lock(&p->lock);
        idle = p->dirty ? IDLE_REDRAWS : idle + 1;
        if (idle >= IDLE_REDRAWS) {
            draw(p);
            idle = 0;
        }
        pthread_mutex_unlock(&p->lock);
    }
    return NULL;
}

struct progress *progress_open(const char *how, const struct screen *screen, const struct nd_host *host,
                               char *const *environment, const struct nd_pipeline *pipeline,
                               const char *run_id)
{
    struct progress *p = ND_NEW(struct progress);
    p->mode = mode_of(how, screen, environment);
    p->screen = screen;
    p->host = host;
    p->began_ms = p->phase_began_ms = host->monotonic_ms(host->ctx);
    (void)snprintf(p->view.run_id, sizeof p->view.run_id, "%s", run_id);
    for (unsigned i = 0; i < ND_PHASES; i++) p->view.phase_names[i] = pipeline->phases[i]->name;
    pthread_mutex_init(&p->lock, NULL);
    if (p->mode == PROGRESS_TTY && pthread_create(&p->ticker, NULL, tick, p) != 0) p->mode = PROGRESS_PLAIN;
    return p;
}

void progress_close(struct progress *p)
{
    if (!p) return;
    if (p->mode == PROGRESS_TTY) {
        atomic_store(&p->closing, true);
        pthread_join(p->ticker, NULL);
        struct nd_bytes clean = ND_BYTES(64);
        if (p->drawn > 0) nd_bytes_addf(&clean, "\033[%uA\r\033[J", p->drawn);
        write_all(&clean);
        nd_bytes_release(&clean);
    }
    pthread_mutex_destroy(&p->lock);
    nd_free(p);
}

/* ---- what happened ---- */

static void take_meta(struct progress *p, const struct nd_meta *meta)
{
    struct progress_view *v = &p->view;
    v->steps = meta->ledger.steps;
    v->tool_calls = meta->ledger.tool_calls;
    v->tool_calls_max = meta->tool_calls_per_run;
    v->gone_microusd = meta->ledger.spent_microusd + meta->ledger.unknown_microusd;
    v->ceiling_microusd = meta->ledger.ceiling_microusd;
}

static void take_phase(struct progress *p, unsigned phase)
{
    struct progress_view *v = &p->view;
    for (unsigned i = 0; i < ND_PHASES && i < phase; i++) v->phase_done[i] = true;
    if (v->phase != phase) {
        v->phase = phase;
        p->phase_began_ms = p->host->monotonic_ms(p->host->ctx);
        v->lane[0] = v->doing[0] = '\0';
        v->lane_steps = 0;
    }
}

/* the busiest lane is the one at work that has recorded most steps */
static void take_step(struct progress_view *v, const struct nd_lane *lane, const struct nd_step *step)
{
    const char *title = lane->title ? lane->title : lane->id;
    unsigned steps = step ? step->no + 1 : 0;
    if (steps < v->lane_steps && strncmp(v->lane, title, sizeof v->lane - 1) != 0) return;
    (void)snprintf(v->lane, sizeof v->lane, "%s", title);
    v->lane_steps = steps;
    if (step)
        (void)snprintf(v->doing, sizeof v->doing, "%s %s", nd_act_word(step->action.kind), step->action.name);
}

static void take_event(struct progress *p, const struct nd_event *event)
{
    struct progress_view *v = &p->view;
    if (event->meta) take_meta(p, event->meta);
    take_phase(p, event->phase);
    v->lanes_total = event->lanes_total;
    v->lanes_ended = event->lanes_ended;
    switch (event->kind) {
    case ND_EV_LANE:
    case ND_EV_STEP:
        if (event->lane) take_step(v, event->lane, event->step);
        break;
    case ND_EV_LANE_END:
        v->lane[0] = v->doing[0] = '\0';
        v->lane_steps = 0;
        break;
    case ND_EV_PHASE_END:
        if (event->phase < ND_PHASES) v->phase_done[event->phase] = true;
        break;
    case ND_EV_NOTE:
        (void)snprintf(v->note, sizeof v->note, "%s", event->text ? event->text : "");
        break;
    case ND_EV_PHASE:
        break;
    }
    p->dirty = true;
}

static const char *event_word(enum nd_event_kind kind)
{
    static const char *const words[] = {"phase", "lane", "step", "lane_end", "phase_end", "note"};
    return (unsigned)kind < sizeof words / sizeof *words ? words[kind] : "unknown";
}

static void say_json(const struct progress *p, const struct nd_event *event)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "schema", "nightdesk.progress/1");
    nd_json_set_str(json, "event", event_word(event->kind));
    nd_json_set_str(json, "run_id", p->view.run_id);
    nd_json_set_str(json, "phase", event->phase_name);
    if (event->lane) nd_json_set_str(json, "lane", event->lane->title ? event->lane->title : event->lane->id);
    if (event->step) {
        nd_json_set_int(json, "step", event->step->no);
        nd_json_set_str(json, "action", nd_act_word(event->step->action.kind));
        nd_json_set_str(json, "name", event->step->action.name);
        nd_json_set_int(json, "cost_microusd", event->step->cost_microusd);
    }
    if (event->text) nd_json_set_str(json, "text", event->text);
    nd_json_set_int(json, "lanes_ended", (int64_t)event->lanes_ended);
    nd_json_set_int(json, "lanes_total", (int64_t)event->lanes_total);
    nd_json_set_int(json, "steps", p->view.steps);
    nd_json_set_int(json, "tool_calls", p->view.tool_calls);
    nd_json_set_int(json, "gone_microusd", p->view.gone_microusd);
    nd_json_set_int(json, "ceiling_microusd", p->view.ceiling_microusd);
    struct nd_bytes line = ND_BYTES(ND_MIB);
    json_line(json, &line);
    write_all(&line);
    nd_bytes_release(&line);
    nd_json_free(json);
}

static void say_plain(const struct progress *p, const struct nd_event *event)
{
    char time[DURATION_BYTES], gone[ND_MONEY_BYTES];
    duration_text(p->host->monotonic_ms(p->host->ctx) - p->began_ms, time);
    nd_money_format(p->view.gone_microusd, gone);
    const char *phase = event->phase_name && *event->phase_name ? event->phase_name : "run";
    switch (event->kind) {
    case ND_EV_STEP: {
        if (!event->lane || !event->step) break;
        const char *refused = nd_step_refused(event->step);
        screen_say(p->screen, STYLE_PLAIN, "%s %s '%.60s' step %u: %s %s%s%s; tool calls %lld/%lld, %s", time,
                   phase, event->lane->title ? event->lane->title : event->lane->id, event->step->no,
                   nd_act_word(event->step->action.kind), event->step->action.name,
                   refused ? " refused: " : "", refused ? refused : "", (long long)p->view.tool_calls,
                   (long long)p->view.tool_calls_max, gone);
        break;
    }
    case ND_EV_PHASE:
        screen_say(p->screen, STYLE_PLAIN, "%s %s begins", time, phase);
        break;
    case ND_EV_PHASE_END:
        screen_say(p->screen, STYLE_PLAIN, "%s %s: %s", time, phase,
                   event->meta ? nd_outcome_word(event->meta->outcome) : "ended");
        break;
    case ND_EV_NOTE:
        screen_say(p->screen, STYLE_PLAIN, "%s %s", time, event->text ? event->text : "");
        break;
    case ND_EV_LANE:
    case ND_EV_LANE_END:
        break;
    }
}

void progress_event(void *progress, const struct nd_event *event)
{
    struct progress *p = progress;
    pthread_mutex_lock(&p->lock);
    take_event(p, event);
    if (p->mode == PROGRESS_JSON) say_json(p, event);
    if (p->mode == PROGRESS_PLAIN) say_plain(p, event);
    pthread_mutex_unlock(&p->lock);
}

void progress_read(void *progress, size_t done, size_t total, const char *path)
{
    struct progress *p = progress;
    pthread_mutex_lock(&p->lock);
    p->view.documents = done;
    p->view.documents_total = total;
    (void)snprintf(p->view.document, sizeof p->view.document, "%s", path ? path : "");
    p->dirty = true;
    size_t every = total / READ_LINES_MAX + 1;
    if (p->mode == PROGRESS_PLAIN && (done % every == 0 || done == total)) {
        screen_say(p->screen, STYLE_PLAIN, "read %zu/%zu %s", done, total, path);
    }
    pthread_mutex_unlock(&p->lock);
}

void progress_meta(struct progress *p, const struct nd_meta *meta)
{
    pthread_mutex_lock(&p->lock);
    bool news = meta->ledger.steps != p->view.steps || meta->phase != p->view.phase;
    take_meta(p, meta);
    take_phase(p, meta->phase);
    p->dirty = true;
    if (news && p->mode == PROGRESS_PLAIN) {
        char gone[ND_MONEY_BYTES];
        nd_money_format(p->view.gone_microusd, gone);
        screen_say(p->screen, STYLE_PLAIN, "%s: %lld %s, tool calls %lld/%lld, %s",
                   meta->phase < ND_PHASES ? p->view.phase_names[meta->phase] : "done",
                   (long long)p->view.steps, nd_plural(NULL, p->view.steps, "step", "steps"),
                   (long long)p->view.tool_calls, (long long)p->view.tool_calls_max, gone);
    }
    pthread_mutex_unlock(&p->lock);
}
