/* Direct logit attribution: the logits as a sum over what was added to the stream. See inside.h.
 *
 *   stream = sum of the parts c                                      so, with the finished stream's std held fixed,
 *   logits = sum of (c - mean c) / std * gamma W,  + beta W,  + b    rms norm: no mean, no beta
 *
 * A head's part is output W_O[its rows]; b_O belongs to no head. */
#include "inside_parts.h"

enum { SAVED_STD = 1 }; /* of both norms */

int through_output(Tape *tape, const Label *label, const FoundHead *head, int x)
{
    int turned = transpose(tape, HERE("W_O_turned"), head->w_o);
    int rows = slice_columns(tape, HERE("W_O_rows"), turned, head->offset, tape_value(tape, x)->cols);
    return matmul_bt(tape, label, x, rows);
}

static const FoundHead *head_of(const Found *found, int output)
{
    for (int i = 0; i < found->head_count; i++)
        if (found->heads[i].output == output)
            return &found->heads[i];
    return NULL;
}

/* A row for every token: ones times it. */
static int for_every_token(Tape *tape, const Found *found, const Label *label, int row)
{
    int axis = tape_value(tape, found->inside->logits)->row_axis;
    Label tokens = label_with_axes(HERE("for_every_token"), (short)axis, AXIS_NONE, 0);
    int ones = fill(tape, &tokens, 1, tokens_of(tape, found), 1);
    return matmul(tape, label, ones, row);
}

static int added_by(Tape *tape, const Found *found, const AddedPart *part)
{
    switch (part->kind) {
    case PART_HEAD: return through_output(tape, HERE("added"), head_of(found, part->at), part->at);
    case PART_BIAS: return for_every_token(tape, found, HERE("added"), part->at);
    case PART_STREAM:
    case PART_BRANCH: return copy(tape, HERE("added"), part->at);
    case PART_CONSTANT: return -1;
    }
    return -1;
}

/* What the final norm makes of a part, the finished stream's statistics held fixed. */
static int frozen_norm(Tape *tape, const Call *norm, int x)
{
    if (norm->rule == &LAYER_NORM) {
        int sum = row_sum(tape, HERE("sum"), x);
        int mean = scale(tape, HERE("mean"), sum, 1.0 / tape_value(tape, x)->cols);
        x = sub_col(tape, HERE("centered"), x, mean);
    }
    x = div_col(tape, HERE("normalized"), x, norm->saved[SAVED_STD]);
    return norm->input_count > 1 ? mul_row(tape, HERE("scaled"), x, norm->inputs[1]) : x;
}

static void add_constant_part(Tape *tape, const Found *found, const char *name, int row, bool is_logits)
{
    Inside *inside = found->inside;
    AddedPart *part = &inside->parts[inside->part_count++];
    tape_begin(tape, name, -1, NULL);
    int logits = is_logits ? row : through_head(tape, HERE("row"), found, row);
    *part = (AddedPart){.name = name, .kind = PART_CONSTANT, .at = -1, .added = -1,
                   .logits = for_every_token(tape, found, HERE("logits"), logits)};
    tape_end(tape);
}

static void add_up(Tape *tape, Inside *inside)
{
    tape_begin(tape, "sum", -1, NULL);
    int sum = inside->parts[0].logits;
    for (int i = 1; i < inside->part_count; i++) {
        Label label = i + 1 < inside->part_count ? *HERE("partial") : *RESULT("sum");
        label.repeat = i > 1 && i + 1 < inside->part_count ? i : 0;
        sum = add(tape, &label, sum, inside->parts[i].logits);
    }
    inside->sum = sum;
    tape_end(tape);
}

void record_attribution(Tape *tape, const Found *found)
{
    Inside *inside = found->inside;
    tape_begin(tape, "attribution", -1, NULL);
    for (int i = 0; i < inside->part_count; i++) {
        AddedPart *part = &inside->parts[i];
        tape_begin(tape, part->name, -1, NULL);
        part->added = added_by(tape, found, part);
        int x = found->norm.rule ? frozen_norm(tape, &found->norm, part->added) : part->added;
        part->logits = through_head(tape, HERE("logits"), found, x);
        tape_end(tape);
    }
    if (found->norm.rule == &LAYER_NORM && found->norm.input_count > 2)
        add_constant_part(tape, found, "final_norm.beta", found->norm.inputs[2], false);
    if (found->b >= 0)
        add_constant_part(tape, found, "head.b", found->b, true);
    add_up(tape, inside);
    tape_end(tape);
}
