/* Warnings about configuration keys, each once a process. Internal to src/config. */
#ifndef PV_CONFIG_NOTICES_H
#define PV_CONFIG_NOTICES_H

#include "config/config.h"

/* Logs that the name is no key, with the nearest one. */
void pv_notice_unknown(const char *name);

/* Logs that the key, which the caller set, changes nothing in this version; else does nothing. */
void pv_notice_without_effect(pv_config_key key);

/* Copies at most limit bytes of text for a message: valid UTF-8, without control characters, with
 * "..." where it was cut. out has room for limit + 4 bytes. */
void pv_notice_quote(const char *text, size_t limit, char *out);

#endif
