/* tracer retrieve and tracer cluster: sentences that a query means, and words that belong together. */
#include "answer_picture.h"

#include "tiny_model/primitive.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/query/question.h"
#include "tracer/query/why.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ANSWERS = 100000, USUAL_ANSWERS = 5, MOST_CLUSTERS = 1000, USUAL_CLUSTERS = 5, LEVELS = 3 };

static void add_sentence_json(Text *out, const char *line, double cosine, bool first)
{
    char number[NUMBER_SIZE];
    text_add(out, "%s{\"sentence\": ", first ? "" : ", ");
    text_json_string(out, line);
    text_add(out, ", \"cosine\": %s}", number_json(number, cosine));
}

static bool draw_sentences(const Arguments *arguments, const Question *question, const int *best, int count,
                           Error *error)
{
    const Value *cosine = tape_value(&question->tape, question->cosine);
    if (!option_of(arguments, "-o"))
        return true;
    const char **labels = malloc(((size_t)count + 1) * sizeof *labels);
    double *numbers = malloc(((size_t)count + 1) * sizeof *numbers);
    bool whole = labels && numbers ? true : error_memory(error);
    for (int i = 0; whole && i < count; i++) {
        labels[i] = question->sentences->lines[best[i]];
        numbers[i] = cosine->data[best[i]];
    }
    Bars bars = {.title = arguments->words[0], .caption = "Cosines of the sentences with the query, the best first.",
                 .count = count, .labels = labels, .numbers = numbers};
    whole = whole && answer_picture(arguments, &bars, error);
    free(labels);
    free(numbers);
    return whole;
}

static bool tell_sentences(const Arguments *arguments, const Question *question, const int *best, int count,
                           Error *error)
{
    char number[NUMBER_SIZE];
    const Value *cosine = tape_value(&question->tape, question->cosine);
    bool json = option_of(arguments, "--json") != NULL, whole = true;
    Text out = {0};
    if (json)
        text_add(&out, "{\"query\": ");
    if (json)
        text_json_string(&out, arguments->words[0]);
    if (json)
        text_add(&out, ", \"answers\": [");
    for (int i = 0; i < count; i++) {
        const char *line = question->sentences->lines[best[i]];
        if (json)
            add_sentence_json(&out, line, cosine->data[best[i]], i == 0);
        else
            print("%s  %s\n", number_text(number, cosine->data[best[i]], arguments->digits), line);
    }
    if (json) {
        text_add(&out, "]}\n");
        whole = print_text(&out, error);
    }
    if (whole && count > 0 && option_of(arguments, "--why")) {
        Text why = {0};
        Reference cell = {.value = question->cosine, .row = 0, .col = best[0]};
        whole = why_text(&question->names, cell, LEVELS, (FormulaStyle){.digits = arguments->digits, .most_terms = 24},
                         &why, error) &&
                print_text(&why, error);
        text_free(&why);
    }
    text_free(&out);
    return whole && draw_sentences(arguments, question, best, count, error);
}

/* The rows of sentences that the model itself reads. */
static bool pool(const Vectors *vectors, const char *how, const char *query, const Sentences *sentences, Pooled *pooled,
                 Error *error)
{
    if (!vectors->of_model)
        return error_set(error, EXIT_USED_WRONGLY, "--pool takes a model that reads sentences, not a file of vectors");
    return pooling_of(how, &pooled->how, error) &&
           pooled_read(pooled, &vectors->session, query, sentences->lines, sentences->count, error);
}

static bool retrieve(const Arguments *arguments, const Vectors *vectors, const char *path, int wanted, Error *error)
{
    Sentences sentences;
    Pooled pooled = {0};
    const char *how = option_of(arguments, "--pool");
    if (!sentences_read(&sentences, vectors, path, arguments->words[0], false, error))
        return false;
    Question question = {.vectors = vectors, .asking = how ? ASK_POOLED : ASK_SENTENCES, .sentences = &sentences,
                         .pooled = &pooled, .inverse = option_of(arguments, "--idf") != NULL};
    int *best = malloc((size_t)wanted * sizeof *best);
    bool whole = best ? true : error_memory(error);
    whole = whole && (!how || pool(vectors, how, arguments->words[0], &sentences, &pooled, error)) &&
            question_ask(&question, error);
    if (whole)
        whole = tell_sentences(arguments, &question, best, question_best(&question, NULL, 0, best, wanted), error);
    free(best);
    question_close(&question);
    pooled_free(&pooled);
    sentences_free(&sentences);
    return whole;
}

static int run_retrieve(const Arguments *arguments, Error *error)
{
    Vectors vectors;
    long wanted;
    const char *path = option_of(arguments, "--in");
    if (!path) {
        error_set(error, EXIT_USED_WRONGLY, "say where to look: --in FILE, a sentence a line");
        return error->code;
    }
    if (!option_number(arguments, "-n", 1, MOST_ANSWERS, USUAL_ANSWERS, &wanted, error) ||
        !vectors_open(&vectors, &arguments->run, option_of(arguments, "--vectors"), error))
        return error->code;
    if (retrieve(arguments, &vectors, path, (int)wanted, error))
        stdout_finish(error);
    vectors_close(&vectors);
    return error->code;
}

const Command RETRIEVE_COMMAND = {
    .name = "retrieve", .words = "\"QUERY\"",
    .summary = "the sentences of a file that mean most nearly what a query does",
    .details = "A sentence is the mean of the unit vectors of its words; words without a vector do not count. The\n"
               "best first, a line each with its cosine. Such means follow the words that stand everywhere: --idf\n"
               "weighs words by how few sentences have them. The vectors are those that tracer nearest takes.\n"
               "With --pool a GPT (--model bank) reads each sentence, and its row is made of what the last block\n"
               "leaves behind for its tokens: their mean, the first of them, or the last, which has seen all.\n",
    .example = "retrieve \"the queen\" --in tutorial/texts/sentences.txt", .least_words = 1, .most_words = 1,
    .options = {{"--in", "FILE", "the sentences, one a line"},
                {"-n", "N", "so many (5)"},
                {"--idf", NULL, "rare words weigh more"},
                {"--pool", "mean|first|last", "vectors in context, of a model that reads the sentences"},
                {"--vectors", "FILE", "those of a file"},
                {"--why", NULL, "how the first cosine comes about"},
                PICTURE_OPTION,
                {"--json", NULL, "as JSON"}},
    .run = run_retrieve,
};

/* --- clusters --- */

/* The words of one cluster, nearest to its middle first. */
static int members(const Question *question, int cluster, int *out)
{
    const Value *nearest = tape_value(&question->tape, question->nearest);
    const Value *distances = tape_value(&question->tape, question->distances);
    int count = 0;
    for (int id = 0; id < nearest->rows; id++) {
        if (nearest->data[id] != cluster)
            continue;
        int at = count++;
        for (; at > 0 && cell_of(distances, out[at - 1], cluster) > cell_of(distances, id, cluster); at--)
            out[at] = out[at - 1];
        out[at] = id;
    }
    return count;
}

static bool tell_clusters(const Arguments *arguments, const Question *question, Error *error)
{
    const Vectors *vectors = question->vectors;
    const Value *distances = tape_value(&question->tape, question->distances);
    bool json = option_of(arguments, "--json") != NULL;
    int *list = malloc((size_t)vectors->count * sizeof *list);
    double inertia = 0;
    char number[NUMBER_SIZE];
    Text out = {0};
    if (!list)
        return error_memory(error);
    text_add(&out, json ? "{\"clusters\": [" : "");
    for (int j = 0; j < question->k; j++) {
        int count = members(question, j, list);
        text_add(&out, json ? "%s[" : "%s", json && j ? ", " : "");
        if (!json)
            text_add(&out, "%d:", j);
        for (int i = 0; i < count; i++) {
            inertia += cell_of(distances, list[i], j);
            text_add(&out, "%s", json && i ? ", " : json ? "" : " ");
            if (json)
                text_json_string(&out, vectors->words[list[i]]);
            else
                text_add_name(&out, vectors->words[list[i]], 80);
        }
        text_add(&out, json ? "]" : "\n");
    }
    if (json)
        text_add(&out, "], \"inertia\": %s}\n", number_json(number, inertia));
    else
        text_add(&out, "sum of squared distances to the middles: %s\n",
                 number_text(number, inertia, arguments->digits));
    bool whole = print_text(&out, error);
    text_free(&out);
    free(list);
    return whole;
}

/* Every word under its cluster, and how far it is from the middle. */
static bool draw_clusters(const Arguments *arguments, const Question *question, Error *error)
{
    const Value *distances = tape_value(&question->tape, question->distances);
    size_t all = (size_t)question->vectors->count;
    int *list = malloc(all * sizeof *list), shown = 0;
    const char **labels = malloc(all * sizeof *labels);
    double *numbers = malloc(all * sizeof *numbers), most = 0;
    char title[60];
    Arena words = {0};
    if (!option_of(arguments, "-o")) {
        free(list), free(labels), free(numbers);
        return true;
    }
    bool whole = list && labels && numbers ? true : error_memory(error);
    for (int j = 0; whole && j < question->k; j++) {
        int count = members(question, j, list);
        for (int i = 0; whole && i < count; i++, shown++) {
            const char *word = question->vectors->words[list[i]];
            char *label = arena_alloc(&words, strlen(word) + 16);
            whole = label || error_memory(error);
            if (label)
                sprintf(label, "%d  %s", j, word);
            labels[shown] = label;
            numbers[shown] = cell_of(distances, list[i], j);
            most = fmax(most, numbers[shown]);
        }
    }
    for (int i = 0; whole && i < shown; i++)
        numbers[i] /= most > 0 ? most : 1;
    snprintf(title, sizeof title, "%d clusters of %d vectors", question->k, shown);
    Bars bars = {.title = title, .caption = "The number of the cluster, and the squared distance from its middle as a "
                                            "share of the largest.",
                 .count = shown, .labels = labels, .numbers = numbers};
    whole = whole && answer_picture(arguments, &bars, error);
    arena_free(&words);
    free(list);
    free(labels);
    free(numbers);
    return whole;
}

/* Only the rows of some words. The numbers and words are copies, which the caller frees. */
static bool only_words(const Arguments *arguments, const Vectors *all, Vectors *some, Error *error)
{
    size_t count = (size_t)arguments->word_count, width = (size_t)all->width;
    const char **words = malloc(count * sizeof *words);
    *some = (Vectors){.count = (int)count, .width = all->width, .numbers = malloc(count * width * sizeof(double)),
                      .words = words};
    if (!words || !some->numbers)
        return error_memory(error);
    for (size_t i = 0; i < count; i++) {
        int row = vectors_find(all, arguments->words[i], error);
        if (row < 0)
            return false;
        words[i] = all->words[row];
        memcpy(some->numbers + i * width, all->numbers + (size_t)row * width, width * sizeof(double));
    }
    return true;
}

static bool cluster(const Arguments *arguments, const Vectors *vectors, long k, Error *error)
{
    Question question = {.vectors = vectors, .asking = ASK_CLUSTERS, .k = (int)k,
                         .raw = option_of(arguments, "--raw") != NULL};
    if (k > vectors->count)
        return error_set(error, EXIT_USED_WRONGLY, "-k is %ld, but there are only %d vectors", k, vectors->count);
    bool whole = question_ask(&question, error) && tell_clusters(arguments, &question, error) &&
                 draw_clusters(arguments, &question, error) && stdout_finish(error);
    question_close(&question);
    return whole;
}

static int run_cluster(const Arguments *arguments, Error *error)
{
    Vectors vectors;
    long k;
    if (!option_number(arguments, "-k", 1, MOST_CLUSTERS, USUAL_CLUSTERS, &k, error) ||
        !vectors_open(&vectors, &arguments->run, option_of(arguments, "--vectors"), error))
        return error->code;
    Vectors some = {0};
    if (arguments->word_count == 0)
        cluster(arguments, &vectors, k, error);
    else if (only_words(arguments, &vectors, &some, error))
        cluster(arguments, &some, k, error);
    free(some.numbers);
    free((void *)some.words);
    vectors_close(&vectors);
    return error->code;
}

const Command CLUSTER_COMMAND = {
    .name = "cluster", .words = "[WORD]...", .summary = "words that belong together: k means of their unit vectors",
    .details = "Starts with the first word and then, again and again, with the word furthest from those before;\n"
               "rounds until nobody moves. It follows where the vectors vary, not what somebody would call a class.\n"
               "Each cluster is a line, the word nearest to its middle first. With words\n"
               "only these. The vectors are those of tracer nearest.\n",
    .example = "cluster -k 5", .most_words = MOST_WORDS,
    .options = {{"-k", "K", "how many (5)"},
                {"--raw", NULL, "vectors as they are, not of length 1"},
                {"--vectors", "FILE", "those of a file"},
                PICTURE_OPTION,
                {"--json", NULL, "as JSON"}},
    .run = run_cluster,
};
