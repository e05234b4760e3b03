/* Generating text; see generate.h. Chapter 19. */
#include "generate.h"

#include "data_file.h"

#include <stdlib.h>
#include <string.h>

static const Language *language_of(const Generation *generation)
{
    return generation->session->model.system->language;
}

/* The ids that it begins with: those that were given, else those of the text. */
static bool begin_with(Generation *generation, const char *prompt, Arena *arena, int **ids, Error *error)
{
    Session *session = generation->session;
    if (prompt || !session->options.tokens)
        return language_of(generation)->prompt(&session->model, prompt, arena, ids, &generation->prompt, error);
    return token_ids_parse(session->options.tokens, arena, ids, &generation->prompt, error);
}

bool generation_begin(Generation *generation, Session *session, const char *prompt, int most, Error *error)
{
    Arena arena = {0};
    int *ids = NULL;
    *generation = (Generation){.session = session};
    if (!language_of(generation))
        return error_set(error, EXIT_USED_WRONGLY, "a model of the system \"%s\" does not go on with a text",
                         session->model.system->name);
    bool whole = begin_with(generation, prompt, &arena, &ids, error);
    if (whole) {
        int room = language_of(generation)->context(&session->model) - generation->prompt;
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

bool generation_next(Generation *generation, Error *error)
{
    Run *run = &generation->session->run;
    int context = language_of(generation)->context(run->model), count = generation->count;
    /* The model knows no positions beyond its context: the oldest tokens are forgotten. */
    generation->window = count < context ? count : context;
    generation->number = random_uniform(&generation->random);
    if (!run_next(run, generation->tokens + count - generation->window, generation->window, &generation->how,
                  generation->number, &generation->drawing, error))
        return false;
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
    /* Marks of begin and end are no text. */
    int first = generation->tokens[0] == language_of(generation)->begins(model);
    bool blanks = language_of(generation)->words(model);
    for (int i = first; i < generation->count - generation_ended(generation); i++) {
        const char *token = generation_token(generation, generation->tokens[i]);
        bool apart = i > first && (blanks || !token);
        token ? text_add(out, "%s%s", apart ? " " : "", token)
              : text_add(out, "%s%d", apart ? " " : "", generation->tokens[i]);
    }
}
