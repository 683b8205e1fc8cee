/* Finds and reads the machine readable zone in a picture. */
#ifndef PV_DOCUMENT_MRZ_READ_H
#define PV_DOCUMENT_MRZ_READ_H

#include "document/mrz.h"
#include "document/ocr.h"

/* The zone of a page or of a whole picture, however it is turned; out->format is PV_MRZ_NONE where
 * none is seen. `segmented`: the picture is the zone itself. Characters are chosen by what the
 * picture shows, and where a check digit asks for another one that the picture allows nearly as
 * well, that one is taken and listed in out->repairs. What the picture does not allow is left, and
 * its check digit fails. `found`: as in pv_ocr_find(). `today` as for pv_mrz_parse(). */
PV_CHECKED pv_status pv_mrz_read(pv_runtime *runtime, pv_image *page, pv_ocr_found *found,
                                 bool segmented, pv_date today, pv_mrz *out);

#endif
