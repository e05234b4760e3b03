/* What each head looks at: how far it follows a pattern, how spread its attention is, how much it moves, and the
 * attention of all blocks one behind the other. See inside.h.
 *
 *   score      mean over the queries i that qualify of sum over j of A[i,j] mask[i,j]
 *     previous   j = i - 1            first  j = 0
 *     duplicate  x_j = x_i, j < i     induction  x_{j-1} = x_i, j - 1 < i: behind an earlier one of the same token
 *   entropy    -sum over j of A ln A, with 0 ln 0 = 0; share: of ln of how many keys are seen
 *   moved      A[i,j] |V_j W_O|: a large weight on a value that adds nothing moves nothing
 *   rollout    product over the blocks of (mean of the heads + 1) / 2 */
#include "inside_parts.h"

#include "../elementary/elementary.h"

#include <math.h>

const char *const SCORE_NAMES[SCORES_OF_A_HEAD] = {"previous", "first", "duplicate", "induction"};
const char *const SCORE_MEANINGS[SCORES_OF_A_HEAD] = {
    "the token before", "the first token", "an earlier one of the same token",
    "the token behind an earlier one of the same token"};

static bool follows(ScoreKind kind, const double *ids, int query, int key)
{
    switch (kind) {
    case SCORE_PREVIOUS: return key == query - 1;
    case SCORE_FIRST: return query > 0 && key == 0;
    case SCORE_DUPLICATE: return key < query && ids[key] == ids[query];
    case SCORE_INDUCTION: return key > 0 && key <= query && ids[key - 1] == ids[query];
    case SCORES_OF_A_HEAD: return false;
    }
    return false;
}

/* The mask of a pattern, and how many queries have a key that it points to. */
static int mask_of(Tape *tape, const Found *found, ScoreKind kind)
{
    static const char *const names[] = {"previous_mask", "first_mask", "duplicate_mask", "induction_mask"};
    int tokens = tokens_of(tape, found), axis = tape_value(tape, found->inside->logits)->row_axis;
    const double *ids = tape_numbers(tape, found->inside->tokens);
    double *mask = tape_room(tape, tokens, tokens);
    int queries = 0;
    for (int query = 0; query < tokens && mask && ids; query++) {
        bool any = false;
        for (int key = 0; key < tokens; key++) {
            bool hit = follows(kind, ids, query, key);
            mask[query * tokens + key] = hit;
            any = any || hit;
        }
        queries += any;
    }
    found->inside->queries[kind] = queries;
    return tape_leaf(tape, KIND_INPUT, names[kind], (Shape){tokens, tokens, (short)axis, (short)axis}, mask);
}

/* -1 where no query qualifies: then it is undefined, and not 0. */
static int record_score(Tape *tape, const Found *found, ScoreKind kind, int weights, int mask)
{
    const char *name = SCORE_NAMES[kind];
    tape_begin(tape, name, -1, NULL);
    int hits = multiply(tape, HERE("hits"), weights, mask);
    int rows = row_sum(tape, HERE("by_query"), hits);
    int total = column_sum(tape, HERE("total"), rows);
    int queries = found->inside->queries[kind];
    int score = queries || tape->dry ? scale(tape, RESULT(name), total, 1.0 / (queries ? queries : 1)) : -1;
    tape_end(tape);
    return score;
}

/* ln of how many keys a query sees, 1 where there is only one: its entropy is 0 whatever it is divided by. */
static int most_entropy(Tape *tape, int scores)
{
    const Value *of = tape_value(tape, scores);
    const double *score = tape_numbers(tape, scores);
    double *most = tape_room(tape, of->rows, 1);
    for (int r = 0; most && r < of->rows; r++) {
        int seen = 0;
        for (int c = 0; c < of->cols; c++)
            seen += *score++ != -INFINITY;
        most[r] = seen > 1 ? log_of(seen) : 1;
    }
    return tape_leaf(tape, KIND_INPUT, "most", (Shape){of->rows, 1, of->row_axis}, most);
}

static void record_entropy(Tape *tape, int weights, int scores, HeadLook *look)
{
    const Value of = *tape_value(tape, weights);
    tape_begin(tape, "entropy", -1, NULL);
    int most = most_entropy(tape, scores);
    int seen = positive_part_slope(tape, HERE("above_0"), weights);
    Label ones = label_with_axes(HERE("ones"), of.row_axis, of.col_axis, 0);
    int one = fill(tape, &ones, 1, of.rows, of.cols);
    int safe = choose(tape, HERE("or_1"), seen, weights, one);
    int log = logarithm(tape, HERE("log"), safe);
    int terms = multiply(tape, HERE("terms"), weights, log);
    int sum = row_sum(tape, HERE("sum"), terms);
    look->entropy = scale(tape, RESULT("entropy"), sum, -1);
    look->share = divide(tape, HERE("share"), look->entropy, most);
    tape_end(tape);
}

static void record_moved(Tape *tape, const FoundHead *head, HeadLook *look)
{
    if (head->w_o < 0)
        return;
    tape_begin(tape, "moved", -1, NULL);
    int added = through_output(tape, HERE("by_key"), head, head->values);
    int squared = multiply(tape, HERE("squared"), added, added);
    int squares = row_sum(tape, HERE("squares"), squared);
    int lengths = square_root(tape, HERE("length"), squares);
    int turned = transpose(tape, HERE("lengths"), lengths);
    look->moved = mul_row(tape, RESULT("moved"), look->weights, turned);
    tape_end(tape);
}

static void record_heads(Tape *tape, const Found *found)
{
    Inside *inside = found->inside;
    int masks[SCORES_OF_A_HEAD];
    tape_begin(tape, "heads", -1, NULL);
    for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++)
        masks[kind] = mask_of(tape, found, (ScoreKind)kind);
    for (int h = 0; h < found->head_count; h++) {
        const FoundHead *head = &found->heads[h];
        HeadLook *look = &inside->heads[inside->head_count++];
        *look = (HeadLook){.name = head->name, .weights = head->weights, .entropy = -1, .share = -1, .moved = -1};
        tape_begin(tape, head->name, -1, NULL);
        for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++)
            look->score[kind] = record_score(tape, found, (ScoreKind)kind, head->weights, masks[kind]);
        record_entropy(tape, head->weights, call_of(tape, head->weights, found->first_call)->inputs[0], look);
        record_moved(tape, head, look);
        tape_end(tape);
    }
    tape_end(tape);
}

/* (mean of the heads of a block + 1) / 2. */
static int mixed(Tape *tape, const Found *found, int block, int identity)
{
    int sum = -1, count = 0;
    for (int h = 0; h < found->head_count; h++) {
        if (found->heads[h].block != block)
            continue;
        Label label = *HERE("sum");
        label.repeat = count > 1 ? count : 0;
        sum = count++ ? add(tape, &label, sum, found->heads[h].weights) : found->heads[h].weights;
    }
    int mean = scale(tape, HERE("mean"), sum, 1.0 / count);
    int both = add(tape, HERE("with_itself"), mean, identity);
    return scale(tape, HERE("mixed"), both, 0.5);
}

static int identity_leaf(Tape *tape, const Found *found)
{
    int tokens = tokens_of(tape, found), axis = tape_value(tape, found->inside->logits)->row_axis;
    double *cells = tape_room(tape, tokens, tokens);
    for (int i = 0; cells && i < tokens * tokens; i++)
        cells[i] = i % (tokens + 1) == 0;
    return tape_leaf(tape, KIND_INPUT, "itself", (Shape){tokens, tokens, (short)axis, (short)axis}, cells);
}

static void record_rollout(Tape *tape, const Found *found)
{
    Inside *inside = found->inside;
    int blocks = found->head_count ? found->heads[found->head_count - 1].block + 1 : 0, before = -1;
    if (blocks == 0)
        return;
    inside->rollouts = tape_ints(tape, blocks, -1);
    tape_begin(tape, "rollout", -1, NULL);
    int identity = identity_leaf(tape, found);
    for (int block = 0; block < blocks; block++) {
        tape_begin(tape, "block", block, NULL);
        int mix = mixed(tape, found, block, identity);
        before = before < 0 ? copy(tape, HERE("rollout"), mix) : matmul(tape, HERE("rollout"), mix, before);
        inside->rollouts[inside->rollout_count++] = before;
        tape_end(tape);
    }
    tape_end(tape);
}

void record_looks(Tape *tape, const Found *found)
{
    found->inside->heads =
        (HeadLook *)tape_ints(tape, (found->head_count + 1) * (int)(sizeof(HeadLook) / sizeof(int) + 1), 0);
    record_heads(tape, found);
    record_rollout(tape, found);
}

const Inside *inside_record(Tape *tape, int logits, int first_call)
{
    Found found;
    if (!inside_find(tape, logits, first_call, &found))
        return NULL;
    int calls = tape->call_count;
    record_lens(tape, &found);
    record_attribution(tape, &found);
    record_looks(tape, &found);
    /* Nothing goes back through it: for the way back it is not there. */
    tape->call_count = calls;
    return found.inside;
}
