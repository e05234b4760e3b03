/* tracer train: a run of training steps, with its loss curve, kept in a folder if asked for. */
#include "command.h"
#include "train_predict.h"
#include "train_rounds.h"
#include "training_report.h"

#include "tracer/stepper/stepper.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/session/adapter.h"
#include "tracer/session/crew.h"
#include "tracer/session/safetensors.h"
#include "tracer/views/key_help.h"

#include "tiny_model/primitive.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_STEPS = 1000000, SCREEN_FROM = 1000 }; /* updates from which a terminal shows a screen */

/* The first step that made a number that is none, and how to look at it. */
static bool tell_not_finite(const Session *session, Error *error)
{
    const Run *run = &session->run;
    char name[200];
    int row, col, step = training_first_not_finite(&run->tape, &row, &col);
    Text options = {0};
    RunOptions again = session->options;
    again.step = run->training_step;
    session_command_line(&again, &options);
    if (step < 0)
        return error_set(error, EXIT_CHECK_SAID_NO, "training step %d has a loss that is no number",
                         run->training_step);
    tape_name(&run->tape, run->tape.steps[step].output, name, sizeof name);
    error_set(error, EXIT_CHECK_SAID_NO,
              "training step %d: step %d is the first that makes no number, %s[%d,%d] is %g; look at it with "
              "tracer step%s --at %s",
              run->training_step, step, name, row, col,
              cell_of(tape_value(&run->tape, run->tape.steps[step].output), row, col),
              options.data ? options.data : "", name);
    text_free(&options);
    return false;
}

/* Why the training ended, where that is not plain; false if it went wrong. */
static bool tell_end(const Session *session, TrainingEnd end, Error *error)
{
    const Run *run = &session->run;
    switch (end) {
    case END_DONE: return true;
    case END_INTERRUPTED:
        print_error("tracer: stopped after %d updates\n", run->training_step);
        return true;
    case END_PATIENCE:
        print_error("tracer: stopped after %d updates: the validation loss got no better %d times\n",
                    run->training_step, session->model.training.patience);
        return true;
    case END_NOT_FINITE: return tell_not_finite(session, error);
    }
    return true;
}

/* The updates that stand out, one of them chosen with Up and Down: Enter opens the stepper there and comes back. */
static bool choose_worst(const Arguments *arguments, const Worst *worst, const char *folder, Error *error)
{
    int chosen = 0, step = -1, key = 0;
    Arguments opened = {.command = command_find("step"), .run = arguments->run, .digits = arguments->digits,
                        .digits_given = arguments->digits_given, .color = arguments->color};
    if (folder)
        opened.run = (RunOptions){.folder = folder};
    opened.run.step_given = true;
    while (key != 'q' && key != KEY_IS_ESCAPE && error->code == 0) {
        Watch *watch = terminal_watch(color_wanted(arguments), error);
        key = 0;
        while (watch && key != 'q' && key != KEY_IS_ESCAPE && key != KEY_IS_ENTER) {
            Grid grid;
            if (!terminal_watch_grid(&grid, !locale_prepare()))
                break;
            step = worst_draw(worst, chosen, &grid);
            key = terminal_watch_show(watch, &grid, true);
            grid_free(&grid);
            chosen += (key == KEY_IS_DOWN || key == 'j') - (key == KEY_IS_UP || key == 'k');
            chosen = chosen < 0 ? 0 : chosen < worst_count(worst) ? chosen : worst_count(worst) - 1;
        }
        if (watch)
            terminal_watch_close(watch);
        opened.run.step = step;
        if (key == KEY_IS_ENTER && step >= 0)
            opened.command->run(&opened, error);
    }
    return error->code == 0;
}

/* On a screen where there is one, as a table elsewhere. */
static bool show_worst(const Arguments *arguments, const Worst *worst, const char *folder, Error *error)
{
    if (terminal_usable() && worst_count(worst))
        return choose_worst(arguments, worst, folder, error);
    worst_print(worst, arguments->digits);
    return stdout_finish(error);
}

static bool tell_summary(const Arguments *arguments, const Report *report, const char *saved, const RunFolder *folder,
                         Error *error)
{
    report_print(report, arguments->digits);
    if (saved)
        print("parameters saved in %s\n", saved);
    if (folder)
        print("kept in %s: tracer --run %s opens it, with --step N at any training step\n", folder->path,
              folder->path);
    return !option_of(arguments, "--worst") ||
           show_worst(arguments, &report->worst, folder ? folder->path : NULL, error);
}

static bool train_and_tell(const Arguments *arguments, Session *session, int steps, RunFolder *folder, Report *report,
                           Error *error)
{
    const char *save = option_of(arguments, "--save"), *adapter = option_of(arguments, "--save-adapter");
    bool json = option_of(arguments, "--json") != NULL;
    int first = session->options.step;
    long threads;
    TrainingEnd end;
    if (!option_number(arguments, "--threads", 1, MOST_THREADS, 0, &threads, error))
        return false;
    /* Silently up to the step before: what is shown begins where --step says. */
    if (session->run.training_step < first && !run_reach(&session->run, first, NULL, NULL, error))
        return false;
    bool screen = session->model.training.validation > 0 || steps >= SCREEN_FROM;
    if (!report_begin(report, session, first, first + steps, json, screen, color_wanted(arguments), error))
        return false;
    report->view.folder = folder ? folder->path : NULL;
    TrainingPlan plan = {.last = first + steps, .threads = (int)threads, .folder = folder, .each = report_note,
                         .context = report};
    bool whole = training_run(session, &plan, &end, error) && error->code == 0;
    report_end(report);
    /* What is no number any more is not saved: it could not be read again. */
    save = whole && end == END_NOT_FINITE ? NULL : save;
    whole = whole && (!json || stdout_finish(error)) && (!save || weights_save(save, &session->run, false, error));
    whole = whole && (!adapter || end == END_NOT_FINITE || adapter_save(adapter, &session->run, error));
    bool only_asked = steps == 0 && session->options.unseen;
    whole = whole && (json || only_asked || tell_summary(arguments, report, save, folder, error));
    return whole && tell_end(session, end, error) &&
           (!session->options.unseen || predict_unseen(arguments, session, error));
}

static bool train(const Arguments *arguments, Session *session, int steps, RunFolder *folder, Error *error)
{
    Report *report = calloc(1, sizeof *report);
    if (!report)
        return error_memory(error);
    bool whole = train_and_tell(arguments, session, steps, folder, report, error);
    report_free(report);
    free(report);
    return whole;
}

/* As many updates as asked for; else those of the model file that are left behind --step. */
static bool find_steps(const Session *session, long asked, int *steps, Error *error)
{
    int whole = session->model.training.steps, first = session->options.step;
    *steps = asked >= 0 ? (int)asked : whole - first;
    if (asked < 0 && whole == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "say how many training steps: --steps N, or \"steps\" in \"training\" of the model file");
    return *steps >= 0 || error_set(error, EXIT_USED_WRONGLY,
                                    "the training of this model has %d steps; say how many more: --steps N", whole);
}

/* Whether something is frozen that came from nowhere. */
static bool stays_as_drawn(const Session *session)
{
    return session->model.training.frozen.count > 0 && !session->options.weights && !session->kept &&
           session->options.step == 0 && !session->options.from;
}

/* A new folder with -o, the one that was opened with --run. */
static bool train_in(const Arguments *arguments, Session *session, int steps, Error *error)
{
    if (stays_as_drawn(session))
        print_error("tracer: \"%s\" stays as it was drawn, nobody trained it; --weights brings what was trained\n",
                    session->model.training.frozen.list[0]);
    const char *path = option_of(arguments, "-o");
    RunFolder made = {0};
    if (!path && !session->kept)
        return train(arguments, session, steps, NULL, error);
    if (session->kept)
        return session->options.step == session->kept->step
                   ? run_folder_continue(session->kept, session->kept->step, error) &&
                         train(arguments, session, steps, session->kept, error)
                   : error_set(error, EXIT_USED_WRONGLY,
                               "a kept run goes on where it ended, at training step %d; leave --step out",
                               session->kept->step);
    bool whole = run_folder_make(&made, path, &session->model, option_of(arguments, "--force") != NULL, error) &&
                 train(arguments, session, steps, &made, error);
    run_folder_close(&made);
    return whole;
}

static void add_to_worst(void *context, const UpdateRecord *update)
{
    worst_add(context, update);
}

/* Of a run that is kept, without training on. */
static bool list_worst(const Arguments *arguments, const Session *session, Error *error)
{
    Worst worst = {0};
    if (!run_folder_read_log(session->kept, add_to_worst, &worst, error))
        return false;
    return show_worst(arguments, &worst, session->kept->path, error);
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    long asked, threads;
    int steps;
    const char *save = option_of(arguments, "--save");
    bool worst = option_of(arguments, "--worst") != NULL;
    RunOptions options = arguments->run;
    options.unseen = option_of(arguments, "--predict");
    if (!option_number(arguments, "--steps", 0, MOST_STEPS, -1, &asked, error) ||
        !option_number(arguments, "--threads", 1, MOST_THREADS, 0, &threads, error) ||
        (save && !file_writable(save, error)) || !session_describe(&session, &options, error))
        return error->code;
    /* Who asks weights what they say has trained them before. */
    asked = asked < 0 && options.unseen && options.weights ? 0 : asked;
    if (session.model.system->rounds) {
        train_rounds(arguments, &session.model, asked, error);
        session_close(&session);
        return error->code;
    }
    if (!session_prepare(&session, error))
        return error->code;
    if (arguments->run.ablate || arguments->run.patch)
        error_set(error, EXIT_USED_WRONGLY,
                  "--ablate and --patch change what one training step computes; a model is trained without them");
    else if (arguments->run.folder && option_of(arguments, "-o"))
        error_set(error, EXIT_USED_WRONGLY, "--run goes on with a kept run, -o begins one; give one of them");
    else if (session.kept && worst && asked < 0)
        list_worst(arguments, &session, error);
    else if (session_learns(&session, error) && find_steps(&session, asked, &steps, error))
        train_in(arguments, &session, steps, error);
    session_close(&session);
    return error->code;
}

const Command TRAIN_COMMAND = {
    .name = "train", .words = "", .summary = "a run of training steps, with progress and loss curve",
    .details = "N updates make N+1 losses: number k stands after k updates, 0 before the first. Without --steps N is\n"
               "what the model file says in training.steps.\n"
               "With --step K the run starts at training step K.\n\n"
               "-o DIR keeps the run: the model, a line for every update and checkpoints, so that --run DIR opens any\n"
               "training step of it and train --run DIR goes on with it, to the last bit as if it had not stopped.\n"
               "In a terminal a long training is a screen: loss, validation, baselines, and what the model writes or\n"
               "paints by then. Ctrl-C or q ends it after the update that is being made; nothing is lost.\n\n"
               "Threads compute the sequences of a batch side by side; no bit of any number depends on how many they\n"
               "are.\n\n"
               "--worst lists the updates with the largest loss, gradient norm and change of the parameters,\n"
               "and those whose loss stands out from the losses before; with --run DIR those of the run kept there.\n\n"
               "Trees grow in rounds, of any number of rows: the loss after each, and the area under the curve.\n"
               "--weights begins with the rounds of a file that --save wrote.\n\n"
               "--predict FILE.csv tells what a model that learned from a csv says of rows, or of customers by their\n"
               "payments, that were not there: the columns are found by name, and none needs to tell a class. With\n"
               "--weights nothing is trained before, unless --steps says so.\n",
    .example = "train --steps 200 --save trained.safetensors",
    .options = {{"--steps", "N", "updates (training.steps)"},
                {"--threads", "N", "threads that compute (as many as are useful)"},
                {"-o", "DIR", "keep the run in this folder"},
                {"--force", NULL, "in the place of a run that is there"},
                {"--save", "FILE", "write the parameters after the last update, their average, or the trees"},
                {"--save-adapter", "FILE", "write what is trained beside frozen weights alone"},
                {"--worst", NULL, "list the updates that stand out"},
                {"--predict", "FILE.csv", "the probability of class 1 of each row of another table"},
                {"--json", NULL, "one object a line instead of the curve"}},
    .learns = true, .run = run,
};
