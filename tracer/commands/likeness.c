/* tracer nearest, similar, analogy: who is near whom among words, and why. */
#include "answer_picture.h"

#include "tiny_model/primitive.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/query/question.h"
#include "tracer/query/why.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_ANSWERS = 100000, USUAL_ANSWERS = 10, LEVELS = 4, MOST_TERMS = 24 };

/* The cosine of one answer, down to the numbers of the vectors. */
static bool tell_why(const Arguments *arguments, const Question *question, int column, Error *error)
{
    Text out = {0};
    Reference cell = {.value = question->cosine, .row = 0, .col = column};
    FormulaStyle style = {.digits = arguments->digits, .most_terms = 24};
    bool whole = why_text(&question->names, cell, LEVELS, style, &out, error) && print_text(&out, error);
    text_free(&out);
    return whole;
}

static void print_answers(const Arguments *arguments, const Question *question, const int *best, int count)
{
    char number[NUMBER_SIZE];
    const Value *cosine = tape_value(&question->tape, question->cosine);
    int width = 0;
    for (int i = 0; i < count; i++) {
        int own = text_width(question->vectors->words[best[i]]);
        width = own > width && own <= 40 ? own : width;
    }
    for (int i = 0; i < count; i++)
        print("%-*s  %s\n", width, question->vectors->words[best[i]],
              number_text(number, cosine->data[best[i]], arguments->digits));
}

static bool print_json(const Arguments *arguments, const Question *question, const int *best, int count,
                       bool excluded, Error *error)
{
    Text out = {0};
    char number[NUMBER_SIZE];
    text_add(&out, "{\"query\": [");
    for (int i = 0; i < arguments->word_count; i++) {
        text_add(&out, "%s", i ? ", " : "");
        text_json_string(&out, arguments->words[i]);
    }
    text_add(&out, "], \"inputs_excluded\": %s, \"answers\": [", excluded ? "true" : "false");
    for (int i = 0; i < count; i++) {
        text_add(&out, "%s{\"word\": ", i ? ", " : "");
        text_json_string(&out, question->vectors->words[best[i]]);
        text_add(&out, ", \"cosine\": %s}",
                 number_json(number, tape_value(&question->tape, question->cosine)->data[best[i]]));
    }
    text_add(&out, "]}\n");
    bool whole = print_text(&out, error);
    text_free(&out);
    return whole;
}

static bool draw_answers(const Arguments *arguments, const Question *question, const int *best, int count, Error *error)
{
    Text title = {0};
    bool analogy = question->asking == ASK_ANALOGY;
    if (!option_of(arguments, "-o"))
        return true;
    const Value *cosine = tape_value(&question->tape, question->cosine);
    const char **labels = malloc(((size_t)count + 1) * sizeof *labels);
    double *numbers = malloc(((size_t)count + 1) * sizeof *numbers);
    bool whole = labels && numbers ? true : error_memory(error);
    for (int i = 0; whole && i < count; i++) {
        labels[i] = question->vectors->words[best[i]];
        numbers[i] = cosine->data[best[i]];
    }
    if (analogy)
        text_add(&title, "%s − %s + %s", arguments->words[0], arguments->words[1], arguments->words[2]);
    else
        text_add(&title, "Nearest to %s", arguments->words[0]);
    Bars bars = {.title = title.data ? title.data : "", .caption = "Cosines of the vectors, the best first.",
                 .count = count, .labels = labels, .numbers = numbers};
    whole = whole && answer_picture(arguments, &bars, error);
    free(labels);
    free(numbers);
    text_free(&title);
    return whole;
}

static bool answer(const Arguments *arguments, Question *question, int inputs, Error *error)
{
    long wanted;
    bool excluded = !option_of(arguments, "--with-inputs");
    if (!option_number(arguments, "-n", 1, MOST_ANSWERS, USUAL_ANSWERS, &wanted, error) ||
        !question_ask(question, error))
        return false;
    int *best = malloc((size_t)wanted * sizeof *best);
    if (!best)
        return error_memory(error);
    int count = question_best(question, question->ids, excluded ? inputs : 0, best, (int)wanted);
    bool whole = true;
    if (option_of(arguments, "--json"))
        whole = print_json(arguments, question, best, count, excluded, error);
    else
        print_answers(arguments, question, best, count);
    if (whole && count > 0 && option_of(arguments, "--why"))
        whole = tell_why(arguments, question, best[0], error);
    whole = whole && draw_answers(arguments, question, best, count, error);
    free(best);
    return whole;
}

static int run_words(const Arguments *arguments, Asking asking, int inputs, Error *error)
{
    Vectors vectors;
    if (!vectors_open(&vectors, &arguments->run, option_of(arguments, "--vectors"), error))
        return error->code;
    Question question = {.vectors = &vectors, .asking = asking};
    bool known = true;
    for (int i = 0; i < inputs && known; i++)
        known = (question.ids[i] = vectors_find(&vectors, arguments->words[i], error)) >= 0;
    if (known)
        answer(arguments, &question, inputs, error);
    question_close(&question);
    vectors_close(&vectors);
    return error->code ? error->code : stdout_finish(error) ? EXIT_DONE : error->code;
}

static int run_nearest(const Arguments *arguments, Error *error)
{
    return run_words(arguments, ASK_NEAREST, 1, error);
}

static int run_analogy(const Arguments *arguments, Error *error)
{
    return run_words(arguments, ASK_ANALOGY, 3, error);
}

static double length_of(const double *row, int width)
{
    double squares = 0;
    for (int i = 0; i < width; i++)
        squares += row[i] * row[i];
    return squares > 0 ? sqrt(squares) : 1;
}

/* The terms of a cosine, the largest first: the numbers of both unit vectors multiplied, feature by feature. */
static bool draw_terms(const Arguments *arguments, const Vectors *vectors, int one, int other, Error *error)
{
    int width = vectors->width, shown = width < MOST_TERMS ? width : MOST_TERMS, best[MOST_TERMS];
    const double *a = vectors->numbers + (size_t)one * (size_t)width;
    const double *b = vectors->numbers + (size_t)other * (size_t)width;
    double lengths = length_of(a, width) * length_of(b, width), cosine = 0, numbers[MOST_TERMS];
    char names[MOST_TERMS][24], cosine_text[NUMBER_SIZE];
    const char *labels[MOST_TERMS];
    Text title = {0}, caption = {0};
    if (!option_of(arguments, "-o"))
        return true;
    for (int i = 0, count = 0; i < width; i++) {
        cosine += a[i] * b[i] / lengths;
        int at = count < shown ? count++ : shown;
        for (; at > 0 && fabs(a[best[at - 1]] * b[best[at - 1]]) < fabs(a[i] * b[i]); at--)
            if (at < shown)
                best[at] = best[at - 1];
        if (at < shown)
            best[at] = i;
    }
    for (int i = 0; i < shown; i++) {
        snprintf(names[i], sizeof names[i], "feature %d", best[i]);
        labels[i] = names[i];
        numbers[i] = a[best[i]] * b[best[i]] / lengths;
    }
    text_add(&title, "%s and %s: cosine %s", vectors->words[one], vectors->words[other],
             number_text(cosine_text, cosine, arguments->digits));
    text_add(&caption, "Its terms, the largest first: the numbers of both unit vectors multiplied. All %d add up "
             "to it.", width);
    Bars bars = {.title = title.data ? title.data : "", .caption = caption.data ? caption.data : "", .count = shown,
                 .labels = labels, .numbers = numbers};
    bool whole = answer_picture(arguments, &bars, error);
    text_free(&title);
    text_free(&caption);
    return whole;
}

/* One pair of words. */
static bool tell_pair(const Arguments *arguments, const Vectors *vectors, int one, int other, Error *error)
{
    char number[NUMBER_SIZE];
    Question question = {.vectors = vectors, .asking = ASK_NEAREST, .ids = {one}};
    bool whole = question_ask(&question, error);
    if (whole) {
        double cosine = tape_value(&question.tape, question.cosine)->data[other];
        if (option_of(arguments, "--json")) {
            Text out = {0};
            text_add(&out, "{\"words\": [");
            text_json_string(&out, vectors->words[one]);
            text_add(&out, ", ");
            text_json_string(&out, vectors->words[other]);
            text_add(&out, "], \"cosine\": %s}\n", number_json(number, cosine));
            whole = print_text(&out, error);
            text_free(&out);
        } else {
            print("%s %s  %s\n", vectors->words[one], vectors->words[other],
                  number_text(number, cosine, arguments->digits));
        }
        if (whole && option_of(arguments, "--why"))
            whole = tell_why(arguments, &question, other, error);
        whole = whole && draw_terms(arguments, vectors, one, other, error);
    }
    question_close(&question);
    return whole;
}

static int run_similar(const Arguments *arguments, Error *error)
{
    Vectors vectors;
    if (!vectors_open(&vectors, &arguments->run, option_of(arguments, "--vectors"), error))
        return error->code;
    int one = vectors_find(&vectors, arguments->words[0], error);
    int other = one < 0 ? -1 : vectors_find(&vectors, arguments->words[1], error);
    if (other >= 0)
        tell_pair(arguments, &vectors, one, other, error);
    vectors_close(&vectors);
    return error->code ? error->code : stdout_finish(error) ? EXIT_DONE : error->code;
}

#define SOURCE \
    "Without options the vectors are those of the preset people after its whole training; with --model those of\n" \
    "that model after its own, or after --step N updates; --vectors FILE takes those of a file in the text form of\n" \
    "word2vec or GloVe. --why takes the first cosine apart, down to the numbers of the vectors.\n"

const Command NEAREST_COMMAND = {
    .name = "nearest", .words = "WORD", .summary = "the words whose vectors point most nearly the same way",
    .details = "The best first, a line each with its cosine. " SOURCE,
    .example = "nearest king -n 5", .least_words = 1, .most_words = 1,
    .options = {{"-n", "N", "so many (10)"},
                {"--vectors", "FILE", "those of a file"},
                {"--with-inputs", NULL, "the word itself too"},
                {"--why", NULL, "how the first cosine comes about"},
                PICTURE_OPTION,
                {"--json", NULL, "as JSON"}},
    .run = run_nearest,
};

const Command ANALOGY_COMMAND = {
    .name = "analogy", .words = "A B C", .summary = "what is to A as C is to B: the words nearest to A - B + C",
    .details = "Of unit vectors; the best first, a line each with its cosine. The three words are left out, as all\n"
               "do who report analogies; with --with-inputs one sees what comes first otherwise. " SOURCE,
    .example = "analogy king man woman", .least_words = 3, .most_words = 3,
    .options = {{"-n", "N", "so many (10)"},
                {"--vectors", "FILE", "those of a file"},
                {"--with-inputs", NULL, "the three words too"},
                {"--why", NULL, "how the first cosine comes about"},
                PICTURE_OPTION,
                {"--json", NULL, "as JSON"}},
    .run = run_analogy,
};

const Command SIMILAR_COMMAND = {
    .name = "similar", .words = "A B", .summary = "the cosine of two words",
    .details = SOURCE,
    .example = "similar king queen --why", .least_words = 2, .most_words = 2,
    .options = {{"--vectors", "FILE", "those of a file"},
                {"--why", NULL, "how it comes about"},
                PICTURE_OPTION,
                {"--json", NULL, "as JSON"}},
    .run = run_similar,
};
