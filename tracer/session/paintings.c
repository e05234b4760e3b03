/* Painting as options say; see paintings.h. */
#include "paintings.h"

#include "run_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_STEPS = 20 };
static const long MOST_SEED = 1L << 53;
static const double STRONGEST = 1000;

static bool no_such_class(const Paintings *pictures, const char *text, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY,
                     "--class needs classes from 0 to %d with commas between them, or their names, or all, not "
                     "\"%.60s\"", pictures->classes - 1, text);
}

/* The class that the first `length` bytes of a text mean: its name, or its number; -1: none. */
static int class_called(const Paintings *pictures, const Model *model, const char *text, size_t length)
{
    for (int c = 0; c < pictures->classes; c++) {
        const char *name = model->system->painter->class_name(model, c);
        if (name && strlen(name) == length && strncmp(name, text, length) == 0)
            return c;
    }
    char *end;
    long class = strtol(text, &end, 10);
    return end == text + length && length > 0 && class >= 0 && class < pictures->classes ? (int)class : -1;
}

/* The classes that are asked for, in order, into list [*count]. */
static bool list_classes(const Paintings *pictures, const Model *model, const char *text, int *list, int *count,
                         Error *error)
{
    *count = 0;
    if (strcmp(text, "all") == 0) {
        for (int c = 0; c < pictures->classes; c++)
            list[(*count)++] = c;
        return true;
    }
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        int class = class_called(pictures, model, at, length);
        if (class < 0 || *count == MOST_PICTURES)
            return no_such_class(pictures, text, error);
        list[(*count)++] = class;
        at += length;
        if (!*at)
            return true;
    }
}

static bool take_classes(const char *text, const Model *model, Paintings *pictures, int *listed, Error *error)
{
    *listed = 1;
    if (!text)
        return true;
    if (pictures->classes == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "--class is for a model that is told classes; \"classes\" in its model file does that");
    int *list = malloc(MOST_PICTURES * sizeof *list);
    if (!list)
        return error_memory(error);
    pictures->class_of = list;
    return list_classes(pictures, model, text, list, listed, error);
}

static bool no_words(Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY,
                     "--caption is for a model that reads captions; \"text_width\" in its model file does that");
}

/* The next of captions with semicolons between them, a copy; *text is behind it, NULL behind the last. */
static const char *cut_caption(const char **text, Arena *arena)
{
    size_t length = strcspn(*text, ";");
    char *one = arena_alloc(arena, length + 1);
    if (one) {
        memcpy(one, *text, length);
        one[length] = '\0';
    }
    *text = (*text)[length] ? *text + length + 1 : NULL;
    return one;
}

/* Those that are asked for; all: those that the system has for that. */
static bool list_captions(const Model *model, const char *text, Paintings *pictures, int *listed, Error *error)
{
    const Painter *painter = model->system->painter;
    bool all = strcmp(text, "all") == 0;
    pictures->captions = malloc(MOST_PICTURES * sizeof *pictures->captions);
    pictures->said = malloc(MOST_PICTURES * sizeof *pictures->said);
    if (!pictures->captions || !pictures->said)
        return error_memory(error);
    for (*listed = 0; all ? painter->usual_caption(model, *listed) != NULL : text != NULL; (*listed)++) {
        if (*listed == MOST_PICTURES)
            return error_set(error, EXIT_USED_WRONGLY, "--caption has more than %d captions", MOST_PICTURES);
        const char *one = all ? painter->usual_caption(model, *listed) : cut_caption(&text, &pictures->arena);
        if (!one)
            return error_memory(error);
        pictures->said[*listed] = one;
        if (!painter->caption(model, one, &pictures->arena, &pictures->captions[*listed], error))
            return false;
    }
    return true;
}

static bool take_captions(const char *text, const Model *model, Paintings *pictures, int *listed, Error *error)
{
    const Painter *painter = model->system->painter;
    if (!text)
        return true;
    if (!painter->silence || !painter->silence(model))
        return no_words(error);
    return list_captions(model, text, pictures, listed, error);
}

const char *paintings_some_caption(const Model *model, int i, int most)
{
    const Painter *painter = model->system->painter;
    int all = 0;
    if (!painter || !painter->silence || !painter->silence(model))
        return NULL;
    while (painter->usual_caption(model, all))
        all++;
    int count = all < most ? all : most;
    return i < count ? painter->usual_caption(model, count > 1 ? i * (all - 1) / (count - 1) : 0) : NULL;
}

static bool take_guidance(const Arguments *arguments, Paintings *pictures, Error *error)
{
    const char *text = option_of(arguments, "--guidance");
    pictures->how.guidance = 1;
    if (!text)
        return true;
    if (!parse_number(text, &pictures->how.guidance) || !(fabs(pictures->how.guidance) <= STRONGEST))
        return error_set(error, EXIT_USED_WRONGLY, "--guidance needs a number from -1000 to 1000, not \"%.60s\"", text);
    return pictures->class_of || pictures->captions ||
           error_set(error, EXIT_USED_WRONGLY,
                     "--guidance pushes towards what is asked for; say what with --class or --caption");
}

static bool take_solver(const Arguments *arguments, Paintings *pictures, Error *error)
{
    const char *text = option_of(arguments, "--solver");
    pictures->how.solver = text && strcmp(text, "rk4") == 0 ? SOLVER_RK4 : SOLVER_EULER;
    return !text || strcmp(text, "rk4") == 0 || strcmp(text, "euler") == 0 ||
           error_set(error, EXIT_USED_WRONGLY, "--solver is euler or rk4, not \"%.60s\"", text);
}

static bool make_noise(Paintings *pictures, long seed, Error *error)
{
    size_t cells = (size_t)pictures->how.count * (size_t)pictures->numbers;
    pictures->noise = malloc(cells * sizeof *pictures->noise);
    if (!pictures->noise)
        return error_memory(error);
    painting_noise((uint64_t)seed, 0, pictures->noise, cells);
    pictures->how.noise = pictures->noise;
    pictures->how.classes = pictures->class_of;
    pictures->how.captions = pictures->captions;
    return true;
}

bool paintings_of(const Arguments *arguments, const Model *model, Paintings *pictures, Error *error)
{
    const Painter *painter = model->system->painter;
    long steps, count, seed;
    int classes, captions = 1; /* that are listed */
    *pictures = (Paintings){0};
    if (!painter)
        return error_set(error, EXIT_USED_WRONGLY, "the system \"%s\" paints nothing; --model digits does",
                         model->system->name);
    pictures->numbers = painter->numbers(model, &pictures->rows, &pictures->cols);
    pictures->classes = painter->classes(model);
    if (!take_classes(option_of(arguments, "--class"), model, pictures, &classes, error) ||
        !take_captions(option_of(arguments, "--caption"), model, pictures, &captions, error) ||
        !option_number(arguments, "--steps", 1, MOST_SOLVER_STEPS, USUAL_STEPS, &steps, error) ||
        !option_number(arguments, "-n", 1, MOST_PICTURES, classes > captions ? classes : captions, &count, error) ||
        !option_number(arguments, "--seed", 0, MOST_SEED, 0, &seed, error) ||
        !take_guidance(arguments, pictures, error) || !take_solver(arguments, pictures, error))
        return false;
    pictures->how.steps = (int)steps;
    pictures->how.count = (int)count;
    for (int i = classes; pictures->class_of && i < pictures->how.count; i++)
        pictures->class_of[i] = pictures->class_of[i - classes];
    for (int i = captions; pictures->captions && i < pictures->how.count; i++) {
        pictures->captions[i] = pictures->captions[i - captions];
        pictures->said[i] = pictures->said[i - captions];
    }
    return make_noise(pictures, seed, error);
}

void paintings_end(Paintings *pictures)
{
    free(pictures->class_of);
    free(pictures->captions);
    free(pictures->said);
    free(pictures->noise);
    arena_free(&pictures->arena);
    *pictures = (Paintings){0};
}

bool paintings_paint(Run *run, const Paintings *pictures, int i, int *states, Error *error)
{
    Painting one = pictures->how;
    one.count = 1;
    one.classes = one.classes ? one.classes + i : NULL;
    one.captions = one.captions ? one.captions + i : NULL;
    one.noise += (size_t)i * (size_t)pictures->numbers;
    return run_paint(run, &one, states, error);
}

/* The options of draw, without its command. */
static const Command DRAW_ONLY = {.name = "draw", .words = "", .without_run = true, .options = {PICTURE_OPTIONS}};

static bool parse(char *text, const Model *model, Paintings *pictures, Error *error)
{
    char *words[MOST_RUN_WORDS + 1];
    int count;
    Arguments arguments;
    *pictures = (Paintings){0};
    if (!run_text_split(text, words + 1, &count, error))
        return false;
    words[0] = (char[]){"draw"};
    return arguments_take(&DRAW_ONLY, 0, count + 1, words, &arguments, error) &&
           paintings_of(&arguments, model, pictures, error);
}

bool paintings_said(const char *options, const Model *model, Paintings *pictures, Error *error)
{
    *pictures = (Paintings){0};
    char *text = strdup(options);
    bool whole = text ? parse(text, model, pictures, error) : error_memory(error);
    free(text);
    return whole;
}

bool paintings_record(Session *session, const char *options, Error *error)
{
    Paintings pictures;
    bool whole = paintings_said(options, &session->model, &pictures, error);
    int *states = whole ? malloc((size_t)(pictures.how.steps + 1) * sizeof *states) : NULL;
    if (whole && !states)
        whole = error_memory(error);
    whole = whole && run_paint(&session->run, &pictures.how, states, error);
    free(states);
    paintings_end(&pictures);
    return whole;
}
