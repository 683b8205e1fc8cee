#include "document/aamva.h"

#include <string.h>

#include "document/aamva_internal.h"

#define SUBFILES_MOST 99
#define JUNK_MOST 16 /* bytes before the header's file type */

typedef struct reader {
    const char *at;
    const char *end;
    pv_aamva_values values;
    bool said[PV_AAMVA_ELEMENTS]; /* the element was there, even if empty */
    bool unsure;                  /* without separators, an element seems to be there twice */
    char kind[3];                 /* of the first subfile */
} reader;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_separator(char c)
{
    return c == '\n' || c == '\r' || c == '\x1e' || c == '\x1d' || c == '\x1c';
}

static size_t left(const reader *r)
{
    return (size_t)(r->end - r->at);
}

/* Moves behind "ANSI " or "AAMVA", which stands near the beginning. */
static bool skip_file_type(reader *r)
{
    for (size_t i = 0; i <= JUNK_MOST && left(r) >= 5; i++, r->at++)
        if (memcmp(r->at, "ANSI ", 5) == 0 || memcmp(r->at, "AAMVA", 5) == 0) {
            r->at += 5;
            return true;
        }
    return false;
}

/* Takes up to `count` digits; false where fewer are there. */
static bool take_digits(reader *r, size_t count, char *out)
{
    if (left(r) < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(r->at[i]))
            return false;
        out[i] = r->at[i];
    }
    out[count] = '\0';
    r->at += count;
    return true;
}

static bool is_designator(const reader *r)
{
    if (left(r) < 10 || !is_letter(r->at[0]) || !(is_letter(r->at[1]) || is_digit(r->at[1])))
        return false;
    for (int i = 2; i < 10; i++)
        if (!is_digit(r->at[i]))
            return false;
    return true;
}

/* The issuer, the versions and the list of subfiles. What the list says of places and lengths is
 * often wrong, so the subfiles are told by how they begin instead. */
static bool read_header(reader *r, pv_licence *out)
{
    char version[3];
    char further[5];
    if (!skip_file_type(r))
        return false;
    while (left(r) > 0 && r->at[0] == ' ')
        r->at++;
    if (!take_digits(r, 6, out->issuer) || !take_digits(r, 2, version))
        return false;
    out->version = 10 * (version[0] - '0') + (version[1] - '0');
    /* from version 2 on the issuer's own version comes before the number of subfiles */
    if (!take_digits(r, 4, further) && !take_digits(r, 2, further))
        return false;
    for (int i = 0; i < SUBFILES_MOST && is_designator(r); i++) {
        if (!r->kind[0])
            memcpy(r->kind, r->at, 2);
        r->at += 10;
    }
    return r->kind[0] != '\0';
}

static bool is_element(const char *at, const char *end)
{
    return end - at >= 3 && ((at[0] == 'D' && at[1] >= 'A' && at[1] <= 'D') || at[0] == 'Z') &&
           is_letter(at[1]) && is_letter(at[2]);
}

/* Jurisdictions name their elements after their subfile: ZVZVA. */
static bool begins_own_subfile(const char *at, const char *end)
{
    return end - at >= 5 && at[0] == 'Z' && is_letter(at[1]) && at[2] == 'Z' && at[3] == at[1] &&
           is_letter(at[4]);
}

/* The type of a subfile stands before its first element. */
static const char *skip_subfile_type(const char *at, const char *end)
{
    if (end - at < 5 || !is_element(at + 2, end))
        return at;
    bool licence = memcmp(at, "DL", 2) == 0 || memcmp(at, "ID", 2) == 0 || memcmp(at, "EN", 2) == 0;
    return licence || begins_own_subfile(at, end) ? at + 2 : at;
}

/* The first saying counts: some issuers repeat elements in further subfiles. */
static void keep(reader *r, const char *id, const char *start, const char *end)
{
    size_t element = pv_aamva_element_find(id);
    if (element == PV_AAMVA_ELEMENTS || r->said[element])
        return;
    r->said[element] = true;
    r->values.spans[element] = (pv_aamva_span){start, (size_t)(end - start)};
}

/* One element a line. */
static void read_lines(reader *r)
{
    while (r->at < r->end) {
        const char *stop = r->at;
        while (stop < r->end && !is_separator(*stop))
            stop++;
        const char *start = skip_subfile_type(r->at, stop);
        if (is_element(start, stop))
            keep(r, start, start + 3, stop);
        r->at = stop < r->end ? stop + 1 : stop;
    }
}

/* No separators at all: a value ends where the next known element begins, and the last one where
 * the issuer's own subfile does. Where a value may hold the letters of one by chance, that element
 * is there twice, and nothing is sure. */
static void read_run(reader *r)
{
    const char *start = NULL; /* of the element under way */
    for (const char *at = skip_subfile_type(r->at, r->end); at <= r->end; at++) {
        bool known = is_element(at, r->end) && pv_aamva_element_find(at) != PV_AAMVA_ELEMENTS;
        bool over = at == r->end || begins_own_subfile(at, r->end);
        if (!known && !over)
            continue;
        if (start)
            keep(r, start, start + 3, at);
        if (over)
            break;
        if (known && r->said[pv_aamva_element_find(at)])
            r->unsure = true;
        start = known ? at : NULL;
        if (known)
            at += 2;
    }
}

static bool has_separators(const reader *r)
{
    for (const char *at = r->at; at < r->end; at++)
        if (is_separator(*at))
            return true;
    return false;
}

bool pv_licence_parse(const char *text, size_t length, pv_licence *out)
{
    memset(out, 0, sizeof *out);
    reader r = {.at = text, .end = text + length};
    if (length > 0 && read_header(&r, out)) {
        if (has_separators(&r))
            read_lines(&r);
        else
            read_run(&r);
        if (!r.unsure)
            pv_aamva_fill(&r.values, out);
    }
    if (!out->values[PV_LICENCE_LAST_NAME][0] && !out->values[PV_LICENCE_CUSTOMER_ID][0]) {
        memset(out, 0, sizeof *out);
        return false;
    }
    memcpy(out->values[PV_LICENCE_DOCUMENT_TYPE], r.kind, sizeof r.kind);
    return true;
}
