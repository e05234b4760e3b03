/* Beam search; see beam_search.h. Chapter 24. */
#include "beam_search.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const Language *language_of(const BeamSearch *search)
{
    return model_writes(&search->start.session->model);
}

bool beam_search_begin(BeamSearch *search, Session *session, const char *prompt, int most, int wide, double alpha,
                       Error *error)
{
    *search = (BeamSearch){.beams = {.count = 1, .wide = wide, .alpha = alpha, .how = SAMPLING_PLAIN}};
    if (!generation_begin(&search->start, session, prompt, most, error))
        return false;
    Generation *start = &search->start;
    search->beams.ends = language_of(search)->ends(&session->model);
    search->room = start->prompt + start->most;
    search->beams.beams = calloc((size_t)wide, sizeof(Beam));
    search->best = calloc((size_t)wide, sizeof(Beam));
    search->before = calloc((size_t)wide, sizeof(Beam));
    search->tokens = malloc(2 * (size_t)wide * (size_t)search->room * sizeof *search->tokens);
    if (!search->beams.beams || !search->best || !search->before || !search->tokens)
        return error_memory(error);
    memcpy(search->tokens, start->tokens, (size_t)start->prompt * sizeof *search->tokens);
    search->beams.beams[0] = (Beam){.tokens = search->tokens, .count = start->prompt, .token = -1, .sum = -1,
                                    .label = generation_token(start, start->tokens[start->prompt - 1])};
    search->best[0] = search->beams.beams[0];
    return true;
}

void beam_search_end(BeamSearch *search)
{
    generation_end(&search->start);
    free(search->beams.beams);
    free(search->best);
    free(search->before);
    free(search->tokens);
}

bool beam_search_done(const BeamSearch *search)
{
    const Beams *beams = &search->beams;
    bool all = true;
    for (int i = 0; i < beams->count; i++)
        all = all && (beams->beams[i].ended || beams->beams[i].made == search->start.most);
    return all;
}

void beam_text(const BeamSearch *search, const Beam *beam, Text *out)
{
    Generation as = search->start;
    as.tokens = beam->tokens;
    as.count = beam->count;
    generation_text(&as, out);
}

/* What came behind the prompt, as the name of a row. */
static const char *label_of(BeamSearch *search, const Beam *beam, Error *error)
{
    const Language *language = language_of(search);
    const Model *model = &search->start.session->model;
    Text text = {0};
    for (int i = beam->count - beam->made; i < beam->count; i++) {
        const char *token = language->token(model, beam->tokens[i]);
        text_add(&text, "%s%s", text.length && language->words(model) ? " " : "", token ? token : "");
    }
    char *label = text.data ? arena_alloc(&search->start.session->labels, text.length + 1) : NULL;
    if (label)
        memcpy(label, text.data, text.length + 1);
    else
        error_memory(error);
    text_free(&text);
    return label;
}

/* What the i-th of those that stay is. */
static bool grow(BeamSearch *search, int i, Beam *child, Error *error)
{
    const Tape *tape = &search->start.session->run.tape;
    const BeamChoice *choice = &search->choice;
    const Value *chosen = tape_value(tape, choice->chosen), *candidates = tape_value(tape, choice->candidates);
    int row = (int)cell_of(chosen, i, 0), token = (int)cell_of(chosen, i, 1);
    const Beam *parent = &search->beams.beams[row];
    size_t place = (size_t)!search->behind * (size_t)search->beams.wide + (size_t)i;
    int *ids = search->tokens + place * (size_t)search->room;
    *child = *parent;
    memcpy(ids, parent->tokens, (size_t)parent->count * sizeof *ids);
    child->tokens = ids;
    child->score = cell_of(candidates, row, token);
    child->total = tape_value(tape, choice->sums[i])->data[0];
    child->token = choice->tokens[i];
    child->sum = choice->sums[i];
    child->shares = false;
    for (int other = 0; other < i; other++)
        child->shares = child->shares || (int)cell_of(chosen, other, 0) == row;
    if (parent->ended)
        return true;
    ids[child->count++] = token;
    child->made++;
    child->ended = token == search->beams.ends;
    child->label = parent->label ? label_of(search, child, error) : NULL;
    return child->label || !parent->label;
}

static bool ids_before(const Beam *a, const Beam *b)
{
    for (int i = 0; i < a->count && i < b->count; i++)
        if (a->tokens[i] != b->tokens[i])
            return a->tokens[i] < b->tokens[i];
    return a->count < b->count;
}

/* Those that stay, the best first and in the order of their ids. */
static bool take_chosen(BeamSearch *search, Error *error)
{
    Beams *beams = &search->beams;
    int count = 0;
    search->before_count = beams->count;
    for (int i = 0; i < beams->count; i++)
        search->before[i] = beams->beams[i];
    for (int i = 0; i < search->choice.kept; i++) {
        Beam child;
        if (!grow(search, i, &child, error))
            return false;
        if (isfinite(child.score))
            search->best[count++] = child;
    }
    beams->going_on = beams->caches;
    beams->count = count;
    search->behind = !search->behind;
    for (int i = 0; i < count; i++) {
        int at = i;
        for (; at > 0 && ids_before(&search->best[i], &beams->beams[at - 1]); at--)
            beams->beams[at] = beams->beams[at - 1];
        beams->beams[at] = search->best[i];
    }
    return true;
}

static void count_work(BeamSearch *search, int live, int read)
{
    Generation *start = &search->start;
    const Run *run = &start->session->run;
    int window = search->beams.window;
    long long done = live * language_of(search)->products(run->model, read, window - read),
              without = live * language_of(search)->products(run->model, window, 0);
    if (done < 0) /* not known beforehand: all of it is on the tape, nothing was kept */
        done = without = (long long)tape_products(&run->tape);
    search->read = read;
    start->done.positions += (long long)live * read;
    start->done.products += done;
    start->without.positions += (long long)live * window;
    start->without.products += without;
}

bool beam_search_next(BeamSearch *search, Error *error)
{
    Generation *start = &search->start;
    Run *run = &start->session->run;
    Beams *beams = &search->beams;
    int context = language_of(search)->context(run->model), count = 0, live = 0;
    int room = search->room < context ? search->room : context;
    for (int i = 0; i < beams->count; i++)
        if (!beams->beams[i].ended) {
            count = beams->beams[i].count;
            live++;
        }
    beams->caches = !start->no_cache && generation_can_cache(start->session, run->tape.mistake);
    beams->how = start->how;
    beams->window = count < context ? count : context;
    beams->going_on = beams->going_on && count <= context;
    for (int i = 0; i < beams->count; i++)
        beams->beams[i].cache.room = room;
    size_t before = beams->going_on ? run->tape.bytes : 0;
    int read = beams->going_on ? 1 : beams->window;
    if (!run_beams(run, beams, &search->choice, error))
        return false;
    count_work(search, live, read);
    if (!take_chosen(search, error))
        return false;
    /* The tape is recorded anew before another token like this one could bring it beyond its limit. */
    size_t grown = before ? run->tape.bytes - before : 0;
    if (run->tape.bytes + 2 * grown > run->tape.limit)
        beams->going_on = false;
    start->count = count + 1;
    return true;
}
