/* What an exercise records behind the training step; see extras.h.
 *
 *   sampling        the probabilities of tiny_model/sampling.c, of the last token
 *   twins           top-k and top-p where every token has a twin of the same logit, so that some tie at the limit
 *   repetition      the logits of the last token, what stands in the text made dearer
 *   next_token      the text without its last token is read, and that token behind it, with keys and values kept
 *   bigram          probabilities = (counts + 1) / (sum of the row + V), of the text without its last four tokens;
 *                   per_token = -log of those of the three pairs within these four, loss = their mean
 *   gradient_check  numerical = (loss(b + h) - loss(b - h)) / 2h, for every cell b of the last parameter of one row
 *                   difference = numerical - recorded gradient */
#include "extras.h"

#include "tiny_model/record.h"
#include "tracer/query/parts.h"
#include "variant.h"

#include <string.h>

static const double TEMPERATURE = 2, SHARE = 0.6, PENALTY = 2, STEP_SIZE = 0.1;
enum { TOP_K = 3, MOST_CHECKED = 64, HELD = 4 };

static int leaf(Tape *tape, const char *name, int cols, const double *numbers)
{
    double *data = tape_room(tape, 1, cols);
    if (data)
        memcpy(data, numbers, (size_t)cols * sizeof *data);
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, cols}, data);
}

static void record_sampling(Tape *tape, void *context)
{
    const int *logits = context;
    tape_begin_phase(tape, PHASE_FORWARD);
    sampling_record(tape, *logits, -1,
                    &(Sampling){.temperature = TEMPERATURE, .top_k = TOP_K, .top_p = 1, .repetition = 1});
    tape_end(tape);
}

/* The last row of the logits twice, side by side. */
static void record_twins(Tape *tape, void *context)
{
    const int *logits = context, last = tape_value(tape, *logits)->rows - 1;
    tape_begin_phase(tape, PHASE_FORWARD);
    tape_begin(tape, "twins", -1, NULL);
    int row = gather_rows(tape, HERE("row"), *logits, leaf(tape, "last", 1, (double[]){last}));
    int both = concat(tape, HERE("logits"), (int[]){row, row}, 2);
    tape_end(tape);
    sampling_record(tape, both, -1, &(Sampling){.temperature = 1, .top_k = TOP_K, .top_p = SHARE, .repetition = 1});
    tape_end(tape);
}

static void record_repetition(Tape *tape, void *context)
{
    const int *logits = context;
    tape_begin_phase(tape, PHASE_FORWARD);
    sampling_record(tape, *logits, part_tokens(tape, 0),
                    &(Sampling){.temperature = 1, .top_p = 1, .repetition = PENALTY});
    tape_end(tape);
}

static void record_next_token(Tape *tape, void *context)
{
    Run *run = context;
    const Language *language = run->model->system->language;
    const Value *tokens = tape_value(tape, part_tokens(tape, 0));
    Scene scene = {.tape = tape, .model = run->model, .parameters = &run->parameters,
                   .training_step = run->training_step};
    Cache cache = {.room = tokens->cols};
    int count = tokens->cols, *ids = tape_ints(tape, count, 0);
    for (int i = 0; i < count; i++)
        ids[i] = (int)tokens->data[i];
    tape_begin_phase(tape, PHASE_FORWARD);
    tape_begin_instance(tape, "prompt", -1);
    language->logits(&scene, ids, count - 1, &cache);
    tape_end(tape);
    tape_begin_instance(tape, "next", -1);
    language->next(&scene, ids, leaf(tape, "id", 1, (double[]){ids[count - 1]}), &cache);
    tape_end(tape);
    tape_end(tape);
}

static void record_bigram(Tape *tape, void *context)
{
    const int *vocabulary = context, tokens = part_tokens(tape, 0), learned = tape_value(tape, tokens)->cols - HELD;
    tape_begin_phase(tape, PHASE_FORWARD);
    tape_begin(tape, "bigram", -1, NULL);
    int before = one_hot(tape, HERE("first"), slice_columns(tape, HERE("before"), tokens, 0, learned - 1), *vocabulary);
    int after = one_hot(tape, HERE("second"), slice_columns(tape, HERE("after"), tokens, 1, learned - 1), *vocabulary);
    int smoothed = add_constant(tape, HERE("smoothed"), matmul_at(tape, HERE("counts"), before, after), 1);
    int seen = row_sum(tape, HERE("seen"), smoothed);
    int probabilities = div_col(tape, HERE("probabilities"), smoothed, seen);
    int rows = gather_rows(tape, HERE("rows"), probabilities,
                           slice_columns(tape, HERE("held"), tokens, learned, HELD - 1));
    int picked = pick(tape, HERE("picked"), rows, slice_columns(tape, HERE("targets"), tokens, learned + 1, HELD - 1));
    int per_token = scale(tape, HERE("per_token"), logarithm(tape, HERE("log"), picked), -1);
    divide_by(tape, HERE("loss"), column_sum(tape, HERE("sum"), per_token), HELD - 1);
    tape_end(tape);
    tape_end(tape);
}

typedef struct {
    Run *run;
    int parameter, cols;
    double losses[2][MOST_CHECKED];
} Check;

static void record_check(Tape *tape, void *context)
{
    const Check *check = context;
    int gradient = tape_value(tape, check->parameter)->gradient;
    tape_begin_phase(tape, PHASE_FORWARD);
    tape_begin(tape, "check", -1, NULL);
    int plus = leaf(tape, "plus", check->cols, check->losses[1]);
    int minus = leaf(tape, "minus", check->cols, check->losses[0]);
    int distance = subtract(tape, HERE("distance"), plus, minus);
    int numerical = divide_by(tape, HERE("numerical"), distance, 2 * STEP_SIZE);
    subtract(tape, HERE("difference"), numerical, gradient);
    tape_end(tape);
    tape_end(tape);
}

/* The losses on both sides of every cell, from runs of their own. */
static bool losses_beside(Check *check, Error *error)
{
    Run fork;
    const Mistake *mistake = check->run->tape.mistake;
    check->run->tape.mistake = NULL;
    bool whole = run_clone(&fork, check->run, error);
    check->run->tape.mistake = mistake;
    if (!whole)
        return false;
    double *cells = run_parameter(&fork, check->parameter);
    for (int c = 0; whole && c < 2 * check->cols; c++) {
        double before = cells[c / 2];
        cells[c / 2] = before + (c % 2 ? STEP_SIZE : -STEP_SIZE);
        whole = run_forward(&fork, error);
        check->losses[c % 2][c / 2] = whole ? run_loss(&fork) : 0;
        cells[c / 2] = before;
    }
    run_free(&fork);
    return whole;
}

static bool from_logits(Run *run, void (*record)(Tape *, void *), Error *error)
{
    int call = part_prediction(&run->tape, 0);
    if (call < 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "nothing can be drawn: this model does not choose among classes or tokens");
    int logits = part_prediction_of(&run->tape, call).logits;
    return tape_attempt(&run->tape, record, &logits, error);
}

static bool sampling(Run *run, Error *error)
{
    return from_logits(run, record_sampling, error);
}

static bool twins(Run *run, Error *error)
{
    return from_logits(run, record_twins, error);
}

static bool has_two_tokens(const Run *run, Error *error)
{
    int tokens = run->model->system->language ? part_tokens(&run->tape, 0) : -1;
    return (tokens >= 0 && tape_value(&run->tape, tokens)->cols > 1) ||
           error_set(error, EXIT_USED_WRONGLY, "this model has no text of two tokens to go on with");
}

static bool repetition(Run *run, Error *error)
{
    return has_two_tokens(run, error) && from_logits(run, record_repetition, error);
}

static bool next_token(Run *run, Error *error)
{
    return has_two_tokens(run, error) && tape_attempt(&run->tape, record_next_token, run, error);
}

static bool bigram(Run *run, Error *error)
{
    if (!has_two_tokens(run, error))
        return false;
    const Value *tokens = tape_value(&run->tape, part_tokens(&run->tape, 0));
    int vocabulary = run->model->system->language->size(run->model);
    if (tokens->cols <= HELD + 1)
        return error_set(error, EXIT_USED_WRONGLY, "a bigram needs a text of more than %d tokens", HELD + 1);
    return tape_attempt(&run->tape, record_bigram, &vocabulary, error);
}

/* The last parameter of one row that has a gradient, or -1. */
static int checked_parameter(const Run *run)
{
    for (int p = run->parameters.count - 1; p >= 0; p--) {
        const Value *value = tape_value(&run->tape, p);
        if (value->rows == 1 && value->cols <= MOST_CHECKED && value->gradient >= 0)
            return p;
    }
    return -1;
}

static bool gradient_check(Run *run, Error *error)
{
    Check check = {.run = run, .parameter = checked_parameter(run)};
    if (check.parameter < 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "no parameter of this model is a single row with a gradient to check");
    check.cols = tape_value(&run->tape, check.parameter)->cols;
    return losses_beside(&check, error) && tape_attempt(&run->tape, record_check, &check, error);
}

static const struct {
    const char *name;
    bool (*record)(Run *run, Error *error);
} EXTRAS[] = {{"sampling", sampling},
              {"twins", twins},
              {"repetition", repetition},
              {"next_token", next_token},
              {"bigram", bigram},
              {"gradient_check", gradient_check}};

bool extra_record(const char *name, Run *run, Error *error)
{
    if (!name)
        return true;
    for (size_t i = 0; i < sizeof EXTRAS / sizeof *EXTRAS; i++)
        if (strcmp(EXTRAS[i].name, name) == 0)
            return EXTRAS[i].record(run, error);
    return error_set(error, EXIT_USED_WRONGLY,
                     "no extra is called \"%.60s\"; use sampling, twins, repetition, next_token, bigram or "
                     "gradient_check",
                     name);
}
