/* Writing the head: whole, or only what differs from what this worker knows to stand there. */
#include "dynamo.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <string.h>

/* Placeholders "#4" and ":4": names of attributes may be words that DynamoDB keeps for itself. */
static void placeholder(char out[16], char mark, size_t number)
{
    (void)snprintf(out, 16, "%c%zu", mark, number);
}

static void name_it(struct dynamo_head_write *w, size_t number, const char *attribute)
{
    char name[16];
    placeholder(name, '#', number);
    nd_json_set_str(w->names, name, attribute);
}

static bool is_key(const char *attribute)
{
    return strcmp(attribute, "pk") == 0 || strcmp(attribute, "sk") == 0;
}

static size_t set_changed(struct dynamo_head_write *w, const struct nd_json *before,
                          const struct nd_json *after)
{
    size_t number = 0;
    ND_JSON_EACH(member, after)
    {
        const char *attribute = nd_json_name(member);
        char value[16];
        if (is_key(attribute) || nd_json_equal(member, nd_json_get(before, attribute))) continue;
        placeholder(value, ':', number);
        nd_json_set(w->values, value, nd_json_copy(member));
        name_it(w, number, attribute);
        nd_bytes_addf(&w->set, "%s#%zu = :%zu", number ? ", " : "SET ", number, number);
        number++;
    }
    return number;
}

static void remove_gone(struct dynamo_head_write *w, const struct nd_json *before,
                        const struct nd_json *after, size_t number)
{
    const char *word = w->set.len ? " REMOVE " : "REMOVE ";
    ND_JSON_EACH(member, before)
    {
        if (nd_json_get(after, nd_json_name(member))) continue;
        name_it(w, number, nd_json_name(member));
        nd_bytes_addf(&w->set, "%s#%zu", word, number++);
        word = ", ";
    }
}

void nd_dynamo_head_write_init(struct dynamo_head_write *w, const char *run_id, uint64_t fence, uint64_t rev,
                               const struct nd_json *before, const struct nd_json *after)
{
    *w = (struct dynamo_head_write){
        .key = nd_dynamo_key(run_id, "META"), .values = nd_json_object(), .set = ND_BYTES(4096)};
    nd_item_set_int(w->values, ":f", (int64_t)fence);
    nd_item_set_int(w->values, ":r", (int64_t)rev);
    w->write = (struct nd_dynamodb_write){
        .kind = ND_DYNAMODB_PUT, .item = after, .when = "fence = :f AND rev = :r", .values = w->values};
    if (!before) return;
    w->names = nd_json_object();
    remove_gone(w, before, after, set_changed(w, before, after));
    w->write.kind = ND_DYNAMODB_UPDATE;
    w->write.item = w->key;
    w->write.set = nd_bytes_view(&w->set).data;
    w->write.names = w->names;
}

void nd_dynamo_head_write_release(struct dynamo_head_write *w)
{
    nd_json_free(w->key);
    nd_json_free(w->names);
    nd_json_free(w->values);
    nd_bytes_release(&w->set);
}
