/* The stream of a recorded GPT, found from its end: the logits' linear rule, the norm before it, then one residual
 * after the other back to where it began. See inside.h.
 *
 *   logits <- linear <- norm <- residual <- residual ... <- embedding
 *                               + linear <- concat of heads,  or any other branch */
#include "inside_parts.h"

#include <string.h>

const Call *call_of(const Tape *tape, int value, int first)
{
    for (int i = tape->call_count - 1; i >= first; i--)
        if (tape->calls[i].output == value)
            return &tape->calls[i];
    return NULL;
}

static bool is_norm(const Call *call)
{
    return call && (call->rule == &LAYER_NORM || call->rule == &RMS_NORM);
}

static char *letters(Tape *tape, size_t count)
{
    return (char *)tape_ints(tape, (int)(count / sizeof(int)) + 1, 0);
}

static const char *kept(Tape *tape, const char *scope, const char *local)
{
    size_t size = strlen(scope) + strlen(local) + 2;
    char *text = letters(tape, size);
    strcpy(text, scope);
    strcat(text, *scope ? "." : "");
    return strcat(text, local);
}

/* The home of the frame around a frame. */
static const char *around(const Tape *tape, int frame)
{
    int parent = tape->frames[frame].parent;
    return parent < 0 ? "" : tape->frames[parent].home;
}

/* The value's name without the sequence of a batch that it stands in. */
static const char *home_name(Tape *tape, int value)
{
    const Value *of = tape_value(tape, value);
    if (of->producer < 0)
        return kept(tape, of->name.scope, of->name.local);
    int frame = tape->steps[of->producer].frame;
    bool inside = strcmp(of->name.scope, tape->frames[frame].path) == 0;
    return kept(tape, inside ? tape->frames[frame].home : around(tape, frame), of->name.local);
}

/* --- room: never more levels and parts than calls --- */

static void *list_room(Tape *tape, size_t count, size_t size)
{
    int *room = tape_ints(tape, (int)((count * size + sizeof(int) - 1) / sizeof(int)) + 1, 0);
    return room;
}

static void add_level(Inside *inside, const char *name, int stream)
{
    inside->levels[inside->level_count++] = (Level){.name = name, .stream = stream, .norm = -1, .logits = -1,
                                                    .probabilities = -1};
}

static void add_part(Inside *inside, const char *name, PartKind kind, int at)
{
    inside->parts[inside->part_count++] = (AddedPart){.name = name, .kind = kind, .at = at, .added = -1, .logits = -1};
}

/* --- heads --- */

/* The weighted sum of a map, and what reads it. */
static void find_output(const Tape *tape, const Found *found, FoundHead *head)
{
    const Call *sum = NULL;
    for (int i = found->first_call; i < tape->call_count && !sum; i++)
        if (tape->calls[i].rule == &WEIGHTED_SUM && tape->calls[i].inputs[0] == head->weights)
            sum = &tape->calls[i];
    if (!sum)
        return;
    head->values = sum->inputs[1];
    head->output = sum->output;
    for (int i = found->first_call; i < tape->call_count; i++) {
        const Call *call = &tape->calls[i], *linear;
        int offset = 0, h = 0;
        if (call->rule != &CONCAT_HEADS)
            continue;
        for (; h < call->input_count && call->inputs[h] != head->output; h++)
            offset += tape_value(tape, call->inputs[h])->cols;
        for (int j = i; h < call->input_count && j < tape->call_count; j++) {
            linear = &tape->calls[j];
            if (linear->rule == &LINEAR && linear->inputs[0] == call->output) {
                head->w_o = linear->inputs[1];
                head->offset = offset;
                return;
            }
        }
    }
}

static bool is_map(const Tape *tape, const Call *call)
{
    return call->rule == &SOFTMAX && tape_rows(tape, call->output)->place && tape_cols(tape, call->output)->place;
}

static void find_heads(Tape *tape, Found *found)
{
    const char *block = NULL;
    int count = 0, blocks = -1;
    for (int i = found->first_call; i < tape->call_count; i++)
        count += is_map(tape, &tape->calls[i]);
    found->heads = list_room(tape, (size_t)count, sizeof *found->heads);
    for (int i = found->first_call; i < tape->call_count; i++) {
        const Call *call = &tape->calls[i];
        if (!is_map(tape, call))
            continue;
        int frame = tape->frames[call->frame].parent;
        const char *own = around(tape, frame);
        blocks += !block || strcmp(block, own) != 0;
        block = own;
        FoundHead *head = &found->heads[found->head_count++];
        *head = (FoundHead){.weights = call->output, .values = -1, .output = -1, .w_o = -1, .block = blocks,
                            .name = tape->frames[frame].home};
        find_output(tape, found, head);
    }
}

/* --- the way back along the stream --- */

/* Whether each of the joined outputs is that of a head with a map: attention in tiles has none. */
static bool all_have_maps(const Found *found, const Call *joined)
{
    int known = 0;
    for (int h = 0; h < joined->input_count; h++)
        for (int i = 0; i < found->head_count; i++)
            known += found->heads[i].output == joined->inputs[h];
    return known == joined->input_count;
}

/* What a branch is made of, last first: a bias, the heads from the last to the first, or the branch itself. */
static void add_branch(Tape *tape, const Found *found, int branch, const char *name, PartKind otherwise)
{
    const Call *linear = call_of(tape, branch, found->first_call);
    const Call *joined = linear && linear->rule == &LINEAR ? call_of(tape, linear->inputs[0], found->first_call) : NULL;
    if (!joined || joined->rule != &CONCAT_HEADS || !all_have_maps(found, joined)) {
        add_part(found->inside, name, otherwise, branch);
        return;
    }
    if (linear->input_count == 3)
        add_part(found->inside, home_name(tape, linear->inputs[2]), PART_BIAS, linear->inputs[2]);
    for (int h = joined->input_count - 1; h >= 0; h--)
        for (int i = 0; i < found->head_count; i++)
            if (found->heads[i].output == joined->inputs[h])
                add_part(found->inside, found->heads[i].name, PART_HEAD, joined->inputs[h]);
}

static void walk_back(Tape *tape, const Found *found, int stream)
{
    Inside *inside = found->inside;
    int shown = stream;
    for (;;) {
        const Call *call = call_of(tape, stream, found->first_call);
        if (call && call->rule == &PASS) {
            stream = call->inputs[0];
        } else if (is_norm(call) && call_of(tape, call->inputs[0], found->first_call)) {
            if (!inside->renormalised)
                add_part(inside, home_name(tape, shown), PART_STREAM, shown);
            inside->renormalised = true;
            stream = call->inputs[0];
        } else if (call && call->rule == &RESIDUAL) {
            add_level(inside, home_name(tape, shown), shown);
            if (!inside->renormalised)
                add_branch(tape, found, call->inputs[1], around(tape, call->frame), PART_BRANCH);
            shown = stream = call->inputs[0];
        } else {
            break;
        }
    }
    add_level(inside, home_name(tape, shown), shown);
    if (!inside->renormalised)
        add_branch(tape, found, stream, home_name(tape, shown), PART_STREAM);
}

static void turn_around(Inside *inside)
{
    for (int i = 0, j = inside->level_count - 1; i < j; i++, j--) {
        Level level = inside->levels[i];
        inside->levels[i] = inside->levels[j];
        inside->levels[j] = level;
    }
    for (int i = 0, j = inside->part_count - 1; i < j; i++, j--) {
        AddedPart part = inside->parts[i];
        inside->parts[i] = inside->parts[j];
        inside->parts[j] = part;
    }
}

static int ids_of(const Tape *tape, int first)
{
    for (int i = first; i < tape->call_count; i++)
        if (tape->calls[i].rule == &EMBEDDING)
            return tape->calls[i].saved[EMBEDDING_IDS];
    return -1;
}

bool inside_find(Tape *tape, int logits, int first_call, Found *found)
{
    const Call *head = call_of(tape, logits, first_call);
    int ids = ids_of(tape, first_call);
    if (!head || (head->rule != &LINEAR && head->rule != &TIED_LINEAR) || ids < 0)
        return false;
    size_t most = (size_t)(tape->call_count - first_call) + 3;
    Inside *inside = list_room(tape, 1, sizeof *inside);
    *inside = (Inside){.tokens = ids, .logits = logits, .sum = -1};
    *found = (Found){.first_call = first_call, .w = head->inputs[1],
                     .b = head->input_count == 3 ? head->inputs[2] : -1, .tied = head->rule == &TIED_LINEAR,
                     .inside = inside};
    inside->levels = list_room(tape, most, sizeof *inside->levels);
    inside->parts = list_room(tape, most, sizeof *inside->parts);
    const Call *norm = call_of(tape, head->inputs[0], first_call);
    int stream = head->inputs[0];
    if (is_norm(norm)) {
        found->norm = *norm;
        stream = norm->inputs[0];
    }
    find_heads(tape, found);
    walk_back(tape, found, stream);
    turn_around(inside);
    return true;
}
