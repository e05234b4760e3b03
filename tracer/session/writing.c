/* Writing as options say; see writing.h. */
#include "writing.h"

#include "beam_search.h"
#include "run_text.h"
#include "tracer/base/progress.h"

#include <stdlib.h>
#include <string.h>

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

static bool parse_beams(const Arguments *arguments, long *wide, double *alpha, Error *error)
{
    static const char steepness[] = "a number from 0 to 10";
    if (!option_number(arguments, "--beam", 1, MOST_BEAMS, 0, wide, error) ||
        !option_real(arguments, "--length-penalty", 0, STEEPEST, steepness, alpha, error))
        return false;
    if (*wide == 0 && option_of(arguments, "--length-penalty"))
        return error_set(error, EXIT_USED_WRONGLY, "--length-penalty is for --beam B");
    return *wide == 0 || !option_of(arguments, "--seed") ||
           error_set(error, EXIT_USED_WRONGLY, "--beam draws nothing, so --seed has no meaning; leave one out");
}

bool writing_of(const Arguments *arguments, Writing *writing, Error *error)
{
    *writing = (Writing){.no_cache = option_of(arguments, "--no-cache") != NULL};
    return option_number(arguments, "-n", 1, MOST_GENERATED, 0, &writing->tokens, error) &&
           option_number(arguments, "--seed", 0, MOST_SEED, 0, &writing->seed, error) &&
           parse_sampling(arguments, &writing->how, error) &&
           parse_beams(arguments, &writing->wide, &writing->alpha, error);
}

static bool draw_all(Session *session, const Writing *writing, Error *error)
{
    Generation generation;
    Progress progress = progress_begin("tokens");
    bool whole = generation_begin(&generation, session, session->options.text, (int)writing->tokens, error);
    if (whole) {
        generation.how = writing->how;
        generation.no_cache = writing->no_cache;
        random_seed(&generation.random, (uint64_t)writing->seed);
    }
    while (whole && !generation_done(&generation)) {
        whole = generation_next(&generation, error);
        progress_show(&progress, generation.count - generation.prompt, generation.most);
    }
    progress_end(&progress);
    generation_end(&generation);
    return whole;
}

static bool follow_all(Session *session, const Writing *writing, Error *error)
{
    BeamSearch search;
    Progress progress = progress_begin("tokens");
    bool whole = beam_search_begin(&search, session, session->options.text, (int)writing->tokens, (int)writing->wide,
                                   writing->alpha, error);
    if (whole) {
        search.start.how = writing->how;
        search.start.no_cache = writing->no_cache;
    }
    while (whole && !beam_search_done(&search)) {
        whole = beam_search_next(&search, error);
        progress_show(&progress, search.start.count - search.start.prompt, search.start.most);
    }
    progress_end(&progress);
    beam_search_end(&search);
    return whole;
}

/* The options of sample, without its command. */
static const Command WRITE_ONLY = {.name = "sample", .words = "", .without_run = true, .options = {WRITING_OPTIONS}};

static bool parse(char *text, Writing *writing, Error *error)
{
    char *words[MOST_RUN_WORDS + 1];
    int count;
    Arguments arguments;
    if (!run_text_split(text, words + 1, &count, error))
        return false;
    words[0] = (char[]){"sample"};
    return arguments_take(&WRITE_ONLY, 0, count + 1, words, &arguments, error) &&
           writing_of(&arguments, writing, error);
}

bool writing_record(Session *session, const char *options, Error *error)
{
    Writing writing;
    char *text = strdup(options);
    bool whole = text ? parse(text, &writing, error) : error_memory(error);
    free(text);
    if (!whole)
        return false;
    if (generation_mistake(session->mistake))
        session->run.tape.mistake = session->mistake;
    whole = (writing.wide ? follow_all : draw_all)(session, &writing, error);
    session->run.loss = -1; /* nothing is compared with anything: there is no loss on this tape */
    return whole;
}
