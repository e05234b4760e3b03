/* tracer sample: generated text, and the probabilities that led to every token of it. */
#include "tracer/base/progress.h"

#include "beam_report.h"
#include "command.h"

#include <stdio.h>

enum { MOST_GENERATED = 1000000 };
static const long MOST_SEED = 1L << 53;
static const double COLDEST = 1e-9, HOTTEST = 1e9, STEEPEST = 10;

static bool option_real(const Arguments *arguments, const char *name, double least, double most, const char *needs,
                        double *number, Error *error)
{
    const char *text = option_of(arguments, name);
    if (!text || (parse_number(text, number) && *number >= least && *number <= most))
        return true;
    return error_set(error, EXIT_USED_WRONGLY, "%s needs %s, not \"%.60s\"", name, needs, text);
}

static bool parse_sampling(const Arguments *arguments, Sampling *how, Error *error)
{
    static const char temperatures[] = "0 or a number from 1e-9 to 1e9", share[] = "a number above 0, up to 1",
                      least[] = "a number from 0 to 1", penalties[] = "a number from 1e-9 to 1e9",
                      taken[] = "a number from -1e9 to 1e9";
    long top_k;
    *how = SAMPLING_PLAIN;
    if (!option_real(arguments, "--temperature", 0, HOTTEST, temperatures, &how->temperature, error) ||
        !option_number(arguments, "--top-k", 1, MOST_WIDTH, 0, &top_k, error) ||
        !option_real(arguments, "--top-p", 0, 1, share, &how->top_p, error) ||
        !option_real(arguments, "--min-p", 0, 1, least, &how->min_p, error) ||
        !option_real(arguments, "--repetition", COLDEST, HOTTEST, penalties, &how->repetition, error) ||
        !option_real(arguments, "--frequency", -HOTTEST, HOTTEST, taken, &how->frequency, error) ||
        !option_real(arguments, "--presence", -HOTTEST, HOTTEST, taken, &how->presence, error))
        return false;
    if (how->top_p == 0)
        return error_set(error, EXIT_USED_WRONGLY, "--top-p needs %s, not \"0\"", share);
    how->top_k = (int)top_k;
    return how->temperature == 0 || how->temperature >= COLDEST ||
           error_set(error, EXIT_USED_WRONGLY, "--temperature needs %s, not \"%.60s\"", temperatures,
                     option_of(arguments, "--temperature"));
}

static bool generate(Sample *sample, Error *error)
{
    Generation *generation = &sample->generation;
    Progress progress = progress_begin("tokens");
    bool whole = true;
    while (whole && !generation_done(generation)) {
        whole = generation_next(generation, error);
        progress_end(&progress);
        whole = whole && sample_tell_token(sample, error);
        progress_show(&progress, generation->count - generation->prompt, generation->most);
    }
    progress_end(&progress);
    return whole && sample_tell_text(sample, error);
}

/* A mistake in sampling or in the cache is planted there, every other one in the whole run. */
static bool open_session(const Arguments *arguments, Session *session, Error *error)
{
    RunOptions options = arguments->run;
    const Mistake *mistake = options.mistake ? mistake_find(options.mistake) : NULL;
    options.text = NULL;
    bool in_sampling = generation_mistake(mistake);
    if (in_sampling)
        options.mistake = NULL;
    bool opened = session_open(session, &options, error);
    if (!opened && options.weights && options.step == 0 && arguments->run.text && !error_is_memory(error)) {
        /* The weights may not know the words of the model's own text, which nobody wants to see here. */
        *error = (Error){0};
        options.text = arguments->run.text;
        opened = session_open(session, &options, error);
    }
    if (!opened)
        return false;
    if (in_sampling)
        session->run.tape.mistake = mistake;
    return true;
}

static bool follow_beams(BeamReport *report, Error *error)
{
    BeamSearch *search = &report->search;
    Progress progress = progress_begin("tokens");
    bool whole = true;
    while (whole && !beam_search_done(search)) {
        whole = beam_search_next(search, error);
        progress_end(&progress);
        whole = whole && beam_tell_token(report, error);
        progress_show(&progress, search->start.count - search->start.prompt, search->start.most);
    }
    progress_end(&progress);
    return whole && beam_tell_texts(report, error);
}

/* What --beam is asked for: 0 for none. */
static bool parse_beams(const Arguments *arguments, long *wide, double *alpha, Error *error)
{
    static const char steepness[] = "a number from 0 to 10";
    *alpha = 0;
    if (!option_number(arguments, "--beam", 1, MOST_BEAMS, 0, wide, error) ||
        !option_real(arguments, "--length-penalty", 0, STEEPEST, steepness, alpha, error))
        return false;
    if (*wide == 0 && option_of(arguments, "--length-penalty"))
        return error_set(error, EXIT_USED_WRONGLY, "--length-penalty is for --beam B");
    return *wide == 0 || !option_of(arguments, "--seed") ||
           error_set(error, EXIT_USED_WRONGLY, "--beam draws nothing, so --seed has no meaning; leave one out");
}

static void run_with_beams(const Arguments *arguments, Session *session, Sampling how, long tokens, long wide,
                           double alpha, Error *error)
{
    BeamReport report = {.why = option_of(arguments, "--why"), .json = option_of(arguments, "--json") != NULL,
                         .digits = arguments->digits};
    if (beam_search_begin(&report.search, session, arguments->run.text, (int)tokens, (int)wide, alpha, error)) {
        report.search.start.how = how;
        report.search.start.no_cache = option_of(arguments, "--no-cache") != NULL;
        follow_beams(&report, error);
    }
    beam_search_end(&report.search);
    beam_report_free(&report);
}

static void run_with_draws(const Arguments *arguments, Session *session, Sampling how, long tokens, long seed,
                           Error *error)
{
    Sample sample = {.why = option_of(arguments, "--why"), .json = option_of(arguments, "--json") != NULL,
                     .digits = arguments->digits};
    if (generation_begin(&sample.generation, session, arguments->run.text, (int)tokens, error)) {
        sample.generation.how = how;
        sample.generation.no_cache = option_of(arguments, "--no-cache") != NULL;
        random_seed(&sample.generation.random, (uint64_t)seed);
        generate(&sample, error);
    }
    sample_free(&sample);
    generation_end(&sample.generation);
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    long tokens, seed, wide;
    double alpha;
    Sampling how;
    if (!option_number(arguments, "-n", 1, MOST_GENERATED, 0, &tokens, error) ||
        !option_number(arguments, "--seed", 0, MOST_SEED, 0, &seed, error) || !parse_sampling(arguments, &how, error) ||
        !parse_beams(arguments, &wide, &alpha, error) || !open_session(arguments, &session, error))
        return error->code;
    if (wide)
        run_with_beams(arguments, &session, how, tokens, wide, alpha, error);
    else
        run_with_draws(arguments, &session, how, tokens, seed, error);
    session_close(&session);
    return error->code;
}

const Command SAMPLE_COMMAND = {
    .name = "sample", .words = "", .summary = "generated text, with the probabilities that led to it",
    .details = "--text is the prompt; without it the text begins as the model's own does, with <BOS> or else its\n"
               "first token. With --step N the model has trained N times on its own text before. <EOS> ends the\n"
               "text; what is longer than the context is read from its last tokens on.\n\n"
               "softmax is what the model says. chance is what is left of it, in this order: the logits of tokens\n"
               "that were there already are divided by R (times R below 0) and made smaller by F for each time\n"
               "and by Q once, all are divided by the temperature, the K largest and their equals are kept, then\n"
               "the likeliest up to the one with which they make P, then those that are M times as likely as the\n"
               "likeliest; what is kept is divided by its sum. The tokens lie on a rod from 0 to 1, each as long as\n"
               "its probability; the number that is drawn says which of them is hit. It is Python's:\n"
               "random.seed(S), then random.choices(tokens, probabilities) for each token; so the same seed makes\n"
               "the same text everywhere.\n\n"
               "Keys and values of what was read are kept: only the new token is read, in a frame token1, token2 ...\n"
               "of the same tape, and --no-cache writes the same text to the last bit. Beyond the context every\n"
               "position shifts, so all that is in sight is read anew for every token.\n\n"
               "--beam B draws nothing: it follows the B texts whose log p, the sum of the logarithms of their\n"
               "chances, is largest; of equal ones the lower ids. --length-penalty A compares log p / length^A, since\n"
               "else short texts have it easier. Each beam is a frame beam0, beam1 ...; choice.candidates are the\n"
               "scores of all that could be, and --why 'choice.chosen[0,1]' tells what stays and what did not.\n\n"
               "--json prints one object a line: a token with all its candidates, and at the end the text.\n"
               "--why explains a cell behind each token: draw.token[0,0], sampling.probabilities[0,3],\n"
               "tokens[0,0] (drawn before), block0.attention.head0.cache.K[1,0] (kept), logits[4,3] or any other\n"
               "value of the forward phase. token2.draw.token is that of the third token.\n",
    .example = "sample --step 200 --text 'the cat' -n 3 --temperature 0.8 --top-k 3",
    .options = {{"-n", "N", "tokens (as many as the context still holds)"},
                {"--temperature", "T", "above 1 bolder, below 1 surer, 0 always the likeliest (1)"},
                {"--top-k", "K", "only the K likeliest, and what equals the last of them"},
                {"--top-p", "P", "only the likeliest that together make P (1: all)"},
                {"--min-p", "M", "only those at least M times as likely as the likeliest (0: all)"},
                {"--repetition", "R", "above 1: what was there already comes less often (1)"},
                {"--frequency", "F", "taken off a logit each time that its token was there (0)"},
                {"--presence", "Q", "taken off once where it was there at all (0)"},
                {"--beam", "B", "follow the B likeliest texts, and draw nothing"},
                {"--length-penalty", "A", "beams are compared by log p / length^A (0)"},
                {"--seed", "S", "of the numbers that draw (0)"},
                {"--why", "'NAME[r,c]'", "the arithmetic of a cell, behind each token"},
                {"--no-cache", NULL, "read everything anew for every token"},
                {"--json", NULL, "one object a line"}},
    .run = run,
};
