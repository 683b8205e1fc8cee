#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/fetch_internal.h"

#define INTERVAL_MILLISECONDS 100
#define BAR 24
#define MEGABYTE 1e6

static void end_line(pv_fetch *fetch)
{
    if (fetch->line_open)
        fputc('\n', stderr);
    fetch->line_open = false;
}

/* "downloading", for people. */
static const char *stage_words(const char *stage)
{
    static const struct {
        const char *stage, *words;
    } table[] = {{"download", "downloading"}, {"extract", "unpacking"},
                 {"prepare", "preparing"},    {"verify", "verifying"},
                 {"done", "ready"},           {"cached", "already there"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].stage, stage) == 0)
            return table[i].words;
    }
    return stage;
}

static void show_line(const pv_fetch *fetch, const char *model, const char *stage, uint64_t done,
                      uint64_t total)
{
    if (fetch->terminal)
        fputs("\r\033[K", stderr);
    fprintf(stderr, "%s: %s", model, stage_words(stage));
    if (fetch->terminal && total && done) {
        int filled = (int)((double)BAR * (double)done / (double)total);
        filled = filled > BAR ? BAR : filled;
        fprintf(stderr, " [%.*s%*s] %.1f / %.1f MB", filled, "########################",
                BAR - filled, "", (double)done / MEGABYTE, (double)total / MEGABYTE);
    } else if (total) {
        fprintf(stderr, " (%.1f MB)", (double)total / MEGABYTE);
    }
    if (!fetch->terminal)
        fputc('\n', stderr);
    fflush(stderr);
}

void pv_fetch_progress(pv_fetch *fetch, const char *model, const char *stage, uint64_t done,
                       uint64_t total)
{
    pv_progress_mode mode = fetch->options->progress;
    bool last = strcmp(stage, "done") == 0 || strcmp(stage, "cached") == 0;
    bool fresh = fetch->shown_model != model || fetch->shown_stage != stage;
    int64_t now = pv_fetch_milliseconds();
    bool plain = mode == PV_PROGRESS_PLAIN || (mode == PV_PROGRESS_AUTO && !fetch->terminal);
    if (mode == PV_PROGRESS_NONE || (plain && !fresh))
        return;
    if (!fresh && done != total && now - fetch->last_shown < INTERVAL_MILLISECONDS)
        return;
    fetch->shown_model = model;
    fetch->shown_stage = stage;
    fetch->last_shown = now;
    if (mode == PV_PROGRESS_JSON) {
        /* Ids and stages are words of letters, digits and underscores: nothing to escape. */
        printf("{\"model\": \"%s\", \"stage\": \"%s\", \"done\": %" PRIu64 ", \"total\": %" PRIu64
               "}\n",
               model, stage, done, total);
        fflush(stdout);
        return;
    }
    show_line(fetch, model, stage, done, total);
    fetch->line_open = fetch->terminal;
    if (last)
        end_line(fetch);
}

void pv_fetch_say(pv_fetch *fetch, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    end_line(fetch);
    fputs("privid models: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    fflush(stderr);
    va_end(arguments);
}
