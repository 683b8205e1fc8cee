#include "document/birth_labels.h"

#include <string.h>

#include "document/fold.h"

#define PHRASE_MOST 32
#define SHORT 6         /* letters; shorter phrases have to stand as a word */
#define ONE_WRONG 8     /* letters from which one may be wrong, missing or too much */
#define TWO_WRONG 14    /* and two */
#define SOUGHT_MOST 160 /* characters of a line that are looked at */

typedef struct phrase {
    const char *text; /* folded */
    pv_label_kind kind;
    bool day_first;
} phrase;

#define ENGLISH false
#define BIRTH(text, day_first)                                                                     \
    {                                                                                              \
        text, PV_LABEL_BIRTH, day_first                                                            \
    }
#define OTHER(text)                                                                                \
    {                                                                                              \
        text, PV_LABEL_OTHER, false                                                                \
    }

static const phrase phrases[] = {
    BIRTH("dateofbirth", ENGLISH),
    BIRTH("birthdate", ENGLISH),
    BIRTH("birthday", ENGLISH),
    BIRTH("dateandplaceofbirth", ENGLISH),
    BIRTH("placeanddateofbirth", ENGLISH),
    BIRTH("dob", ENGLISH),
    BIRTH("born", ENGLISH),
    BIRTH("geburtsdatum", true), /* German */
    BIRTH("geburtstag", true),
    BIRTH("geborenam", true),
    BIRTH("gebdatum", true),
    BIRTH("geboren", true),
    BIRTH("geb", true),
    BIRTH("gebuertsdatum", true),   /* Luxembourgish */
    BIRTH("datedenaissance", true), /* French */
    BIRTH("dateetlieudenaissance", true),
    BIRTH("neele", true),
    BIRTH("nele", true),
    BIRTH("nee", true),               /* what remains of "Né(e) le" where the rest was misread */
    BIRTH("fechadenacimiento", true), /* Spanish */
    BIRTH("fechanacimiento", true),
    BIRTH("fechadenac", true),
    BIRTH("fechaylugardenacimiento", true),
    BIRTH("lugaryfechadenacimiento", true),
    BIRTH("nacidoel", true),
    BIRTH("nacidael", true),
    BIRTH("datadenaixement", true), /* Catalan */
    BIRTH("datadinascita", true),   /* Italian */
    BIRTH("luogoedatadinascita", true),
    BIRTH("dataeluogodinascita", true),
    BIRTH("natoil", true),
    BIRTH("natail", true),
    BIRTH("natoail", true),
    BIRTH("datadenascimento", true), /* Portuguese */
    BIRTH("datanascimento", true),
    BIRTH("datadenacemento", true), /* Galician */
    BIRTH("geboortedatum", true),   /* Dutch */
    BIRTH("geborenop", true),
    BIRTH("dataurodzenia", true), /* Polish */
    BIRTH("fodelsedatum", true),  /* Swedish */
    BIRTH("fodelsetid", true),
    BIRTH("fodselsdato", true), /* Danish, Norwegian */
    BIRTH("fodselsdag", true),
    BIRTH("faedingardagur", true), /* Icelandic */
    BIRTH("syntymaaika", true),    /* Finnish */
    BIRTH("datumnarozeni", true),  /* Czech */
    BIRTH("datumnarodenia", true), /* Slovak */
    BIRTH("datumrojstva", true),   /* Slovene */
    BIRTH("datumrodenja", true),   /* Croatian */
    BIRTH("datumrodjenja", true),
    BIRTH("szuletesiido", true), /* Hungarian */
    BIRTH("szuletesidatum", true),
    BIRTH("datanasterii", true), /* Romanian */
    BIRTH("sunniaeg", true),     /* Estonian */
    BIRTH("sunnikuupaev", true),
    BIRTH("dzimsanasdatums", true), /* Latvian */
    BIRTH("dzimsanasdati", true),
    BIRTH("gimimodata", true),  /* Lithuanian */
    BIRTH("datelindja", true),  /* Albanian */
    BIRTH("dogumtarihi", true), /* Turkish */
    BIRTH("databreithe", true), /* Irish */
    BIRTH("dyddiadgeni", true), /* Welsh */
    BIRTH("datattwelid", true), /* Maltese */
    OTHER("placeofbirth"),      /* what would be taken for one of the above by a letter or two */
    OTHER("birthplace"),
    OTHER("lieudenaissance"),
    OTHER("lugardenacimiento"),
    OTHER("luogodinascita"),
    OTHER("geburtsort"),
    OTHER("geburtsname"),
    OTHER("geboorteplaats"),
    OTHER("miejsceurodzenia"),
    OTHER("dateofexpiry"), /* the other dates of a document */
    OTHER("dateofexpiration"),
    OTHER("expirydate"),
    OTHER("expirationdate"),
    OTHER("expires"),
    OTHER("expiry"),
    OTHER("exp"),
    OTHER("validuntil"),
    OTHER("validthru"),
    OTHER("dateofissue"),
    OTHER("issuedate"),
    OTHER("issued"),
    OTHER("iss"),
    OTHER("validfrom"),
    OTHER("dateofentry"),
    OTHER("gultigbis"),
    OTHER("gueltigbis"),
    OTHER("ablaufdatum"),
    OTHER("ausstellungsdatum"),
    OTHER("ausgestelltam"),
    OTHER("datedexpiration"),
    OTHER("datedelivrance"),
    OTHER("delivrele"),
    OTHER("datedemission"),
    OTHER("expirele"),
    OTHER("valablejusquau"),
    OTHER("fechadeexpedicion"),
    OTHER("fechadeemision"),
    OTHER("fechadecaducidad"),
    OTHER("fechadevencimiento"),
    OTHER("validohasta"),
    OTHER("validez"),
    OTHER("caducidad"),
    OTHER("emision"),
    OTHER("datadiscadenza"),
    OTHER("scadenza"),
    OTHER("datadirilascio"),
    OTHER("datadiemissione"),
    OTHER("emissione"),
    OTHER("datadevalidade"),
    OTHER("validade"),
    OTHER("datadeemissao"),
    OTHER("geldigtot"),
    OTHER("datumvanafgifte"),
    OTHER("datumafgifte"),
    OTHER("datawaznosci"),
    OTHER("terminwaznosci"),
    OTHER("datawydania"),
    OTHER("sistagiltighetsdag"),
    OTHER("giltigttom"),
    OTHER("utfardad"),
    OTHER("gyldigtil"),
    OTHER("udlobsdato"),
    OTHER("utlopsdato"),
    OTHER("udstedelsesdato"),
    OTHER("utstedelsesdato"),
    OTHER("voimassa"),
    OTHER("myonnetty"),
    OTHER("viimeinenvoimassaolopaiva"),
    OTHER("platnostdo"),
    OTHER("datumvydani"),
    OTHER("datumvydania"),
    OTHER("datumizdaje"),
    OTHER("veljado"),
    OTHER("vrijedido"),
    OTHER("kiallitasdatuma"),
    OTHER("ervenyessegiido"),
};

/* A place in the folded line where a phrase stands. */
typedef struct match {
    size_t from, to; /* `to` behind the last character */
    size_t wrong;    /* letters */
} match;

static size_t wrong_most(size_t length)
{
    return length >= TWO_WRONG ? 2 : length >= ONE_WRONG ? 1 : 0;
}

/* P. Sellers' dynamic programme: the least number of wrong, missing and surplus letters for each
 * end, and where that match starts. The first of the best ones counts. */
static bool search(const pv_folded *line, const char *text, size_t length, match *out)
{
    size_t wrong[PHRASE_MOST + 1];
    size_t from[PHRASE_MOST + 1];
    *out = (match){.wrong = wrong_most(length) + 1};
    for (size_t i = 0; i <= length; i++) {
        wrong[i] = i;
        from[i] = 0;
    }
    for (size_t at = 0; at < line->length && at < SOUGHT_MOST; at++) {
        size_t diagonal = wrong[0];
        size_t diagonal_from = from[0];
        from[0] = at + 1;
        for (size_t i = 1; i <= length; i++) {
            size_t best = diagonal + (text[i - 1] != line->text[at]);
            size_t best_from = i == 1 ? at : diagonal_from;
            diagonal = wrong[i];
            diagonal_from = from[i];
            if (wrong[i] + 1 < best) {
                best = wrong[i] + 1;
                best_from = from[i];
            }
            if (wrong[i - 1] + 1 < best) {
                best = wrong[i - 1] + 1;
                best_from = from[i - 1];
            }
            wrong[i] = best;
            from[i] = best_from;
        }
        if (wrong[length] < out->wrong)
            *out = (match){.from = from[length], .to = at + 1, .wrong = wrong[length]};
    }
    return out->wrong <= wrong_most(length);
}

/* A short phrase, as a word of its own. */
static bool search_word(const pv_folded *line, const char *text, size_t length, match *out)
{
    for (size_t at = 0; at + length <= line->length; at++) {
        size_t same = 0;
        /* a zero may be an O */
        while (same < length && (line->text[at + same] == text[same] ||
                                 (line->text[at + same] == '0' && text[same] == 'o')))
            same++;
        if (line->starts[at] && line->starts[at + length] && same == length) {
            *out = (match){.from = at, .to = at + length};
            return true;
        }
    }
    return false;
}

typedef struct hits {
    match at[PV_LABELS_MOST];
    pv_label labels[PV_LABELS_MOST];
    size_t count;
} hits;

/* Of two labels at one place, the one with fewer wrong letters stays, else the longer one. */
static void add(hits *h, match found, pv_label label)
{
    for (size_t i = 0; i < h->count; i++) {
        const match *other = &h->at[i];
        if (found.from >= other->to || other->from >= found.to)
            continue;
        if (other->wrong < found.wrong ||
            (other->wrong == found.wrong && other->to - other->from >= found.to - found.from))
            return;
        h->count--;
        memmove(&h->at[i], &h->at[i + 1], (h->count - i) * sizeof h->at[0]);
        memmove(&h->labels[i], &h->labels[i + 1], (h->count - i) * sizeof h->labels[0]);
        i--;
    }
    if (h->count == PV_LABELS_MOST)
        return;
    size_t place = h->count++;
    for (; place > 0 && h->at[place - 1].from > found.from; place--) {
        h->at[place] = h->at[place - 1];
        h->labels[place] = h->labels[place - 1];
    }
    h->at[place] = found;
    h->labels[place] = label;
}

/* "3." and "4a", "4b", "4c" of driving licences, at the start of a line or between others. */
static void add_fields(const pv_folded *line, hits *h)
{
    for (size_t at = 0; at < line->length; at++) {
        if (!line->starts[at])
            continue;
        match found = {.from = at, .to = at + 1};
        pv_label label = {.kind = PV_LABEL_BIRTH_FIELD};
        if (line->text[at] == '4' && line->text[at + 1] >= 'a' && line->text[at + 1] <= 'c') {
            found.to = at + 2;
            label.kind = PV_LABEL_OTHER_FIELD;
        } else if (line->text[at] != '3' || at > 0) {
            continue;
        }
        if (line->starts[found.to])
            add(h, found, label);
    }
}

size_t pv_labels_find(const char *text, pv_label out[PV_LABELS_MOST])
{
    pv_folded line;
    hits h = {.count = 0};
    pv_fold(text, strlen(text), &line);
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        const phrase *sought = &phrases[i];
        size_t length = strlen(sought->text);
        match found;
        if (length < SHORT ? search_word(&line, sought->text, length, &found)
                           : search(&line, sought->text, length, &found))
            add(&h, found, (pv_label){.kind = sought->kind, .day_first = sought->day_first});
    }
    add_fields(&line, &h);
    for (size_t i = 0; i < h.count; i++) {
        out[i] = h.labels[i];
        out[i].from = line.from[h.at[i].from];
        out[i].to = line.to[h.at[i].to - 1];
    }
    return h.count;
}

pv_date_order pv_labels_order(const char *text)
{
    static const char *const month_first[] = {"mmddyyyy",     "mmddyy",        "usa",
                                              "unitedstates", "driverlicense", "driverslicense"};
    static const char *const day_first[] = {"ddmmyyyy",
                                            "ddmmyy",
                                            "jjmmaaaa",
                                            "ttmmjjjj",
                                            "ddmmjjjj",
                                            "ddmmaaaa",
                                            "ggmmaaaa",
                                            "ppkkvvvv",
                                            "drivinglicence",
                                            "unitedkingdom",
                                            "fuhrerschein",
                                            "personalausweis",
                                            "reisepass",
                                            "aufenthaltstitel",
                                            "permisdeconduire",
                                            "cartenationale",
                                            "cartedidentite",
                                            "permisoresidencia",
                                            "permisodeconduccion",
                                            "documentonacional",
                                            "documentodeidentidad",
                                            "cartadidentita",
                                            "patentediguida",
                                            "permessodisoggiorno",
                                            "cartaodecidadao",
                                            "cartadeconducao",
                                            "rijbewijs",
                                            "identiteitskaart",
                                            "dowodosobisty",
                                            "prawojazdy",
                                            "obcanskyprukaz",
                                            "korkort",
                                            "korekort",
                                            "ajokortti",
                                            "henkilokortti"};
    pv_folded line;
    pv_fold(text, strlen(text), &line);
    bool month = false;
    bool day = false;
    match found;
    for (size_t i = 0; i < sizeof month_first / sizeof month_first[0]; i++) {
        size_t length = strlen(month_first[i]);
        month |= length < SHORT ? search_word(&line, month_first[i], length, &found)
                                : strstr(line.text, month_first[i]) != NULL;
    }
    for (size_t i = 0; i < sizeof day_first / sizeof day_first[0]; i++)
        day |= strstr(line.text, day_first[i]) != NULL;
    if (month == day)
        return PV_DATE_ORDER_UNKNOWN;
    return month ? PV_DATE_ORDER_MONTH_FIRST : PV_DATE_ORDER_DAY_FIRST;
}
