/* What the elements of a licence mean, and how their values are written. */
#include "document/aamva_internal.h"

#include <stdint.h>
#include <string.h>

static const char *const names[PV_LICENCE_FIELD_COUNT] = {
    [PV_LICENCE_FIRST_NAME] = "first_name",
    [PV_LICENCE_LAST_NAME] = "last_name",
    [PV_LICENCE_MIDDLE_NAME] = "middle_name",
    [PV_LICENCE_EXPIRATION_DATE] = "expiration_date",
    [PV_LICENCE_ISSUE_DATE] = "issue_date",
    [PV_LICENCE_DATE_OF_BIRTH] = "date_of_birth",
    [PV_LICENCE_GENDER] = "gender",
    [PV_LICENCE_EYE_COLOR] = "eye_color",
    [PV_LICENCE_HAIR_COLOR] = "hair_color",
    [PV_LICENCE_HEIGHT] = "height",
    [PV_LICENCE_STREET_ADDRESS1] = "street_address1",
    [PV_LICENCE_STREET_ADDRESS2] = "street_address2",
    [PV_LICENCE_RES_STREET_ADDRESS1] = "res_street_address1",
    [PV_LICENCE_RES_STREET_ADDRESS2] = "res_street_address2",
    [PV_LICENCE_CITY] = "city",
    [PV_LICENCE_STATE] = "state",
    [PV_LICENCE_POSTAL_CODE] = "postal_code",
    [PV_LICENCE_CUSTOMER_ID] = "customer_id",
    [PV_LICENCE_DOCUMENT_ID] = "document_id",
    [PV_LICENCE_ISSUING_COUNTRY] = "issuing_country",
    [PV_LICENCE_MIDDLE_NAME_TRUNCATION] = "middle_name_truncation",
    [PV_LICENCE_FIRST_NAME_TRUNCATION] = "first_name_truncation",
    [PV_LICENCE_LAST_NAME_TRUNCATION] = "last_name_truncation",
    [PV_LICENCE_PLACE_OF_BIRTH] = "place_of_birth",
    [PV_LICENCE_AUDIT_INFORMATION] = "audit_information",
    [PV_LICENCE_INVENTORY_CONTROL_NUMBER] = "inventory_control_number",
    [PV_LICENCE_LAST_NAME_ALIAS] = "last_name_alias",
    [PV_LICENCE_FIRST_NAME_ALIAS] = "first_name_alias",
    [PV_LICENCE_SUFFIX_ALIAS] = "suffix_alias",
    [PV_LICENCE_NAME_SUFFIX] = "name_suffix",
    [PV_LICENCE_DOCUMENT_TYPE] = "document_type",
};

const char *pv_licence_field_name(pv_licence_field field)
{
    return names[field];
}

typedef enum value_kind {
    KIND_TEXT,
    KIND_NAME, /* "NONE" and "unavl" stand for nothing */
    KIND_DATE,
    KIND_GENDER,
    KIND_INCHES,      /* "070 in", "170 cm", or feet and inches as "510" */
    KIND_CENTIMETRES, /* "170" */
    KIND_FULL_NAME,   /* LAST,FIRST,MIDDLE,SUFFIX */
    KIND_GIVEN_NAMES  /* FIRST,MIDDLE */
} value_kind;

/* The elements that are used. Where two mean the same field, the first row that the barcode has
 * counts: later ones are of older versions of the standard. */
static const struct {
    char id[4];
    uint8_t first, last; /* versions of the standard that the meaning is of */
    uint8_t kind;
    uint8_t field;
} elements[] = {
    {"DAC", 0, 99, KIND_NAME, PV_LICENCE_FIRST_NAME},
    {"DCT", 2, 99, KIND_GIVEN_NAMES, PV_LICENCE_FIRST_NAME},
    {"DCS", 2, 99, KIND_TEXT, PV_LICENCE_LAST_NAME},
    {"DAB", 0, 99, KIND_TEXT, PV_LICENCE_LAST_NAME},
    {"DAD", 0, 99, KIND_NAME, PV_LICENCE_MIDDLE_NAME},
    {"DCU", 2, 99, KIND_NAME, PV_LICENCE_NAME_SUFFIX},
    {"DAE", 0, 1, KIND_NAME, PV_LICENCE_NAME_SUFFIX},
    {"DAA", 0, 99, KIND_FULL_NAME, PV_LICENCE_LAST_NAME},
    {"DBA", 0, 99, KIND_DATE, PV_LICENCE_EXPIRATION_DATE},
    {"DBD", 0, 99, KIND_DATE, PV_LICENCE_ISSUE_DATE},
    {"DBB", 0, 99, KIND_DATE, PV_LICENCE_DATE_OF_BIRTH},
    {"DBC", 0, 99, KIND_GENDER, PV_LICENCE_GENDER},
    {"DAY", 0, 99, KIND_TEXT, PV_LICENCE_EYE_COLOR},
    {"DAZ", 0, 99, KIND_TEXT, PV_LICENCE_HAIR_COLOR},
    {"DAU", 0, 99, KIND_INCHES, PV_LICENCE_HEIGHT},
    {"DAV", 0, 1, KIND_CENTIMETRES, PV_LICENCE_HEIGHT},
    {"DAG", 0, 99, KIND_TEXT, PV_LICENCE_STREET_ADDRESS1},
    {"DAH", 0, 99, KIND_NAME, PV_LICENCE_STREET_ADDRESS2},
    {"DAL", 0, 1, KIND_TEXT, PV_LICENCE_RES_STREET_ADDRESS1},
    {"DAM", 0, 1, KIND_NAME, PV_LICENCE_RES_STREET_ADDRESS2},
    {"DAI", 0, 99, KIND_TEXT, PV_LICENCE_CITY},
    {"DAN", 0, 1, KIND_TEXT, PV_LICENCE_CITY},
    {"DAJ", 0, 99, KIND_TEXT, PV_LICENCE_STATE},
    {"DAO", 0, 1, KIND_TEXT, PV_LICENCE_STATE},
    {"DAK", 0, 99, KIND_TEXT, PV_LICENCE_POSTAL_CODE},
    {"DAP", 0, 1, KIND_TEXT, PV_LICENCE_POSTAL_CODE},
    {"DAQ", 0, 99, KIND_TEXT, PV_LICENCE_CUSTOMER_ID},
    {"DCF", 2, 99, KIND_NAME, PV_LICENCE_DOCUMENT_ID},
    {"DCG", 2, 99, KIND_TEXT, PV_LICENCE_ISSUING_COUNTRY},
    {"DDG", 2, 99, KIND_TEXT, PV_LICENCE_MIDDLE_NAME_TRUNCATION},
    {"DDF", 2, 99, KIND_TEXT, PV_LICENCE_FIRST_NAME_TRUNCATION},
    {"DDE", 2, 99, KIND_TEXT, PV_LICENCE_LAST_NAME_TRUNCATION},
    {"DCI", 2, 99, KIND_NAME, PV_LICENCE_PLACE_OF_BIRTH},
    {"DCJ", 2, 99, KIND_NAME, PV_LICENCE_AUDIT_INFORMATION},
    {"DCK", 2, 99, KIND_NAME, PV_LICENCE_INVENTORY_CONTROL_NUMBER},
    {"DBN", 2, 99, KIND_NAME, PV_LICENCE_LAST_NAME_ALIAS},
    {"DBO", 0, 1, KIND_NAME, PV_LICENCE_LAST_NAME_ALIAS},
    {"DBG", 2, 99, KIND_NAME, PV_LICENCE_FIRST_NAME_ALIAS},
    {"DBP", 0, 1, KIND_NAME, PV_LICENCE_FIRST_NAME_ALIAS},
    {"DBS", 2, 99, KIND_NAME, PV_LICENCE_SUFFIX_ALIAS},
    {"DBR", 0, 1, KIND_NAME, PV_LICENCE_SUFFIX_ALIAS},
};
#define ELEMENT_COUNT (sizeof elements / sizeof elements[0])
_Static_assert(ELEMENT_COUNT <= PV_AAMVA_ELEMENTS, "pv_aamva_values has room for every element");

size_t pv_aamva_element_find(const char *id)
{
    for (size_t i = 0; i < ELEMENT_COUNT; i++)
        if (memcmp(elements[i].id, id, 3) == 0)
            return i;
    return PV_AAMVA_ELEMENTS;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static pv_aamva_span trim(pv_aamva_span span)
{
    while (span.length > 0 && is_space(span.text[0])) {
        span.text++;
        span.length--;
    }
    while (span.length > 0 && is_space(span.text[span.length - 1]))
        span.length--;
    return span;
}

/* Copies, unless the field says something already. */
static void put(pv_licence *out, pv_licence_field field, pv_aamva_span value)
{
    char *to = out->values[field];
    value = trim(value);
    if (to[0] != '\0' || value.length == 0)
        return;
    size_t length = value.length;
    if (length >= PV_LICENCE_VALUE_SIZE) {
        length = PV_LICENCE_VALUE_SIZE - 1;
        while (length > 0 && ((unsigned char)value.text[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(to, value.text, length);
    to[length] = '\0';
}

static bool equals(pv_aamva_span value, const char *word)
{
    return value.length == strlen(word) && memcmp(value.text, word, value.length) == 0;
}

static void put_name(pv_licence *out, pv_licence_field field, pv_aamva_span value)
{
    value = trim(value);
    if (!equals(value, "NONE") && !equals(value, "unavl") && !equals(value, "UNAVL"))
        put(out, field, value);
}

static int to_number(const char *digits, int count)
{
    int number = 0;
    for (int i = 0; i < count; i++)
        number = 10 * number + (digits[i] - '0');
    return number;
}

static bool is_date(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1850 || year > 2199 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Month first (United States) or year first (Canada, and everybody in version 1). No eight digits
 * are a date both ways, as no month is 18 to 21: the digits themselves tell. */
static void put_date(pv_licence *out, pv_licence_field field, pv_aamva_span value)
{
    char digits[8];
    int count = 0;
    value = trim(value);
    for (size_t i = 0; i < value.length; i++) {
        char c = value.text[i];
        if (c == '-' || c == '/')
            continue;
        if (c < '0' || c > '9' || count == 8)
            return;
        digits[count++] = c;
    }
    if (count != 8)
        return;
    char iso[] = "0000-00-00";
    if (is_date(to_number(digits, 4), to_number(digits + 4, 2), to_number(digits + 6, 2))) {
        memcpy(iso, digits, 4);
        memcpy(iso + 5, digits + 4, 2);
        memcpy(iso + 8, digits + 6, 2);
    } else if (is_date(to_number(digits + 4, 4), to_number(digits, 2), to_number(digits + 2, 2))) {
        memcpy(iso, digits + 4, 4);
        memcpy(iso + 5, digits, 2);
        memcpy(iso + 8, digits + 2, 2);
    } else {
        return;
    }
    put(out, field, (pv_aamva_span){iso, 10});
}

static void put_gender(pv_licence *out, pv_licence_field field, pv_aamva_span value)
{
    value = trim(value);
    if (value.length == 0)
        return;
    switch (value.text[0]) {
    case '1':
    case 'M': put(out, field, (pv_aamva_span){"M", 1}); break;
    case '2':
    case 'F': put(out, field, (pv_aamva_span){"F", 1}); break;
    case '9':
    case 'X': put(out, field, (pv_aamva_span){"X", 1}); break;
    default: break;
    }
}

/* Three bare digits are feet and inches where the standard says so. */
static void put_height(pv_licence *out, pv_licence_field field, pv_aamva_span value,
                       value_kind kind)
{
    value = trim(value);
    bool bare = value.length == 3;
    for (size_t i = 0; bare && i < 3; i++)
        bare = value.text[i] >= '0' && value.text[i] <= '9';
    if (!bare) {
        put(out, field, value);
        return;
    }
    char text[] = "000 in";
    memcpy(text, value.text, 3);
    int inches = 12 * (value.text[0] - '0') + to_number(value.text + 1, 2);
    if (kind == KIND_CENTIMETRES) {
        memcpy(text + 4, "cm", 2);
    } else if (out->version <= 1) {
        text[0] = (char)('0' + inches / 100 % 10);
        text[1] = (char)('0' + inches / 10 % 10);
        text[2] = (char)('0' + inches % 10);
    }
    put(out, field, (pv_aamva_span){text, 6});
}

/* Names in one element, apart by commas (or by signs that early barcodes used): without any, where
 * one ends and the next begins is not said. */
static void put_names(pv_licence *out, pv_aamva_span value, const pv_licence_field *fields,
                      size_t count)
{
    const char *start = value.text;
    const char *end = value.text + value.length;
    for (size_t i = 0; i < count && start <= end; i++) {
        const char *stop = start;
        while (stop < end && *stop != ',' && *stop != '@' && *stop != '$')
            stop++;
        if (i + 1 == count)
            stop = end;
        put_name(out, fields[i], (pv_aamva_span){start, (size_t)(stop - start)});
        start = stop + 1;
    }
}

static bool is_parted(pv_aamva_span value)
{
    for (size_t i = 0; i < value.length; i++)
        if (value.text[i] == ',' || value.text[i] == '@' || value.text[i] == '$')
            return true;
    return false;
}

static void put_element(pv_licence *out, size_t element, pv_aamva_span value)
{
    static const pv_licence_field full[] = {PV_LICENCE_LAST_NAME, PV_LICENCE_FIRST_NAME,
                                            PV_LICENCE_MIDDLE_NAME, PV_LICENCE_NAME_SUFFIX};
    static const pv_licence_field given[] = {PV_LICENCE_FIRST_NAME, PV_LICENCE_MIDDLE_NAME};
    pv_licence_field field = (pv_licence_field)elements[element].field;
    value_kind kind = (value_kind)elements[element].kind;
    switch (kind) {
    case KIND_TEXT: put(out, field, value); break;
    case KIND_NAME: put_name(out, field, value); break;
    case KIND_DATE: put_date(out, field, value); break;
    case KIND_GENDER: put_gender(out, field, value); break;
    case KIND_INCHES:
    case KIND_CENTIMETRES: put_height(out, field, value, kind); break;
    case KIND_GIVEN_NAMES: put_names(out, value, given, 2); break;
    case KIND_FULL_NAME:
        if (is_parted(value))
            put_names(out, value, full, 4);
        break;
    }
}

void pv_aamva_fill(const pv_aamva_values *values, pv_licence *out)
{
    for (size_t i = 0; i < ELEMENT_COUNT; i++)
        if (values->spans[i].length > 0 && out->version >= elements[i].first &&
            out->version <= elements[i].last)
            put_element(out, i, values->spans[i]);
}
