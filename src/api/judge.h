/* What an operation says about a face: facts, flags, liveness, age. */
#ifndef PV_API_JUDGE_H
#define PV_API_JUDGE_H

#include "api/call.h"
#include "face/age.h"
#include "face/facts.h"
#include "face/liveness.h"

typedef struct pv_judgement {
    pv_facts facts;
    uint32_t judged; /* the flags that were looked at */
    uint32_t flags;  /* the raised ones */
    pv_spoof_status spoof_status;
    pv_liveness liveness;          /* where spoof_status says that the check was made */
    pv_liveness_obstacle obstacle; /* what kept it from being made, for PV_AS_INVALID_FACE */
    const char *failure;           /* what went wrong, for PV_AS_GENERIC_ERROR */
    bool has_age;
    pv_age age;
} pv_judgement;

/* How the call's configuration wants facts to be found. */
pv_facts_options pv_judge_options(const pv_call *call);

/* Computes what the operation's row in keys.json lists and the configuration leaves on. One
 * judgement a face, in the call's arena. */
PV_CHECKED pv_status pv_judge_faces(pv_call *call, pv_image *image, const pv_face_list *faces,
                                    pv_judgement **out);

/* Opens the picture, finds and judges the faces and adds `faces` to the answer. */
PV_CHECKED pv_status pv_judge_picture(pv_call *call, const uint8_t *pixels, int width, int height,
                                      pv_image *image, pv_face_list *faces, pv_judgement **out);

/* The raised flags that make the operation fail. */
uint32_t pv_judge_failing(const pv_call *call, pv_operation operation,
                          const pv_judgement *judgement);

/* What the person should do for `operation` to accept the face; NULL where it would. Where all went
 * well, it need not be the call's operation. */
const char *pv_judge_advice(const pv_call *call, pv_operation operation,
                            const pv_judgement *judgement);

/* The FaceResult objects, appended to the array. */
PV_CHECKED pv_status pv_judgements_to_json(const pv_call *call, const pv_image *image,
                                           const pv_face_list *faces,
                                           const pv_judgement *judgements, json_t *array);

#endif
