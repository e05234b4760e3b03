/* Beam search; see beams.h. Chapter 24.
 *
 *   log_p[c] = log p[c],  totals[c] = total + log_p[c],  scores[c] = totals[c] / length^alpha
 *
 * The logarithm of a product is the sum of the logarithms: the text of the largest total is the likeliest of all.
 * Each word makes the total smaller, so short texts win; the power of the length takes that back in part. */
#include "beams.h"

#include "elementary/elementary.h"
#include "record.h"
#include "rules/rule.h"
#include "run_parts.h"

#include <math.h>

static int number(Tape *tape, const char *name, double of, short counts)
{
    double *data = tape_room(tape, 1, 1);
    if (data)
        *data = of;
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, 1, .counts = counts}, data);
}

static int total_of(Tape *tape, const Beams *beams, const Beam *beam)
{
    return beams->going_on ? beam->sum : number(tape, "total", beam->total, AXIS_NONE);
}

/* The total of a beam under every token. */
static int spread(Tape *tape, const Beams *beams, const Beam *beam, int vocabulary, short axis)
{
    Label label = label_with_axes(HERE("so_far"), AXIS_NONE, axis, AXIS_NONE);
    return broadcast(tape, &label, total_of(tape, beams, beam), 1, vocabulary);
}

/* The totals of a beam with each token behind it. A text that has ended stands where the token that ended it stands,
 * and there alone. */
static int totals(Tape *tape, const Beams *beams, const Beam *beam, int chances, int vocabulary, short axis)
{
    int so_far = spread(tape, beams, beam, vocabulary, axis);
    if (!beam->ended)
        return add(tape, HERE("totals"), so_far, logarithm(tape, HERE("log_p"), chances));
    int nothing = fill(tape, HERE("nothing"), -INFINITY, 1, vocabulary);
    int end = one_hot(tape, HERE("end"), number(tape, "ended_by", beams->ends, axis), vocabulary);
    return choose(tape, HERE("totals"), end, so_far, nothing);
}

static short beam_axis(Tape *tape, const Beams *beams)
{
    const char **labels = beams->beams[0].label ? tape_labels(tape, beams->count) : NULL;
    for (int i = 0; labels && i < beams->count; i++)
        labels[i] = beams->beams[i].label;
    return tape_axis(tape, (Axis){"beam", beams->count, labels, false});
}

/* What one of those that stay is: its last token and its total. */
static void keep(Tape *tape, BeamChoice *choice, int i, int sums)
{
    const Value *all = tape_value(tape, sums);
    short beams = all->row_axis, vocabulary = all->col_axis;
    tape_begin(tape, "kept", i, NULL);
    int pair = gather_rows(tape, HERE("pair"), choice->chosen, number(tape, "rank", i, AXIS_NONE));
    Label from = label_with_axes(HERE("from"), AXIS_NONE, AXIS_NONE, beams);
    Label token = label_with_axes(HERE("token"), AXIS_NONE, AXIS_NONE, vocabulary);
    int row = slice_columns(tape, &from, pair, 0, 1);
    choice->tokens[i] = slice_columns(tape, &token, pair, 1, 1);
    int of_beam = gather_rows(tape, HERE("totals"), sums, row);
    choice->sums[i] = pick(tape, HERE("total"), of_beam, choice->tokens[i]);
    tape_end(tape);
}

/* The rows of all beams below each other, under their own axis. */
static int together(Tape *tape, const Label *label, int rows, short axis)
{
    Label whole = label_with_axes(label, axis, tape_value(tape, rows)->col_axis, AXIS_NONE);
    return copy(tape, &whole, rows);
}

BeamChoice beams_choose(Tape *tape, const Beams *beams, const int *chances)
{
    int live = 0, sums = -1, scores = -1;
    while (chances[live] < 0)
        live++;
    int vocabulary = tape_value(tape, chances[live])->cols;
    short axis = tape_value(tape, chances[live])->col_axis, rows = beam_axis(tape, beams);
    tape_begin(tape, "choice", -1, NULL);
    for (int i = 0; i < beams->count; i++) {
        const Beam *beam = &beams->beams[i];
        tape_begin_instance(tape, "beam", i);
        int row = totals(tape, beams, beam, chances[i], vocabulary, axis);
        sums = i ? stack(tape, HERE("totals_so_far"), (int[]){sums, row}, 2) : row;
        if (beams->alpha != 0) {
            int score = divide_by(tape, HERE("scores"), row, pow_of(beam->made + !beam->ended, beams->alpha));
            scores = i ? stack(tape, HERE("scores_so_far"), (int[]){scores, score}, 2) : score;
        }
        tape_end(tape);
    }
    if (beams->alpha != 0)
        sums = together(tape, HERE("totals"), sums, rows);
    int candidates = together(tape, HERE("candidates"), beams->alpha != 0 ? scores : sums, rows);
    long long all = (long long)beams->count * vocabulary;
    BeamChoice choice = {.candidates = candidates, .kept = all < beams->wide ? (int)all : beams->wide};
    choice.chosen = largest_cells(tape, HERE("chosen"), candidates, choice.kept);
    choice.tokens = tape_ints(tape, choice.kept, -1);
    choice.sums = tape_ints(tape, choice.kept, -1);
    for (int i = 0; i < choice.kept; i++)
        keep(tape, &choice, i, beams->alpha != 0 ? sums : candidates);
    tape_end(tape);
    return choice;
}

typedef struct {
    Run *run;
    Beams *beams;
    BeamChoice *choice;
} Following;

/* The ids that a beam has so far, for what looks back. */
static int history(Tape *tape, const Beams *beams, const Beam *beam)
{
    if (!sampling_looks_back(&beams->how))
        return -1;
    double *ids = tape_room(tape, 1, beam->count);
    for (int i = 0; ids && i < beam->count; i++)
        ids[i] = beam->tokens[i];
    return tape_leaf(tape, KIND_INPUT, "history", (Shape){1, beam->count}, ids);
}

/* Two beams may have grown from one: each notes for itself where its keys and values are, and only one puts its
 * next row right behind those that both have. */
static void own_cache(Tape *tape, Beam *beam)
{
    Cache *cache = &beam->cache;
    const int *keys = cache->keys, *values = cache->values;
    cache->keys = tape_ints(tape, cache->slots, -1);
    cache->values = tape_ints(tape, cache->slots, -1);
    for (int i = 0; i < cache->slots; i++) {
        cache->keys[i] = keys[i];
        cache->values[i] = values[i];
    }
    if (!beam->shares)
        return;
    cache->key_room = tape_pointers(tape, cache->slots);
    cache->value_room = tape_pointers(tape, cache->slots);
    for (int i = 0; i < cache->slots; i++)
        cache->key_room[i] = cache->value_room[i] = NULL;
}

/* The chances of what comes behind a beam. */
static int read_beam(Tape *tape, const Following *following, Scene *scene, int i)
{
    const Beams *beams = following->beams;
    Beam *beam = &beams->beams[i];
    const Language *language = model_writes(scene->model);
    const int *ids = beam->tokens + beam->count - beams->window;
    tape_begin_instance(tape, "beam", i);
    if (beams->going_on)
        own_cache(tape, beam);
    int logits = beams->going_on
                     ? language->next(scene, ids, beam->token, &beam->cache)
                     : language->logits(scene, ids, beams->window, beams->caches ? &beam->cache : NULL);
    softmax(tape, "softmax", "probabilities", logits);
    Drawing drawing = sampling_record(tape, logits, history(tape, beams, beam), &beams->how);
    sampling_needs_numbers(tape, drawing.probabilities);
    tape_end(tape);
    return drawing.probabilities;
}

static void record_beams(Tape *tape, void *context)
{
    Following *following = context;
    Beams *beams = following->beams;
    Scene scene;
    if (beams->going_on) {
        tape_go_on(tape, 0);
        tape_begin_instance(tape, "token", ++beams->steps);
        scene = run_scene(following->run);
        scene.learning = false;
    } else {
        beams->steps = 0;
        scene = run_record_used(tape, following->run);
        tape_begin_phase(tape, PHASE_FORWARD);
    }
    int *chances = tape_ints(tape, beams->count, -1);
    for (int i = 0; i < beams->count; i++)
        if (!beams->beams[i].ended)
            chances[i] = read_beam(tape, following, &scene, i);
    *following->choice = beams_choose(tape, beams, chances);
    tape_end(tape);
    if (beams->going_on)
        tape_end(tape);
}

bool run_beams(Run *run, Beams *beams, BeamChoice *choice, Error *error)
{
    Following following = {run, beams, choice};
    return run_is_whole(run, error) && tape_attempt(&run->tape, record_beams, &following, error);
}
