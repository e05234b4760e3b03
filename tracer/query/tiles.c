/* Tiles and routers of a tape; see tiles.h. */
#include "tiles.h"

#include "parts.h"
#include "tiny_model/primitive.h"
#include "tiny_model/primitives/families.h"

#include <stdio.h>
#include <string.h>

static TiledHead head_of(const Tape *tape, int id)
{
    const Call *call = &tape->calls[id];
    const Value *q = tape_value(tape, call->inputs[0]), *k = tape_value(tape, call->inputs[1]);
    TiledHead head = {.call = id, .path = tape->frames[call->frame].path, .queries = q->rows, .keys = k->rows,
                      .rows = call->attributes.rows, .cols = call->attributes.cols, .window = call->attributes.offset,
                      .width = q->cols};
    head.rows = head.rows < q->rows ? head.rows : q->rows;
    head.cols = head.cols < k->rows ? head.cols : k->rows;
    head.down = (head.queries + head.rows - 1) / head.rows;
    head.across = (head.keys + head.cols - 1) / head.cols;
    return head;
}

bool tiled_head(const Tape *tape, int i, TiledHead *out)
{
    for (int call = 0; call < tape->call_count; call++)
        if (tape->calls[call].rule == &FLASH && i-- == 0) {
            *out = head_of(tape, call);
            return true;
        }
    return false;
}

bool tiled_head_find(const Tape *tape, const char *name, TiledHead *out)
{
    for (int i = 0; tiled_head(tape, i, out); i++)
        if (!name || part_is_place(out->path, name))
            return true;
    return false;
}

bool tiled_head_around(const Tape *tape, int frame, TiledHead *out)
{
    const char *path = frame >= 0 ? tape->frames[frame].path : "";
    for (int i = 0; tiled_head(tape, i, out); i++) {
        size_t length = strlen(out->path);
        if (strncmp(path, out->path, length) == 0 && (path[length] == '.' || path[length] == '\0'))
            return true;
    }
    return false;
}

/* What the steps of a frame are called, each with the place where its output goes. */
static void look_for(const Tape *tape, const Frame *frame, bool back, Tile *tile)
{
    const struct {
        const char *label;
        bool back;
        int *id;
    } wanted[] = {{"scores", false, &tile->scores},   {"max", false, &tile->max},
                  {"rescale", false, &tile->rescale}, {"sum", false, &tile->sum},
                  {"accumulated", false, &tile->accumulated}, {"weights", true, &tile->weights}};
    for (int step = frame->first; step <= frame->last; step++)
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
            if (wanted[i].back == back && strcmp(tape->steps[step].label, wanted[i].label) == 0)
                *wanted[i].id = tape->steps[step].output;
}

Tile tile_at(const Tape *tape, const TiledHead *head, int i, int j)
{
    Tile tile = {-1, -1, -1, -1, -1, -1};
    char name[40];
    size_t length = strlen(head->path);
    snprintf(name, sizeof name, "tile%d_%d", i, j);
    for (int f = 0; f < tape->frame_count; f++) {
        const Frame *frame = &tape->frames[f];
        bool here = strcmp(frame->name, name) == 0 && strncmp(frame->path, head->path, length) == 0 &&
                    frame->path[length] == '.' && strcmp(frame->path + length + 1, name) == 0;
        if (here && frame->phase != PHASE_UPDATE)
            look_for(tape, frame, frame->phase == PHASE_BACKWARD, &tile);
    }
    return tile;
}

TrafficForm tiled_form(const TiledHead *head)
{
    return (TrafficForm){.tokens = head->queries, .width = head->width, .rows = head->rows, .columns = head->cols,
                         .causal = head->window > 0, .window = head->window};
}

TiledTraffic tiled_counted(const Tape *tape, const TiledHead *head)
{
    const Value *output = tape_value(tape, tape->calls[head->call].output);
    TiledTraffic counted = {.write_output = output->rows * output->cols, .write_logsumexp = output->rows};
    for (int i = 0; i < head->down; i++) {
        int queries = 0;
        for (int j = 0; j < head->across; j++) {
            Tile tile = tile_at(tape, head, i, j);
            counted.tiles += tile.scores >= 0;
            counted.skipped += tile.scores < 0;
            if (tile.scores < 0)
                continue;
            const Value *scores = tape_value(tape, tile.scores);
            queries = scores->rows; /* of a block of them, which is read once for all of its tiles */
            counted.read_kv += (long long)scores->cols * (head->width + output->cols);
        }
        counted.read_q += (long long)queries * head->width;
    }
    counted.all = counted.read_q + counted.read_kv + counted.write_output + counted.write_logsumexp;
    return counted;
}

static Router router_of(const Tape *tape, int id)
{
    const Call *call = &tape->calls[id];
    Router router = {.call = id, .path = tape->frames[tape->frames[call->frame].parent].path,
                     .probabilities = call->inputs[0], .chosen = call->saved[GATE_CHOSEN],
                     .admitted = call->saved[GATE_ADMITTED], .gate = call->output,
                     .renormalised = call->attributes.transposed[0]};
    const Value *chosen = tape_value(tape, router.chosen), *admitted = tape_value(tape, router.admitted);
    if (chosen->producer >= 0)
        router.top_k = (int)tape->steps[chosen->producer].attributes.constants[0];
    if (router.admitted != router.chosen && admitted->producer >= 0) {
        int has_room = tape->steps[admitted->producer].inputs[1], step = tape_value(tape, has_room)->producer;
        router.room = step >= 0 ? (int)tape->steps[step].attributes.constants[0] : 0;
    }
    return router;
}

bool router_at(const Tape *tape, int i, Router *out)
{
    for (int call = 0; call < tape->call_count; call++)
        if (tape->calls[call].rule == &GATE && i-- == 0) {
            *out = router_of(tape, call);
            return true;
        }
    return false;
}

bool router_find(const Tape *tape, const char *name, Router *out)
{
    for (int i = 0; router_at(tape, i, out); i++) {
        size_t length = name ? strlen(name) : 0;
        if (!name || (strncmp(out->path, name, length) == 0 && (out->path[length] == '.' || !out->path[length])))
            return true;
    }
    return false;
}

int column_count(const Tape *tape, int value, int col)
{
    int count = 0;
    for (int row = 0; row < tape_value(tape, value)->rows; row++)
        count += cell_of(tape_value(tape, value), row, col) != 0;
    return count;
}
