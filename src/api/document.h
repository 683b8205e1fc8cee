/* The parts of doc_scan_face. */
#ifndef PV_API_DOCUMENT_H
#define PV_API_DOCUMENT_H

#include "api/call.h"
#include "api/document_traits.h"
#include "document/mrz.h"

/* The net that everything but a barcode rests on. */
#define PV_SCAN_MODEL "document_corners"

/* The caller's places for pixels; each may be NULL. */
typedef struct pv_scan_output {
    uint8_t **document;
    int *document_length;
    uint8_t **face;
    int *face_length;
} pv_scan_output;

/* A document on its way to the answer. */
typedef struct pv_scan {
    pv_call *call;
    pv_image picture;
    pv_document_corners found;
    pv_page page;
    const pv_mrz *zone; /* NULL: none was asked for or read; its corners are in the picture */
    bool upright;       /* the page is known to be */
    pv_date birth;      /* not valid: none was asked for, or none is sure */
    int age;            /* in whole years, where birth is valid */
    pv_document_facts facts;
    uint32_t traits;
    bool faces_known;   /* `faces` were looked for on this page */
    pv_face_list faces; /* in the page's pixels, selected */
} pv_scan;

/* {top_left, top_right, bottom_right, bottom_left}; NULL: out of memory. */
json_t *pv_quad_to_json(const pv_point corners[4]);

/* Looks for the document; found.found says whether there is one, and then `page` is drawn. */
PV_CHECKED pv_status pv_scan_find(pv_scan *scan);

/* Draws the page again in another format, turned clockwise by so many quarters. */
PV_CHECKED pv_status pv_scan_redraw(pv_scan *scan, pv_page_format format, int quarters);

/* Turns the page until it stands upright: by its face, else by its lines of print. */
PV_CHECKED pv_status pv_scan_turn_upright(pv_scan *scan);

/* Measures and judges the document. */
PV_CHECKED pv_status pv_scan_judge(pv_scan *scan);

/* Looks for faces on the page, once. */
PV_CHECKED pv_status pv_scan_find_faces(pv_scan *scan);

/* Adds `faces` to the answer: those on the page that pass the operation's list, their places in the
 * picture. *advice is what to do where there is none, else it stays. Hands out the first one's
 * pixels. */
PV_CHECKED pv_status pv_scan_report_faces(pv_scan *scan, const pv_scan_output *output,
                                          const char **advice);

/* Whether a machine readable zone is to be read, for its own sake or for the age. */
bool pv_scan_wants_zone(const pv_config *config);

/* Reads the zone of the page, and draws the page again as its zone tells. */
PV_CHECKED pv_status pv_scan_read_zone(pv_scan *scan);

/* Adds mrz_data, and mrz where there is one, to detected_document. */
PV_CHECKED pv_status pv_scan_add_zone(const pv_scan *scan, json_t *data);

/* With mrz_segmented_input: the whole picture is the zone. */
PV_CHECKED pv_status pv_scan_report_zone(pv_scan *scan, const pv_scan_output *output);

/* Finds the date of birth: in the zone, else in a barcode, else in print. */
PV_CHECKED pv_status pv_scan_read_birth(pv_scan *scan);

/* {dob, age}, also where there is none. */
json_t *pv_scan_birth_to_json(const pv_scan *scan);

/* Adds `document` to the answer and hands out the page. */
PV_CHECKED pv_status pv_scan_report_document(pv_scan *scan, const pv_scan_output *output);

/* Reads the barcode and adds `barcode` to the answer. */
PV_CHECKED pv_status pv_scan_report_barcode(pv_scan *scan);

/* Everything but document_scan_barcode_only. */
PV_CHECKED pv_status pv_scan_report(pv_scan *scan, const pv_scan_output *output);

#endif
