/* Opening the stepper for step and screen; see stepping.h. */
#include "stepping.h"

#include "tiny_model/primitive.h"
#include "tracer/article/tutorial_folder.h"
#include "tracer/stepper/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEARCHED_BYTES = 32 << 20, /* of a tape that is recorded with every mistake in turn */
    MOST_COMPARED = 6          /* decimals: what numbers of 4 bytes hold */
};

/* --- a worksheet --- */

/* The stepper walks through training steps, and can be wrong about numbers only. */
static bool can_be_stepped(const Exercise *exercise, Error *error)
{
    if (exercise->choice)
        return error_set(error, EXIT_USED_WRONGLY,
                         "exercise %s asks for a bug, not for numbers; in the stepper :bug is the same game",
                         exercise->id);
    return !exercise->extra ||
           error_set(error, EXIT_USED_WRONGLY,
                     "exercise %s goes on behind the training step, where the stepper ends; tracer exercise check %02d",
                     exercise->id, exercise->number);
}

/* The whole training step from the worksheet's numbers. Printed parameters and moments stand in the
 * store; what else is printed is imposed again whenever this run is recorded. */
static bool record_sheet(Stepping *to, const Arguments *arguments, bool ascii, Error *error)
{
    const Variant *variant = &to->handed.variant;
    Session *session = &to->stepper.session;
    *session = (Session){.model = variant->model, .sheet = true, .options.step = variant->exercise->training_step};
    session->model.arena = (Arena){0}; /* the variant's */
    if (!run_clone(&session->run, &variant->run, error))
        return false;
    session->run.model = &session->model;
    session->run.tape.givens = to->givens;
    session->run.tape.given_count = 0;
    for (int i = 0; i < variant->given_count; i++) {
        const Value *value = tape_value(&variant->run.tape, tape_find(&variant->run.tape, variant->givens[i].name));
        if (value->kind != KIND_PARAMETER)
            to->givens[session->run.tape.given_count++] = variant->givens[i];
    }
    return stepper_begin(&to->stepper, arguments, ascii, error);
}

static bool judge_sheet(Stepping *to, Error *error)
{
    HandedIn *handed = &to->handed;
    Verdict verdict;
    return verdict_find(&handed->variant, &handed->answer, handed->before.name ? &handed->before : NULL, &verdict,
                        error) &&
           mine_init(&to->mine, &handed->variant, &handed->answer, &verdict, &to->stepper.session, error);
}

static bool names_run(const RunOptions *run)
{
    return run->model || run->text || run->weights || run->mistake || run->step;
}

static bool open_sheet(Stepping *to, const Exercise *exercise, const Arguments *arguments, bool ascii, Error *error)
{
    const char *path = option_of(arguments, "--mine"), *secret = option_of(arguments, "--secret");
    if (secret && !secret_read(secret, &to->secret, error))
        return false;
    const Claim claim = {.student = option_of(arguments, "--student"), .course = option_of(arguments, "--course"),
                         .before = option_of(arguments, "--before"), .secret = secret ? &to->secret : NULL,
                         .shows = true};
    if (names_run(&arguments->run))
        return error_set(error, EXIT_USED_WRONGLY,
                         "a worksheet brings its own run; leave out --model, --text, --weights, --step and --mistake");
    if (!can_be_stepped(exercise, error) ||
        !handed_in_open(&to->handed, &to->exercises, exercise, path, &claim, error) ||
        !record_sheet(to, arguments, ascii, error))
        return false;
    return judge_sheet(to, error);
}

/* --- numbers for one value of the chosen run --- */

/* An exercise that asks for this value, knows all mistakes and belongs to no folder. */
static void ask_for(Stepping *to, Reference at, bool searched)
{
    const Session *session = &to->stepper.session;
    const Value *value = tape_value(&session->run.tape, at.value);
    Exercise *about = &to->about;
    snprintf(to->name, sizeof to->name, "%s", name_of(&session->names, at.value));
    *about = (Exercise){.asked = {{to->name, at.row, at.col, 0}}, .asked_count = 1,
                        .training_step = session->run.training_step,
                        .phase = value->producer < 0 ? PHASE_FORWARD : session->run.tape.steps[value->producer].phase};
    snprintf(about->id, sizeof about->id, "--at");
    /* a choice of the model begins anew */
    bool as_drawn = !session->options.weights && session->run.training_step == 0;
    const System *system = session->model.system;
    for (int i = 0; searched && i < mistake_count_of(system) && about->mistake_count < MOST_NAMED; i++)
        if (as_drawn || !mistake_option(mistake_of(system, i)))
            about->mistakes[about->mistake_count++] = mistake_of(system, i);
}

/* The cells of the value, and their numbers as they are recorded. */
static bool variant_of_run(Stepping *to, Reference at, Error *error)
{
    const Session *session = &to->stepper.session;
    const Value *value = tape_value(&session->run.tape, at.value);
    Variant *variant = &to->handed.variant;
    *variant = (Variant){.exercise = &to->about, .model = session->model};
    variant->model.arena = (Arena){0};
    variant->cells = calloc(cells_of(value) + 1, sizeof *variant->cells);
    variant->truth = calloc(cells_of(value) + 1, sizeof *variant->truth);
    if (!variant->cells || !variant->truth)
        return error_memory(error);
    for (int r = 0; r < value->rows; r++)
        for (int c = 0; c < value->cols; c++)
            if ((at.row == ALL || at.row == r) && (at.col == ALL || at.col == c)) {
                variant->truth[variant->cell_count] = cell_of(value, r, c);
                variant->cells[variant->cell_count++] = (AskedCell){.row = r, .col = c};
            }
    if (!run_clone(&variant->run, &session->run, error))
        return false;
    variant->run.model = &variant->model;
    return true;
}

/* Numbers are compared with as many decimals as they were written with. */
static bool read_numbers(Stepping *to, const char *path, Error *error)
{
    Variant *variant = &to->handed.variant;
    Answer *answer = &to->handed.answer;
    if (!answer_read(path, variant, answer, error))
        return false;
    int decimals = answer->decimals < MOST_COMPARED ? answer->decimals : MOST_COMPARED;
    to->about.asked[0].decimals = decimals;
    for (int i = 0; i < variant->cell_count; i++)
        variant->cells[i].decimals = decimals;
    return true;
}

static bool open_numbers(Stepping *to, const Arguments *arguments, bool ascii, Error *error)
{
    const char *at = option_of(arguments, "--at"), *path = option_of(arguments, "--mine");
    Reference reference;
    Verdict verdict;
    if (!at)
        return error_set(error, EXIT_USED_WRONGLY,
                         "%s is no worksheet; say what its numbers are: --exercise NN, or --at NAME for a value", path);
    if (!stepper_open(&to->stepper, arguments, ascii, error))
        return false;
    const Session *session = &to->stepper.session;
    if (!reference_parse(&session->names, at, &reference, error))
        return false;
    ask_for(to, reference, session->run.tape.bytes <= SEARCHED_BYTES);
    return variant_of_run(to, reference, error) && read_numbers(to, path, error) &&
           verdict_find(&to->handed.variant, &to->handed.answer, NULL, &verdict, error) &&
           mine_init(&to->mine, &to->handed.variant, &to->handed.answer, &verdict, session, error);
}

/* --- either --- */

/* The exercise that --mine answers; NULL without an error if it is numbers and nothing more. */
static const Exercise *exercise_answered(Stepping *to, const Arguments *arguments, Error *error)
{
    const char *given = option_of(arguments, "--exercise"), *path = option_of(arguments, "--mine");
    char folder[TUTORIAL_PATH];
    SheetCode code;
    if (!handed_in_code(path, &code, error) || (!given && !code.found) ||
        !exercises_folder(option_of(arguments, "--exercises"), folder, error) ||
        !exercises_read(folder, &to->exercises, error))
        return NULL;
    return given ? exercise_find(&to->exercises, given, error) : handed_in_exercise(&to->exercises, path, &code, error);
}

static bool open_mine(Stepping *to, const Arguments *arguments, bool ascii, Error *error)
{
    const Exercise *exercise = exercise_answered(to, arguments, error);
    if (error->code ||
        !(exercise ? open_sheet(to, exercise, arguments, ascii, error) : open_numbers(to, arguments, ascii, error)))
        return false;
    to->mine.shown = option_of(arguments, "--teacher") != NULL;
    return mine_open(&to->stepper.state, &to->mine, option_of(arguments, "--at"), error);
}

static bool mistake_known(const char *id)
{
    return id && mistake_find(id);
}

static bool open_chosen(Stepping *to, const Arguments *arguments, bool ascii, Error *error)
{
    static const char *const companions[] = {"--exercise", "--student",   "--course", "--before",
                                             "--secret",   "--exercises", "--teacher"};
    const char *at = option_of(arguments, "--at");
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++)
        if (option_of(arguments, companions[i]))
            return error_set(error, EXIT_USED_WRONGLY, "%s goes with an answer: --mine FILE", companions[i]);
    /* The truth first, the mistake beside it: at the first training step the two have the same past. */
    const char *mistake = arguments->run.step == 0 && mistake_known(arguments->run.mistake) ? arguments->run.mistake
                                                                                            : NULL;
    Arguments chosen = *arguments;
    chosen.run.mistake = mistake ? NULL : arguments->run.mistake;
    if (!stepper_open(&to->stepper, &chosen, ascii, error))
        return false;
    State *state = &to->stepper.state;
    const char *tour = option_of(arguments, "--tour");
    if (mistake)
        command_mistake(state, mistake);
    else if (!at && !tour)
        map_open(state);
    if (at && !state->view.message.complains)
        command_go(state, at);
    if (tour && !state->view.message.complains)
        command_tour(state, tour);
    return !state->view.message.complains || error_set(error, EXIT_USED_WRONGLY, "%s", state->view.message.text);
}

bool stepping_open(Stepping *out, const Arguments *arguments, bool ascii, Error *error)
{
    *out = (Stepping){0};
    if ((option_of(arguments, "--mine") ? open_mine : open_chosen)(out, arguments, ascii, error))
        return true;
    stepping_close(out);
    return false;
}

void stepping_close(Stepping *stepping)
{
    stepper_close(&stepping->stepper);
    mine_free(&stepping->mine);
    handed_in_close(&stepping->handed);
    exercises_free(&stepping->exercises);
}
