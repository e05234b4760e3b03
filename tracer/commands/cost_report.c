/* Costs as tables and as JSON; see cost_report.h. */
#include "cost_report.h"

#include "tracer/base/print.h"
#include "tracer/query/parts.h"
#include "tracer/query/tiles.h"
#include "tracer/session/shapes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 22 };

static const char *own_path(const Frame *frame)
{
    return frame->parent < 0 ? frame->name : frame->path;
}

static void print_head(void)
{
    print("%-*s", NAME_WIDTH, "");
    for (int i = 0; i < COST_COLUMN_COUNT; i++)
        print("%*s", COST_COLUMNS[i].width, COST_COLUMNS[i].heading);
    print("\n");
}

/* The end of a name that is too long: it tells more than its beginning. */
static void print_row(const char *name, int depth, const Cost *cost)
{
    char text[COST_TEXT];
    int room = NAME_WIDTH - depth, width = text_width(name);
    bool cut = width > room;
    const char *end = name;
    while (cut && *end && text_width(end) > room - 1)
        end++;
    print("%*s%s%-*s", depth, "", cut ? "…" : "", room - cut, end);
    for (int i = 0; i < COST_COLUMN_COUNT; i++)
        print("%*s", COST_COLUMNS[i].width, cost_text(text, COST_COLUMNS[i].of(cost)));
    print("\n");
}

/* Whether a frame is one of those that were asked for, or stands at most `deepest` levels under one. */
static int levels_under(const Tape *tape, int frame, const char *path, int deepest)
{
    for (int level = 0; frame >= 0 && level < deepest; level++, frame = tape->frames[frame].parent) {
        const Frame *at = &tape->frames[frame];
        if (path ? strcmp(own_path(at), path) == 0 : at->parent < 0)
            return level;
    }
    return -1;
}

void cost_print_frames(const Session *session, const Costs *costs, const char *path, int deepest)
{
    const Tape *tape = &session->run.tape;
    print_head();
    for (int frame = 0; frame < tape->frame_count; frame++) {
        const Frame *at = &tape->frames[frame];
        int level = levels_under(tape, frame, path, deepest);
        if (level < 0)
            continue;
        char name[120];
        snprintf(name, sizeof name, "%s%s%s", level == 0 && path && at->parent >= 0 ? phase_name(at->phase) : "",
                 level == 0 && path && at->parent >= 0 ? " " : "", at->name);
        print_row(name, level, &costs->frames[frame]);
    }
    if (!path)
        print_row("all", 0, &costs->all);
}

void cost_json_frames(const Session *session, const Costs *costs, const char *path, int deepest, Text *out)
{
    const Tape *tape = &session->run.tape;
    bool first = true;
    text_add(out, "\"frames\": [");
    for (int frame = 0; frame < tape->frame_count; frame++) {
        const Frame *at = &tape->frames[frame];
        if (levels_under(tape, frame, path, deepest) < 0)
            continue;
        text_add(out, "%s\n {\"id\": %d, \"frame\": ", first ? "" : ",", frame);
        text_json_string(out, own_path(at));
        text_add(out, ", \"phase\": \"%s\", \"parent\": ", phase_name(at->phase));
        text_add(out, at->parent < 0 ? "null" : "%d", at->parent);
        text_add(out, ", \"cost\": ");
        cost_json(&costs->frames[frame], out);
        text_add(out, "}");
        first = false;
    }
    text_add(out, "]");
}

bool cost_find_frame(const Session *session, const char *name, const char **path, Error *error)
{
    const Tape *tape = &session->run.tape;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    const char *short_path = NULL;
    for (int frame = 0; frame < tape->frame_count; frame++) {
        const char *own = own_path(&tape->frames[frame]);
        size_t length = strlen(own), wanted = strlen(name);
        if (strcmp(own, name) == 0) {
            *path = own;
            return true;
        }
        if (!short_path && wanted && length > wanted && own[length - wanted - 1] == '.' && text_ends(own, name))
            short_path = own;
        nearest_offer(&nearest, name, own);
    }
    *path = short_path;
    return short_path || error_set(error, EXIT_USED_WRONGLY, "no frame is called \"%.100s\"; %s", name,
                                   nearest_text(&nearest, answer, "tracer steps lists them"));
}

/* Which of the comparisons can be made: the way back is only twice as long if everything learns. */
static bool comparable(const Session *session, const Costs *costs, Comparable *counted, Comparable *reckoned,
                       bool *back)
{
    const System *system = session->model.system;
    const Tape *tape = &session->run.tape;
    ModelSizes sizes;
    if (!system->sizes || !system->sizes(&session->model, &sizes) || part_tokens(tape, 0) < 0 ||
        sizes.crowded || session->run.walk.count > 0)
        return false;
    *counted = count_tape(tape, costs);
    *reckoned = reckon_tape(tape, &sizes);
    *back = part_has_phase(tape, PHASE_BACKWARD) && all_learn(tape);
    return true;
}

static void print_compared(const char *what, double counted, double reckoned)
{
    char a[COST_EXACT], b[COST_EXACT];
    print("  %-36s %16s %16s  %s\n", what, cost_exact(a, counted), cost_exact(b, reckoned),
          counted == reckoned ? "equal" : "differs");
}

void cost_print_compared(const Session *session, const Costs *costs)
{
    Comparable counted, reckoned;
    bool back;
    if (!comparable(session, costs, &counted, &reckoned, &back))
        return;
    print("\n  %-36s %16s %16s\n", "", "counted", "by formula");
    print_compared("parameters", counted.parameters, reckoned.parameters);
    print_compared("multiply-adds forward", counted.forward, reckoned.forward);
    if (back)
        print_compared("multiply-adds backward", counted.backward, reckoned.backward);
    print_compared("bytes of keys and values, f64", counted.cache, reckoned.cache);
}

void cost_json_compared(const Session *session, const Costs *costs, Text *out)
{
    Comparable counted, reckoned;
    bool back;
    char number[NUMBER_SIZE];
    if (!comparable(session, costs, &counted, &reckoned, &back)) {
        text_add(out, "\"counted\": null, \"calculated\": null");
        return;
    }
    for (int i = 0; i < 2; i++) {
        const Comparable *of = i ? &reckoned : &counted;
        text_add(out, "%s\"%s\": {\"params\": %s, ", i ? ",\n " : "", i ? "calculated" : "counted",
                 number_json(number, of->parameters));
        text_add(out, "\"multiply_adds_forward\": %s, ", number_json(number, of->forward));
        text_add(out, "\"multiply_adds_backward\": %s, ", i && !back ? "null" : number_json(number, of->backward));
        text_add(out, "\"kv_cache_bytes\": %s}", number_json(number, of->cache));
    }
}

void cost_print_traffic(const Session *session)
{
    const Tape *tape = &session->run.tape;
    TiledHead head;
    for (int i = 0; tiled_head(tape, i, &head); i++) {
        TrafficForm form = tiled_form(&head);
        WholeTraffic whole = traffic_whole(&form);
        TiledTraffic tiled = traffic_tiled(&form), counted = tiled_counted(tape, &head);
        char a[COST_EXACT], b[COST_EXACT], c[COST_EXACT], size[40];
        if (i == 0)
            print("\n  %-26s %9s %14s %14s %14s\n", "numbers moved forward", "tiles of", "whole", "in tiles",
                  "counted");
        snprintf(size, sizeof size, "%d x %d", head.rows, head.cols);
        print("  %-26s %9s %14s %14s %14s\n", head.path, size, cost_exact(a, (double)whole.all),
              cost_exact(b, (double)tiled.all), cost_exact(c, (double)counted.all));
    }
}

void cost_json_traffic(const Session *session, Text *out)
{
    const Tape *tape = &session->run.tape;
    TiledHead head;
    text_add(out, "\"traffic\": [");
    for (int i = 0; tiled_head(tape, i, &head); i++) {
        TrafficForm form = tiled_form(&head);
        WholeTraffic whole = traffic_whole(&form);
        TiledTraffic tiled = traffic_tiled(&form), counted = tiled_counted(tape, &head);
        text_add(out, i ? ",\n {\"head\": " : "\n {\"head\": ");
        text_json_string(out, head.path);
        text_add(out, ", \"N\": %lld, \"d\": %lld, \"Br\": %lld, \"Bc\": %lld, \"causal\": %s,\n  ", form.tokens,
                 form.width, form.rows, form.columns, form.causal ? "true" : "false");
        text_add(out, "\"standard\": {\"read_QK\": %lld, \"write_S\": %lld, \"read_S\": %lld, \"write_P\": %lld, "
                 "\"read_P_V\": %lld, \"write_O\": %lld}, \"standard_total\": %lld,\n  ", whole.read_qk,
                 whole.write_scores, whole.read_scores, whole.write_weights, whole.read_weights_v, whole.write_output,
                 whole.all);
        text_add(out, "\"flash\": {\"read_Q\": %lld, \"read_KV\": %lld, \"write_O\": %lld, \"write_L\": %lld}, "
                 "\"flash_total\": %lld, \"flash_counted\": %lld, \"tiles\": %lld, \"skipped\": %lld}", tiled.read_q,
                 tiled.read_kv, tiled.write_output, tiled.write_logsumexp, tiled.all, counted.all, counted.tiles,
                 counted.skipped);
    }
    text_add(out, "]");
}
