#include "document/months.h"

#include <stdbool.h>
#include <string.h>

#define PREFIX_LEAST 3

/* Each language with its full names and, after a full stop, the short forms that it is printed
 * with; folded. Where the short form is the first three letters of the name or more it needs no
 * entry, unless another language means something else by it. */
static const char *const names[][12] = {
    /* English, also the form that ICAO 9303 asks for */
    {"january.jan", "february.feb", "march.mar", "april.apr", "may", "june.jun", "july.jul",
     "august.aug", "september.sep.sept", "october.oct", "november.nov", "december.dec"},
    /* French */
    {"janvier", "fevrier.fev", "mars", "avril.avr", "mai", "juin", "juillet.juil", "aout.aou",
     "septembre", "octobre", "novembre", "decembre"},
    /* German, also that of Austria */
    {"januar.janner.jaenner", "februar.feber", "marz.maerz.mrz", "april", "mai", "juni", "juli",
     "august", "september", "oktober.okt", "november", "dezember.dez"},
    /* Spanish */
    {"enero.ene", "febrero", "marzo", "abril.abr", "mayo", "junio", "julio", "agosto.ago",
     "septiembre.setiembre", "octubre", "noviembre", "diciembre.dic"},
    /* Italian */
    {"gennaio.gen", "febbraio", "marzo", "aprile", "maggio.mag", "giugno.giu", "luglio.lug",
     "agosto", "settembre.set.sett", "ottobre.ott", "novembre", "dicembre"},
    /* Portuguese */
    {"janeiro", "fevereiro", "marco", "abril", "maio", "junho", "julho", "agosto", "setembro",
     "outubro.out", "novembro", "dezembro"},
    /* Dutch */
    {"januari", "februari", "maart.mrt.maa", "april", "mei", "juni", "juli", "augustus",
     "september", "oktober", "november", "december"},
    /* Polish */
    {"styczen.stycznia.sty", "luty.lutego.lut", "marzec.marca", "kwiecien.kwietnia.kwi", "maj.maja",
     "czerwiec.czerwca.cze", "lipiec.lipca.lip", "sierpien.sierpnia.sie", "wrzesien.wrzesnia.wrz",
     "pazdziernik.pazdziernika.paz", "listopad.listopada.lis", "grudzien.grudnia.gru"},
    /* Swedish, Danish, Norwegian */
    {"januari", "februari", "mars.marts", "april", "maj", "juni", "juli", "augusti", "september",
     "oktober", "november", "desember.des"},
    /* Finnish */
    {"tammikuu.tammikuuta.tammi", "helmikuu.helmikuuta.helmi", "maaliskuu.maaliskuuta.maalis",
     "huhtikuu.huhtikuuta.huhti", "toukokuu.toukokuuta.touko", "kesakuu.kesakuuta.kesa",
     "heinakuu.heinakuuta.heina", "elokuu.elokuuta.elo", "syyskuu.syyskuuta.syys",
     "lokakuu.lokakuuta.loka", "marraskuu.marraskuuta.marras", "joulukuu.joulukuuta.joulu"},
    /* Czech */
    {"leden.ledna.led", "unor.unora.uno", "brezen.brezna.bre", "duben.dubna.dub", "kveten.kvetna",
     "cerven.cervna", "cervenec.cervence", "srpen.srpna.srp", "zari", "rijen.rijna",
     "listopad.listopadu.lis", "prosinec.prosince.pro"},
    /* Slovak, Slovene */
    {"januar.januara", "februar.februara", "marec.marca", "april.aprila", "maj.maja",
     "jun.juna.junij", "jul.jula.julij", "august.augusta.avgust.avg", "september.septembra",
     "oktober.oktobra", "november.novembra", "december.decembra"},
    /* Croatian */
    {"sijecanj.sijecnja.sij", "veljaca.veljace.velj", "ozujak.ozujka.ozu", "travanj.travnja.tra",
     "svibanj.svibnja.svi", "lipanj.lipnja.lip", "srpanj.srpnja.srp", "kolovoz.kolovoza.kol",
     "rujan.rujna.ruj", "listopad.listopada.lis", "studeni.studenoga.stu", "prosinac.prosinca.pro"},
    /* Hungarian */
    {"januar", "februar", "marcius", "aprilis", "majus", "junius", "julius", "augusztus",
     "szeptember.szept", "oktober", "november", "december"},
    /* Romanian */
    {"ianuarie.ian", "februarie", "martie", "aprilie", "mai", "iunie.iun", "iulie.iul", "august",
     "septembrie", "octombrie", "noiembrie.noi", "decembrie"},
    /* Estonian */
    {"jaanuar", "veebruar", "marts", "aprill", "mai", "juuni", "juuli", "august", "september",
     "oktoober", "november", "detsember"},
    /* Latvian */
    {"janvaris", "februaris", "marts", "aprilis", "maijs", "junijs", "julijs", "augusts",
     "septembris", "oktobris", "novembris", "decembris"},
    /* Lithuanian */
    {"sausis.sausio", "vasaris.vasario", "kovas.kovo", "balandis.balandzio", "geguze.geguzes",
     "birzelis.birzelio", "liepa.liepos", "rugpjutis.rugpjucio", "rugsejis.rugsejo",
     "spalis.spalio", "lapkritis.lapkricio", "gruodis.gruodzio"},
    /* Turkish */
    {"ocak.oca", "subat.sub", "mart", "nisan.nis", "mayis", "haziran.haz", "temmuz.tem", "agustos",
     "eylul.eyl", "ekim.eki", "kasim.kas", "aralik.ara"},
};

/* Whether the word is one of the forms, or else the beginning of the first one. */
static void compare(const char *forms, const char *word, size_t length, bool *same, bool *begins)
{
    *same = false;
    *begins = length >= PREFIX_LEAST && strncmp(forms, word, length) == 0 &&
              length <= strcspn(forms, ".");
    for (const char *form = forms; form; form = strchr(form, '.')) {
        form += *form == '.';
        if (strcspn(form, ".") == length && strncmp(form, word, length) == 0)
            *same = true;
    }
}

unsigned pv_months_of(const char *word, size_t length)
{
    unsigned exact = 0;
    unsigned beginning = 0;
    for (size_t language = 0; language < sizeof names / sizeof names[0]; language++) {
        for (unsigned month = 0; month < 12; month++) {
            bool same;
            bool begins;
            compare(names[language][month], word, length, &same, &begins);
            exact |= same ? 1U << month : 0;
            beginning |= begins ? 1U << month : 0;
        }
    }
    return exact ? exact : beginning;
}

int pv_month_of_bits(unsigned bits)
{
    for (int month = 0; month < 12; month++)
        if (bits == 1U << month)
            return month + 1;
    return 0;
}
