/* Errors, buffers, arenas, digests and what scores mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/matching.h"

static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%f is not within %f of %f", value, tolerance, expected);
}

static void test_errors(void **state)
{
    (void)state;
    char text[3 * PV_ERROR_MESSAGE_SIZE];
    assert_int_equal(pv_fail(PV_ERROR_NETWORK, "a %d", 5), PV_ERROR_NETWORK);
    assert_int_equal(pv_fail(PV_ERROR_ARGUMENT, "b: %s", pv_error_message()), PV_ERROR_ARGUMENT);
    assert_string_equal(pv_error_message(), "b: a 5");
    assert_int_equal(pv_error_status(), PV_ERROR_ARGUMENT);
    /* cut between characters: what is left is still UTF-8 */
    for (int shift = 0; shift < 3; shift++) {
        memset(text, 'x', (size_t)shift);
        for (size_t i = (size_t)shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "\xe2\x82\xac", 4);
        (void)pv_fail(PV_ERROR_GENERIC, "%s", text);
        size_t length = strlen(pv_error_message());
        assert_true(length > PV_ERROR_MESSAGE_SIZE - 5);
        assert_int_equal((length - (size_t)shift) % 3, 0);
    }
    (void)pv_fail(PV_ERROR_GENERIC, "\"%.5s\" is not \xff, \xed\xa0\x80 or \xc3\xa9",
                  "ab\xe2\x82\xac\xe2\x82\xac");
    assert_string_equal(pv_error_message(), "\"ab\xe2\x82\xac\" is not ?, ??? or \xc3\xa9");
    (void)pv_fail(PV_ERROR_GENERIC, "\"%.4s\"", "ab\xe2\x82\xac");
    assert_string_equal(pv_error_message(), "\"ab??\"");
    pv_error_clear();
    assert_int_equal(pv_error_status(), PV_OK);
    assert_string_equal(pv_error_message(), "");
}

static void test_buffer(void **state)
{
    (void)state;
    pv_buffer buffer = pv_buffer_make(10);
    assert_int_equal(pv_buffer_append_text(&buffer, "12345"), PV_OK);
    assert_int_equal(pv_buffer_append(&buffer, "67890", 5), PV_OK);
    assert_string_equal((char *)buffer.data, "1234567890");
    assert_int_equal(pv_buffer_append_text(&buffer, "x"), PV_ERROR_GENERIC);
    assert_int_equal(pv_buffer_append(&buffer, "x", SIZE_MAX), PV_ERROR_GENERIC);
    assert_int_equal(buffer.length, 10);
    pv_buffer_release(&buffer);
    buffer = pv_buffer_make(1000000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(pv_buffer_append_text(&buffer, "0123456789"), PV_OK);
    assert_int_equal(buffer.length, 10000);
    pv_buffer_release(&buffer);
}

static void test_arena(void **state)
{
    (void)state;
    pv_arena *arena;
    assert_int_equal(pv_arena_create(&arena), PV_OK);
    for (size_t size = 1; size < 300000; size = size * 3 + 1) {
        uint8_t *piece = pv_arena_take(arena, size, 1);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % 64, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(piece[i], 0);
        memset(piece, 0xff, size);
    }
    assert_null(pv_arena_take(arena, SIZE_MAX / 2, 3));
    pv_arena_destroy(arena);
    pv_arena_destroy(NULL);
}

static void test_digest(void **state)
{
    (void)state;
    char hex[PV_SHA256_HEX_SIZE];
    char other[33];
    char again[33];
    assert_int_equal(pv_sha256_bytes("abc", 3, hex), PV_OK);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(pv_sha256_file("/nowhere/at/all", hex), PV_ERROR_ARGUMENT);
    assert_non_null(strstr(pv_error_message(), "/nowhere/at/all"));
    assert_int_equal(pv_random_hex(16, other, sizeof other), PV_OK);
    assert_int_equal(pv_random_hex(16, again, sizeof again), PV_OK);
    assert_int_equal(strlen(other), 32);
    assert_string_not_equal(other, again);
    assert_int_equal(pv_random_hex(16, again, 32), PV_ERROR_GENERIC);
}

static void test_models(void **state)
{
    (void)state;
    char list[32];
    assert_int_equal(pv_embedding_model_find(14)->dimension, 128);
    assert_int_equal(pv_embedding_model_find(19)->dimension, 640);
    assert_null(pv_embedding_model_find(15));
    pv_embedding_model_list(list, sizeof list);
    assert_string_equal(list, "14, 19");
}

static void test_distance(void **state)
{
    (void)state;
    static const int ids[] = {14, 19};
    for (int m = 0; m < 2; m++) {
        const pv_embedding_model *model = pv_embedding_model_find(ids[m]);
        assert_close(pv_match_distance(model, model->cosine[0]), 0.65, 1e-9);
        assert_close(pv_match_distance(model, model->cosine[1]), 0.5, 1e-9);
        assert_close(pv_match_distance(model, model->cosine[3]), 0.3, 1e-9);
        assert_close(pv_match_distance(model, 1), 0, 0);
        assert_close(pv_match_distance(model, 2), 0, 0);
        assert_close(pv_match_distance(model, -1), 1, 0);
        assert_close(pv_match_distance(model, NAN), 1, 0);
        double former = 2;
        for (double cosine = -1; cosine <= 1; cosine += 0.001) {
            double distance = pv_match_distance(model, cosine);
            assert_true(distance < former && distance >= 0 && distance <= 1);
            assert_close(pv_match_cosine(model, distance), cosine, 1e-9);
            former = distance;
        }
        for (int i = 0; i < PV_MATCH_KNOTS; i++)
            assert_close(pv_match_cosine_at_rate(model, pow(10, -3 - i)), model->cosine[i], 1e-9);
        /* a lower rate always asks for more, and never for more than there is */
        former = -1;
        for (double decades = 1; decades < 40; decades += 0.25) {
            double cosine = pv_match_cosine_at_rate(model, pow(10, -decades));
            assert_true(cosine > former || cosine == 1);
            assert_true(cosine <= 1);
            former = cosine;
        }
        assert_true(pv_match_confidence(model, 0.2) > 0.95);
        assert_true(pv_match_confidence(model, 0.9) < 0.05);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors), cmocka_unit_test(test_buffer),
        cmocka_unit_test(test_arena),  cmocka_unit_test(test_digest),
        cmocka_unit_test(test_models), cmocka_unit_test(test_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
