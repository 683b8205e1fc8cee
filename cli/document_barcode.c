/* What is said about a barcode. */
#include "document.h"
#include "internal.h"
#include "print_internal.h"

int pv_barcode_state(const json_t *barcode)
{
    return (int)json_integer_value(json_object_get(barcode, "bar_code_detection_status"));
}

static const char *name_status(int status)
{
    switch (status) {
    case PV_BS_NO_VALID_BARCODE_FOUND: return "none found";
    case PV_BS_SUCCESS: return "read";
    case PV_BS_UNSUPPORTED_BARCODE_DETECTED: return "found, of a kind that is not read";
    default: return "found, contents not understood";
    }
}

/* The strings that say something, in the answer's order; the keys made from the text only as JSON.
 */
static void print_data(const json_t *data)
{
    static const char *const names[] = {"type",
                                        "format",
                                        "text",
                                        "document_type",
                                        "first_name",
                                        "middle_name",
                                        "last_name",
                                        "name_suffix",
                                        "first_name_alias",
                                        "last_name_alias",
                                        "suffix_alias",
                                        "date_of_birth",
                                        "place_of_birth",
                                        "gender",
                                        "eye_color",
                                        "hair_color",
                                        "height",
                                        "street_address1",
                                        "street_address2",
                                        "city",
                                        "state",
                                        "postal_code",
                                        "issuing_country",
                                        "res_street_address1",
                                        "res_street_address2",
                                        "customer_id",
                                        "document_id",
                                        "issue_date",
                                        "expiration_date",
                                        "first_name_truncation",
                                        "middle_name_truncation",
                                        "last_name_truncation",
                                        "audit_information",
                                        "inventory_control_number"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = pv_view_text(data, names[i]);
        if (!value[0])
            continue;
        printf("  %-25s", names[i]);
        pv_print_text(stdout, value);
        putchar('\n');
    }
}

void pv_print_barcode(const char *title, const json_t *barcode)
{
    pv_print_text(stdout, title);
    printf(": barcode %s", name_status(pv_barcode_state(barcode)));
    pv_view_point middle;
    if (pv_barcode_state(barcode) != PV_BS_NO_VALID_BARCODE_FOUND &&
        pv_view_read_point(barcode, "barcode_box_center", &middle))
        printf(", confidence %.2f, about (%.0f, %.0f)", pv_view_number(barcode, "confidence_score"),
               middle.x, middle.y);
    putchar('\n');
    print_data(json_object_get(barcode, "barcode_data"));
}
