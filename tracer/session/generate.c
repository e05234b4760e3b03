/* Generating text; see generate.h. Chapter 19. */
#include "generate.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

static bool is_token(const Generation *generation, int at, const char *text)
{
    return strcmp(generation->session->model.vocabulary[generation->tokens[at]], text) == 0;
}

/* The prompt as the model that has it for its text; its tokens are in an arena of its own. */
static bool prompt_tokens(const Model *model, const char *text, Model *prompt, Error *error)
{
    *prompt = *model;
    prompt->arena = (Arena){0};
    prompt->text = text;
    prompt->add_eos = 0;
    if (text && (*text || !model->add_bos))
        return tokenizer_prepare(prompt, error);
    prompt->token_count = 1; /* how the model's own text begins */
    return true;
}

bool generation_begin(Generation *generation, Session *session, const char *prompt, int most, Error *error)
{
    Model begin;
    *generation = (Generation){.session = session};
    bool whole = prompt_tokens(&session->model, prompt, &begin, error);
    if (whole) {
        int room = session->model.context - begin.token_count;
        generation->prompt = generation->count = begin.token_count;
        generation->most = most ? most : room > 0 ? room : 1;
        generation->tokens = malloc(((size_t)generation->count + (size_t)generation->most) * sizeof *generation->tokens);
        whole = generation->tokens || error_memory(error);
    }
    if (whole)
        memcpy(generation->tokens, begin.tokens, (size_t)generation->count * sizeof *generation->tokens);
    arena_free(&begin.arena);
    return whole;
}

void generation_end(Generation *generation)
{
    free(generation->tokens);
}

bool generation_next(Generation *generation, Error *error)
{
    Run *run = &generation->session->run;
    int context = run->model->context, count = generation->count;
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
    return generation->count > generation->prompt && is_token(generation, generation->count - 1, "<EOS>");
}

void generation_text(const Generation *generation, Text *out)
{
    const Model *model = &generation->session->model;
    int first = model->add_bos && is_token(generation, 0, "<BOS>");
    for (int i = first; i < generation->count - generation_ended(generation); i++)
        text_add(out, "%s%s", i > first && model->tokenizer == TOKENIZER_WORDS ? " " : "",
                 model->vocabulary[generation->tokens[i]]);
}

Model generation_window(const Generation *generation)
{
    Model window = generation->session->model;
    window.tokens = generation->tokens + generation->count - 1 - generation->window;
    window.token_count = generation->window;
    return window;
}
