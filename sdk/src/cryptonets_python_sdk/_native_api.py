"""The C functions as cffi reads them, and the few calls that several modules make."""

from typing import Any, Tuple

C_DECLARATIONS = """
const char *privid_get_version(void);
void privid_initialize_lib(const char *models_dir, int length, int log_level);
bool privid_is_library_initialized(void);
void privid_shutdown_lib(void);
bool privid_set_log_level(int level);
int privid_get_log_level(void);
bool privid_get_models_cache_directory(char **path_out, int *length_out);
int32_t privid_get_last_error(char **message_out, int *length_out);
void privid_set_log_callback(void (*callback)(int level, const char *message, int length,
                                              void *user), void *user);
int32_t privid_set_option(const char *name, int name_length, const char *value, int value_length);
void privid_free_char_buffer(char *buffer);
void privid_free_buffer(void *buffer);

bool privid_initialize_session(const char *settings_json, int length, void **session_out);
void privid_deinitialize_session(void *session);

int32_t privid_validate(void *session, const char *config, int config_length,
                        const uint8_t *pixels, int width, int height,
                        char **json_out, int *length_out);
int32_t privid_estimate_age(void *session, const char *config, int config_length,
                            const uint8_t *pixels, int width, int height,
                            char **json_out, int *length_out);
int32_t privid_enroll_onefa(void *session, const char *config, int config_length,
                            const uint8_t *pixels, int width, int height,
                            char **json_out, int *length_out);
int32_t privid_face_predict_onefa(void *session, const char *config, int config_length,
                                  const uint8_t *pixels, int width, int height,
                                  char **json_out, int *length_out);
int32_t privid_anti_spoofing(void *session, const char *config, int config_length,
                             const uint8_t *pixels, int width, int height,
                             char **json_out, int *length_out);
int32_t privid_face_compare_files(void *session, const char *config, int config_length,
                                  const uint8_t *pixels_a, int width_a, int height_a,
                                  const uint8_t *pixels_b, int width_b, int height_b,
                                  char **json_out, int *length_out);
int32_t privid_face_iso(void *session, const char *config, int config_length,
                        const uint8_t *pixels, int width, int height,
                        uint8_t **iso_out, int *iso_length, char **json_out, int *length_out);
int32_t privid_doc_scan_face(void *session, const char *config, int config_length,
                             const uint8_t *pixels, int width, int height,
                             uint8_t **document_out, int *document_length,
                             uint8_t **face_out, int *face_length,
                             char **json_out, int *length_out);
int32_t privid_user_delete(void *session, const char *config, int config_length,
                           const char *puid, int puid_length, char **json_out, int *length_out);
"""

MAX_TEXT = 2**31 - 1


def take_text(lib: Any, ffi: Any, pointer: Any, length: Any) -> str:
    """The text that a call has handed out, freed."""
    if pointer[0] == ffi.NULL:
        return ""
    try:
        return bytes(ffi.buffer(pointer[0], length[0])).decode("utf-8", "replace")
    finally:
        lib.privid_free_char_buffer(pointer[0])


def take_bytes(lib: Any, ffi: Any, pointer: Any, length: Any) -> bytes:
    """The pixels that a call has handed out, freed; empty where there are none."""
    if pointer[0] == ffi.NULL:
        return b""
    try:
        return bytes(ffi.buffer(pointer[0], length[0]))
    finally:
        lib.privid_free_buffer(pointer[0])


def last_error(lib: Any, ffi: Any) -> Tuple[int, str]:
    """Status and message of this thread's last call.

    A library that a strategy of the caller's own loaded may not have the function.
    """
    try:
        function = lib.privid_get_last_error
    except AttributeError:
        return 0, ""
    message, length = ffi.new("char **"), ffi.new("int *")
    status = int(function(message, length))
    return status, take_text(lib, ffi, message, length)
