/* tracer evaluate: accuracy, confusion and the most certain mistakes of a classifier, before and after a training. */
#include "command.h"

#include "tracer/base/print.h"
#include "tracer/session/evaluation.h"
#include "tracer/session/training.h"

#include <math.h>
#include <string.h>

enum { SHOWN_MISTAKES = 5, MOST_STEPS = 1000000, CELL = 8, TEXT_SHOWN = 60 };

static void print_parts(const Evaluation *evaluation, int digits)
{
    char loss[NUMBER_SIZE], accuracy[NUMBER_SIZE];
    print("%-10s  %8s  %8s  %8s\n", "part", "examples", "loss", "accuracy");
    for (int part = 0; part < DATA_PARTS; part++) {
        const PartEvaluation *of = &evaluation->parts[part];
        if (of->examples)
            print("%-10s  %8d  %8s  %8s\n", data_part_name((DataPart)part), of->examples,
                  number_text(loss, of->loss, digits),
                  number_text(accuracy, (double)of->right / of->examples, digits));
    }
}

/* The last part that there is: what nothing was learned from, if anything was kept. */
static int shown_part(const Evaluation *evaluation)
{
    int part = DATA_PARTS - 1;
    while (part > 0 && evaluation->parts[part].examples == 0)
        part--;
    return part;
}

static void print_confusion(const Session *session, const Evaluation *evaluation)
{
    int part = shown_part(evaluation), c = evaluation->classes, widest = CELL;
    char label[80];
    for (int i = 0; i < c; i++) {
        int width = text_width(class_text(&session->model, i, label, sizeof label));
        widest = width > widest ? width : widest;
    }
    print("\nconfusion, %s (a row is the class, a column what the model says)\n%-*s", data_part_name((DataPart)part),
          widest, "");
    for (int i = 0; i < c; i++)
        print("  %*s", widest, class_text(&session->model, i, label, sizeof label));
    print("\n");
    for (int row = 0; row < c; row++) {
        print("%-*s", widest, class_text(&session->model, row, label, sizeof label));
        for (int col = 0; col < c; col++)
            print("  %*d", widest, evaluation->parts[part].confusion[row * c + col]);
        print("\n");
    }
}

/* How well the two classes are put in order, and whether what is said of class 1 comes true so often. */
static void print_curve(const Evaluation *evaluation, int digits)
{
    int part = shown_part(evaluation);
    const PartEvaluation *of = &evaluation->parts[part];
    char said[NUMBER_SIZE], is[NUMBER_SIZE];
    if (evaluation->classes != 2)
        return;
    print("\narea under the curve, %s: ", data_part_name((DataPart)part));
    if (isnan(of->area))
        print("undefined, all examples are of one class\n");
    else
        print("%s\n", number_text(said, of->area, digits));
    print("\ncalibration (of those of whom about so much is said, so many are)\n%8s  %8s  %8s\n", "said", "are",
          "examples");
    for (int bin = 0; bin < CALIBRATION_BINS; bin++) {
        const Calibration *in = &of->calibration[bin];
        if (in->examples)
            print("%8s  %8s  %8d\n", number_text(said, in->said / in->examples, digits),
                  number_text(is, (double)in->is / in->examples, digits), in->examples);
    }
}

/* So many that no character is cut in two. */
static int bytes_shown(const char *text)
{
    int bytes = (int)strlen(text) > TEXT_SHOWN ? TEXT_SHOWN : (int)strlen(text);
    while (bytes > 0 && ((unsigned char)text[bytes] & 0xc0) == 0x80)
        bytes--;
    return bytes;
}

static void print_mistakes(const Session *session, const Evaluation *evaluation, long most, int digits)
{
    char target[80], said[80], number[NUMBER_SIZE];
    if (evaluation->mistake_count == 0) {
        print("\nno mistakes\n");
        return;
    }
    print("\nthe most certain mistakes, of %d\n", evaluation->mistake_count);
    for (int i = 0; i < evaluation->mistake_count && i < most; i++) {
        const Mistaken *of = &evaluation->mistakes[i];
        Text text = {0};
        example_text(&session->model, of->row, &text);
        const char *shown = text.data && !text.failed ? text.data : "";
        bool cut = strlen(shown) > TEXT_SHOWN;
        print("%s  example %d (%s)  is %s, said %s  \"%.*s%s\"\n",
              number_text(number, of->probability, digits), of->row, data_part_name(of->part),
              class_text(&session->model, of->target, target, sizeof target),
              class_text(&session->model, of->said, said, sizeof said), bytes_shown(shown), shown,
              cut ? " ..." : "");
        text_free(&text);
    }
}

static void print_all(const Session *session, const Evaluation *evaluation, long most, int digits)
{
    print_parts(evaluation, digits);
    print_confusion(session, evaluation);
    print_curve(evaluation, digits);
    print_mistakes(session, evaluation, most, digits);
}

static void json_curve(const PartEvaluation *of, Text *out)
{
    char said[NUMBER_SIZE], is[NUMBER_SIZE];
    text_add(out, ", \"auc\": %s, \"calibration\": [", isnan(of->area) ? "null" : number_json(said, of->area));
    for (int bin = 0, written = 0; bin < CALIBRATION_BINS; bin++) {
        const Calibration *in = &of->calibration[bin];
        if (in->examples)
            text_add(out, "%s{\"said\": %s, \"are\": %s, \"examples\": %d}", written++ ? ", " : "",
                     number_json(said, in->said / in->examples), number_json(is, (double)in->is / in->examples),
                     in->examples);
    }
    text_add(out, "]");
}

static void json_part(const Evaluation *evaluation, int part, Text *out)
{
    char loss[NUMBER_SIZE], accuracy[NUMBER_SIZE];
    const PartEvaluation *of = &evaluation->parts[part];
    int c = evaluation->classes;
    text_add(out, "{\"part\": \"%s\", \"examples\": %d, \"loss\": %s, \"accuracy\": %s, \"confusion\": [",
             data_part_name((DataPart)part), of->examples, number_json(loss, of->loss),
             number_json(accuracy, (double)of->right / of->examples));
    for (int row = 0; row < c; row++) {
        text_add(out, "%s[", row ? ", " : "");
        for (int col = 0; col < c; col++)
            text_add(out, "%s%d", col ? ", " : "", of->confusion[row * c + col]);
        text_add(out, "]");
    }
    text_add(out, "]");
    if (c == 2)
        json_curve(of, out);
    text_add(out, "}");
}

static void json_class(const Session *session, const char *key, int class, Text *out)
{
    char label[80];
    text_add(out, ", \"%s\": ", key);
    text_json_string(out, class_text(&session->model, class, label, sizeof label));
}

static void json_all(const Session *session, const Evaluation *evaluation, long most, Text *out)
{
    char number[NUMBER_SIZE];
    const char *between = "";
    text_add(out, "{\"parts\": [");
    for (int part = 0; part < DATA_PARTS; part++) {
        if (evaluation->parts[part].examples == 0)
            continue;
        text_add(out, "%s", between);
        json_part(evaluation, part, out);
        between = ", ";
    }
    text_add(out, "], \"mistakes\": [");
    for (int i = 0; i < evaluation->mistake_count && i < most; i++) {
        const Mistaken *of = &evaluation->mistakes[i];
        Text text = {0};
        example_text(&session->model, of->row, &text);
        text_add(out, "%s{\"example\": %d, \"part\": \"%s\"", i ? ", " : "", of->row, data_part_name(of->part));
        json_class(session, "class", of->target, out);
        json_class(session, "said", of->said, out);
        text_add(out, ", \"probability\": %s, \"text\": ", number_json(number, of->probability));
        text_json_string(out, text_piece(out, &text));
        text_add(out, "}");
        text_free(&text);
    }
    text_add(out, "], \"mistaken\": %d}", evaluation->mistake_count);
}

/* Where a training of `steps` updates ends. */
static bool train_to(Session *session, int steps, Error *error)
{
    TrainingEnd end;
    TrainingPlan plan = {.last = session->options.step + steps};
    return training_run(session, &plan, &end, error) &&
           (end != END_NOT_FINITE ||
            error_set(error, EXIT_CHECK_SAID_NO, "the loss is no number any more after %d updates",
                      session->run.training_step));
}

typedef struct {
    const Arguments *arguments;
    Session *session;
    long mistakes, steps;   /* steps: -1, or what is trained in between */
    Text json;
} Question;

static bool tell(Question *asked, const char *when, Error *error)
{
    Evaluation evaluation;
    bool json = option_of(asked->arguments, "--json") != NULL;
    if (!evaluation_make(asked->session, &evaluation, error))
        return false;
    if (json && when)
        text_add(&asked->json, "\"%s\": ", when);
    if (json)
        json_all(asked->session, &evaluation, asked->mistakes, &asked->json);
    else {
        if (when && strcmp(when, "after") == 0)
            print("\n");
        if (when)
            print("%s %ld updates\n\n", when, asked->steps);
        print_all(asked->session, &evaluation, asked->mistakes, asked->arguments->digits);
    }
    evaluation_free(&evaluation);
    return true;
}

static bool evaluate(Question *asked, Error *error)
{
    Session *session = asked->session;
    bool json = option_of(asked->arguments, "--json") != NULL, twice = asked->steps >= 0;
    if (session->options.step > session->run.training_step &&
        !run_to(&session->run, session->options.step, NULL, NULL, error))
        return false;
    if (json && twice)
        text_add(&asked->json, "{");
    if (!tell(asked, twice ? "before" : NULL, error))
        return false;
    if (json && twice)
        text_add(&asked->json, ",\n ");
    if (twice && (!train_to(session, (int)asked->steps, error) || !tell(asked, "after", error)))
        return false;
    if (json)
        text_add(&asked->json, "%s\n", twice ? "}" : "");
    return !json || print_text(&asked->json, error);
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Question asked = {.arguments = arguments, .session = &session};
    if (!option_number(arguments, "--mistakes", 0, MOST_STEPS, SHOWN_MISTAKES, &asked.mistakes, error) ||
        !option_number(arguments, "--steps", 0, MOST_STEPS, -1, &asked.steps, error) ||
        !session_load(&session, &arguments->run, error))
        return error->code;
    evaluate(&asked, error);
    text_free(&asked.json);
    session_close(&session);
    return error->code;
}

const Command EVALUATE_COMMAND = {
    .name = "evaluate", .words = "", .summary = "a classifier's accuracy, confusion and most certain mistakes",
    .details = "Every example of the data is asked: those that are learned from, and those that \"validation\" and\n"
               "\"test\" in training keep apart, which the confusion is of. With --steps N it is told before and\n"
               "after N updates. Of two classes also: the area under the curve, and whether what is said comes\n"
               "true so often.\n"
               "--example N opens one of them in every command: tracer why --example 7 'classifier.logits[0,1]'.\n",
    .example = "evaluate --model messages --steps 20",
    .options = {{"--steps", "N", "train so many updates, and tell both"},
                {"--mistakes", "N", "how many mistakes are shown (5)"},
                {"--json", NULL, "as JSON"}},
    .run = run,
};
