#include "config/notices.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"

#define NAME_LIMIT 64
/* Names remembered; a program that invents more of them is not told about the rest. */
#define UNKNOWN_LIMIT 256

static pthread_mutex_t unknown_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t unknown_seen[UNKNOWN_LIMIT];
static size_t unknown_count;
static atomic_bool effect_seen[PV_CONFIG_KEY_COUNT];

static uint64_t hash_name(const char *name)
{
    uint64_t hash = 1469598103934665603U;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 1099511628211U;
    return hash;
}

static bool remember_unknown(const char *name)
{
    uint64_t hash = hash_name(name);
    bool is_new = false;
    pthread_mutex_lock(&unknown_lock);
    size_t i = 0;
    while (i < unknown_count && unknown_seen[i] != hash)
        i++;
    if (i == unknown_count && unknown_count < UNKNOWN_LIMIT) {
        unknown_seen[unknown_count++] = hash;
        is_new = true;
    }
    pthread_mutex_unlock(&unknown_lock);
    return is_new;
}

/* Levenshtein distance of two names of at most NAME_LIMIT bytes. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[NAME_LIMIT + 1];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
        }
    }
    return row[b_length];
}

const char *pv_config_nearest_key(const char *name)
{
    size_t length = name ? strlen(name) : 0;
    if (length == 0 || length > NAME_LIMIT)
        return NULL;
    /* Further away than a third of its letters, a suggestion would only mislead. */
    size_t best = length / 3 + 2;
    const char *nearest = NULL;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        const char *known = pv_config_row_get((pv_config_key)key)->name;
        size_t known_length = strlen(known);
        if (known_length > NAME_LIMIT)
            continue;
        size_t distance = edit_distance(name, length, known, known_length);
        if (distance < best) {
            best = distance;
            nearest = known;
        }
    }
    return nearest;
}

void pv_notice_unknown(const char *name)
{
    /* Not remembered while nobody sees it: the level may be raised later. */
    if (pv_log_get_level() < PV_LOG_WARNING || !remember_unknown(name))
        return;
    char shown[NAME_LIMIT + 4];
    pv_notice_quote(name, NAME_LIMIT, shown);
    const char *nearest = pv_config_nearest_key(name);
    if (nearest)
        pv_log(PV_LOG_WARNING, "unknown configuration key \"%s\" is ignored: did you mean \"%s\"?",
               shown, nearest);
    else
        pv_log(PV_LOG_WARNING, "unknown configuration key \"%s\" is ignored", shown);
}

void pv_notice_without_effect(pv_config_key key)
{
    const pv_config_row *row = pv_config_row_get(key);
    if ((!row->no_effect && !row->stage) || pv_log_get_level() < PV_LOG_WARNING)
        return;
    if (atomic_exchange(&effect_seen[key], true))
        return;
    if (row->no_effect)
        pv_log(PV_LOG_WARNING, "configuration key \"%s\" is accepted without effect", row->name);
    else
        pv_log(PV_LOG_WARNING,
               "configuration key \"%s\" has no effect yet: %s is not in this version", row->name,
               row->stage);
}

void pv_notice_quote(const char *text, size_t limit, char *out)
{
    const char *from = text;
    size_t used = 0;
    while (*from) {
        size_t need = pv_utf8_sequence(from);
        size_t width = need ? need : 1;
        if (used + width > limit) {
            memcpy(out + used, "...", 4);
            return;
        }
        if (need == 0 || (unsigned char)*from < 0x20 || *from == 0x7F)
            out[used] = '?';
        else
            memcpy(out + used, from, width);
        used += width;
        from += width;
    }
    out[used] = '\0';
}
