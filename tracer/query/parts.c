/* What a tape has; see parts.h. */
#include "parts.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"

#include <stdio.h>
#include <string.h>

/* Told by rule and axes and not by name: rows and columns of an attention map are both places in a text. */
static bool is_map(const Tape *tape, const Call *call)
{
    return call->rule == &SOFTMAX && tape_rows(tape, call->output)->place && tape_cols(tape, call->output)->place;
}

int part_map(const Tape *tape, int i)
{
    for (int call = 0; call < tape->call_count; call++)
        if (is_map(tape, &tape->calls[call]) && i-- == 0)
            return tape->calls[call].output;
    return -1;
}

/* The softmax is a frame of its own; the head is what holds it. */
bool part_in_map(const Tape *tape, int value)
{
    int producer = tape_value(tape, value)->producer;
    const Frame *frame = producer < 0 ? NULL : &tape->frames[tape->steps[producer].frame];
    if (!frame || frame->rule != &SOFTMAX)
        return false;
    for (int i = 0, map; (map = part_map(tape, i)) >= 0; i++)
        if (strcmp(tape->frames[tape->steps[tape->values[map].producer].frame].path, frame->path) == 0)
            return true;
    return false;
}

const char *part_map_path(const Tape *tape, int map)
{
    int frame = tape->steps[tape->values[map].producer].frame;
    return tape->frames[tape->frames[frame].parent].path;
}

/* The next word between dots; its length, 0 at the end. */
static size_t word_at(const char *path)
{
    return strcspn(path, ".");
}

static bool goes_without_saying(const char *word, size_t length)
{
    static const char attention[] = "attention";
    return length == strlen(attention) && strncmp(word, attention, length) == 0;
}

const char *part_words(const char *path, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (const char *word = path; *word && used < size;) {
        size_t length = word_at(word), letters = length;
        while (letters > 0 && word[letters - 1] >= '0' && word[letters - 1] <= '9')
            letters--;
        if (!goes_without_saying(word, length))
            used += (size_t)snprintf(out + used, size - used, "%s%.*s%s%.*s", used ? ", " : "", (int)letters, word,
                                     letters < length && letters > 0 && word[letters - 1] != '_' ? " " : "",
                                     (int)(length - letters), word + letters);
        word += length + (word[length] == '.');
    }
    return out;
}

const char *part_map_words(const Tape *tape, int map, char *out, size_t size)
{
    return part_words(part_map_path(tape, map), out, size);
}

bool part_is_place(const char *path, const char *name)
{
    while (*path && *name) {
        size_t length = word_at(path), other = word_at(name);
        if (length == other && strncmp(path, name, length) == 0) {
            name += other + (name[other] == '.');
        } else if (!goes_without_saying(path, length)) {
            return false;
        }
        path += length + (path[length] == '.');
    }
    return *path == '\0' && *name == '\0';
}

int part_map_find(const Tape *tape, const char *name)
{
    char whole[512];
    for (int i = 0, map; (map = part_map(tape, i)) >= 0; i++) {
        tape_name(tape, map, whole, sizeof whole);
        if (!name || part_is_place(part_map_path(tape, map), name) || strcmp(whole, name) == 0)
            return map;
    }
    return -1;
}

int part_prediction(const Tape *tape, int i)
{
    for (int call = 0; call < tape->call_count; call++)
        if (tape->calls[call].rule == &CROSS_ENTROPY && i-- == 0)
            return call;
    return -1;
}

Prediction part_prediction_of(const Tape *tape, int call)
{
    const int *saved = tape->calls[call].saved;
    return (Prediction){.logits = tape->calls[call].inputs[0], .probabilities = saved[CROSS_ENTROPY_PROBABILITIES],
                        .targets = saved[CROSS_ENTROPY_TARGETS], .rows = saved[CROSS_ENTROPY_ROWS]};
}

int part_target(const Tape *tape, const Prediction *prediction, int row)
{
    const Value *rows = tape_value(tape, prediction->rows), *targets = tape_value(tape, prediction->targets);
    for (int i = 0; i < rows->cols; i++)
        if (rows->data[i] == row)
            return (int)targets->data[i];
    return -1;
}

int part_tokens(const Tape *tape, int i)
{
    for (int call = 0; call < tape->call_count; call++)
        if (tape->calls[call].rule == &EMBEDDING && i-- == 0)
            return tape->calls[call].saved[EMBEDDING_IDS];
    return -1;
}

static int looked_up(const Tape *tape)
{
    for (int call = 0; call < tape->call_count; call++)
        if (tape->calls[call].rule == &EMBEDDING)
            return tape->calls[call].inputs[0];
    return -1;
}

int part_table(const Tape *tape)
{
    for (int id = 0; id < tape->value_count; id++)
        if (tape->values[id].kind == KIND_PARAMETER && tape->values[id].rows > 1 && tape_rows(tape, id)->labels)
            return id;
    return looked_up(tape);
}

static double squares_of(const Value *value)
{
    double sum = 0;
    for (size_t i = 0; i < cells_of(value); i++)
        sum += value->data[i] * value->data[i];
    return sum;
}

int part_steepest(const Tape *tape)
{
    int steepest = -1;
    double most = 0;
    for (int pass = 0; pass < 2 && steepest < 0; pass++)
        for (int id = 0; id < tape->value_count; id++) {
            const Value *of = &tape->values[id];
            if (of->kind != KIND_PARAMETER || of->gradient < 0 || (pass == 0 && of->rows == 1))
                continue;
            double squares = squares_of(&tape->values[of->gradient]);
            if (steepest < 0 || squares > most) {
                steepest = id;
                most = squares;
            }
        }
    return steepest;
}

int part_watched(const Tape *tape)
{
    int map = part_map(tape, 0), prediction = part_prediction(tape, 0);
    if (map >= 0)
        return map;
    return prediction >= 0 ? part_prediction_of(tape, prediction).probabilities : part_steepest(tape);
}

bool part_has_phase(const Tape *tape, Phase phase)
{
    for (int step = 0; step < tape->step_count; step++)
        if (tape->steps[step].phase == phase)
            return true;
    return false;
}

bool part_has_perplexity(const Tape *tape, int loss)
{
    for (int i = tape->call_count - 1; i >= 0 && loss >= 0; i--) {
        const Call *call = &tape->calls[i];
        if (call->output != loss)
            continue;
        if (call->rule == &CROSS_ENTROPY)
            return strcmp(tape_cols(tape, call->inputs[0])->name, "vocabulary") == 0;
        if (call->rule != &MEAN)
            return false;
        loss = call->inputs[0];
    }
    return false;
}

/* Whether a frame is one of several of a kind: "block0". */
static bool is_numbered(const Frame *frame)
{
    size_t length = strlen(frame->name);
    return length > 0 && strchr("0123456789", frame->name[length - 1]);
}

/* The outermost numbered frame that a frame stands in, past the sequences of a batch: transformer.block0 of the
 * transformer; where none is numbered, the one at the top of its phase. */
static int block_of(const Tape *tape, int frame)
{
    int block = frame, numbered = -1;
    for (; frame >= 0 && tape->frames[frame].parent >= 0 && *tape->frames[frame].home;
         frame = tape->frames[frame].parent) {
        block = frame;
        numbered = is_numbered(&tape->frames[frame]) ? frame : numbered;
    }
    return numbered >= 0 ? numbered : block;
}

/* A copy inside of a part of the block, in the place of a sum; one in the block itself only gives a name. */
static bool takes_the_place(const Tape *tape, const Call *call, int block)
{
    int parent = tape->frames[call->frame].parent;
    return call->rule == &PASS && parent != block && call->frame != block;
}

/* The stream before the first step of a block: what its first rule reads. */
static int stream_before(const Tape *tape, int block)
{
    for (int i = 0; i < tape->call_count; i++)
        if (tape_frame_within(tape, tape->calls[i].frame, block))
            return tape->calls[i].inputs[0];
    return -1;
}

static int steps_of_block(const Tape *tape, int block, StreamStep *steps, int most, StreamBlock *of)
{
    int count = 0, before = stream_before(tape, block);
    of->frame = block;
    for (int i = 0; i < tape->call_count; i++) {
        const Call *call = &tape->calls[i];
        if (!tape_frame_within(tape, call->frame, block))
            continue;
        bool adds = call->rule == &RESIDUAL;
        if ((adds || takes_the_place(tape, call, block)) && count < most) {
            steps[count++] = (StreamStep){adds ? call->inputs[0] : before, call->inputs[adds], call->output, adds};
            before = call->output;
        }
        of->last = call->output;
    }
    return count;
}

int part_stream(const Tape *tape, int i, StreamStep *steps, int most, StreamBlock *of)
{
    int seen = -1;
    for (int c = 0; c < tape->call_count; c++) {
        int block = tape->calls[c].rule == &RESIDUAL || tape->calls[c].rule == &PASS
                        ? block_of(tape, tape->calls[c].frame)
                        : -1;
        if (block < 0 || block == seen || block == tape->calls[c].frame)
            continue;
        seen = block;
        if (i-- == 0)
            return steps_of_block(tape, block, steps, most, of);
    }
    return 0;
}
