/* What the tests of the public interface share. */
#ifndef PRIVID_TESTS_API_SUPPORT_H
#define PRIVID_TESTS_API_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "privid/privid.h"

typedef struct picture {
    uint8_t *pixels; /* RGB */
    int width;
    int height;
} picture;

#define OFFLINE_SETTINGS                                                                           \
    "{\"collections\":{\"default\":{\"named_urls\":{}}},"                                          \
    "\"session_token\":\"\"}"

/* A PNG or JPEG of the test pictures; fails the test when it is not there. */
picture picture_load(const char *name);
picture picture_copy(const picture *source, int channels, int swap);
/* Turned by 90 degrees clockwise, `times` times. */
picture picture_turn(const picture *source, int times);
/* Placed on a grey canvas, shrunk by a whole number. */
picture picture_shrink(const picture *source, int by, int width, int height);
void picture_free(picture *p);

void *open_session(const char *settings);

/* Parses and frees the answer; checks that the id fits the status. */
json_t *take_answer(int32_t id, char *text, int length);
json_t *validate(void *session, const char *config, const picture *p);
json_t *compare(void *session, const char *config, const picture *a, const picture *b);

/* Value at a path such as "faces.0.geometry.eye_left.x"; NULL when there is none. */
json_t *at(json_t *answer, const char *path);
double number(json_t *answer, const char *path);
int status_of(json_t *answer);
void assert_message_has(json_t *answer, const char *part);
void assert_last_error(int status, const char *part);

#endif
