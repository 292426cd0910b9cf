/**
 * What a working run shows: a few lines that are redrawn on a terminal (at most 10 times a second), one plain
 * line per step elsewhere, JSON lines for programs, or nothing. All on standard error.
 */
#ifndef NIGHTDESK_CLI_PROGRESS_H
#define NIGHTDESK_CLI_PROGRESS_H

#include "nightdesk/base/host.h"
#include "nightdesk/engine/engine.h"
#include "screen.h"

enum progress_mode { PROGRESS_TTY, PROGRESS_PLAIN, PROGRESS_JSON, PROGRESS_NONE };

/** What is known of the run now; filled by events, drawn by progress_draw. */
struct progress_view {
    char run_id[ND_RUN_ID_BYTES];
    const char *phase_names[ND_PHASES];
    unsigned phase;
    bool phase_done[ND_PHASES];
    int64_t phase_ms[ND_PHASES]; /* how long each took, or has been at work */
    size_t lanes_total, lanes_ended;
    char lane[160], doing[160]; /* the busiest lane and its last action; "" when there is none */
    unsigned lane_steps;        /* recorded steps of that lane */
    size_t documents, documents_total;
    char document[160]; /* the last one that was read */
    int64_t steps, tool_calls, tool_calls_max;
    int64_t gone_microusd, ceiling_microusd; /* spent and unknown */
    int64_t elapsed_ms;
    char note[200];
};

/** Draws the view as whole lines, each at most `width` columns; returns their number. */
unsigned progress_draw(const struct progress_view *view, unsigned width, bool color, struct nd_bytes *out);
/** "0:07", "12:03", "1:02:03" */
#define DURATION_BYTES 24
void duration_text(int64_t ms, char out[DURATION_BYTES]);

struct progress; /* safe from any thread */
/** @param how  "auto", "tty", "plain", "json", "none" */
struct progress *progress_open(const char *how, const struct screen *screen, const struct nd_host *host,
                               char *const *environment, const struct nd_pipeline *pipeline,
                               const char *run_id);
/** For nd_engine.on_event and nd_desk_config.on_read, with the progress as their context. */
void progress_event(void *progress, const struct nd_event *event);
void progress_read(void *progress, size_t done, size_t total, const char *path);
/** Shows META alone, for a watcher who gets no events. */
void progress_meta(struct progress *p, const struct nd_meta *meta);
/** Leaves the terminal clean and frees. NULL is fine. */
void progress_close(struct progress *p);

#endif
