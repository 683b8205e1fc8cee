/* The persons of one index: their identifiers and which rows are theirs, found by puid. */
#ifndef PV_SERVER_PEOPLE_H
#define PV_SERVER_PEOPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Longest puid or guid with its NUL: 36 characters of a UUID. */
#define PV_ID_SIZE 37

/* Templates held of one person, the anchor included. */
#define PV_PERSON_SAMPLES 8

#define PV_PERSON_NONE UINT32_MAX

typedef struct pv_person {
    char puid[PV_ID_SIZE];
    char guid[PV_ID_SIZE];
    uint32_t count;                   /* 0: this slot is free */
    uint32_t rows[PV_PERSON_SAMPLES]; /* rows[0] is the anchor; while free, the next free slot */
} pv_person;

typedef struct pv_people {
    pv_person *slots;
    size_t used; /* slots ever taken */
    size_t capacity;
    size_t alive;
    uint32_t free_slot;
    uint32_t *table; /* slots by hash of the puid, open addressing */
    size_t table_size;
} pv_people;

void pv_people_init(pv_people *people);
void pv_people_release(pv_people *people);

/* Room for count more persons, so that adding them cannot fail. */
PV_CHECKED pv_status pv_people_reserve(pv_people *people, size_t count);

/* The slot of a new person without rows. Room must be reserved and the puid not taken. */
uint32_t pv_people_add(pv_people *people, const char *puid, const char *guid);

/* PV_PERSON_NONE: nobody of that puid. */
uint32_t pv_people_find(const pv_people *people, const char *puid);

void pv_people_remove(pv_people *people, uint32_t slot);

#endif
