/* The tours; see tours.h. Chapters 3 to 9 of the tutorial are behind the first, 12 to 15 behind the second, 17
 * behind the third. */
#include "tours.h"

#include "parts.h"
#include "tiny_model/primitives/families.h"
#include "tiny_model/rules/rule.h"

#include <string.h>

#define STOPS(list) list, sizeof list / sizeof *list

static const TourStop ATTENTION[] = {
    {PHASE_FORWARD, &EMBEDDING, NULL, ANYWHERE,
     "Every token is a row of numbers now. Still no row knows of the others: attention is where they meet."},
    {PHASE_FORWARD, &LINEAR, NULL, IN_HEAD,
     "Queries: what does each token look for? Its row is mixed by weights that were learned."},
    {PHASE_FORWARD, &LINEAR, NULL, IN_HEAD,
     "Keys: what does each token offer to be found by? The same rows, mixed by other weights."},
    {PHASE_FORWARD, &LINEAR, NULL, IN_HEAD,
     "Values: what does each token give to whoever finds it? A third mixture of the same rows."},
    {PHASE_FORWARD, &ROTARY, NULL, IN_HEAD,
     "Each query and key is turned by an angle that grows with its place: so scores see distances."},
    {PHASE_FORWARD, &SCORES, NULL, IN_HEAD,
     "Every query meets every key, number by number, and the products are added: large means that the two fit. "
     "Row: who looks. Column: who is looked at."},
    {PHASE_FORWARD, &SCALED, NULL, IN_HEAD,
     "The more numbers are added the larger scores grow. Divided by the root of their number they stay in bounds."},
    {PHASE_FORWARD, &DISTANCE_BIAS, NULL, IN_HEAD, "What lies further back loses points, a little for every place."},
    {PHASE_FORWARD, &MASKED, NULL, IN_HEAD,
     "Nobody may look ahead: the next token is what is to be foretold. Above the diagonal stands minus infinity."},
    {PHASE_FORWARD, &SOFTMAX, &EXP, IN_HEAD,
     "e to the power of each score: all positive, and a score that is larger by 1 counts 2.7 times as much. "
     "Minus infinity becomes exactly 0."},
    {PHASE_FORWARD, &SOFTMAX, NULL, IN_HEAD,
     "Divided by the row's sum: shares. This is the attention map; every row sums to 1. Arrows choose a cell, "
     "Enter asks where it comes from."},
    {PHASE_FORWARD, &WEIGHTED_SUM, NULL, IN_HEAD,
     "Each token takes from the values of the others, as much as its row of the map says. The only place where "
     "anything goes from one token to another."},
    {PHASE_FORWARD, &CONCAT_HEADS, NULL, AROUND_HEAD,
     "Every head has looked for something of its own; their results are put side by side."},
    {PHASE_FORWARD, &LINEAR, NULL, AROUND_HEAD,
     "One more mixture brings what the heads found into the form of the stream."},
    {PHASE_FORWARD, &RESIDUAL, NULL, AROUND_HEAD,
     "Added to the stream, and nothing that was there is lost. That is attention. :tour gradient shows the way back."},
};

static const TourStop GRADIENT[] = {
    {PHASE_FORWARD, &CROSS_ENTROPY, &DIV_COL, ANYWHERE,
     "What the model says: for each row the probabilities of what comes next. Training asks one question: which "
     "number before this one has to move which way, so that the truth gets more?"},
    {PHASE_FORWARD, &CROSS_ENTROPY, NULL, ANYWHERE,
     "Minus the log of the probability that the truth got. 0 would be certainty; the less likely, the larger."},
    {PHASE_FORWARD, &MEAN, NULL, ANYWHERE, "The mean is the loss: the one number that has to become smaller."},
    {PHASE_FORWARD, &TOTAL, NULL, ANYWHERE, "The sum is the loss: the one number that has to become smaller."},
    {PHASE_BACKWARD, NULL, &FILL, ANYWHERE,
     "The way back begins. A gradient says: how fast does the loss grow when this number does? The loss itself: 1."},
    {PHASE_BACKWARD, &CROSS_ENTROPY, &SUBTRACT, ANYWHERE,
     "What was predicted minus what came: the whole error in one line. Too much where it is positive; the truth's "
     "own column is negative: it wants more."},
    {PHASE_BACKWARD, &LINEAR, &MATMUL, ANYWHERE,
     "Backwards through weights: who was multiplied by a weight gets the gradient times that weight. Every row of "
     "the result is what the row before must hear."},
    {PHASE_BACKWARD, &LINEAR, &MATMUL, ANYWHERE,
     "And the weights' own: the input times the gradient, summed over all rows. This is what training is after."},
    {PHASE_BACKWARD, &RESIDUAL, NULL, ANYWHERE,
     "A sum hands its gradient to both sides unchanged. So the stream carries it to the first layer undiminished."},
    {PHASE_BACKWARD, &GELU_TANH, NULL, ANYWHERE,
     "Back through the switch: times its slope. Where the curve is flat nothing is learned."},
    {PHASE_BACKWARD, &GELU_ERF, NULL, ANYWHERE,
     "Back through the switch: times its slope. Where the curve is flat nothing is learned."},
    {PHASE_BACKWARD, &SILU, NULL, ANYWHERE,
     "Back through the switch: times its slope. Where the curve is flat nothing is learned."},
    {PHASE_BACKWARD, &SWIGLU, NULL, ANYWHERE,
     "Back through the gates: what passed gets a gradient, and so do the gates that let it pass."},
    {PHASE_BACKWARD, &RELU_RULE, NULL, ANYWHERE, "Back through the switch: only what passed gets a gradient."},
    {PHASE_BACKWARD, &TANH_RULE, NULL, ANYWHERE,
     "Back through the curve: times its slope. Where the curve is flat nothing is learned."},
    {PHASE_BACKWARD, &SOFTMAX, NULL, ANYWHERE,
     "Back through shares: one can only grow at the cost of the others, so each row of this gradient sums to 0."},
    {PHASE_BACKWARD, &SCORES, NULL, ANYWHERE,
     "Queries learn from the keys that they met, and keys from the queries."},
    {PHASE_BACKWARD, NULL, &ADD, ANYWHERE,
     "Several read the same number before; each sends a gradient back, and they are added."},
    {PHASE_BACKWARD, &EMBEDDING, &SCATTER_ROWS, ANYWHERE,
     "The end of the way: the rows of the table. A token that stood twice gets both messages, added. v checks any "
     "of these numbers; :tour update shows what becomes of them."},
    {PHASE_BACKWARD, &LINEAR, &MATMUL, ANYWHERE,
     "The end of the way: the first weights. v checks any of these numbers; :tour update shows what becomes of "
     "them."},
};

static const TourStop UPDATE[] = {
    {PHASE_UPDATE, NULL, &COLUMN_SUM_OF_SQUARES, ANYWHERE,
     "Every parameter has its gradient now. First question: how long is all of it together? The squares are added."},
    {PHASE_UPDATE, NULL, &SQRT, ANYWHERE, "The root of the sum of all squares: the length of the whole gradient."},
    {PHASE_UPDATE, NULL, &SCALE_BY, ANYWHERE,
     "Too long: the same factor shortens every gradient to the limit. The direction stays, a leap becomes a step."},
    {PHASE_UPDATE, NULL, &MOVING_AVERAGE, ANYWHERE,
     "m: the gradient, smoothed over training steps. One noisy step does not turn the direction."},
    {PHASE_UPDATE, NULL, &MOVING_AVERAGE_OF_SQUARES, ANYWHERE,
     "v: its square, smoothed likewise: how large is this gradient usually?"},
    {PHASE_UPDATE, NULL, &DIVIDE_BY, ANYWHERE,
     "m and v began at 0 and are too small at first; this division makes up for it, less with every step."},
    {PHASE_UPDATE, NULL, &ROOT_PLUS, ANYWHERE, "The usual size: the root of v. A little eps keeps it from being 0."},
    {PHASE_UPDATE, NULL, &DIVIDE, ANYWHERE,
     "Mean divided by usual size: about 1 for every weight, whether its gradient is large or tiny. That is Adam."},
    {PHASE_UPDATE, NULL, &DECAYED_STEP, ANYWHERE,
     "The step: the weight shrinks a little (decay) and moves by the learning rate against the direction. :panel "
     "update shows it cell by cell; } goes on to the next training step, } and { show the loss."},
};

static bool has_map(const Tape *tape)
{
    return part_map(tape, 0) >= 0;
}

static bool goes_back(const Tape *tape)
{
    return part_has_phase(tape, PHASE_BACKWARD);
}

static bool is_updated(const Tape *tape)
{
    return part_has_phase(tape, PHASE_UPDATE);
}

const Tour TOURS[] = {
    {"attention", "how tokens look at each other: queries, keys, scores, the map", STOPS(ATTENTION), has_map,
     "there is no attention in this model; :tour gradient goes through what it has"},
    {"gradient", "from the loss back to the first weights", STOPS(GRADIENT), goes_back,
     "there are no gradients here: only the forward phase was recorded"},
    {"update", "what the optimizer does with a gradient", STOPS(UPDATE), is_updated, "there is no update here"},
};
const int TOUR_COUNT = sizeof TOURS / sizeof *TOURS;

int tour_called(const char *name)
{
    for (int i = 0; i < TOUR_COUNT; i++)
        if (strcmp(TOURS[i].name, name) == 0)
            return i;
    return -1;
}

/* The frame in which a stop has to lie; -1: anywhere. */
static int place_of(const Tape *tape, TourPlace place)
{
    int map = place == ANYWHERE ? -1 : part_map(tape, 0);
    int frame = map < 0 ? -1 : tape->frames[tape->steps[tape->values[map].producer].frame].parent;
    return frame >= 0 && place == AROUND_HEAD ? tape->frames[frame].parent : frame;
}

/* The first step behind `from` where the stop is; -1 if the tape has none. */
static int find_stop(const Tape *tape, const TourStop *stop, int from)
{
    int place = place_of(tape, stop->place);
    for (int step = from + 1; step < tape->step_count; step++) {
        const Step *at = &tape->steps[step];
        const Frame *frame = &tape->frames[at->frame];
        bool here = at->phase == stop->phase && (place < 0 || tape_frame_within(tape, at->frame, place)) &&
                    (!stop->rule || frame->rule == stop->rule);
        if (here && stop->primitive && at->primitive == stop->primitive)
            return step;
        if (here && !stop->primitive && frame->first > from)
            return frame->last;
    }
    return -1;
}

TourWay tour_way(const Tape *tape, const Tour *tour)
{
    TourWay way = {0};
    for (int i = 0, from = -1; i < tour->count && way.count < MOST_STOPS; i++) {
        int step = find_stop(tape, &tour->stops[i], from);
        if (step < 0)
            continue;
        way.step[way.count] = from = step;
        way.stop[way.count++] = i;
    }
    return way;
}

int tour_at(const TourWay *way, int step)
{
    int at = -1;
    while (at + 1 < way->count && way->step[at + 1] <= step)
        at++;
    return at;
}
