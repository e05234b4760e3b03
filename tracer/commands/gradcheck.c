/* tracer gradcheck: central differences against the recorded gradient. */
#include "tiny_model/gradcheck.h"
#include "tracer/base/print.h"

#include "command.h"
#include "said.h"
#include "tracer/base/progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* The values to check and what was found. */
typedef struct {
    Reference *asked;
    Gradcheck *results;
    int count;
    long cells, judged;
    bool ok;                /* no gradient is wrong, and one at least could be judged */
} Report;

static bool report_init(Report *report, const Session *session, const char *name, Error *error)
{
    const Run *run = &session->run;
    size_t most = (size_t)run->parameters.count + 1;
    *report = (Report){.asked = malloc(most * sizeof *report->asked),
                       .results = malloc(most * sizeof *report->results)};
    if (!report->asked || !report->results)
        return error_memory(error);
    if (name) {
        Reference reference;
        if (!reference_parse(&session->names, name, &reference, error))
            return false;
        say_taken(&session->names, reference);
        Kind kind = tape_value(&run->tape, reference.value)->kind;
        if (tape_value(&run->tape, reference.value)->frozen)
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%.100s\" is frozen, detached from the loss: its gradient is not computed, so there is "
                             "nothing to check",
                             name);
        if (kind == KIND_ACTIVATION && tape_value(&run->tape, reference.value)->gradient < 0)
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%.100s\" has no gradient to check: it is detached, nothing that is trained lies "
                             "behind it, or it stands inside of a rule",
                             name);
        if (tape_value(&run->tape, reference.value)->gradient < 0 ||
            (kind != KIND_PARAMETER && kind != KIND_ACTIVATION))
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%.100s\" has no gradient to check; try a parameter or an activation", name);
        report->asked[report->count++] = reference;
        return true;
    }
    for (int i = 0; i < run->parameters.count; i++)
        /* A frozen parameter has no gradient, which is not a wrong one. */
        if (tape_value(&run->tape, i)->gradient >= 0)
            report->asked[report->count++] = (Reference){i, ALL, ALL};
    return report->count > 0 || error_set(error, EXIT_USED_WRONGLY, "no parameter has a gradient to check");
}

/* Rows of a value, so many that a worker has something to do. */
typedef struct {
    int asked;              /* index in the report */
    int from, to;
    Gradcheck found;
} Part;

enum { CELLS_OF_A_PART = 256, MOST_WORKERS = 16 };

/* The parts in order, taken by whoever is free: what each finds does not depend on who. */
typedef struct {
    const Session *session;
    const Report *report;
    Part *parts;
    int count;
    atomic_int next;
    atomic_bool stop;
    Progress progress;      /* of the first worker, which alone shows it */
} Work;

typedef struct {
    Work *work;
    pthread_t thread;
    bool first;
    Error error;
} Worker;

static bool split(Work *work, Error *error)
{
    const Report *report = work->report;
    const Tape *tape = &work->session->run.tape;
    long rows = 0;
    for (int i = 0; i < report->count; i++)
        rows += tape_value(tape, report->asked[i].value)->rows;
    work->parts = malloc((size_t)rows * sizeof *work->parts);
    for (int i = 0; work->parts && i < report->count; i++) {
        const Reference *asked = &report->asked[i];
        const Value *of = tape_value(tape, asked->value);
        int cols = asked->col == ALL ? of->cols : 1, some = 1 + CELLS_OF_A_PART / cols;
        int end = asked->row == ALL ? of->rows : asked->row + 1;
        for (int from = asked->row == ALL ? 0 : asked->row; from < end; from += some)
            work->parts[work->count++] = (Part){i, from, end - from < some ? end : from + some, {.ok = true}};
    }
    return work->parts || error_memory(error);
}

/* Takes parts until none is left. */
static void *take_parts(void *context)
{
    Worker *worker = context;
    Work *work = worker->work;
    Run scratch;
    Rerun rerun = {.value = -1};
    if (!run_clone(&scratch, &work->session->run, &worker->error)) {
        work->stop = true;
        return NULL;
    }
    for (int i; !work->stop && (i = work->next++) < work->count;) {
        Part *part = &work->parts[i];
        const Reference *asked = &work->report->asked[part->asked];
        if (worker->first)
            progress_show(&work->progress, i, work->count);
        if (asked->value != rerun.value) {
            rerun_free(&rerun);
            work->stop = work->stop || !rerun_begin(&rerun, &scratch, asked->value, &worker->error);
        }
        if (worker->error.code == 0)
            gradcheck_rows(&work->session->run, &rerun, part->from, part->to, asked->col, &part->found);
    }
    rerun_free(&rerun);
    run_free(&scratch);
    return NULL;
}

/* One worker for each processor; where a thread cannot be had, the first does it all. */
static bool work_together(Work *work, Error *error)
{
    Worker workers[MOST_WORKERS];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int most = processors < 1 ? 1 : processors > MOST_WORKERS ? MOST_WORKERS : (int)processors, count = 1;
    for (int i = 0; i < MOST_WORKERS; i++)
        workers[i] = (Worker){.work = work, .first = i == 0};
    while (count < most && count < work->count &&
           pthread_create(&workers[count].thread, NULL, take_parts, &workers[count]) == 0)
        count++;
    take_parts(&workers[0]);
    for (int i = 1; i < count; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < count; i++)
        if (workers[i].error.code != 0)
            return error_set(error, workers[i].error.code, "%s", workers[i].error.text);
    return true;
}

static bool check_all(Report *report, const Session *session, Error *error)
{
    Work work = {.session = session, .report = report, .progress = progress_begin("parts")};
    bool whole = split(&work, error) && work_together(&work, error);
    progress_end(&work.progress);
    for (int i = 0; i < report->count; i++)
        report->results[i] = (Gradcheck){.ok = true};
    for (int i = 0; whole && i < work.count; i++)
        gradcheck_add(&report->results[work.parts[i].asked], &work.parts[i].found);
    int wrong = 0;
    for (int i = 0; whole && i < report->count; i++) {
        report->cells += report->results[i].cells;
        report->judged += gradcheck_judged(&report->results[i]);
        wrong += !report->results[i].ok;
    }
    report->ok = wrong == 0 && report->judged > 0;
    free(work.parts);
    return whole;
}

static bool print_json(const Report *report, const Session *session, Error *error)
{
    char a[NUMBER_SIZE], r[NUMBER_SIZE], cell[400];
    Text out = {0};
    text_add(&out, "{\"model\": ");
    text_json_string(&out, session->model.name);
    text_add(&out, ", \"step_size\": %s, \"values\": [", number_exact(a, GRADCHECK_STEP));
    for (int i = 0; i < report->count; i++) {
        const Gradcheck *g = &report->results[i];
        text_add(&out, "%s{\"name\": ", i ? ",\n " : "\n ");
        text_json_string(&out, reference_text(&session->names, report->asked[i], cell, sizeof cell));
        text_add(&out, ", \"cells\": %d, \"max_abs\": %s, \"max_rel\": %s, \"worst\": ", g->cells,
                 number_json(a, g->max_abs), number_json(r, g->max_rel));
        text_json_string(&out, cell_text(&session->names, report->asked[i].value, g->worst_row, g->worst_col, cell,
                                         sizeof cell));
        text_add(&out, ", \"wrong\": %d, \"at_kink\": %d, \"unsure\": %d, \"ok\": %s}", g->wrong, g->kinks, g->unsure,
                 g->ok && gradcheck_judged(g) > 0 ? "true" : "false");
    }
    text_add(&out, "], \"frozen\": [");
    const char *between = "";
    for (int i = 0; i < session->run.parameters.count; i++) {
        if (!session->run.parameters.list[i].frozen)
            continue;
        text_add(&out, "%s", between);
        text_json_string(&out, session->run.parameters.list[i].name);
        between = ", ";
    }
    text_add(&out, "], \"ok\": %s}\n", report->ok ? "true" : "false");
    bool whole = print_text(&out, error);
    text_free(&out);
    return whole;
}

static const char *mark_of(const Gradcheck *g)
{
    return !g->ok ? "WRONG" : gradcheck_judged(g) == 0 ? "?    " : "ok   ";
}

static void print_row(const Gradcheck *g, const Session *session, Reference reference, int digits)
{
    char recorded[NUMBER_SIZE], numerical[NUMBER_SIZE], cell[400], asked[400];
    const Names *names = &session->names;
    print("%s %-44s %5d cell%s", mark_of(g), reference_text(names, reference, asked, sizeof asked), g->cells,
          g->cells == 1 ? "" : "s");
    if (gradcheck_judged(g) > 0)
        print(", worst relative error %.1e at %s: recorded %s, numerical %s", g->max_rel,
              cell_text(names, reference.value, g->worst_row, g->worst_col, cell, sizeof cell),
              number_text(recorded, g->recorded, digits), number_text(numerical, g->numerical, digits));
    if (g->kinks > 0)
        print(", %d at a kink", g->kinks);
    if (g->unsure > 0)
        print(", %d not exact enough to tell", g->unsure);
    if (g->kinks + g->unsure > 0)
        print(" (%s cannot be judged)",
              cell_text(names, reference.value, g->kink_row, g->kink_col, cell, sizeof cell));
    print("\n");
}

static int frozen_count(const Run *run)
{
    int count = 0;
    for (int i = 0; i < run->parameters.count; i++)
        count += run->parameters.list[i].frozen;
    return count;
}

static void print_table(const Report *report, const Session *session, int digits)
{
    int wrong = 0;
    for (int i = 0; i < report->count; i++) {
        print_row(&report->results[i], session, report->asked[i], digits);
        wrong += !report->results[i].ok;
    }
    long unjudged = report->cells - report->judged;
    if (wrong > 0)
        print("%d of %d gradients do not agree with central differences of step %g\n", wrong, report->count,
              GRADCHECK_STEP);
    else if (report->judged == 0)
        print("nothing could be judged: at a kink the slopes to the left and to the right differ\n");
    else if (report->cells == 1)
        print("the cell agrees with central differences of step %g\n", GRADCHECK_STEP);
    else
        print("all %ld cells%s agree with central differences of step %g\n", report->judged,
              unjudged ? " that can be judged" : "", GRADCHECK_STEP);
    int frozen = frozen_count(&session->run);
    if (frozen > 0 && report->count > 1)
        print("%d parameter%s detached, being frozen: no gradient is computed, so none is checked\n", frozen,
              frozen == 1 ? " is" : "s are");
    if (unjudged > 0 && report->judged > 0)
        print("%ld cell%s cannot be judged\n", unjudged, unjudged == 1 ? "" : "s");
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Report report = {0};
    if (!session_open(&session, &arguments->run, error))
        return error->code;
    bool whole = session_learns(&session, error) &&
                 report_init(&report, &session, arguments->word_count ? arguments->words[0] : NULL, error) &&
                 check_all(&report, &session, error);
    if (whole && option_of(arguments, "--json"))
        print_json(&report, &session, error);
    else if (whole)
        print_table(&report, &session, arguments->digits);
    free(report.asked);
    free(report.results);
    session_close(&session);
    return error->code ? error->code : report.ok ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

const Command GRADCHECK_COMMAND = {
    .name = "gradcheck", .words = "[NAME]", .summary = "the recorded gradient against central differences",
    .details = "Every cell is moved by 1e-5 up and down, the loss is computed again, and the slope compared.\n"
               "Relative error: |a - n| / max(|a|, |n|, 1e-3); below 1e-6 the gradient tells the truth.\n"
               "Where it does not at once, two step sizes are extrapolated (which takes away the error h^2 of a\n"
               "curved loss) and others tried. At a kink (relu at exactly 0) the slopes to the left and to the right\n"
               "differ: such a cell cannot be judged, which is said and is no error unless no cell can.\n"
               "Without NAME: every parameter; NAME[r,c], NAME[r,:] and NAME[:,c] check a part. "
               "Exit code 1 if one is wrong.\n",
    .example = "gradcheck --model by-hand --mistake output_projection.not_transposed", .most_words = 1,
    .options = {{"--json", NULL, "as JSON"}},
    .learns = true, .run = run,
};
