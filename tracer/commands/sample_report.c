/* What tracer sample says; see sample_report.h. */
#include "sample_report.h"

#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/query/why.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 5, TOKEN_SIZE = 60 };

static int by_logit(const void *left, const void *right)
{
    const Candidate *a = left, *b = right;
    /* Of equal logits the lower id first, as the sampler orders them. */
    return a->logit != b->logit ? a->logit < b->logit ? 1 : -1 : a->id - b->id;
}

/* Tokens to choose from. */
static int token_count(const Sample *sample)
{
    return tape_value(&sample->generation.session->run.tape, sample->generation.drawing.logits)->cols;
}

static void collect(Sample *sample)
{
    const Generation *generation = &sample->generation;
    const Tape *tape = &generation->session->run.tape;
    const Drawing *drawing = &generation->drawing;
    const double *logits = tape_value(tape, drawing->logits)->data, *p = tape_value(tape, drawing->probabilities)->data;
    const double *ends = tape_value(tape, drawing->ends)->data;
    const Value *softmax = tape_value(tape, drawing->softmax);
    int size = token_count(sample);
    for (int id = 0; id < size; id++)
        sample->candidates[id] = (Candidate){id, logits[id], cell_of(softmax, softmax->rows - 1, id), p[id],
                                             id ? ends[id - 1] : 0, ends[id]};
    qsort(sample->candidates, (size_t)size, sizeof *sample->candidates, by_logit);
}

static const char *token_text(const Sample *sample, int id, char out[TOKEN_SIZE])
{
    const char *token = generation_token(&sample->generation, id);
    if (token)
        return token_visible(out, TOKEN_SIZE, token);
    snprintf(out, TOKEN_SIZE, "%d", id);
    return out;
}

static int drawn_token(const Sample *sample)
{
    return sample->generation.tokens[sample->generation.count - 1];
}

/* The likeliest tokens and the one that was drawn; a single one that is left gets a line too. */
static bool is_shown(const Sample *sample, int at)
{
    return at < SHOWN || sample->candidates[at].id == drawn_token(sample) ||
           token_count(sample) == SHOWN + 1;
}

static int label_width(const Sample *sample)
{
    char token[TOKEN_SIZE];
    int width = text_width("999 others");
    for (int i = 0; i < token_count(sample); i++) {
        int own = is_shown(sample, i) ? text_width(token_text(sample, sample->candidates[i].id, token)) : 0;
        width = own > width ? own : width;
    }
    return width;
}

/* A line of the table; what is nan is left out. */
static void add_line(Sample *sample, const char *mark, const char *label, int width, const double *numbers, int count)
{
    char number[NUMBER_SIZE];
    text_add(&sample->out, "%s%s%*s", mark, label, text_width(label) < width ? width - text_width(label) : 0, "");
    for (int i = 0; i < count; i++)
        text_add(&sample->out, " %*s", sample->digits + 5,
                 isnan(numbers[i]) ? "" : number_text(number, numbers[i], sample->digits));
    text_add(&sample->out, "\n");
}

static void add_table(Sample *sample)
{
    int size = token_count(sample), width = label_width(sample), rest = 0;
    int column = sample->digits + 5;
    char label[TOKEN_SIZE];
    /* The others together have a share, but no logit. */
    double left[] = {NAN, 0, 0};
    text_add(&sample->out, "    %-*s %*s %*s %*s %*s %*s\n", width, "", column, "logit", column, "softmax", column,
             "chance", column, "from", column, "to");
    for (int i = 0; i < size; i++) {
        const Candidate *c = &sample->candidates[i];
        if (is_shown(sample, i)) {
            add_line(sample, c->id == drawn_token(sample) ? "  > " : "    ", token_text(sample, c->id, label), width,
                     (double[]){c->logit, c->softmax, c->probability, c->from, c->to}, c->probability > 0 ? 5 : 3);
            continue;
        }
        left[1] += c->softmax;
        left[2] += c->probability;
        rest++;
    }
    snprintf(label, sizeof label, "%d others", rest);
    if (rest)
        add_line(sample, "    ", label, width, left, 3);
}

static void tell(Sample *sample)
{
    const Generation *generation = &sample->generation;
    char number[NUMBER_SIZE], behind[TOKEN_SIZE], drawn[TOKEN_SIZE];
    int before = generation->count - 1;
    if (before == generation->window + 1 || (before > generation->window && before == generation->prompt))
        text_add(&sample->out,
                 "the context holds %d tokens: from here on only the last %d are read, "
                 "their positions counted from 0 again%s\n",
                 generation->window, generation->window,
                 generation->cache.steps ? "; no key or value in the cache is right any more, so all are made anew"
                                         : "");
    text_add(&sample->out, "%d. behind \"%s\", %s draws %s\n", before,
             token_text(sample, generation->tokens[before - 1], behind),
             number_text(number, generation->number, sample->digits), token_text(sample, drawn_token(sample), drawn));
    add_table(sample);
}

static void json_token(Sample *sample, int id)
{
    const char *token = generation_token(&sample->generation, id);
    text_json_string(&sample->out, token ? token : "");
}

static void tell_json(Sample *sample)
{
    const Generation *generation = &sample->generation;
    Text *out = &sample->out;
    char number[NUMBER_SIZE];
    text_add(out, "{\"position\": %d, \"token\": ", generation->count - 1);
    json_token(sample, drawn_token(sample));
    const Language *language = model_writes(&generation->session->model);
    int window = generation->window, read = generation->latest;
    const Model *model = &generation->session->model;
    text_add(out,
             ", \"id\": %d, \"number\": %s, \"window\": %d, \"read\": %d, \"multiply_adds\": %lld, "
             "\"multiply_adds_without_cache\": %lld, \"candidates\": [",
             drawn_token(sample), number_json(number, generation->number), window, read,
             language->products(model, read, window - read), language->products(model, window, 0));
    for (int i = 0; i < token_count(sample); i++) {
        const Candidate *c = &sample->candidates[i];
        const struct {
            const char *key;
            double number;
        } numbers[] = {{"logit", c->logit},
                       {"softmax", c->softmax},
                       {"probability", c->probability},
                       {"from", c->from},
                       {"to", c->to}};
        text_add(out, "%s{\"token\": ", i ? ", " : "");
        json_token(sample, c->id);
        text_add(out, ", \"id\": %d", c->id);
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
            text_add(out, ", \"%s\": %s", numbers[j].key, number_json(number, numbers[j].number));
        text_add(out, "}");
    }
    text_add(out, "]");
}

bool sample_why(const Run *run, const WhyAsked *asked, Text *out, Error *error)
{
    Names names;
    Reference cell;
    Text why = {0};
    char own[600];
    Error none = {0};
    if (!names_init(&names, &run->tape, error))
        return false;
    snprintf(own, sizeof own, "token%d.%.500s", asked->steps, asked->name);
    bool whole = (asked->steps > 0 && reference_parse_cell(&names, own, &cell, &none)) ||
                 reference_parse_cell(&names, asked->name, &cell, error);
    whole = whole && (asked->json ? why_json(&names, cell, 1, &why, error)
                                  : why_text(&names, cell, 1, (FormulaStyle){.digits = asked->digits, .most_terms = 8},
                                             &why, error));
    if (whole && asked->json)
        text_add(out, ", \"why\": ");
    if (whole)
        text_put(out, why.data, why.length - asked->json); /* without the newline behind the object */
    text_free(&why);
    names_free(&names);
    return whole;
}

bool sample_put(Text *out, Error *error)
{
    if (!print_text(out, error))
        return false;
    out->length = 0;
    return stdout_finish(error);
}

bool sample_comes_later(const WhyAsked *asked)
{
    int of = 0;
    bool kept = strncmp(asked->name, "cache.", 6) == 0 || strstr(asked->name, ".cache.");
    return asked->goes_on &&
           ((kept && asked->steps == 0) || (sscanf(asked->name, "token%d.", &of) == 1 && of > asked->steps));
}

bool sample_tell_token(Sample *sample, Error *error)
{
    const Generation *generation = &sample->generation;
    bool cached = generation->latest < generation->window;
    WhyAsked asked = {sample->why, cached ? generation->cache.steps : 0, generation->cache.read > 0, sample->json,
                      sample->digits};
    if (!sample->candidates)
        sample->candidates = malloc((size_t)token_count(sample) * sizeof *sample->candidates);
    if (!sample->candidates)
        return error_memory(error);
    collect(sample);
    (sample->json ? tell_json : tell)(sample);
    if (sample->why && !sample_comes_later(&asked) &&
        !sample_why(&generation->session->run, &asked, &sample->out, error))
        return false;
    text_add(&sample->out, sample->json ? "}\n" : "");
    return sample_put(&sample->out, error);
}

/* 1412096 as 1,412,096. */
static const char *in_thousands(long long number, char out[32])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", number), used = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

void sample_work(const Generation *generation, Text *out)
{
    const Work *done = &generation->done, *without = &generation->without;
    char number[4][32];
    if (generation->count <= generation->prompt + 1)
        return;
    text_add(out, "read %s positions with %s multiply-adds in matrix products; ",
             in_thousands(done->positions, number[0]), in_thousands(done->products, number[1]));
    if (done->positions < without->positions)
        text_add(out, "without the cache of keys and values %s with %s, %.3g times as many\n",
                 in_thousands(without->positions, number[2]), in_thousands(without->products, number[3]),
                 (double)without->products / (double)done->products);
    else
        text_add(out, "no key or value was kept%s\n",
                 generation->no_cache ? ""
                 : generation->session->run.tape.mistake
                     ? ", since with this mistake a token may change those before it"
                 : generation_can_cache(generation->session, NULL)
                     ? ""
                     : ", since in this model every token changes those before it");
}

bool sample_tell_text(Sample *sample, Error *error)
{
    const Generation *generation = &sample->generation;
    Text text = {0};
    generation_text(generation, &text);
    if (!sample->json) {
        sample_work(generation, &sample->out);
        text_add(&sample->out, "\n");
        text_add_visible(&sample->out, text_piece(&sample->out, &text));
        text_add(&sample->out, "\n");
    } else {
        text_add(&sample->out, "{\"text\": ");
        text_json_string(&sample->out, text_piece(&sample->out, &text));
        text_add(&sample->out, ", \"tokens\": [");
        for (int i = 0; i < generation->count; i++)
            text_add(&sample->out, "%s%d", i ? ", " : "", generation->tokens[i]);
        text_add(&sample->out, "], \"prompt\": %d, \"ended\": %s}\n", generation->prompt,
                 generation_ended(generation) ? "true" : "false");
    }
    text_free(&text);
    return sample_put(&sample->out, error);
}

void sample_free(Sample *sample)
{
    free(sample->candidates);
    text_free(&sample->out);
}
