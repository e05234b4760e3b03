/* tracer sample: generated text, and the probabilities that led to every token of it. */
#include "tracer/base/progress.h"

#include "beam_report.h"
#include "command.h"
#include "tracer/session/writing.h"


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
    options.asks = true;
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

static void run_with_beams(const Arguments *arguments, Session *session, const Writing *writing, Error *error)
{
    BeamReport report = {.why = option_of(arguments, "--why"), .json = option_of(arguments, "--json") != NULL,
                         .digits = arguments->digits};
    if (beam_search_begin(&report.search, session, arguments->run.text, (int)writing->tokens, (int)writing->wide,
                          writing->alpha, error)) {
        report.search.start.how = writing->how;
        report.search.start.no_cache = writing->no_cache;
        follow_beams(&report, error);
    }
    beam_search_end(&report.search);
    beam_report_free(&report);
}

static void run_with_draws(const Arguments *arguments, Session *session, const Writing *writing, Error *error)
{
    Sample sample = {.why = option_of(arguments, "--why"), .json = option_of(arguments, "--json") != NULL,
                     .digits = arguments->digits};
    if (generation_begin(&sample.generation, session, arguments->run.text, (int)writing->tokens, error)) {
        sample.generation.how = writing->how;
        sample.generation.no_cache = writing->no_cache;
        random_seed(&sample.generation.random, (uint64_t)writing->seed);
        generate(&sample, error);
    }
    sample_free(&sample);
    generation_end(&sample.generation);
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Writing writing;
    if (!writing_of(arguments, &writing, error) || !open_session(arguments, &session, error))
        return error->code;
    (writing.wide ? run_with_beams : run_with_draws)(arguments, &session, &writing, error);
    session_close(&session);
    return error->code;
}

const Command SAMPLE_COMMAND = {
    .name = "sample", .words = "", .summary = "generated text, with the probabilities that led to it",
    .details = "--text is the prompt; without it the text begins as the model's own does, with <BOS> or else its\n"
               "first token. What an encoder-decoder is given is the source, and it writes the target: --temperature\n"
               "0 takes the likeliest word each time, --beam 4 the likeliest of sentences.\n"
               "With --step N the model has trained N times on its own text before. <EOS> ends the text; what is\n"
               "longer than the context is read from its last tokens on.\n\n"
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
    .options = {WRITING_OPTIONS,
                {"--why", "'NAME[r,c]'", "the arithmetic of a cell, behind each token"},
                {"--json", NULL, "one object a line"}},
    .learns = true,
    .run = run,
};
