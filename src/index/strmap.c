#include "strmap.h"

#include "nightdesk/base/alloc.h"

#include <string.h>

static uint64_t hash(struct nd_view key)
{
    uint64_t h = 0xcbf29ce484222325U; /* FNV-1a */
    for (size_t i = 0; i < key.len; i++) h = (h ^ (unsigned char)key.data[i]) * 0x100000001b3U;
    return h ^ (h >> 29);
}

struct nd_view nd_strmap_at(const struct nd_strmap *map, uint32_t i)
{
    return (struct nd_view){map->text.data + map->start[i], map->start[i + 1] - map->start[i] - 1U};
}

/* The slot that holds key, or the empty one where it belongs. */
static size_t slot_of(const struct nd_strmap *map, struct nd_view key)
{
    size_t mask = map->slot_count - 1;
    size_t at = (size_t)hash(key) & mask;
    while (map->slots[at] && !nd_view_eq(nd_strmap_at(map, map->slots[at] - 1), key)) at = (at + 1) & mask;
    return at;
}

static void grow(struct nd_strmap *map)
{
    size_t count = map->slot_count ? map->slot_count * 2 : 64;
    nd_free(map->slots);
    map->slots = ND_ARRAY(uint32_t, count);
    map->slot_count = count;
    for (uint32_t i = 0; i < map->n; i++) map->slots[slot_of(map, nd_strmap_at(map, i))] = i + 1;
}

uint32_t nd_strmap_add(struct nd_strmap *map, struct nd_view key)
{
    if (map->n * 2 >= map->slot_count) grow(map);
    size_t at = slot_of(map, key);
    if (map->slots[at]) return map->slots[at] - 1;
    if (map->text.max == 0) map->text = ND_BYTES(ND_BYTES_MAX);
    if (map->n + 2 > map->cap) {
        map->cap = map->cap ? map->cap * 2 : 64;
        map->start = nd_realloc(map->start, map->cap, sizeof *map->start);
    }
    map->start[map->n] = (uint32_t)map->text.len;
    nd_bytes_add_view(&map->text, key);
    nd_bytes_add_char(&map->text, '\0');
    map->n++;
    map->start[map->n] = (uint32_t)map->text.len;
    map->slots[at] = (uint32_t)map->n;
    return (uint32_t)map->n - 1;
}

uint32_t nd_strmap_find(const struct nd_strmap *map, struct nd_view key)
{
    if (map->slot_count == 0) return UINT32_MAX;
    uint32_t found = map->slots[slot_of(map, key)];
    return found ? found - 1 : UINT32_MAX;
}

void nd_strmap_release(struct nd_strmap *map)
{
    nd_bytes_release(&map->text);
    nd_free(map->start);
    nd_free(map->slots);
    *map = (struct nd_strmap){0};
}
