#include "bees.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "nightdesk/core/source.h"
#include "nightdesk/store/store.h"

#include <string.h>

/* Pages are lists of paragraphs; a line that starts with '#' is a heading (the mark is not part of the text).
 */
struct document {
    const char *path, *title;
    const char *pages[4];
};
static const struct document documents[] = {
    {"handbook.pdf",
     "The beekeeper's handbook",
     {"# Inspecting a hive\n"
      "A hive should be inspected every seven days between April and July, because a colony that prepares to "
      "swarm\n"
      "needs about nine days. Never open a hive when it is colder than 14 degrees, or the brood will be "
      "chilled. The\n"
      "default inspection interval is 7 days in spring.\n"
      "The smoker must be lit before the hive is opened, and it should give cool white smoke.\n",
      "# Swarming\n"
      "Swarm cells hang from the lower edge of the comb and always mean that the colony wants to leave. A "
      "beekeeper\n"
      "who finds swarm cells must divide the colony on the same day. Removing the cells alone does not stop "
      "a swarm.\n"
      "# Feeding\n"
      "Colonies must never be fed while honey supers are on the hive, since the syrup would spoil the "
      "honey.\n"
      "Autumn feeding should be finished by the middle of September, so that the bees can store and cap the "
      "syrup.\n",
      "# Wintering\n"
      "A colony needs at least 15 kilograms of stores to survive the winter. The entrance must be narrowed, "
      "or mice\n"
      "will move into the hive. Snow in front of the entrance does no harm, because it lets air through.\n"}},
    {"notes.pdf",
     "Notes of a bee inspector",
     {"# Diseases of the brood\n"
      "American foulbrood must be reported to the authorities, and the combs of an infected colony have to "
      "be burned.\n"
      "A brown thread that can be drawn from a dead larva is the sign of American foulbrood. Chalkbrood "
      "usually\n"
      "disappears without treatment when the colony is strong.\n",
      "# Varroa mites\n"
      "Every colony has varroa mites, and a colony that is not treated will die within three years. Formic "
      "acid kills\n"
      "mites in capped brood, but it should not be used when it is warmer than 30 degrees. The default "
      "treatment time\n"
      "is 14 days.\n"
      "# Feeding\n"
      "Weak colonies should be fed with thin syrup in spring, because it makes the queen lay eggs. A feeder "
      "must be\n"
      "closed so tightly that robber bees cannot enter it.\n"}},
    {"tractors.pdf",
     "Tractor repair",
     {"# Engine oil\n"
      "The oil of a tractor engine should be changed every 250 hours of work. A filter that is not changed "
      "with the\n"
      "oil makes the change worthless. The drain plug must be tightened by hand first.\n"
      "A plant for tractor engines costs its owner 5 million euros in every year of work.\n"}},
};
#define DOCUMENTS (sizeof documents / sizeof *documents)

/* ---- page texts ---- */

static void add_page(struct nd_reading *r, const char *lines, struct nd_bytes *text)
{
    size_t page_start = text->len;
    r->pages++;
    for (const char *line = lines; *line;) {
        const char *end = strchr(line, '\n');
        bool heading = *line == '#';
        struct nd_view body = {heading ? line + 2 : line, (size_t)(end - line) - (heading ? 2 : 0)};
        if (heading) {
            size_t at = text->len - page_start;
            r->headings = nd_realloc(r->headings, r->heading_count + 1, sizeof *r->headings);
            r->headings[r->heading_count++] = (struct nd_heading){
                {r->pages, (uint32_t)at, (uint32_t)(at + body.len)}, 1, true, nd_view_dup(body)};
        }
        nd_bytes_add_view(text, body);
        nd_bytes_add_char(text, '\n');
        line = end + 1;
    }
    nd_bytes_add_char(text, '\f');
}

static void put_document(struct bees *b, const struct document *d, size_t n, struct nd_json *list)
{
    struct nd_error err = {0};
    struct nd_bytes text = ND_BYTES(ND_MIB), record = ND_BYTES(ND_MIB);
    struct nd_reading *r = ND_NEW(struct nd_reading);
    for (size_t i = 0; i < 4 && d->pages[i]; i++) add_page(r, d->pages[i], &text);
    nd_sha256_hex(nd_view_of(d->path), r->sha256);
    r->kind = nd_strdup("pdf");
    r->extractor = nd_strdup("test 1");
    r->title = nd_strdup(d->title);
    r->lang = nd_strdup("en");
    nd_ck_ok(nd_objects_put(b->objects, nd_bytes_view(&text), r->text_sha256, &err), &err);
    struct nd_source source = {.path = nd_strdup(d->path), .reading = r};
    struct nd_json *json = nd_reading_json(r);
    nd_json_print(json, &record);
    nd_ck_ok(nd_objects_put(b->objects, nd_bytes_view(&record), source.reading_sha256, &err), &err);
    nd_json_free(json);
    struct nd_sources one = {&source, 1, 0};
    struct nd_json *made = nd_sources_json(&one);
    struct nd_json *entry = nd_json_copy(nd_json_first(nd_json_get(made, "sources")));
    nd_json_set_int(entry, "n", (int64_t)n);
    nd_json_add(list, entry);
    nd_json_free(made);
    nd_free(source.path);
    nd_reading_free(r);
    nd_bytes_release(&text);
    nd_bytes_release(&record);
}

/* ---- runs ---- */

static struct nd_json *canned(void *ctx, const char *tool, const struct nd_json *args)
{
    (void)args;
    const struct bees *b = ctx;
    if (strcmp(tool, "inputs") == 0) return nd_json_object();
    return strcmp(tool, "read") == 0 ? nd_json_copy(b->sources) : NULL;
}

/* The text form of what is shown, after one change: "s/old/new" replaces, "d/word" deletes the lines that
 * hold it,
 * "+line" adds a line at the end, "r" sends it back once. */
static char *changed(const char *text, const char *edit)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    const char *old = edit + 2, *slash = strchr(old, '/');
    for (const char *line = text; *line;) {
        const char *end = strchr(line, '\n');
        struct nd_view v = {line, (size_t)(end - line) + 1};
        line = end + 1;
        struct nd_view word = {old, edit[0] == 's' ? (size_t)(slash - old) : strlen(old)};
        size_t at = edit[0] == '+' ? SIZE_MAX : nd_view_find(v, word, 0);
        if (at == SIZE_MAX)
            nd_bytes_add_view(&out, v);
        else if (edit[0] == 's') {
            nd_bytes_add_view(&out, nd_view_sub(v, 0, at));
            nd_bytes_add_str(&out, slash + 1);
            nd_bytes_add_view(&out, nd_view_sub(v, at + word.len, v.len));
        }
    }
    if (edit[0] == '+') nd_bytes_addf(&out, "%s\n", edit + 1);
    return nd_bytes_take(&out, NULL);
}

static struct nd_json *answer(void *ctx, const char *gate, unsigned n, const struct nd_json *shown)
{
    struct bees *b = ctx;
    struct nd_json *seen = nd_json_object();
    struct nd_error err = {0};
    b->asked++;
    if (strcmp(gate, "question") == 0) {
        nd_json_set_str(seen, "decision", "answer");
        nd_json_set_str(seen, "answer", b->edit);
        return seen;
    }
    bool back = b->edit && b->edit[0] == 'r' && n == 0;
    nd_json_set_str(seen, "decision", back ? "revise" : "approve");
    if (back || !b->edit || b->edit[0] == 'r') return seen;
    struct nd_bytes text = ND_BYTES(ND_MIB);
    struct nd_json *edited = NULL;
    nd_ck_ok(nd_pipeline()->gate_text(gate, shown, &text, &err), &err);
    char *after = changed(nd_bytes_view(&text).data, b->edit);
    nd_ck_ok(nd_pipeline()->gate_parse(gate, shown, nd_view_of(after), &edited, &err), &err);
    nd_json_set(seen, "edited", edited);
    nd_free(after);
    nd_bytes_release(&text);
    return seen;
}

void bees_open(struct bees *b, const char *request)
{
    struct nd_error err = {0};
    *b = (struct bees){.store = nd_store_memory_open(nd_host_posix())};
    struct nd_meta meta = {.format = ND_META_FORMAT, .run_id = "bees", .outcome = ND_RUNNING};
    nd_ck_ok(b->store->ops->create(b->store, &meta, ND_VIEW("{}"), &err), &err);
    nd_ck_ok(b->store->ops->objects(b->store, "bees", &b->objects, &err), &err);
    nd_ck_ok(nd_request_parse_text(&b->request, nd_view_of(request), &err), &err);
    b->sources = nd_json_object();
    nd_json_set_str(b->sources, "schema", "nightdesk.sources/1");
    struct nd_json *list = nd_json_set(b->sources, "sources", nd_json_array());
    for (size_t i = 0; i < DOCUMENTS; i++) put_document(b, &documents[i], i + 1, list);
    b->desk = nd_desk_open(&(struct nd_desk_config){.threads = 1});
    b->rehearsal = (struct nd_rehearsal){.pipeline = nd_pipeline(),
                                         .desk = b->desk,
                                         .objects = b->objects,
                                         .request = b->request,
                                         .run_id = "bees",
                                         .started_ms = 1790000000000,
                                         .canned = canned,
                                         .answer = answer,
                                         .ctx = b};
}

void bees_run(struct bees *b)
{
    struct nd_error err = {0};
    nd_ck_ok(nd_rehearse(&b->rehearsal, b->made, &err), &err);
}

void bees_close(struct bees *b)
{
    for (unsigned p = 0; p < ND_PHASES; p++) nd_artefact_release(&b->made[p]);
    nd_desk_close(b->desk);
    nd_request_free(b->request);
    nd_json_free(b->sources);
    nd_objects_close(b->objects);
    nd_store_close(b->store);
}

/* ---- looking at the report ---- */

static const struct nd_json *section_at(const struct bees *b, size_t section)
{
    return nd_json_at(nd_json_get(b->made[ND_FACT_CHECK].json, "sections"), section);
}

const char *bees_title(const struct bees *b, size_t section)
{
    const char *title = nd_json_get_str(section_at(b, section), "title");
    return title ? title : "";
}

size_t bees_sections(const struct bees *b)
{
    return nd_json_len(nd_json_get(b->made[ND_FACT_CHECK].json, "sections"));
}

size_t bees_claims(const struct bees *b, size_t section)
{
    return nd_json_len(nd_json_get(section_at(b, section), "claims"));
}

char *bees_bytes(const struct bees *b)
{
    struct nd_bytes all = ND_BYTES(ND_BYTES_MAX);
    const struct nd_artefact *report = &b->made[ND_FACT_CHECK];
    for (size_t i = 0; i < report->file_count; i++) {
        nd_bytes_addf(&all, "=== %s\n", report->files[i].name);
        nd_bytes_add_view(&all, nd_bytes_view(&report->files[i].bytes));
    }
    return nd_bytes_take(&all, NULL);
}

bool bees_says(const struct bees *b, const char *text)
{
    for (size_t s = 0; s < bees_sections(b); s++) {
        ND_JSON_EACH(claim, nd_json_get(section_at(b, s), "claims"))
        {
            const char *its = nd_json_get_str(claim, "text");
            if (its && strstr(its, text)) return true;
        }
    }
    return false;
}
