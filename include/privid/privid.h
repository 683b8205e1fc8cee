/** @file
 * privid: face biometrics, JSON in and JSON out.
 *
 * Conventions that hold for every function:
 *
 * - **Text in** is (pointer, length in bytes) in UTF-8 and need not be NUL-terminated. Length 0
 * (the pointer may then be NULL) means "nothing given": all defaults.
 * - **Text out** is allocated by the library, NUL-terminated, its length (without the NUL) set. The
 *   caller frees it with privid_free_char_buffer(). The out pointers may be NULL if not wanted.
 * - **Pictures in** are `pixels, width, height`: rows from top to bottom, tightly packed, 8 bits a
 *   channel, channels as the key `input_image_format` says ("rgb" and "bgr": 3 bytes a pixel,
 *   "rgba": 4). The library reads exactly width * height * channels bytes: it cannot see how long
 *   the buffer is. Above 100 megapixels, or with a side below 1, the answer is
 *   API_INVALID_ARGUMENT. The buffer is only read during the call.
 * - **Pictures out** are raw RGB pixels, tightly packed, allocated by the library and freed with
 *   privid_free_buffer(). Where there is none, the pointer is NULL and the length 0.
 * - **Operations** return an operation id: positive, rising with every call of the process; or -1
 * on failure. The result JSON comes back in both cases, with `call_status` filled in; it is never
 *   NULL, except where the caller passed no place for it.
 * - **Threads**: every function may be called from any thread at any time; any number of threads
 * may use one session at once. Only these three need care: privid_set_log_callback() must not be
 *   called from inside a log callback, a buffer is freed once, and a process that forks after
 *   privid_initialize_lib() must not use the library in the child.
 *
 * Return statuses (`call_status.return_code`): 0 API_NO_ERROR, -1 API_GENERIC_ERROR,
 * -2 API_INVALID_SESSION_HANDLER, -3 API_AUTHORIZATION_ERROR, -4 API_INVALID_CONFIGURATION,
 * -5 API_INVALID_ARGUMENT, -6 API_NETWORK_ERROR, -7 API_MAL_FORMED_AP_RESPONSE.
 *
 * A minimal program:
 *
 *     privid_initialize_lib(NULL, 0, 1);
 *     void *session = NULL;
 *     const char *settings = "{\"collections\":{\"default\":{\"named_urls\":{}}},"
 *                            "\"session_token\":\"\"}";
 *     if (!privid_initialize_session(settings, (int)strlen(settings), &session))
 *         ... privid_get_last_error() says why
 *     char *json = NULL;
 *     int length = 0;
 *     int32_t id = privid_validate(session, NULL, 0, pixels, width, height, &json, &length);
 *     ... use json ...
 *     privid_free_char_buffer(json);
 *     privid_deinitialize_session(session);
 *     privid_shutdown_lib();
 */
#ifndef PRIVID_H
#define PRIVID_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#define PRIVID_API __attribute__((visibility("default")))
#else
#define PRIVID_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** @name Library */
/**@{*/

/** Version such as "0.1.0-1a2b3c4d"; static storage, not to be freed. Works at any time. */
PRIVID_API const char *privid_get_version(void);

/** Makes the library ready. A second call while it is ready changes nothing but the log level.
 *
 * @param models_dir Folder with model files; may be NULL. Files that are not there are looked for
 * in the default cache ($PRIVID_MODELS_DIR, else ~/.cache/privid/models).
 * @param length     Bytes of models_dir.
 * @param log_level  0 errors, 1 warnings, 2 information, 3 debug; others leave it as it is.
 *
 * Returns when done; privid_is_library_initialized() then tells the outcome, and
 * privid_get_last_error() what was wrong: missing model files are named, with the command that
 * fetches them. Models are loaded, and their SHA-256 checked, when first needed. */
PRIVID_API void privid_initialize_lib(const char *models_dir, int length, int log_level);

/** True from a successful privid_initialize_lib() to privid_shutdown_lib(). */
PRIVID_API bool privid_is_library_initialized(void);

/** Refuses new operations, waits for the running ones, closes all sessions and frees the models.
 * The library can be initialised again afterwards. Does nothing when not initialised. */
PRIVID_API void privid_shutdown_lib(void);

/** Sets the log level, 0 to 3. False, and nothing changed, for another number. */
PRIVID_API bool privid_set_log_level(int level);

/** The current log level, 0 to 3. */
PRIVID_API int privid_get_log_level(void);

/** The folder that model files are read from, as absolute path. False (and API_GENERIC_ERROR as
 * last error) when the library is not initialised. */
PRIVID_API bool privid_get_models_cache_directory(char **path_out, int *length_out);

/** Status (0 to -7) and message of the calling thread's most recent call, also after a function
 * that returns bool or nothing. The message is "" after success.
 * @return the status. */
PRIVID_API int32_t privid_get_last_error(char **message_out, int *length_out);

/** Receives log lines instead of standard error; NULL restores that. Called from any thread;
 * message is not to be kept. After return the former callback is not called any more. */
PRIVID_API void privid_set_log_callback(void (*callback)(int level, const char *message, int length,
                                                         void *user),
                                        void *user);

/** Sets a process-wide option, before privid_initialize_lib():
 *
 * | name       | value                                                                        |
 * |------------|------------------------------------------------------------------------------|
 * | `threads`  | 1 to 256: inferences at a time (default: the processors this process may use) |
 * | `models`   | default cache folder for model files                                         |
 * | `profile`  | `full`, or `documented`: only models whose training data is documented        |
 *
 * @return 0; API_INVALID_ARGUMENT for an unknown name or a value out of range; API_GENERIC_ERROR
 *         while the library is initialised. */
PRIVID_API int32_t privid_set_option(const char *name, int name_length, const char *value,
                                     int value_length);

/** Frees a text that the library returned. NULL is allowed. */
PRIVID_API void privid_free_char_buffer(char *buffer);

/** Frees a pixel buffer that the library returned. NULL is allowed. */
PRIVID_API void privid_free_buffer(void *buffer);
/**@}*/

/** @name Sessions */
/**@{*/

/** Opens a session.
 *
 * @param settings_json `{"collections": {"default": {"named_urls": {"base_url", "predict",
 * "enroll", "deleteUser"}, "embedding_model_id"?}, ...}, "session_token", "public_key"?,
 * "request_timeout_ms"?}`. `default` must be there.
 * @param length        Bytes of settings_json.
 * @param session_out   Receives the handle; NULL on failure.
 *
 * Every distinct base_url is asked whether it knows the key. Refused: false,
 * API_AUTHORIZATION_ERROR. Unreachable: the session is opened all the same, with a warning in the
 * log; operations that need no backend work. Other failures: API_INVALID_CONFIGURATION (settings),
 * API_INVALID_ARGUMENT (NULL), API_GENERIC_ERROR (library not initialised). */
PRIVID_API bool privid_initialize_session(const char *settings_json, int length,
                                          void **session_out);

/** Closes a session; running operations of it finish. NULL, closed and foreign handles are ignored
 * (the last error says API_INVALID_SESSION_HANDLER). */
PRIVID_API void privid_deinitialize_session(void *session);
/**@}*/

/** @name Operations on a face */
/**@{*/

/** Finds faces and reports their geometry and confidence: `faces[]`. */
PRIVID_API int32_t privid_validate(void *session, const char *config_json, int config_length,
                                   const uint8_t *pixels, int width, int height, char **json_out,
                                   int *length_out);

/** Estimates the age of the faces: `faces[].age_data`. */
PRIVID_API int32_t privid_estimate_age(void *session, const char *config_json, int config_length,
                                       const uint8_t *pixels, int width, int height,
                                       char **json_out, int *length_out);

/** Enrols the selected face in a collection: `faces[]`, `enroll`. The embedding is sent, not the
 * picture (unless `send_original_images` is set). */
PRIVID_API int32_t privid_enroll_onefa(void *session, const char *config_json, int config_length,
                                       const uint8_t *pixels, int width, int height,
                                       char **json_out, int *length_out);

/** Identifies the selected face in a collection: `faces[]`, `predict`. */
PRIVID_API int32_t privid_face_predict_onefa(void *session, const char *config_json,
                                             int config_length, const uint8_t *pixels, int width,
                                             int height, char **json_out, int *length_out);

/** Tells whether the faces are live: `faces[].spoof_status`. */
PRIVID_API int32_t privid_anti_spoofing(void *session, const char *config_json, int config_length,
                                        const uint8_t *pixels, int width, int height,
                                        char **json_out, int *length_out);

/** Compares the selected faces of two pictures: `faces[]` (A's, then B's), `compare`. Both pictures
 * have the format that the configuration names. */
PRIVID_API int32_t privid_face_compare_files(void *session, const char *config_json,
                                             int config_length, const uint8_t *pixels_a,
                                             int width_a, int height_a, const uint8_t *pixels_b,
                                             int width_b, int height_b, char **json_out,
                                             int *length_out);

/** Portrait by the geometry of ISO/IEC 19794-5 before an even background: `faces[]`, `iso_image`.
 * The pixels are handed out as RGB, tightly packed, whenever a face was found, to be freed with
 * privid_free_buffer(); `iso_image.success` tells whether the portrait is as the standard asks, and
 * `user_feedback_message` why it is not. */
PRIVID_API int32_t privid_face_iso(void *session, const char *config_json, int config_length,
                                   const uint8_t *pixels, int width, int height, uint8_t **iso_out,
                                   int *iso_length, char **json_out, int *length_out);
/**@}*/

/** @name Documents and persons */
/**@{*/

/** Scan of an identity document: `document`, and in `faces[]` the face on it, if both pass; with
 * `document_scan_barcode_only` only `barcode`. The page, drawn flat, and the face are handed out as
 * RGB, tightly packed, to be freed with privid_free_buffer(); NULL and 0 where there is none. Their
 * sizes are `document.cropped_document_image_info.info` and `faces[0].cropped_image_info.info`.
 * Each of the four places may be NULL. No document is no failure: the status is 0. */
PRIVID_API int32_t privid_doc_scan_face(void *session, const char *config_json, int config_length,
                                        const uint8_t *pixels, int width, int height,
                                        uint8_t **document_out, int *document_length,
                                        uint8_t **face_out, int *face_length, char **json_out,
                                        int *length_out);

/** Deletes a person and every template of theirs: `user_delete`. A puid that is not in the
 * collection: positive id, `user_delete.status` not 0, `uuid_count` 0. */
PRIVID_API int32_t privid_user_delete(void *session, const char *config_json, int config_length,
                                      const char *puid, int puid_length, char **json_out,
                                      int *length_out);
/**@}*/

#ifdef __cplusplus
}
#endif

#endif
