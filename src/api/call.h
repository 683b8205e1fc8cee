/* One operation from its begin to its answer. */
#ifndef PV_API_CALL_H
#define PV_API_CALL_H

#include <jansson.h>
#include <stdint.h>

#include "api/library.h"
#include "api/session.h"
#include "base/arena.h"
#include "config/config.h"
#include "face/face.h"

typedef struct pv_call {
    pv_operation operation;
    int32_t id;
    bool inside; /* the library was entered */
    pv_session *session;
    pv_arena *arena;
    json_t *answer; /* the CallResult under construction */
    pv_config config;
} pv_call;

/* Enters the library, finds the session, reads the configuration and makes the arena. Whatever it
 * returns, pv_call_finish() must follow. */
PV_CHECKED pv_status pv_call_begin(pv_call *call, pv_operation operation, const void *session,
                                   const char *config_json, int config_length);

/* Writes the answer (only call_status where status is not PV_OK), releases everything and returns
 * what the public function returns. */
int32_t pv_call_finish(pv_call *call, pv_status status, char **json_out, int *length_out);

/* Opens the caller's picture as input_image_format says. */
PV_CHECKED pv_status pv_call_open_image(pv_call *call, const char *name, const uint8_t *pixels,
                                        int width, int height, pv_image *out);

/* Detects with the context's threshold and selects as face_detection_strategy says. */
PV_CHECKED pv_status pv_call_find_faces(pv_call *call, pv_image *image, pv_face_list *out);

/* Puts value (which it takes over; NULL: out of memory) into the answer. */
PV_CHECKED pv_status pv_call_add(pv_call *call, const char *name, json_t *value);

/* A copy of pixels, RGB and tightly packed, for the caller, who frees it with privid_free_buffer().
 * Without a place for it nothing is copied. */
PV_CHECKED pv_status pv_call_hand_out(const uint8_t *rgb, int width, int height, uint8_t **out,
                                      int *length);

/* ImageInfo of such pixels, inside {info: ...}; NULL: out of memory. */
json_t *pv_call_image_info(int width, int height);

#endif
