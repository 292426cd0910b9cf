/* Documents that came as a list with the request, and lie elsewhere. */
#include "inputs.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "rig.h"

#include <string.h>

/* Hands out the files of a rig by their sha256, and can be told to go wrong. */
struct elsewhere {
    const struct rig *rig;
    const struct nd_inputs *inputs;
    const char *instead; /* other bytes for every document; NULL: its own */
    enum nd_rc fails;
    unsigned asked;
    struct nd_bytes list; /* lies there too, under this name */
    char list_sha256[ND_SHA256_HEX];
};

static enum nd_rc get(void *ctx, const char *sha256, struct nd_bytes *out, struct nd_error *err)
{
    struct elsewhere *e = ctx;
    e->asked++;
    if (e->fails != ND_OK) return nd_fail(err, e->fails, "told to");
    if (strcmp(sha256, e->list_sha256) == 0) {
        nd_bytes_add_view(out, nd_bytes_view(&e->list));
        return ND_OK;
    }
    if (e->instead) {
        nd_bytes_add(out, e->instead, strlen(e->instead));
        return out->over ? nd_fail(err, ND_OVER_LIMIT, "too long") : ND_OK;
    }
    for (size_t i = 0; i < e->inputs->n; i++) {
        if (strcmp(e->inputs->v[i].sha256, sha256) != 0) continue;
        char *path = nd_path_join(e->rig->root, e->inputs->v[i].name);
        enum nd_rc rc = nd_file_read(path, out, err);
        nd_free(path);
        return rc;
    }
    return nd_fail(err, ND_NOT_FOUND, "not here");
}

struct listed {
    struct rig rig; /* the documents where they came from */
    struct nd_inputs frozen;
    struct elsewhere elsewhere;
    struct nd_request request; /* with the listing */
    struct nd_objects *objects;
    struct nd_inputs inputs;
    struct nd_sources sources;
    struct nd_read_progress progress;
};

static void listed_open(struct listed *l)
{
    *l = (struct listed){.objects = test_objects_open()};
    rig_open(&l->rig);
    rig_add(&l->rig, "b.txt", ND_VIEW("The second text of three."));
    rig_add(&l->rig, "a.txt", ND_VIEW("The first text of three."));
    rig_add(&l->rig, "c/c.md", ND_VIEW("# Third\n\nThe third text of three."));
    rig_add(&l->rig, "c/again.txt", ND_VIEW("The first text of three."));
    nd_ck_ok(rig_read(&l->rig), &l->rig.err);
    l->frozen = l->rig.inputs;
    l->elsewhere = (struct elsewhere){.rig = &l->rig, .inputs = &l->frozen};
    l->request.listing = nd_inputs_json(&l->frozen);
}

static enum nd_rc read_listed(struct listed *l, struct nd_error *err)
{
    const struct nd_read_options options = {
        .reader = l->rig.reader, .workers = 2, .origin = {.get = get, .ctx = &l->elsewhere}};
    nd_inputs_release(&l->inputs);
    nd_sources_release(&l->sources);
    enum nd_rc rc = nd_inputs_list(&l->inputs, &l->request, NULL, NULL, err);
    if (rc != ND_OK) return rc;
    return nd_inputs_read(&l->sources, &l->inputs, &l->request, l->objects, &options, &l->progress, err);
}

static void listed_close(struct listed *l)
{
    nd_inputs_release(&l->inputs);
    nd_sources_release(&l->sources);
    nd_json_free(l->request.listing);
    nd_objects_close(l->objects);
    rig_close(&l->rig);
}

START_TEST(what_is_read_elsewhere_is_what_would_be_read_here)
{
    struct listed l;
    struct nd_error err = {0};
    listed_open(&l);
    nd_ck_ok(read_listed(&l, &err), &err);
    struct nd_json *here = nd_sources_json(&l.rig.sources), *there = nd_sources_json(&l.sources);
    struct nd_json *list = nd_inputs_json(&l.inputs);
    ck_assert(nd_json_equal(here, there));
    ck_assert(nd_json_equal(list, l.request.listing));
    ck_assert_uint_eq(l.elsewhere.asked, 3);
    nd_ck_ok(read_listed(&l, &err), &err);
    ck_assert_msg(l.elsewhere.asked == 3, "what is in the store is not fetched again");
    nd_json_free(here);
    nd_json_free(there);
    nd_json_free(list);
    listed_close(&l);
}
END_TEST

START_TEST(a_list_is_put_in_order_and_names_nothing_twice)
{
    struct listed l;
    struct nd_error err = {0};
    listed_open(&l);
    struct nd_input swap = l.frozen.v[0];
    l.frozen.v[0] = l.frozen.v[3];
    l.frozen.v[3] = swap;
    nd_json_free(l.request.listing);
    l.request.listing = nd_inputs_json(&l.frozen);
    nd_ck_ok(nd_inputs_list(&l.inputs, &l.request, NULL, NULL, &err), &err);
    ck_assert_str_eq(l.inputs.v[0].name, "a.txt");
    nd_inputs_release(&l.inputs);
    struct nd_input twice = l.frozen.v[0];
    l.frozen.v[0] = l.frozen.v[1];
    nd_json_free(l.request.listing);
    l.request.listing = nd_inputs_json(&l.frozen);
    l.frozen.v[0] = twice;
    nd_ck_rc(nd_inputs_list(&l.inputs, &l.request, NULL, NULL, &err), ND_BAD_INPUT, &err);
    ck_assert_ptr_nonnull(strstr(err.note[0], "is listed twice"));
    nd_error_clear(&err);
    nd_json_free(l.request.listing);
    l.request.listing = nd_inputs_json(&(struct nd_inputs){.v = NULL});
    nd_ck_rc(nd_inputs_list(&l.inputs, &l.request, NULL, NULL, &err), ND_BAD_INPUT, &err);
    nd_error_clear(&err);
    l.request.search = (char *)(uintptr_t) "searxng"; /* the web alone */
    nd_ck_ok(nd_inputs_list(&l.inputs, &l.request, NULL, NULL, &err), &err);
    listed_close(&l);
}
END_TEST

/* The request names its list by a hash; the list lies with the documents. */
static void move_list(struct listed *l)
{
    struct nd_json *named = nd_json_object();
    l->elsewhere.list = ND_BYTES(ND_MIB);
    nd_json_print_canonical(l->request.listing, &l->elsewhere.list);
    nd_sha256_hex(nd_bytes_view(&l->elsewhere.list), l->elsewhere.list_sha256);
    nd_json_set_str(named, "schema", "nightdesk.inputs/1");
    nd_json_set_str(named, "sha256", l->elsewhere.list_sha256);
    nd_json_free(l->request.listing);
    l->request.listing = named;
}

static enum nd_rc list_moved(struct listed *l, struct nd_error *err)
{
    const struct nd_origin origin = {.get = get, .ctx = &l->elsewhere};
    nd_inputs_release(&l->inputs);
    nd_error_clear(err);
    return nd_inputs_list(&l->inputs, &l->request, &origin, NULL, err);
}

START_TEST(a_list_that_lies_elsewhere_is_the_list)
{
    struct listed l;
    struct nd_error err = {0};
    listed_open(&l);
    struct nd_json *whole = nd_json_copy(l.request.listing);
    ck_assert_ptr_null(nd_inputs_elsewhere(&l.request));
    move_list(&l);
    ck_assert_str_eq(nd_inputs_elsewhere(&l.request), l.elsewhere.list_sha256);
    nd_ck_ok(list_moved(&l, &err), &err);
    struct nd_json *list = nd_inputs_json(&l.inputs);
    ck_assert(nd_json_equal(list, whole));
    nd_json_free(list);
    nd_json_free(whole);
    nd_bytes_release(&l.elsewhere.list);
    listed_close(&l);
}
END_TEST

START_TEST(a_list_that_is_another_or_not_there_is_refused)
{
    struct listed l;
    struct nd_error err = {0};
    listed_open(&l);
    move_list(&l);
    nd_ck_rc(nd_inputs_list(&l.inputs, &l.request, NULL, NULL, &err), ND_BAD_INPUT, &err);
    ck_assert_ptr_nonnull(strstr(err.note[0], "lies elsewhere"));
    nd_bytes_add_char(&l.elsewhere.list, ' ');
    nd_ck_rc(list_moved(&l, &err), ND_BAD_INPUT, &err);
    ck_assert_ptr_nonnull(strstr(err.note[0], "holds other bytes"));
    l.elsewhere.fails = ND_NOT_FOUND;
    nd_ck_rc(list_moved(&l, &err), ND_BAD_INPUT, &err);
    l.elsewhere.fails = ND_RETRY;
    nd_ck_rc(list_moved(&l, &err), ND_RETRY, &err);
    l.elsewhere.fails = ND_OK;
    nd_json_set(l.request.listing, "files", nd_json_array());
    nd_ck_rc(list_moved(&l, &err), ND_BAD_INPUT, &err);
    ck_assert_ptr_nonnull(strstr(err.note[0], "nothing else"));
    nd_json_set_str(l.request.listing, "sha256", "../request.json");
    nd_ck_rc(list_moved(&l, &err), ND_BAD_INPUT, &err);
    ck_assert_ptr_nonnull(strstr(err.note[0], "wanted 64 hex digits"));
    nd_bytes_release(&l.elsewhere.list);
    listed_close(&l);
}
END_TEST

/* What the first source says when everything is fetched as `instead` or fails with `fails`. */
static char *why(const char *instead, enum nd_rc fails)
{
    struct listed l;
    struct nd_error err = {0};
    listed_open(&l);
    l.elsewhere.instead = instead;
    l.elsewhere.fails = fails;
    nd_ck_ok(read_listed(&l, &err), &err);
    ck_assert_int_eq(l.sources.v[0].reading->status, ND_SOURCE_FAILED);
    char *said = nd_strdup(l.sources.v[0].reading->why);
    listed_close(&l);
    return said;
}

START_TEST(bytes_that_were_not_listed_are_not_read)
{
    static const struct {
        const char *instead;
        enum nd_rc fails;
        const char *why;
    } rows[] = {
        {"The worst text of three.", ND_OK, "holds other bytes than were listed"},
        {"short", ND_OK, "has 5 bytes where it lies, 24 were listed"},
        {"A text of more bytes than were listed for it", ND_OK,
         "has more bytes where it lies than were listed"},
        {NULL, ND_NOT_FOUND, "does not lie where it was listed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *said = why(rows[i].instead, rows[i].fails);
        ck_assert_str_eq(said, rows[i].why);
        nd_free(said);
    }
}
END_TEST

START_TEST(what_may_go_better_later_ends_the_reading_and_is_no_verdict)
{
    struct listed l;
    struct nd_error err = {0};
    listed_open(&l);
    l.elsewhere.fails = ND_RETRY;
    nd_ck_rc(read_listed(&l, &err), ND_RETRY, &err);
    nd_error_clear(&err);
    l.elsewhere.fails = ND_OK;
    nd_ck_ok(read_listed(&l, &err), &err);
    ck_assert_uint_eq(l.progress.parsed, 3);
    const struct nd_read_options nowhere = {.reader = l.rig.reader};
    struct nd_objects *empty = test_objects_open();
    struct nd_sources none = {.v = NULL};
    nd_ck_rc(nd_inputs_read(&none, &l.inputs, &l.request, empty, &nowhere, NULL, &err), ND_CONFIG, &err);
    nd_objects_close(empty);
    listed_close(&l);
}
END_TEST

START_TEST(a_document_over_the_limit_is_not_fetched)
{
    struct nd_input input = {.path = (char *)(uintptr_t) "big.pdf",
                             .size_bytes = (int64_t)ND_READ_FILE_MAX_BYTES + 1};
    struct elsewhere e = {.fails = ND_BROKEN};
    const struct nd_origin origin = {.get = get, .ctx = &e};
    struct nd_error err = {0};
    char *said = NULL;
    int fd = 0;
    nd_ck_ok(nd_input_fetch(&origin, &input, &fd, &said, &err), &err);
    ck_assert_str_eq(said, "has 256 MB, limit is 256 MB");
    ck_assert_int_eq(fd, -1);
    ck_assert_uint_eq(e.asked, 0);
    nd_free(said);
}
END_TEST

ND_TEST_MAIN("document/listing", what_is_read_elsewhere_is_what_would_be_read_here,
             a_list_is_put_in_order_and_names_nothing_twice, a_list_that_lies_elsewhere_is_the_list,
             a_list_that_is_another_or_not_there_is_refused, bytes_that_were_not_listed_are_not_read,
             what_may_go_better_later_ends_the_reading_and_is_no_verdict,
             a_document_over_the_limit_is_not_fetched)
