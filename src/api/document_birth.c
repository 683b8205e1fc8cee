/* The date of birth on a document. */
#include <stdio.h>
#include <string.h>

#include "api/document.h"
#include "document/aamva.h"
#include "document/barcode.h"
#include "document/birth.h"

static bool holds(const pv_mrz *mrz, const char *check)
{
    for (int i = 0; i < mrz->check_count; i++)
        if (strcmp(mrz->checks[i].name, check) == 0)
            return mrz->checks[i].valid;
    return false;
}

static bool parse_date(const char *text, pv_date *out)
{
    char rest;
    return sscanf(text, "%4d-%2d-%2d%c", &out->year, &out->month, &out->day, &rest) == 3 &&
           pv_date_is_valid(*out);
}

static pv_status read_barcode(pv_scan *scan, pv_date *out)
{
    pv_barcode code;
    pv_status status = pv_barcode_find_level(&scan->page.image, &code);
    /* where there is another code, or one that only one try read, a longer search is worth it */
    if (status == PV_OK && code.state != PV_BARCODE_NONE &&
        (!code.licence_code || code.confidence <= PV_BARCODE_ONCE))
        status = pv_barcode_find(&scan->picture, &code);
    if (status != PV_OK || code.state != PV_BARCODE_READ || !code.licence_code)
        return status;
    pv_licence *licence = pv_arena_take(scan->call->arena, 1, sizeof *licence);
    if (!licence)
        return PV_ERROR_GENERIC;
    pv_date date;
    if (pv_licence_parse(code.text, strlen(code.text), licence) &&
        parse_date(licence->values[PV_LICENCE_DATE_OF_BIRTH], &date))
        *out = date;
    return PV_OK;
}

static pv_status read_print(pv_scan *scan, pv_date today, pv_date *out)
{
    pv_birth birth;
    /* as it was turned, else as the text itself tells */
    int turn = scan->upright ? 0 : PV_OCR_TURN_UNKNOWN;
    pv_status status = pv_birth_find(pv_library_runtime(), &scan->page.image, &scan->page.print,
                                     turn, today, &birth);
    if (status == PV_OK && birth.found)
        *out = birth.date;
    return status;
}

/* From what guards its digits to what does not. */
pv_status pv_scan_read_birth(pv_scan *scan)
{
    const pv_date today = pv_date_today();
    pv_date birth = {0};
    pv_status status = PV_OK;
    if (scan->zone && holds(scan->zone, "date_of_birth"))
        birth = scan->zone->birth;
    if (!pv_date_is_valid(birth) && !scan->call->config.mrz_segmented_input) {
        status = read_barcode(scan, &birth);
        if (status == PV_OK && !pv_date_is_valid(birth))
            status = read_print(scan, today, &birth);
    }
    int age = pv_date_age(birth, today);
    if (status != PV_OK || age == PV_AGE_UNKNOWN)
        return status;
    scan->birth = birth;
    scan->age = age;
    return PV_OK;
}

json_t *pv_scan_birth_to_json(const pv_scan *scan)
{
    char text[PV_DATE_TEXT_SIZE];
    pv_date_print(scan->birth, text);
    return json_pack("{s:s, s:f}", "dob", text, "age", text[0] ? (double)scan->age : -1.0);
}
