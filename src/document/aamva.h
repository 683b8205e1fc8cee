/* The contents of the barcode of North American driving licences and identity cards: the AAMVA card
 * design standard, versions 1 to 10. */
#ifndef PV_DOCUMENT_AAMVA_H
#define PV_DOCUMENT_AAMVA_H

#include <stdbool.h>
#include <stddef.h>

#define PV_LICENCE_VALUE_SIZE 256 /* with the NUL; longer values are cut at a UTF-8 boundary */

typedef enum pv_licence_field {
    PV_LICENCE_FIRST_NAME,
    PV_LICENCE_LAST_NAME,
    PV_LICENCE_MIDDLE_NAME,
    PV_LICENCE_EXPIRATION_DATE,
    PV_LICENCE_ISSUE_DATE,
    PV_LICENCE_DATE_OF_BIRTH,
    PV_LICENCE_GENDER,
    PV_LICENCE_EYE_COLOR,
    PV_LICENCE_HAIR_COLOR,
    PV_LICENCE_HEIGHT,
    PV_LICENCE_STREET_ADDRESS1,
    PV_LICENCE_STREET_ADDRESS2,
    PV_LICENCE_RES_STREET_ADDRESS1,
    PV_LICENCE_RES_STREET_ADDRESS2,
    PV_LICENCE_CITY,
    PV_LICENCE_STATE,
    PV_LICENCE_POSTAL_CODE,
    PV_LICENCE_CUSTOMER_ID,
    PV_LICENCE_DOCUMENT_ID,
    PV_LICENCE_ISSUING_COUNTRY,
    PV_LICENCE_MIDDLE_NAME_TRUNCATION,
    PV_LICENCE_FIRST_NAME_TRUNCATION,
    PV_LICENCE_LAST_NAME_TRUNCATION,
    PV_LICENCE_PLACE_OF_BIRTH,
    PV_LICENCE_AUDIT_INFORMATION,
    PV_LICENCE_INVENTORY_CONTROL_NUMBER,
    PV_LICENCE_LAST_NAME_ALIAS,
    PV_LICENCE_FIRST_NAME_ALIAS,
    PV_LICENCE_SUFFIX_ALIAS,
    PV_LICENCE_NAME_SUFFIX,
    PV_LICENCE_DOCUMENT_TYPE,
    PV_LICENCE_FIELD_COUNT
} pv_licence_field;

typedef struct pv_licence {
    int version;    /* of the standard; 0: of before the first one */
    char issuer[7]; /* the six digits of the issuer identification number */
    char values[PV_LICENCE_FIELD_COUNT][PV_LICENCE_VALUE_SIZE]; /* "" where nothing is said */
} pv_licence;

/* Name of a field in the answer. */
const char *pv_licence_field_name(pv_licence_field field);

/* Reads the text of a barcode. False where it is not of this kind, or says neither a name nor a
 * number; out is then empty. Dates come as ISO 8601, and empty where they are no dates. */
bool pv_licence_parse(const char *text, size_t length, pv_licence *out);

#endif
