/* tracer sample: generated text, and the probabilities that led to every token of it. */
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/base/progress.h"
#include "tracer/query/why.h"
#include "tracer/session/generate.h"

#include "command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_GENERATED = 1000000, SHOWN = 5, TOKEN_SIZE = 60 };
static const long MOST_SEED = 1L << 53;
static const double COLDEST = 1e-9, HOTTEST = 1e9;

/* A token that could have come, in the order of the logits. */
typedef struct {
    int id;
    double logit, softmax;      /* what the model says */
    double probability;         /* after temperature and cuts */
    double from, to;            /* its piece of the rod */
} Candidate;

typedef struct {
    Generation generation;
    Candidate *candidates;      /* [vocabulary] */
    const char *why;            /* a cell to explain, or NULL */
    bool json;
    int digits;
    Text out;                   /* what is said of the latest token */
} Sample;

static bool option_real(const Arguments *arguments, const char *name, double most, const char *needs, double *number,
                        Error *error)
{
    const char *text = option_of(arguments, name);
    if (!text || (parse_number(text, number) && *number >= 0 && *number <= most))
        return true;
    return error_set(error, EXIT_USED_WRONGLY, "%s needs %s, not \"%.60s\"", name, needs, text);
}

/* Temperature 0 is the limit of small ones: only the largest logit is left. */
static bool parse_sampling(const Arguments *arguments, Sampling *how, Error *error)
{
    static const char temperatures[] = "0 or a number from 1e-9 to 1e9", share[] = "a number above 0, up to 1";
    long top_k;
    *how = (Sampling){.temperature = 1, .top_p = 1};
    if (!option_real(arguments, "--temperature", HOTTEST, temperatures, &how->temperature, error) ||
        !option_number(arguments, "--top-k", 1, MOST_WIDTH, 0, &top_k, error) ||
        !option_real(arguments, "--top-p", 1, share, &how->top_p, error))
        return false;
    if (how->top_p == 0)
        return error_set(error, EXIT_USED_WRONGLY, "--top-p needs %s, not \"0\"", share);
    how->top_k = (int)top_k;
    if (how->temperature == 0)
        *how = (Sampling){.temperature = 1, .top_k = 1, .top_p = 1};
    return how->temperature >= COLDEST ||
           error_set(error, EXIT_USED_WRONGLY, "--temperature needs %s, not \"%.60s\"", temperatures,
                     option_of(arguments, "--temperature"));
}

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
                 "their positions counted from 0 again\n",
                 generation->window, generation->window);
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
    text_add(out, ", \"id\": %d, \"number\": %s, \"window\": %d, \"candidates\": [", drawn_token(sample),
             number_json(number, generation->number), generation->window);
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

/* The arithmetic of the cell that was asked for. */
static bool tell_why(Sample *sample, Error *error)
{
    Names names;
    Reference cell;
    Text why = {0};
    if (!names_init(&names, &sample->generation.session->run.tape, error))
        return false;
    bool whole = reference_parse_cell(&names, sample->why, &cell, error) &&
                 (sample->json ? why_json(&names, cell, 1, &why, error)
                               : why_text(&names, cell, 1, (FormulaStyle){.digits = sample->digits, .most_terms = 8},
                                          &why, error));
    if (whole && sample->json)
        text_add(&sample->out, ", \"why\": ");
    if (whole)
        text_put(&sample->out, why.data, why.length - sample->json); /* without the newline behind the object */
    text_free(&why);
    names_free(&names);
    return whole;
}

static bool put(Sample *sample, Error *error)
{
    if (!print_text(&sample->out, error))
        return false;
    sample->out.length = 0;
    return stdout_finish(error);
}

static bool tell_token(Sample *sample, Error *error)
{
    if (!sample->candidates)
        sample->candidates = malloc((size_t)token_count(sample) * sizeof *sample->candidates);
    if (!sample->candidates)
        return error_memory(error);
    collect(sample);
    (sample->json ? tell_json : tell)(sample);
    if (sample->why && !tell_why(sample, error))
        return false;
    text_add(&sample->out, sample->json ? "}\n" : "");
    return put(sample, error);
}

/* The text, and as JSON its tokens and why there are no more. */
static bool tell_text(Sample *sample, Error *error)
{
    const Generation *generation = &sample->generation;
    Text text = {0};
    generation_text(generation, &text);
    if (!sample->json) {
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
    return put(sample, error);
}

static bool generate(Sample *sample, Error *error)
{
    Generation *generation = &sample->generation;
    Progress progress = progress_begin("tokens");
    bool whole = true;
    while (whole && !generation_done(generation)) {
        whole = generation_next(generation, error);
        progress_end(&progress);
        whole = whole && tell_token(sample, error);
        progress_show(&progress, generation->count - generation->prompt, generation->most);
    }
    progress_end(&progress);
    return whole && tell_text(sample, error);
}

/* A mistake in sampling is planted there, every other one in the whole run. */
static bool open_session(const Arguments *arguments, Session *session, Error *error)
{
    RunOptions options = arguments->run;
    const Mistake *mistake = options.mistake ? mistake_find(options.mistake) : NULL;
    options.text = NULL;
    bool in_sampling = mistake && mistake_is_in(mistake, "sampling");
    if (in_sampling)
        options.mistake = NULL;
    if (!session_open(session, &options, error))
        return false;
    if (in_sampling)
        session->run.tape.mistake = mistake;
    return true;
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    long tokens, seed;
    Sample sample = {.why = option_of(arguments, "--why"), .json = option_of(arguments, "--json") != NULL,
                     .digits = arguments->digits};
    Sampling how;
    if (!option_number(arguments, "-n", 1, MOST_GENERATED, 0, &tokens, error) ||
        !option_number(arguments, "--seed", 0, MOST_SEED, 0, &seed, error) || !parse_sampling(arguments, &how, error) ||
        !open_session(arguments, &session, error))
        return error->code;
    if (generation_begin(&sample.generation, &session, arguments->run.text, (int)tokens, error)) {
        sample.generation.how = how;
        random_seed(&sample.generation.random, (uint64_t)seed);
        generate(&sample, error);
    }
    free(sample.candidates);
    text_free(&sample.out);
    generation_end(&sample.generation);
    session_close(&session);
    return error->code;
}

const Command SAMPLE_COMMAND = {
    .name = "sample", .words = "", .summary = "generated text, with the probabilities that led to it",
    .details = "--text is the prompt; without it the text begins as the model's own does, with <BOS> or else its\n"
               "first token. With --step N the model has trained N times on its own text before. <EOS> ends the\n"
               "text; what is longer than the context is read from its last tokens on.\n\n"
               "softmax is what the model says. chance is what is left of it: the logits are divided by the\n"
               "temperature, the K largest are kept, then the likeliest that together make P, and what is kept is\n"
               "divided by its sum. The tokens lie on a rod from 0 to 1, each as long as its probability; the\n"
               "number that is drawn says which of them is hit. It is Python's: random.seed(S), then\n"
               "random.choices(tokens, probabilities) for each token; so the same seed makes the same text\n"
               "everywhere.\n\n"
               "--json prints one object a line: a token with all its candidates, and at the end the text.\n"
               "--why explains a cell behind each token: draw.token[0,0], sampling.probabilities[0,3],\n"
               "logits[4,3] or any other value of the forward phase.\n",
    .example = "sample --step 200 --text 'the cat' -n 3 --temperature 0.8 --top-k 3",
    .options = {{"-n", "N", "tokens (as many as the context still holds)"},
                {"--temperature", "T", "above 1 bolder, below 1 surer, 0 always the likeliest (1)"},
                {"--top-k", "K", "only the K likeliest"},
                {"--top-p", "P", "only the likeliest that together make P (1: all)"},
                {"--seed", "S", "of the numbers that draw (0)"},
                {"--why", "'NAME[r,c]'", "the arithmetic of a cell, behind each token"},
                {"--json", NULL, "one object a line"}},
    .run = run,
};
