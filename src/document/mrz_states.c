/* Who issues travel documents, and nationalities. */
#include "document/mrz_cells.h"

/* ISO 3166-1, then what Doc 9303-3, section 5, adds; four characters each. */
static const char states[] =
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA "
    "BGD BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN "
    "CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU "
    "EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB "
    "GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL "
    "ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO "
    "LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR "
    "MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER "
    "PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM "
    "SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK "
    "TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM "
    "VUT WLF WSM YEM ZAF ZMB ZWE "
    "D<< EUE GBD GBN GBO GBP GBS IAO NTZ RKS UNA UNK UNO UTO XAU XBA XCC XCE XCO XCT XDC XEC "
    "XES XIM XMP XOM XPO XXA XXB XXC XXX ";

float pv_mrz_state_find(const pv_mrz_cell cells[3], char out[3])
{
    float best = -1e9F;
    for (const char *state = states; *state; state += 4) {
        float sum = 0.0F;
        for (int k = 0; k < 3; k++)
            sum += cells[k].log_p[pv_mrz_sign_number(state[k])];
        if (sum > best) {
            best = sum;
            for (int k = 0; k < 3; k++)
                out[k] = state[k];
        }
    }
    return best;
}
