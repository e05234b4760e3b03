/* tracer classify: the class of a text, from lines whose class is known, by their vectors. */
#include "answer_picture.h"

#include "tiny_model/primitive.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/query/question.h"
#include "tracer/query/why.h"

#include <stdlib.h>

enum { USUAL_NEIGHBOURS = 3, MOST_NEIGHBOURS = 1000, USUAL_STEPS = 200, MOST_LOGISTIC = 10000, LEVELS = 3 };

/* The class with the largest share or probability of a row, of equals the first. */
static int best_of(const Value *answer, int row)
{
    int best = 0;
    for (int c = 1; c < answer->cols; c++)
        best = cell_of(answer, row, c) > cell_of(answer, row, best) ? c : best;
    return best;
}

/* Classes, the likeliest first. */
static void put_in_order(const Value *answer, int *order)
{
    for (int c = 0; c < answer->cols; c++) {
        int at = c;
        for (; at > 0 && answer->data[order[at - 1]] < answer->data[c]; at--)
            order[at] = order[at - 1];
        order[at] = c;
    }
}

static void add_method_json(const Question *question, Text *out)
{
    char number[NUMBER_SIZE];
    const Classing *classing = &question->classing;
    if (question->asking == ASK_NEIGHBOURS) {
        text_add(out, "\"method\": \"neighbours\", \"k\": %d", question->k);
        return;
    }
    double loss = 0;
    const Value *of = classing->loss < 0 ? NULL : tape_value(&question->tape, classing->loss);
    for (int c = 0; of && c < of->cols; c++)
        loss += of->data[c];
    text_add(out, "\"method\": \"logistic\", \"steps\": %d", question->steps);
    text_add(out, ", \"rate\": %s", number_json(number, question->rate));
    text_add(out, ", \"loss\": %s", number_json(number, loss));
}

/* --- one text --- */

static void add_answers_json(const Question *question, const int *order, Text *out)
{
    char number[NUMBER_SIZE];
    const Sentences *lines = question->sentences;
    const Value *answer = tape_value(&question->tape, question->classing.answer);
    bool neighbours = question->asking == ASK_NEIGHBOURS;
    text_add(out, ", \"answers\": [");
    for (int c = 0; c < answer->cols; c++) {
        text_add(out, "%s{\"class\": ", c ? ", " : "");
        text_json_string(out, lines->labels[order[c]]);
        text_add(out, ", \"%s\": %s}", neighbours ? "share" : "probability",
                 number_json(number, answer->data[order[c]]));
    }
    text_add(out, "]");
    if (!neighbours)
        return;
    const Value *nearest = tape_value(&question->tape, question->classing.nearest);
    text_add(out, ", \"neighbours\": [");
    for (int i = 0; i < nearest->cols; i++) {
        int line = (int)nearest->data[i];
        text_add(out, "%s{\"text\": ", i ? ", " : "");
        text_json_string(out, lines->lines[line]);
        text_add(out, ", \"class\": ");
        text_json_string(out, lines->labels[lines->classes[line]]);
        text_add(out, ", \"distance\": %s}",
                 number_json(number, tape_value(&question->tape, question->classing.distance)->data[line]));
    }
    text_add(out, "]");
}

static void add_answers(const Question *question, const int *order, int digits, Text *out)
{
    char number[NUMBER_SIZE];
    const Sentences *lines = question->sentences;
    const Value *answer = tape_value(&question->tape, question->classing.answer);
    for (int c = 0; c < answer->cols; c++) {
        text_add(out, "%s  ", number_text(number, answer->data[order[c]], digits));
        text_add_name(out, lines->labels[order[c]], 60);
        text_add(out, "\n");
    }
    if (question->asking != ASK_NEIGHBOURS)
        return;
    const Value *nearest = tape_value(&question->tape, question->classing.nearest);
    text_add(out, "\nthe %d nearest, by their distance:\n", nearest->cols);
    for (int i = 0; i < nearest->cols; i++) {
        int line = (int)nearest->data[i];
        double distance = tape_value(&question->tape, question->classing.distance)->data[line];
        text_add(out, "%s  ", number_text(number, distance, digits));
        text_add_name(out, lines->labels[lines->classes[line]], 60);
        text_add(out, ": ");
        text_add_name(out, lines->lines[line], 200);
        text_add(out, "\n");
    }
}

static bool draw_classes(const Arguments *arguments, const Question *question, const int *order, Error *error)
{
    const Value *answer = tape_value(&question->tape, question->classing.answer);
    if (!option_of(arguments, "-o"))
        return true;
    const char **labels = malloc((size_t)answer->cols * sizeof *labels);
    double *numbers = malloc((size_t)answer->cols * sizeof *numbers);
    bool whole = labels && numbers ? true : error_memory(error);
    for (int c = 0; whole && c < answer->cols; c++) {
        labels[c] = question->sentences->labels[order[c]];
        numbers[c] = answer->data[order[c]];
    }
    Bars bars = {.title = arguments->words[0], .count = answer->cols, .labels = labels, .numbers = numbers,
                 .caption = question->asking == ASK_LOGISTIC ? "Probabilities of logistic regressions, one a class."
                                                             : "Shares of the nearest texts, by their class."};
    whole = whole && answer_picture(arguments, &bars, error);
    free(labels);
    free(numbers);
    return whole;
}

static bool tell_text(const Arguments *arguments, const Question *question, Text *out, Error *error)
{
    const Value *answer = tape_value(&question->tape, question->classing.answer);
    int *order = malloc((size_t)answer->cols * sizeof *order);
    if (!order)
        return error_memory(error);
    put_in_order(answer, order);
    bool json = option_of(arguments, "--json") != NULL, whole = true;
    if (json) {
        text_add(out, "{\"query\": ");
        text_json_string(out, arguments->words[0]);
        text_add(out, ", ");
        add_method_json(question, out);
        add_answers_json(question, order, out);
        text_add(out, "}\n");
    } else {
        add_answers(question, order, arguments->digits, out);
    }
    if (option_of(arguments, "--why")) {
        FormulaStyle style = {.digits = arguments->digits, .most_terms = 24};
        bool logistic = question->asking == ASK_LOGISTIC;
        Reference cell = {.value = question->classing.answer, .col = order[0]};
        if (!logistic) {
            int line = (int)tape_value(&question->tape, question->classing.nearest)->data[0];
            cell = (Reference){.value = question->classing.distance, .row = line};
        }
        whole = why_text(&question->names, cell, LEVELS, style, out, error);
    }
    whole = whole && draw_classes(arguments, question, order, error);
    free(order);
    return whole;
}

/* --- all lines --- */

static void tell_lines(const Arguments *arguments, const Question *question, Text *out)
{
    const Sentences *lines = question->sentences;
    const Value *answer = tape_value(&question->tape, question->classing.answer);
    bool json = option_of(arguments, "--json") != NULL, neighbours = question->asking == ASK_NEIGHBOURS;
    int right = 0;
    if (json) {
        text_add(out, "{");
        add_method_json(question, out);
        text_add(out, ", \"wrong\": [");
    }
    for (int i = 0; i < lines->count; i++) {
        int best = best_of(answer, i);
        if (best == lines->classes[i]) {
            right++;
            continue;
        }
        const char *const parts[] = {lines->lines[i], lines->labels[lines->classes[i]], lines->labels[best]};
        const char *const keys[] = {"{\"text\": ", ", \"class\": ", ", \"answer\": "};
        const char *const between[] = {"", " is ", ", taken for "};
        if (json && i - right > 0)
            text_add(out, ", ");
        for (int k = 0; k < 3; k++) {
            text_add(out, "%s", json ? keys[k] : between[k]);
            if (json)
                text_json_string(out, parts[k]);
            else
                text_add_name(out, parts[k], 80);
        }
        text_add(out, json ? "}" : "\n");
    }
    if (json)
        text_add(out, "], \"lines\": %d, \"right\": %d, \"left_out\": %s}\n", lines->count, right,
                 neighbours ? "true" : "false");
    else if (neighbours)
        text_add(out, "%d of %d lines have the class of their nearest among the others (k = %d)\n", right,
                 lines->count, question->k);
    else
        text_add(out, "%d of %d lines are told right, and all of them were learned from (%d steps)\n", right,
                 lines->count, question->steps);
}

/* --- the command --- */

static bool classify(const Arguments *arguments, Question *question, const char *path, Error *error)
{
    Sentences sentences;
    const char *query = arguments->word_count ? arguments->words[0] : NULL;
    if (!sentences_read(&sentences, question->vectors, path, query, true, error))
        return false;
    question->sentences = &sentences;
    int most = sentences.count - (query == NULL);
    bool whole = question->asking == ASK_LOGISTIC || question->k <= most ||
                 error_set(error, EXIT_USED_WRONGLY, "-k is %d, but there are only %d lines to be near to", question->k,
                           most);
    Text out = {0};
    whole = whole && question_ask(question, error);
    if (whole && query)
        whole = tell_text(arguments, question, &out, error);
    else if (whole)
        tell_lines(arguments, question, &out);
    whole = whole && print_text(&out, error) && stdout_finish(error);
    text_free(&out);
    question_close(question);
    sentences_free(&sentences);
    return whole;
}

static int run(const Arguments *arguments, Error *error)
{
    Vectors vectors;
    long k, steps;
    const char *path = option_of(arguments, "--in");
    bool logistic = option_of(arguments, "--logistic") != NULL;
    if (!path) {
        error_set(error, EXIT_USED_WRONGLY, "say what is known: --in FILE, a class, a tab and a text a line");
        return error->code;
    }
    if (!option_number(arguments, "-k", 1, MOST_NEIGHBOURS, USUAL_NEIGHBOURS, &k, error) ||
        !option_number(arguments, "--updates", 1, MOST_LOGISTIC, USUAL_STEPS, &steps, error) ||
        !vectors_open(&vectors, &arguments->run, option_of(arguments, "--vectors"), error))
        return error->code;
    Question question = {.vectors = &vectors, .asking = logistic ? ASK_LOGISTIC : ASK_NEIGHBOURS, .k = (int)k,
                         .steps = (int)steps, .rate = 1, .inverse = option_of(arguments, "--idf") != NULL};
    classify(arguments, &question, path, error);
    vectors_close(&vectors);
    return error->code;
}

const Command CLASSIFY_COMMAND = {
    .name = "classify", .words = "[\"TEXT\"]",
    .summary = "the class of a text, from texts whose class is known, by their vectors",
    .details = "A text is the mean of the unit vectors of its words, then of length 1. Its class is that of the k\n"
               "nearest lines of the file; with --logistic that of a logistic regression on them, one question a\n"
               "class: this one, or another? Without a text every line is classified: by all others, or, with\n"
               "--logistic, by what was learned from it too. The vectors are those that tracer nearest takes.\n",
    .example = "classify \"the old queen\" --in tutorial/texts/classes.txt", .most_words = 1,
    .options = {{"--in", "FILE", "a class, a tab and a text a line"},
                {"-k", "K", "nearest lines that are asked (3)"},
                {"--logistic", NULL, "logistic regression in the place of neighbours"},
                {"--updates", "N", "its steps (200)"},
                {"--idf", NULL, "rare words weigh more"},
                {"--vectors", "FILE", "those of a file"},
                {"--why", NULL, "how the nearest distance, or the best probability, comes about"},
                PICTURE_OPTION,
                {"--json", NULL, "as JSON"}},
    .run = run,
};
