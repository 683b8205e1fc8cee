#include "document/dates.h"

#include <string.h>

#include "document/dates_tokens.h"
#include "document/months.h"

#define YEAR_FIRST 1850
#define YEAR_LAST 2199
#define CENTURIES 3     /* that a year of two digits may belong to */
#define PARTNER_MOST 10 /* letters of the same month in another language */
#define HALF_LEAST 3    /* letters of each of two months that grew together */

/* The text as tokens, and what is known beforehand. */
typedef struct reading {
    pv_token tokens[PV_TOKENS_MOST];
    size_t count;
    pv_date_order order;
    pv_date latest;
} reading;

static const pv_token *token_at(const reading *r, size_t at)
{
    static const pv_token nothing = {.gap = PV_GAP_OTHER};
    return at < r->count ? &r->tokens[at] : &nothing;
}

/* A day or a month: one or two digits. Two look-alikes pass, as the rest of a date stands beside.
 */
static bool is_short(const pv_token *token)
{
    return token->digits == 1 ? token->sure == 1 : token->digits == 2;
}

static bool is_long_year(const pv_token *token)
{
    return token->digits == 4 && token->sure >= 3 && token->value >= YEAR_FIRST &&
           token->value <= YEAR_LAST;
}

static bool is_short_year(const pv_token *token)
{
    return token->digits == 2 && token->sure >= 1;
}

/* Of the two digits' years in which there is such a day, the last one that is not too late. */
static bool choose_century(const reading *r, pv_date *date)
{
    int century = r->latest.year - r->latest.year % 100;
    int digits = date->year;
    for (int i = 0; i < CENTURIES; i++) {
        date->year = century - 100 * i + digits;
        if (pv_date_is_valid(*date) && pv_date_compare(*date, r->latest) <= 0)
            return true;
    }
    return false;
}

/* Puts year, month and day together; true where there is such a day. */
static bool make_date(const reading *r, const pv_token *year, int month, int day,
                      pv_found_date *out)
{
    out->date = (pv_date){year->value, month, day};
    out->short_year = year->digits != 4;
    return year->digits == 4 ? pv_date_is_valid(out->date) : choose_century(r, &out->date);
}

/* What separates the groups of a numeric date, one of the marks; PV_GAP_SPACE for nothing but
 * space, PV_GAP_OTHER where it separates no date. A full stop may be lost in one of two gaps. */
static unsigned common_gap(unsigned first, unsigned second)
{
    unsigned marks = (first | second) & ~(unsigned)PV_GAP_SPACE;
    if (first == PV_GAP_NONE || second == PV_GAP_NONE)
        return PV_GAP_OTHER;
    if (marks == 0)
        return PV_GAP_SPACE;
    if (marks == PV_GAP_DOT)
        return PV_GAP_DOT;
    bool both = (first & marks) == (second & marks);
    return both && (marks == PV_GAP_SLASH || marks == PV_GAP_DASH) ? marks : PV_GAP_OTHER;
}

static bool has_mark(unsigned gap)
{
    return (gap & ~(unsigned)PV_GAP_SPACE) != 0;
}

/* A number goes on behind the groups: 12.03.85.1, 1985-03-12-1234. */
static bool goes_on(const reading *r, size_t after)
{
    const pv_token *next = token_at(r, after);
    bool tight = !(next->gap & (PV_GAP_SPACE | PV_GAP_OTHER));
    return after < r->count && tight && (next->digits > 0 || next->gap == PV_GAP_NONE);
}

/* A number ends before the groups: 192.12.03.85. A single digit may be a field's number. */
static bool comes_from(const reading *r, size_t at)
{
    if (at == 0 || r->tokens[at].gap & (PV_GAP_SPACE | PV_GAP_OTHER) ||
        r->tokens[at].gap == PV_GAP_NONE)
        return false;
    return r->tokens[at - 1].digits > 1;
}

/* Day and month in the order that the digits show, or that is known. False where no order makes a
 * date. */
static bool order_groups(const reading *r, size_t at, unsigned gap, pv_found_date *out)
{
    int first = r->tokens[at].value;
    int second = r->tokens[at + 1].value;
    const pv_token *year = &r->tokens[at + 2];
    pv_found_date swapped = *out;
    bool day_first = make_date(r, year, second, first, out);
    /* nobody writes the month first before a full stop or a space */
    if (gap == PV_GAP_DOT || gap == PV_GAP_SPACE)
        return day_first;
    bool month_first = make_date(r, year, first, second, &swapped);
    if (day_first && month_first && first != second) {
        out->ambiguous = r->order == PV_DATE_ORDER_UNKNOWN;
        if (out->ambiguous)
            out->date = (pv_date){0};
        else if (r->order == PV_DATE_ORDER_MONTH_FIRST)
            out->date = swapped.date;
        return true;
    }
    if (day_first != month_first)
        out->shows = day_first ? PV_DATE_ORDER_DAY_FIRST : PV_DATE_ORDER_MONTH_FIRST;
    if (month_first)
        out->date = swapped.date;
    return day_first || month_first;
}

/* 12.03.1985, 12/03/85, 1985-03-12; returns how many tokens it takes, 0 for no date. */
static size_t read_numeric(const reading *r, size_t at, pv_found_date *out)
{
    const pv_token *first = token_at(r, at);
    const pv_token *second = token_at(r, at + 1);
    const pv_token *third = token_at(r, at + 2);
    unsigned gap = common_gap(second->gap, third->gap);
    if (at + 2 >= r->count || gap == PV_GAP_OTHER || !is_short(second))
        return 0;
    if (is_long_year(first) && is_short(third)) {
        bool apart = !goes_on(r, at + 3) && !comes_from(r, at);
        bool full = gap != PV_GAP_SPACE || (second->digits == 2 && third->digits == 2);
        return apart && full && make_date(r, first, second->value, third->value, out) ? 3 : 0;
    }
    if (!is_short(first))
        return 0;
    bool marked = has_mark(second->gap) && has_mark(third->gap);
    if (is_short_year(third) && (!marked || goes_on(r, at + 3) || comes_from(r, at)))
        return 0;
    if ((first->sure == 0 && !has_mark(second->gap)) || (second->sure == 0 && !marked))
        return 0;
    if (gap == PV_GAP_SPACE && (first->digits != 2 || second->digits != 2))
        return 0;
    if (!is_long_year(third) && !is_short_year(third))
        return 0;
    return order_groups(r, at, gap, out) ? 3 : 0;
}

/* 12.031985, 1203.1985, 12 031985: a full stop or a space that was not read. */
static size_t read_merged(const reading *r, size_t at, pv_found_date *out)
{
    const pv_token *first = token_at(r, at);
    const pv_token *second = token_at(r, at + 1);
    if (at + 1 >= r->count || second->gap == PV_GAP_NONE ||
        (second->gap & ~(unsigned)(PV_GAP_SPACE | PV_GAP_DOT)) != 0 ||
        first->sure != first->digits || second->sure != second->digits || goes_on(r, at + 2) ||
        comes_from(r, at))
        return 0;
    pv_token year = *second;
    int day = first->value;
    int month;
    if (first->digits == 2 && second->digits == 6) {
        month = second->value / 10000;
        year.value = second->value % 10000;
        year.digits = year.sure = 4;
    } else if (first->digits == 4 && second->digits == 4) {
        day = first->value / 100;
        month = first->value % 100;
    } else {
        return 0;
    }
    return is_long_year(&year) && make_date(r, &year, month, day, out) ? 2 : 0;
}

/* The months that a word may mean; MARIMAR is MAR/MAR. */
static unsigned months_of(const pv_token *token)
{
    if (token->letters == 0 || token->letters > PV_TOKEN_WORD_MOST)
        return 0;
    unsigned months = pv_months_of(token->word, token->letters);
    for (size_t half = HALF_LEAST; !months && half + HALF_LEAST <= token->letters; half++) {
        unsigned first = pv_months_of(token->word, half);
        size_t slash = token->word[half] == 'i' || token->word[half] == 'l';
        for (size_t skip = 0; first && skip <= slash; skip++) {
            size_t rest = half + skip;
            if (rest + HALF_LEAST <= token->letters)
                months |= first & pv_months_of(token->word + rest, token->letters - rest);
        }
    }
    return months;
}

/* A month, perhaps in two languages, MAR/MARS; returns how many tokens it takes, 0 for none. */
static size_t read_month(const reading *r, size_t at, int *month)
{
    const pv_token *first = token_at(r, at);
    unsigned months = months_of(first);
    size_t partner = at + 1;
    /* a slash may have been read as a one */
    if (token_at(r, partner)->gap == PV_GAP_NONE && token_at(r, partner)->digits == 1 &&
        token_at(r, partner)->value == 1 && token_at(r, partner + 1)->gap == PV_GAP_NONE)
        partner++;
    const pv_token *second = token_at(r, partner);
    unsigned others = months_of(second);
    bool slash = second->gap & PV_GAP_SLASH || partner > at + 1;
    bool paired = partner < r->count && second->letters > 0 && second->letters <= PARTNER_MOST &&
                  (slash || (others & months));
    if (first->letters == 0 || (months == 0 && !paired))
        return 0;
    if (paired && months && others)
        months &= others;
    else
        months |= paired ? others : 0;
    *month = pv_month_of_bits(months);
    return *month == 0 ? 0 : paired ? partner + 1 - at : 1;
}

static bool is_one_of(const pv_token *token, const char *words)
{
    for (const char *word = words; token->letters > 0 && *word == ' ';) {
        size_t length = strcspn(word + 1, " ");
        if (length == token->letters && strncmp(word + 1, token->word, length) == 0)
            return true;
        word += 1 + length;
    }
    return false;
}

/* The endings of an ordinal number and the words between the parts of a date. */
static size_t skip_ordinal(const reading *r, size_t at)
{
    const pv_token *token = token_at(r, at);
    return at + (token->gap == PV_GAP_NONE && is_one_of(token, " st nd rd th er re o a e"));
}

static size_t skip_filler(const reading *r, size_t at)
{
    return at + is_one_of(token_at(r, at), " de del d of di den the");
}

/* Nothing but space and full stops, dashes or slashes before a part of a date with a name. */
static bool is_joined(const pv_token *token)
{
    return !(token->gap & PV_GAP_OTHER);
}

/* 12 MAR 1985, 12. März 1985, 1er mars 85, 12 de marzo de 1985, 12 MAR/MARS 85. */
static size_t read_day_name(const reading *r, size_t at, pv_found_date *out)
{
    int month;
    if (!is_short(token_at(r, at)) || r->tokens[at].sure == 0)
        return 0;
    size_t next = skip_filler(r, skip_ordinal(r, at + 1));
    size_t taken = read_month(r, next, &month);
    if (taken == 0 || !is_joined(token_at(r, next)))
        return 0;
    next = skip_filler(r, next + taken);
    const pv_token *year = token_at(r, next);
    if (!is_joined(year) || (!is_long_year(year) && (!is_short_year(year) || goes_on(r, next + 1))))
        return 0;
    return make_date(r, year, month, r->tokens[at].value, out) ? next + 1 - at : 0;
}

/* March 12, 1985; 1985 MAR 12. */
static size_t read_name_day(const reading *r, size_t at, pv_found_date *out)
{
    int month;
    bool year_first = is_long_year(token_at(r, at));
    size_t name = at + year_first;
    size_t taken = read_month(r, name, &month);
    if (taken == 0 || (year_first && !is_joined(token_at(r, name))))
        return 0;
    size_t day = name + taken;
    size_t last = year_first ? day : skip_ordinal(r, day + 1);
    const pv_token *year = token_at(r, year_first ? at : last);
    if (!is_short(token_at(r, day)) || !is_joined(token_at(r, day)) || !is_long_year(year) ||
        !is_joined(token_at(r, last)) || goes_on(r, last + 1))
        return 0;
    return make_date(r, year, month, r->tokens[day].value, out) ? last + 1 - at : 0;
}

size_t pv_dates_find(const char *text, size_t length, pv_date_order order, pv_date latest,
                     pv_found_date *out, size_t most)
{
    static size_t (*const forms[])(const reading *, size_t, pv_found_date *) = {
        read_numeric, read_day_name, read_name_day, read_merged};
    reading r = {.order = order, .latest = latest};
    size_t found = 0;
    if (length > PV_DATES_TEXT_MOST)
        length = PV_DATES_TEXT_MOST;
    r.count = pv_tokens_make(text, length, r.tokens);
    for (size_t at = 0; at < r.count && found < most;) {
        pv_found_date date = {0};
        size_t taken = 0;
        for (size_t i = 0; taken == 0 && i < sizeof forms / sizeof forms[0]; i++) {
            date = (pv_found_date){0};
            taken = forms[i](&r, at, &date);
        }
        if (taken > 0) {
            date.from = r.tokens[at].from;
            date.to = r.tokens[at + taken - 1].to;
            out[found++] = date;
        }
        at += taken > 0 ? taken : 1;
    }
    return found;
}
