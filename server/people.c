#include "server/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pv_people_init(pv_people *people)
{
    *people = (pv_people){.free_slot = PV_PERSON_NONE};
}

void pv_people_release(pv_people *people)
{
    free(people->slots);
    free(people->table);
    pv_people_init(people);
}

/* FNV-1a. Puids are random and made by the server, so no client can choose colliding ones. */
static size_t hash_of(const char *puid)
{
    uint64_t hash = 0xcbf29ce484222325U;
    for (const char *at = puid; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3U;
    return (size_t)(hash ^ (hash >> 32));
}

static void table_put(uint32_t *table, size_t size, const pv_person *slots, uint32_t slot)
{
    size_t at = hash_of(slots[slot].puid) & (size - 1);
    while (table[at] != PV_PERSON_NONE)
        at = (at + 1) & (size - 1);
    table[at] = slot;
}

/* The table is at most half full, so that a probe always meets an empty place. */
static pv_status grow_table(pv_people *people, size_t persons)
{
    size_t size = people->table_size ? people->table_size : 64;
    while (size < 2 * persons)
        size *= 2;
    if (size == people->table_size)
        return PV_OK;
    uint32_t *table = malloc(size * sizeof *table);
    if (!table)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for %zu persons", persons);
    memset(table, 0xFF, size * sizeof *table);
    for (size_t i = 0; i < people->used; i++)
        if (people->slots[i].count > 0)
            table_put(table, size, people->slots, (uint32_t)i);
    free(people->table);
    people->table = table;
    people->table_size = size;
    return PV_OK;
}

pv_status pv_people_reserve(pv_people *people, size_t count)
{
    size_t persons = people->alive + count;
    if (persons >= PV_PERSON_NONE / 2)
        return pv_fail(PV_ERROR_GENERIC, "more than %u persons in one collection",
                       PV_PERSON_NONE / 2);
    if (persons > people->capacity) {
        size_t capacity = people->capacity ? people->capacity * 2 : 64;
        if (capacity < persons)
            capacity = persons;
        pv_person *slots = realloc(people->slots, capacity * sizeof *slots);
        if (!slots)
            return pv_fail(PV_ERROR_GENERIC, "out of memory for %zu persons", persons);
        people->slots = slots;
        people->capacity = capacity;
    }
    return grow_table(people, persons);
}

uint32_t pv_people_add(pv_people *people, const char *puid, const char *guid)
{
    uint32_t slot = people->free_slot;
    if (slot != PV_PERSON_NONE)
        people->free_slot = people->slots[slot].rows[0];
    else
        slot = (uint32_t)people->used++;
    pv_person *person = &people->slots[slot];
    memset(person, 0, sizeof *person);
    snprintf(person->puid, sizeof person->puid, "%s", puid);
    snprintf(person->guid, sizeof person->guid, "%s", guid);
    people->alive++;
    table_put(people->table, people->table_size, people->slots, slot);
    return slot;
}

static size_t table_find(const pv_people *people, const char *puid)
{
    size_t mask = people->table_size - 1;
    size_t at = hash_of(puid) & mask;
    while (people->table[at] != PV_PERSON_NONE &&
           strcmp(people->slots[people->table[at]].puid, puid) != 0)
        at = (at + 1) & mask;
    return at;
}

uint32_t pv_people_find(const pv_people *people, const char *puid)
{
    if (!people->table)
        return PV_PERSON_NONE;
    return people->table[table_find(people, puid)];
}

/* Closes the gap by moving later entries of the same run forward: no tombstones are needed. */
static void table_remove(pv_people *people, size_t hole)
{
    size_t mask = people->table_size - 1;
    size_t at = hole;
    for (;;) {
        people->table[hole] = PV_PERSON_NONE;
        for (;;) {
            at = (at + 1) & mask;
            if (people->table[at] == PV_PERSON_NONE)
                return;
            size_t home = hash_of(people->slots[people->table[at]].puid) & mask;
            if (((at - home) & mask) >= ((at - hole) & mask))
                break;
        }
        people->table[hole] = people->table[at];
        hole = at;
    }
}

void pv_people_remove(pv_people *people, uint32_t slot)
{
    pv_person *person = &people->slots[slot];
    table_remove(people, table_find(people, person->puid));
    memset(person, 0, sizeof *person);
    person->rows[0] = people->free_slot;
    people->free_slot = slot;
    people->alive--;
}
