/* Generating text; see generate.h. Chapter 19. */
#include "generate.h"

#include "data_file.h"
#include "tiny_model/primitive.h"
#include "tiny_model/tokenizer/utf8.h"

#include <stdlib.h>
#include <string.h>

static const Language *language_of(const Generation *generation)
{
    return model_writes(&generation->session->model);
}

/* A source, of which the session's model keeps the ids; what is written begins as its targets do. */
static bool ask(Generation *generation, const char *text, Arena *arena, int **ids, Error *error)
{
    Model *model = &generation->session->model;
    const char *given = text ? NULL : generation->session->options.tokens;
    const Language *language = language_of(generation);
    int *source = NULL, count = 0;
    return (!given || token_ids_parse(given, &model->arena, &source, &count, error)) &&
           language->ask(model, text, source, count, error) &&
           language->prompt(model, NULL, arena, ids, &generation->prompt, error);
}

/* The ids that it begins with: those that were given, else those of the text. */
static bool begin_with(Generation *generation, const char *prompt, Arena *arena, int **ids, Error *error)
{
    Session *session = generation->session;
    if (language_of(generation)->ask)
        return ask(generation, prompt, arena, ids, error);
    if (prompt || !session->options.tokens)
        return language_of(generation)->prompt(&session->model, prompt, arena, ids, &generation->prompt, error);
    return token_ids_parse(session->options.tokens, arena, ids, &generation->prompt, error);
}

bool generation_begin(Generation *generation, Session *session, const char *prompt, int most, Error *error)
{
    Arena arena = {0};
    int *ids = NULL;
    *generation = (Generation){.session = session, .how = SAMPLING_PLAIN};
    if (!language_of(generation))
        return error_set(error, EXIT_USED_WRONGLY, "a model of the system \"%s\" does not go on with a text",
                         session->model.system->name);
    bool whole = begin_with(generation, prompt, &arena, &ids, error);
    if (whole) {
        bool answers = language_of(generation)->ask != NULL; /* its end is said and not read */
        int room = language_of(generation)->context(&session->model) + answers - generation->prompt;
        generation->count = generation->prompt;
        generation->most = most ? most : room > 0 ? room : 1;
        generation->tokens = malloc(((size_t)generation->count + (size_t)generation->most) *
                                    sizeof *generation->tokens);
        whole = generation->tokens || error_memory(error);
    }
    if (whole)
        memcpy(generation->tokens, ids, (size_t)generation->count * sizeof *generation->tokens);
    arena_free(&arena);
    return whole;
}

void generation_end(Generation *generation)
{
    free(generation->tokens);
}

bool generation_mistake(const Mistake *mistake)
{
    return mistake && (mistake_is_in(mistake, "sampling") || mistake_is_in(mistake, "cache"));
}

bool generation_can_cache(const Session *session, const Mistake *mistake)
{
    return model_writes(&session->model)->keeps(&session->model) && (!mistake || generation_mistake(mistake));
}

/* The tape is recorded anew before another token like the last could bring it beyond its limit. */
static void make_room(Generation *generation, size_t before)
{
    const Tape *tape = &generation->session->run.tape;
    if (tape->bytes > before && tape->bytes + 2 * (tape->bytes - before) > tape->limit)
        generation->cache.read = 0;
}

static void count_work(Generation *generation, int read)
{
    const Run *run = &generation->session->run;
    const Language *language = language_of(generation);
    int window = generation->window;
    long long done = language->products(run->model, read, window - read),
              without = language->products(run->model, window, 0);
    if (done < 0) /* not known beforehand: all of it is on the tape, nothing was kept */
        done = without = (long long)tape_products(&run->tape);
    generation->latest = read;
    generation->done.positions += read;
    generation->done.products += done;
    generation->without.positions += window;
    generation->without.products += without;
}

bool generation_next(Generation *generation, Error *error)
{
    Run *run = &generation->session->run;
    int context = language_of(generation)->context(run->model), count = generation->count;
    bool cached = !generation->no_cache && generation_can_cache(generation->session, run->tape.mistake);
    /* The model knows no positions beyond its context: the oldest tokens are forgotten. */
    generation->window = count < context ? count : context;
    generation->number = random_uniform(&generation->random);
    generation->cache.room = generation->prompt + generation->most < context ? generation->prompt + generation->most
                                                                             : context;
    if (count > context)
        generation->cache.read = 0;
    int read = cached && generation->cache.read == count - 1 ? 1 : generation->window;
    size_t before = read < generation->window ? run->tape.bytes : 0;
    Next next = {generation->tokens, count, generation->window, generation->how, generation->number,
                 cached ? &generation->cache : NULL};
    if (!run_next(run, &next, &generation->drawing, error))
        return false;
    count_work(generation, read);
    if (before > 0)
        make_room(generation, before);
    generation->tokens[generation->count++] = (int)tape_value(&run->tape, generation->drawing.token)->data[0];
    return true;
}

bool generation_done(const Generation *generation)
{
    return generation->count == generation->prompt + generation->most || generation_ended(generation);
}

bool generation_ended(const Generation *generation)
{
    return generation->count > generation->prompt &&
           generation->tokens[generation->count - 1] == language_of(generation)->ends(&generation->session->model);
}

const char *generation_token(const Generation *generation, int id)
{
    return language_of(generation)->token(&generation->session->model, id);
}

void generation_text(const Generation *generation, Text *out)
{
    const Model *model = &generation->session->model;
    const Language *language = language_of(generation);
    /* Marks of begin and end are no text. */
    int first = generation->tokens[0] == language->begins(model), length;
    bool blanks = language->words(model);
    Text bytes = {0};
    for (int i = first; i < generation->count - generation_ended(generation); i++) {
        const char *token = language->bytes(model, generation->tokens[i], &length);
        if (i > first && (blanks || !token))
            text_add(&bytes, " ");
        if (token)
            text_put(&bytes, token, (size_t)length);
        else
            text_add(&bytes, "%d", generation->tokens[i]);
    }
    /* A character may be made of several tokens, and the last one may be cut off. */
    char *readable = malloc(3 * bytes.length + 1);
    out->failed |= !readable;
    if (readable) {
        size_t count = utf8_readable(text_piece(out, &bytes), bytes.length, readable);
        text_put(out, readable, count);
    }
    free(readable);
    text_free(&bytes);
}
