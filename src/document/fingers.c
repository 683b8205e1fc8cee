#include "document/fingers.h"

#include <math.h>

#include "model/look.h"

#define NET_WIDTH 96
#define NET_HEIGHT 64
/* Of the answer: cells of 2 x 2 pixels. */
#define GRID_WIDTH 48
#define GRID_HEIGHT 32
#define CELLS (GRID_WIDTH * GRID_HEIGHT)
/* A cell counts from this share on: what the net leaves below is doubt, not a thin finger. */
#define CELL_MIN 0.5F
/* Cells within which something reaches the border: the corners of the page may be off by one, and
 * fingertips in front of a page are in the dark where they meet its edge. */
#define BORDER 2

/* The net's picture stretches over the whole page, whatever its aspect; a page that is higher than
 * wide is laid on its side. */
static pv_affine net_to_page(const pv_image *page)
{
    const double width = page->levels[0].width;
    const double height = page->levels[0].height;
    if (width >= height) {
        const double x = width / NET_WIDTH;
        const double y = height / NET_HEIGHT;
        return (pv_affine){.xx = x, .x0 = (x - 1) / 2, .yy = y, .y0 = (y - 1) / 2};
    }
    const double x = width / NET_HEIGHT;
    const double y = height / NET_WIDTH;
    return (pv_affine){.xy = x, .x0 = (x - 1) / 2, .yx = -y, .y0 = height - 1 - (y - 1) / 2};
}

/* cells: CELLS covered shares. */
static pv_status run_net(pv_runtime *runtime, pv_image *page, float *cells)
{
    static const pv_planar how = {.width = NET_WIDTH,
                                  .height = NET_HEIGHT,
                                  .scale = 1.0F / 255.0F,
                                  .border = PV_BORDER_REPLICATE};
    const pv_affine map = net_to_page(page);
    return pv_model_look(runtime, "document_fingers", page, &map, &how, cells, CELLS);
}

/* The sum of all cells that hang together with this one; they are cleared, so that each counts
 * once. `stack` has room for CELLS places. */
static float take_patch(float *cells, int start, int *stack)
{
    int depth = 0;
    float sum = cells[start];
    cells[start] = 0.0F;
    stack[depth++] = start;
    while (depth > 0) {
        const int at = stack[--depth];
        const int x = at % GRID_WIDTH;
        const int y = at / GRID_WIDTH;
        for (int i = 0; i < 9; i++) {
            const int nx = x + i % 3 - 1;
            const int ny = y + i / 3 - 1;
            if (nx < 0 || ny < 0 || nx >= GRID_WIDTH || ny >= GRID_HEIGHT)
                continue;
            const int next = ny * GRID_WIDTH + nx;
            if (cells[next] < CELL_MIN)
                continue;
            sum += cells[next];
            cells[next] = 0.0F;
            stack[depth++] = next;
        }
    }
    return sum;
}

static float from_border(float *cells, int *stack)
{
    float sum = 0.0F;
    for (int i = 0; i < CELLS; i++) {
        const int x = i % GRID_WIDTH;
        const int y = i / GRID_WIDTH;
        const bool border =
            x < BORDER || y < BORDER || x >= GRID_WIDTH - BORDER || y >= GRID_HEIGHT - BORDER;
        if (border && cells[i] >= CELL_MIN)
            sum += take_patch(cells, i, stack);
    }
    return sum;
}

pv_status pv_fingers_cover(pv_runtime *runtime, pv_image *page, float *share)
{
    float *cells = pv_arena_take(page->arena, CELLS, sizeof *cells);
    int *stack = pv_arena_take(page->arena, CELLS, sizeof *stack);
    if (!cells || !stack)
        return PV_ERROR_GENERIC;
    pv_status status = run_net(runtime, page, cells);
    if (status != PV_OK)
        return status;
    *share = fminf(from_border(cells, stack) / CELLS, 1.0F);
    return PV_OK;
}

float pv_fingers_scale(float share)
{
    return share / (share + PV_FINGERS_HALF);
}

pv_status pv_fingers_measure(pv_runtime *runtime, pv_image *page, float *covered)
{
    float share;
    pv_status status = pv_fingers_cover(runtime, page, &share);
    if (status == PV_OK)
        *covered = pv_fingers_scale(share);
    return status;
}
