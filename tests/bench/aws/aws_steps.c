/*
 * aws_steps TABLE BUCKET STEPS TEXT: a run of so many steps in the store in AWS, as four phases, each a
 * process of its own: it takes the run, reads what the phases before left, writes its share of the steps and
 * an artefact, and lets go. The first also stores page texts, which the others load. Where the servers are is
 * in the environment.
 */
#include "nightdesk/aws/aws.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/store/store.h"
#include "written.h"

#include <stdio.h>
#include <string.h>

#define PHASES 4
#define DOCUMENTS 30
#define REPORT_FILES 6
#define PAGE_TEXT_BYTES ((size_t)20000)

struct place {
    const char *table, *bucket;
    struct nd_http *http;
    struct nd_aws *aws;
};

static void open_store(struct written *w, struct place *p)
{
    written_need(nd_http_open(&p->http, &w->err), &w->err);
    const struct nd_aws_config aws = {.http = p->http, .host = w->host};
    written_need(nd_aws_open(&p->aws, &aws, &w->err), &w->err);
    const struct nd_store_aws_config config = {
        .aws = p->aws, .host = w->host, .table = p->table, .bucket = p->bucket};
    written_need(nd_store_aws_open(&w->store, &config, &w->err), &w->err);
}

static void close_store(struct written *w, struct place *p)
{
    nd_store_close(w->store);
    nd_aws_close(p->aws);
    nd_http_close(p->http);
}

static void keep_pages(struct written *w, struct nd_objects *o, const struct steps *s)
{
    for (size_t i = 0; i < DOCUMENTS; i++) {
        char name[32];
        size_t from = i * PAGE_TEXT_BYTES % (s->text.len - PAGE_TEXT_BYTES);
        (void)snprintf(name, sizeof name, "reading/%zu", i);
        struct nd_view text = nd_view_sub(nd_bytes_view(&s->text), from, from + PAGE_TEXT_BYTES);
        written_need(nd_objects_name_put(o, name, text, &w->err), &w->err);
    }
}

static void load_pages(struct written *w, struct nd_objects *o)
{
    for (size_t i = 0; i < DOCUMENTS; i++) {
        char name[32];
        struct nd_bytes text = ND_BYTES(2 * PAGE_TEXT_BYTES);
        (void)snprintf(name, sizeof name, "reading/%zu", i);
        written_need(nd_objects_name_get(o, name, &text, &w->err), &w->err);
        nd_bytes_release(&text);
    }
}

static void keep_artefacts(struct written *w, struct nd_objects *o, unsigned phase)
{
    unsigned count = phase + 1 == PHASES ? REPORT_FILES : 1;
    for (unsigned i = 0; i < count; i++) {
        char text[40], sha256[ND_SHA256_HEX];
        (void)snprintf(text, sizeof text, "artefact %u of phase %u", i, phase);
        written_need(nd_objects_put(o, nd_view_of(text), sha256, &w->err), &w->err);
    }
}

static void work(struct written *w, struct place *p, const struct steps *s, unsigned phase)
{
    struct nd_objects *o = NULL;
    struct nd_control control;
    size_t from = s->count * phase / PHASES, to = s->count * (phase + 1) / PHASES;
    open_store(w, p);
    if (phase == 0) written_create(w);
    written_take(w);
    written_need(w->store->ops->control_get(w->store, WRITTEN_RUN, &control, &w->err), &w->err);
    written_read(w, from * STEP_BYTES);
    written_need(w->store->ops->objects(w->store, WRITTEN_RUN, &o, &w->err), &w->err);
    if (phase == 0) {
        keep_pages(w, o, s);
    } else {
        load_pages(w, o);
    }
    for (size_t i = from; i < to; i++) written_step(w, s, i);
    keep_artefacts(w, o, phase);
    nd_objects_close(o);
    w->store->ops->lease_release(w->store, &w->lease);
    close_store(w, p);
}

int main(int argc, char **argv)
{
    struct written w = {.host = nd_host_posix()};
    struct steps s;
    if (argc != 5) {
        fprintf(stderr, "usage: aws_steps TABLE BUCKET STEPS TEXT\n");
        return 2;
    }
    struct place p = {.table = argv[1], .bucket = argv[2]};
    steps_open(&s, argv[4], argv[3]);
    for (unsigned phase = 0; phase < PHASES; phase++) work(&w, &p, &s, phase);
    nd_free(s.ms);
    nd_bytes_release(&s.text);
    return 0;
}
