/* counts: documents as rows of numbers, from how often each word stands in them. Nothing is learned. Chapter 27.
 *
 *   counts = S^T H            H [T x V] the one-hot rows of the tokens, S [T x N] whose document each is
 *   document_frequency[w]     in how many documents w stands
 *   tfidf[d][w] = tf[d][w] idf[w], in the variants that are published, divided by the length of the row or not
 *   cosine, euclid            how alike documents are
 *   lsa: A = tfidf, G = A A^T; u <- G u / |G u| again and again from (1, ..., 1)/sqrt(N), lambda = u . G u,
 *        sigma = sqrt(lambda), v = A^T u / sigma, then the same of G - lambda u u^T
 *
 * The sign of a component is that of its start: u lies on the side of (1, ..., 1). An empty document is a row of
 * zeros and stays one. */
#include "counts.h"

#include "../components.h"
#include "../record.h"
#include "../rules/rule.h"
#include "../system.h"
#include "../tokenizer/plain.h"

#include <stdio.h>
#include <string.h>

static const char *const tfs[] = {"count", "share", "log", NULL};
static const char *const idfs[] = {"textbook", "log10", "smooth", "plus_one", NULL};
static const char *const norms[] = {"none", "l2", NULL};

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Counts, key_)

static const ModelKey KEYS[] = {
    {.group = "data", .key = "text", .type = KEY_TEXT, .offset = offsetof(Model, data.text), .may_be_absent = true,
     .meaning = "a document a line; marks around words and the size of letters do not count"},
    {OF(tf, KEY_CHOICE), .choices = tfs,
     .meaning = "of a word in a document: its count, the share of the document, or 1 + ln count"},
    {OF(idf, KEY_CHOICE), .choices = idfs,
     .meaning = "ln(N/df), log10(N/df), ln((1+N)/(1+df)) + 1 (scikit-learn), ln(N/df) + 1 (its smooth_idf=False)"},
    {OF(norm, KEY_CHOICE), .choices = norms, .meaning = "l2: each row is divided by its length"},
    {OF(components, KEY_INTEGER), .least = 1, .most = MOST_COMPONENTS, .meaning = "directions of the LSA"},
    {OF(iterations, KEY_INTEGER), .least = 1, .most = MOST_ITERATIONS, .meaning = "power iterations of each"},
    {OF(sweeps, KEY_INTEGER), .least = 0, .most = MOST_SWEEPS,
     .meaning = "also all of them at once by Jacobi's rotations, in so many sweeps; at most 32 documents"},
    {.key = NULL},
};

static const FieldKey FIELDS[] = {{"text", FIELD_TEXT, "a document"}, {NULL, FIELD_TEXT, NULL}};

static void defaults(Model *model)
{
    model->data.text = "the cat sat on the mat\nthe dog sat on the log\ncats and dogs eat the food";
    *(Counts *)model->settings = (Counts){.tf = TF_COUNT, .idf = IDF_SMOOTH, .norm = NORM_OF_L2, .components = 2,
                                          .iterations = 60};
}

static bool take_word(Model *model, const char *word, int document, Error *error)
{
    Counts *counts = model->settings;
    int id = 0;
    while (id < counts->size && strcmp(counts->words[id], word) != 0)
        id++;
    if (counts->tokens == MOST_COUNTED)
        return error_set(error, EXIT_USED_WRONGLY, "model: the documents have more than %d words", MOST_COUNTED);
    if (id == counts->size && !(counts->words[counts->size++] = model_text(model, word)))
        return error_memory(error);
    counts->ids[counts->tokens] = id;
    counts->of[counts->tokens++] = document;
    return true;
}

/* One document; its beginning is its label. */
static bool take_document(Model *model, const char *text, size_t length, Error *error)
{
    Counts *counts = model->settings;
    char word[PLAIN_WORD + 1];
    bool line;
    if (counts->documents == MOST_DOCUMENTS)
        return error_set(error, EXIT_USED_WRONGLY, "model: there are more than %d documents", MOST_DOCUMENTS);
    char *whole = arena_alloc(&model->arena, length + 1);
    if (!whole)
        return error_memory(error);
    memcpy(whole, text, length);
    whole[length] = '\0';
    counts->labels[counts->documents] = whole;
    for (const char *at = whole; (at = plain_word(at, word, &line));)
        if (!take_word(model, word, counts->documents, error))
            return false;
    counts->documents++;
    return true;
}

static bool take_lines(Model *model, const char *text, Error *error)
{
    for (size_t length; *text; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        bool empty = strspn(text, " \t\r") >= length;
        if (!empty && !take_document(model, text, length, error))
            return false;
    }
    return true;
}

static bool finish(Model *model, Error *error)
{
    Counts *counts = model->settings;
    const Data *data = &model->data;
    counts->documents = counts->tokens = counts->size = 0;
    counts->ids = arena_alloc(&model->arena, MOST_COUNTED * sizeof *counts->ids);
    counts->of = arena_alloc(&model->arena, MOST_COUNTED * sizeof *counts->of);
    counts->words = arena_alloc(&model->arena, (MOST_COUNTED + 1) * sizeof *counts->words);
    counts->labels = arena_alloc(&model->arena, MOST_DOCUMENTS * sizeof *counts->labels);
    if (!counts->ids || !counts->of || !counts->words || !counts->labels)
        return error_memory(error);
    for (int i = 0; data->examples && i < data->example_count; i++) {
        const Field *text = example_field(&data->examples[i], "text");
        if (!take_document(model, text->text, strlen(text->text), error))
            return false;
    }
    if (!data->examples && data->text && !take_lines(model, data->text, error))
        return false;
    if (counts->tokens == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: no document has a word");
    if (counts->components > counts->documents)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"components\" is %d, more than the %d documents have", counts->components,
                         counts->documents);
    if (counts->sweeps && counts->documents > MOST_ROTATED)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"sweeps\" takes at most %d documents, there are %d",
                         MOST_ROTATED, counts->documents);
    return true;
}

/* --- recording --- */

static int ids_leaf(const CountsRecording *to, const char *name, const int *ids, short token, short axis)
{
    int count = to->counts->tokens;
    double *numbers = tape_room(to->tape, 1, count);
    for (int i = 0; numbers && i < count; i++)
        numbers[i] = ids[i];
    return tape_leaf(to->tape, KIND_INPUT, name, (Shape){1, count, .col_axis = token, .counts = axis}, numbers);
}

/* Which word each token is, whose it is, and how often that happens together. */
static int record_counts(const CountsRecording *to)
{
    Tape *tape = to->tape;
    const Counts *counts = to->counts;
    const char **labels = tape_labels(tape, counts->tokens);
    for (int i = 0; i < counts->tokens; i++)
        labels[i] = counts->words[counts->ids[i]];
    short token = tape_axis(tape, (Axis){"token", counts->tokens, labels, true});
    int tokens = ids_leaf(to, "tokens", counts->ids, token, to->vocabulary);
    int owners = ids_leaf(to, "documents", counts->of, token, to->documents);
    int rows = one_hot(tape, HERE("one_hot"), tokens, counts->size);
    int members = one_hot(tape, HERE("members"), owners, counts->documents);
    return matmul_at(tape, HERE("counts"), members, rows);
}

static int record_tf(const CountsRecording *to, int counts, int present)
{
    Tape *tape = to->tape;
    switch ((TermFrequency)to->counts->tf) {
    case TF_COUNT: break;
    case TF_SHARE: {
        tape_begin(tape, "tf", -1, NULL);
        int words = row_sum(tape, HERE("words"), counts);
        int divisor = add(tape, HERE("divisor"), words, is_below(tape, HERE("empty"), words, 0.5));
        int y = div_col(tape, RESULT("tf"), counts, divisor);
        tape_end(tape);
        return y;
    }
    case TF_LOG: {
        tape_begin(tape, "tf", -1, NULL);
        int absent = is_below(tape, HERE("absent"), counts, 0.5);
        int filled = add(tape, HERE("filled"), counts, absent); /* ln 1 = 0 where there is nothing */
        int y = add(tape, RESULT("tf"), logarithm(tape, HERE("log"), filled), present);
        tape_end(tape);
        return y;
    }
    }
    return copy(tape, HERE("tf"), counts);
}

static int record_idf(const CountsRecording *to, int frequency)
{
    Tape *tape = to->tape;
    Idf kind = (Idf)to->counts->idf;
    double ln10 = 2.302585092994045684;
    int smooth = kind == IDF_SMOOTH, size = to->counts->size;
    tape_begin(tape, "idf", -1, NULL);
    if (smooth)
        frequency = add_constant(tape, HERE("one_more"), frequency, 1);
    int all = fill(tape, HERE("all"), to->counts->documents + smooth, 1, size);
    int ratio = divide(tape, HERE("ratio"), all, frequency), y;
    if (kind == IDF_TEXTBOOK) {
        y = logarithm(tape, RESULT("idf"), ratio);
    } else {
        int log = logarithm(tape, HERE("log"), ratio);
        y = kind == IDF_LOG10 ? divide_by(tape, RESULT("idf"), log, ln10) : add_constant(tape, RESULT("idf"), log, 1);
    }
    tape_end(tape);
    return y;
}

/* The distance of every document to every other. */
static void record_euclid(const CountsRecording *to, int rows)
{
    Tape *tape = to->tape;
    int count = to->counts->documents, *columns = tape_ints(tape, count, -1);
    tape_begin(tape, "euclid", -1, NULL);
    for (int j = 0; j < count; j++) {
        double *id = tape_room(tape, 1, 1);
        if (id)
            *id = j;
        tape_begin(tape, "to", j, NULL);
        int leaf = tape_leaf(tape, KIND_INPUT, "document", (Shape){1, 1, .counts = to->documents}, id);
        int difference = sub_row(tape, HERE("difference"), rows, gather_rows(tape, HERE("row"), rows, leaf));
        columns[j] = row_sum_of_squares(tape, HERE("squares"), difference);
        tape_end(tape);
    }
    Label squares = label_with_axes(HERE("squares"), AXIS_NONE, to->documents, AXIS_NONE);
    square_root(tape, RESULT("euclid"), concat(tape, &squares, columns, count));
    tape_end(tape);
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Counts *of = scene->model->settings;
    CountsRecording to = {.tape = tape, .counts = of,
                    .documents = tape_axis(tape, (Axis){"document", of->documents, of->labels, false}),
                    .vocabulary = tape_axis(tape, (Axis){"vocabulary", of->size, of->words, false})};
    int counts = record_counts(&to);
    int present = positive_part_slope(tape, HERE("present"), counts);
    int frequency = column_sum(tape, HERE("document_frequency"), present);
    int idf = record_idf(&to, frequency), tf = record_tf(&to, counts, present);
    bool l2 = of->norm == NORM_OF_L2;
    int weighted = mul_row(tape, l2 ? HERE("weighted") : HERE("tfidf"), tf, idf);
    int tfidf = l2 ? unit_rows(tape, "tfidf", weighted) : weighted;
    int unit = l2 ? tfidf : unit_rows(tape, "unit", tfidf);
    matmul_bt(tape, HERE("cosine"), unit, unit);
    record_euclid(&to, tfidf);
    counts_lsa(&to, tfidf);
    return -1;
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Counts *counts = model->settings;
    out[0] = (Quantity){"N", "the number of documents", counts->documents};
    out[1] = (Quantity){"V", "the number of words", counts->size};
    return 2;
}

/* Three short documents of seven words, some of them often: other numbers in matrices of the same sizes. */
static bool vary(Model *model, Random *random, int size, Error *error)
{
    static const char *const words[] = {"cat", "dog", "sun", "sea", "red", "old", "the"};
    enum { DOCUMENTS = 3, LENGTH = 6, TEXT = DOCUMENTS * (LENGTH + 2) * 4 + 1 };
    char *text = arena_alloc(&model->arena, TEXT);
    (void)size;
    if (!text)
        return error_memory(error);
    /* Again until every word stands somewhere: the tables of all students have one size. */
    do {
        size_t used = 0;
        for (int d = 0; d < DOCUMENTS; d++)
            for (int i = 0; i < LENGTH; i++) {
                /* "the" stands in all of them, each has one word of its own, and one word stands twice. */
                const char *word = i == 0 ? "the" : i == 1 ? words[d] : words[3 + random_bits(random) % 4];
                used += (size_t)sprintf(text + used, "%s%s", i ? " " : d ? "\n" : "",
                                        i == 2 && d != 1 ? words[d] : word);
            }
    } while (!strstr(text, "sea") || !strstr(text, "red") || !strstr(text, "old"));
    model->data.text = text;
    model->data.examples = NULL;
    return true;
}

/* In how many documents a word stands, taken as how often it stands in all of them together. */
static int occurrences(Tape *tape, const Asked *step)
{
    const Step *of = &tape->steps[tape_value(tape, step->inputs[0])->producer];
    return mistake_make(tape, step->primitive, step->label, of->inputs, 1, step->attributes);
}

static int upside_down(Tape *tape, const Asked *step)
{
    return mistake_make(tape, step->primitive, step->label, (int[]){step->inputs[1], step->inputs[0]}, 2,
                        step->attributes);
}

/* One number for every word, as a book's listing has it. */
static int log_of_two(Tape *tape, const Asked *step)
{
    int cols = tape_value(tape, step->inputs[0])->cols;
    return mistake_make(tape, &FILL, step->label, NULL, 0,
                        (Attributes){.constants = {0.30102999566398120}, .rows = 1, .cols = cols});
}

static const Mistake COUNTS_MISTAKES[] = {
    {"counts.constant_idf",
     "every word has the idf log10(2), whatever the documents: nothing is weighed",
     1,
     {{EDIT_RECORD, PHASE_FORWARD, .frame = "idf", .label = "idf", .record = log_of_two}}},
    {"counts.occurrences",
     "the document frequency counts how often a word stands, not in how many documents",
     1,
     {{EDIT_RECORD, PHASE_FORWARD, .label = "document_frequency", .on = &COLUMN_SUM, .record = occurrences}}},
    {"counts.upside_down",
     "the logarithm is of df/N, not of N/df",
     1,
     {{EDIT_RECORD, PHASE_FORWARD, .label = "ratio", .on = &DIVIDE, .record = upside_down}}},
    {"counts.no_one_added",
     "the 1 behind the logarithm of scikit-learn's idf is forgotten",
     1,
     {{EDIT_SKIP, PHASE_FORWARD, .frame = "idf", .label = "idf", .on = &ADD_CONSTANT}}},
};

const System COUNTS = {
    .name = "counts",
    .good_for = "documents as counts of words, tf-idf and LSA; no loss",
    .size = sizeof(Counts),
    .keys = KEYS,
    .fields = FIELDS,
    .without_loss = true,
    .defaults = defaults,
    .finish = finish,
    .forward = forward,
    .vary = vary,
    .quantities = quantities,
    .mistakes = COUNTS_MISTAKES,
    .mistake_count = sizeof COUNTS_MISTAKES / sizeof *COUNTS_MISTAKES,
};

/* Three documents that the books have too; few iterations, so that each can be read. */
void counts_preset_documents(Model *model)
{
    model->name = "documents";
    ((Counts *)model->settings)->iterations = 8;
}
