/* Rendering; see render.h. */
#include "render.h"

#include "spell.h"
#include "tracer/figures/figure_page.h"
#include "tracer/figures/history.h"
#include "tracer/figures/weight_life.h"
#include "tracer/session/run_folder.h"
#include "tracer/session/run_text.h"
#include "tracer/session/training.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHEET_STEPS = 12, ANIMATED_STEPS = 40, USUAL = 400 };
static const double MM_PER_INCH = 25.4, CELL_TEXT = 11;

/* What a figure shows beside the tape of the session. */
typedef struct {
    History history;
    Ladder ladder;
    Life life;
    Evaluation evaluations[2];
    Session other;
    char *other_options;
    bool other_open;
} Material;

/* What the figure sees: the runs as they are, or spelled for the fonts that are installed. */
typedef struct {
    const Session *session, *other;
    const char *title;
    Session spelled, other_spelled;
    Arena arena;
} Sight;

Rendering rendering_default(void)
{
    Rendering rendering = {.format = &PICTURE_FORMATS[0],
                           .updates = AUTO_UPDATES,
                           .spec = {.theme = &THEMES[0],
                                    .digits = AUTO_DIGITS,
                                    .caption = true,
                                    .depth = AUTO_DEPTH,
                                    .phase = ALL_PHASES,
                                    .frame = ALL_FRAMES},
                           .picture = {.scale = 1, .dpi = 96, .command = "", .date = NO_DATE}};
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (epoch && !parse_integer(epoch, 0, LONG_MAX / 2, &rendering.picture.date))
        rendering.picture.date = NO_DATE;
    return rendering;
}

static void material_free(Material *material)
{
    history_free(&material->history);
    life_free(&material->life);
    for (int i = 0; i < 2; i++)
        evaluation_free(&material->evaluations[i]);
    if (material->other_open)
        session_close(&material->other);
    free(material->other_options);
}

/* "0,10,100", ascending. */
static bool parse_steps(const char *text, int *steps, int *count, int *last, Error *error)
{
    for (*count = 0; *count < MOST_SHOWN_STEPS; (*count)++) {
        char *end;
        long step = strtol(text, &end, 10);
        if (end == text || (*end && *end != ',') || step < 0 || step > MOST_UPDATES ||
            (*count && step <= steps[*count - 1]))
            return error_set(error, EXIT_USED_WRONGLY,
                             "--at needs training steps that ascend, \"0,10,100\", not \"%.60s\"", text);
        *last = steps[*count] = (int)step;
        if (!*end)
            return ++*count > 0;
        text = end + 1;
    }
    return error_set(error, EXIT_USED_WRONGLY, "--at takes at most %d training steps", MOST_SHOWN_STEPS);
}

/* What a kept run has, else a whole training where the model says how long that is. */
static int usual_updates(const Session *session, const Figure *figure)
{
    int whole = session->kept ? session->kept->step : session->model.training.steps;
    if (whole > 0)
        return whole < MOST_UPDATES ? whole : MOST_UPDATES;
    return figure->updates ? figure->updates : DEFAULT_UPDATES;
}

static bool get_history(const Session *session, const Rendering *rendering, Material *to, Error *error)
{
    int steps[MOST_SHOWN_STEPS], count, updates = rendering->updates;
    const Figure *figure = rendering->figure;
    if (updates == AUTO_UPDATES)
        updates = usual_updates(session, figure);
    if (!(figure->needs & NEEDS_VALUE_OVER_RUN))
        return history_record(&session->options, updates, NULL, NULL, 0, &to->history, error);
    Reference reference;
    char watched[USUAL];
    bool other = figure->watched && figure->watched(session, watched, sizeof watched);
    if (!reference_parse(&session->names, other ? watched : rendering->spec.name, &reference, error))
        return false;
    if (!rendering->at && figure->evenly)
        count = history_spread(updates, figure->evenly, steps);
    else if (!rendering->at)
        count = history_choose(updates, rendering->format->animated ? ANIMATED_STEPS : SHEET_STEPS, steps);
    else if (!parse_steps(rendering->at, steps, &count, &updates, error))
        return false;
    return history_record(&session->options, updates, name_of(&session->names, reference.value), steps, count,
                          &to->history, error);
}

/* The second run; without --against the same run, one training step later. */
static bool get_other(const Session *session, const Rendering *rendering, Material *to, Error *error)
{
    RunOptions later = session->options;
    const char *why;
    later.step++;
    if (!rendering->against && !is_trained(session, &why))
        return error_set(error, EXIT_USED_WRONGLY, "%s; name the other run: --against \"OPTIONS\"", why);
    if (!rendering->against) {
        to->other_open = session_open(&to->other, &later, error);
        return to->other_open;
    }
    to->other_options = strdup(rendering->against);
    if (!to->other_options)
        return error_memory(error);
    to->other_open = run_text_open(to->other_options, &to->other, error);
    return to->other_open;
}

/* The models of the ladder are the usual ones unless somebody says which keys they shall have. */
static bool get_ladder(const Session *session, const Rendering *rendering, Material *to, Error *error)
{
    RunOptions options = session->options;
    options.model = options.model ? options.model : "moby";
    return ladder_train(&options, NULL, 0, rendering->updates == AUTO_UPDATES ? LADDER_UPDATES : rendering->updates,
                        true, &to->ladder, error);
}

static bool get_life(const Session *session, const Rendering *rendering, Material *to, Error *error)
{
    int updates = rendering->updates == AUTO_UPDATES ? rendering->figure->updates : rendering->updates;
    return life_record(session, rendering->spec.name, updates, &to->life, error);
}

/* The same run without the mistake that is planted in it. */
static bool get_truth(const Session *session, Material *to, Error *error)
{
    RunOptions without = session->options;
    without.mistake = NULL;
    to->other_open = session_open(&to->other, &without, error);
    return to->other_open;
}

/* What a classifier makes of its data before a training and after it; in a session of its own, since asking takes the
 * tape. */
static bool get_evaluations(const Session *session, const Rendering *rendering, Material *to, Error *error)
{
    Session trained;
    int updates = rendering->updates == AUTO_UPDATES ? usual_updates(session, rendering->figure) : rendering->updates;
    to->history.updates = updates;
    if (!session_load(&trained, &session->options, error))
        return false;
    TrainingEnd end;
    TrainingPlan plan = {.last = session->options.step + updates};
    bool whole = run_to(&trained.run, session->options.step, NULL, NULL, error) &&
                 evaluation_make(&trained, &to->evaluations[0], error) && training_run(&trained, &plan, &end, error) &&
                 evaluation_make(&trained, &to->evaluations[1], error);
    session_close(&trained);
    return whole;
}

static bool get_material(const Session *session, const Rendering *rendering, Material *to, Error *error)
{
    Needs needs = rendering->figure->needs;
    *to = (Material){0};
    /* Long work comes before anything is drawn: an animation needs all of its frames at once. */
    bool whole = (!(needs & (NEEDS_RUN | NEEDS_VALUE_OVER_RUN)) || get_history(session, rendering, to, error)) &&
                 (!(needs & NEEDS_OTHER) || get_other(session, rendering, to, error)) &&
                 (!(needs & NEEDS_LADDER) || get_ladder(session, rendering, to, error)) &&
                 (!(needs & NEEDS_LIFE) || get_life(session, rendering, to, error)) &&
                 (!(needs & NEEDS_EVALUATIONS) || get_evaluations(session, rendering, to, error)) &&
                 (!(needs & NEEDS_TRUTH) || get_truth(session, to, error));
    if (!whole)
        material_free(to);
    return whole;
}

/* Only where our fonts draw: in an SVG the reader's fonts may have the letters. */
static bool see(const Session *session, const Rendering *rendering, const Material *material, Sight *sight,
                Error *error)
{
    *sight = (Sight){.session = session, .other = &material->other, .title = rendering->spec.title};
    if (!rendering->format->draws_letters)
        return true;
    bool whole = spell_session(session, &sight->arena, &sight->spelled, error);
    sight->session = &sight->spelled;
    if (material->other_open && whole) {
        whole = spell_session(&material->other, &sight->arena, &sight->other_spelled, error);
        sight->other = &sight->other_spelled;
    }
    if (sight->title && whole)
        whole = (sight->title = spell_text(sight->title, &sight->arena)) != NULL || error_memory(error);
    return whole;
}

static bool draw_one(const Sight *sight, const Rendering *rendering, const Material *material, int frame,
                     DrawList *list, Error *error)
{
    Spec spec = rendering->spec;
    spec.session = sight->session;
    spec.history = &material->history;
    spec.other = sight->other;
    spec.ladder = &material->ladder;
    spec.life = &material->life;
    spec.evaluations = material->evaluations;
    spec.title = sight->title;
    spec.frame = frame;
    list->transparent = rendering->transparent;
    if (!rendering->figure->draw(&spec, list, error))
        return false;
    if (list->failed)
        return error_memory(error);
    return !spec.highlight || list->highlights > 0 ||
           error_set(error, EXIT_USED_WRONGLY, "the figure does not show \"%.200s\", which --highlight names",
                     rendering->highlight);
}

/* All frames of an animation are in memory at once, so their pixels count together. */
static bool check_size(const DrawList *list, int count, const PictureOptions *picture, Error *error)
{
    double scale = picture->scale * picture->dpi / 96, width = list->width * scale, height = list->height * scale;
    if (width >= 1 && height >= 1 && width <= MOST_SIDE && height <= MOST_SIDE && width * height * count <= MOST_PIXELS)
        return true;
    char frames[40] = "a picture";
    if (count > 1)
        snprintf(frames, sizeof frames, "an animation of %d pictures", count);
    return error_set(error, EXIT_USED_WRONGLY,
                     "%s of %.0f x %.0f pixels is %s; choose another --scale, --dpi or --width", frames, width, height,
                     width < 1 || height < 1 ? "nothing to see" : "too large");
}

/* What makes the numbers in cells, 11 units high, so many points high. */
static double scale_of_points(double points)
{
    return points * (96.0 / 72) / CELL_TEXT;
}

/* The page in units that is so many millimetres wide when its letters have so many points. */
static double asked_width(const Rendering *rendering)
{
    return rendering->millimetres / MM_PER_INCH * 96 / scale_of_points(rendering->points);
}

static bool width_is_kept(const Rendering *rendering, const DrawList *list, Error *error)
{
    if (rendering->millimetres <= 0 || rendering->points <= 0 || list->width <= asked_width(rendering) + 0.01)
        return true;
    double needed = rendering->millimetres * list->width / asked_width(rendering);
    return error_set(error, EXIT_USED_WRONGLY,
                     "with letters of %gpt the figure %s is %.0f mm wide; choose a larger --mm or a smaller "
                     "--font-size",
                     rendering->points, rendering->figure->name, ceil(needed));
}

static bool write_lists(const Rendering *rendering, const DrawList *lists, int count, Text *out, Error *error)
{
    PictureOptions picture = rendering->picture;
    if (rendering->width > 0)
        /* The width that is asked for is that of the file, after scale and dpi. */
        picture.scale = rendering->width / (lists->width * picture.dpi / 96);
    else if (rendering->millimetres > 0)
        picture.scale = rendering->millimetres / MM_PER_INCH * 96 / lists->width;
    else if (rendering->points > 0)
        picture.scale = scale_of_points(rendering->points);
    return width_is_kept(rendering, lists, error) && check_size(lists, count, &picture, error) &&
           rendering->format->write(lists, count, &picture, out, error) && (!out->failed || error_memory(error));
}

static bool frames_wanted(const Rendering *rendering)
{
    return rendering->format->animated && (rendering->figure->needs & NEEDS_VALUE_OVER_RUN);
}

/* Whether this run has what the figure shows; *name becomes what that is where none was given. */
static bool figure_fits(const Session *session, const Rendering *rendering, const char **name, char usual[USUAL],
                        Error *error)
{
    const Figure *figure = rendering->figure;
    const char *why;
    if (figure->fits && !figure->fits(session, &why))
        return error_set(error, EXIT_USED_WRONGLY,
                         "the figure %s does not fit: %s; tracer render --list --model %.200s lists those that do",
                         figure->name, why, session->options.model ? session->options.model : session->model.name);
    if (figure->name_wanted && !*name)
        return error_set(error, EXIT_USED_WRONGLY, "the figure %s needs a name: tracer render %s %s", figure->name,
                         figure->name, figure->words);
    if (rendering->format->animated && !(figure->needs & NEEDS_VALUE_OVER_RUN))
        return error_set(error, EXIT_USED_WRONGLY,
                         "the figure %s does not move; over-training and plane can be an animated png", figure->name);
    if (*name && !figure->usual)
        return error_set(error, EXIT_USED_WRONGLY, "the figure %s takes no name", figure->name);
    if (*name || !figure->usual)
        return true;
    *name = usual;
    return figure->usual(session, usual, USUAL) ||
           error_set(error, EXIT_USED_WRONGLY,
                     "the figure %s finds nothing to show by itself in this model; tracer render %s NAME", figure->name,
                     figure->name);
}

/* What the spec says by reference: colours, the outlined cell, how wide the page is. */
static bool settle(const Session *session, Rendering *rendering, Theme *theme, Reference *highlight, Error *error)
{
    Spec *spec = &rendering->spec;
    if (rendering->colors) {
        *theme = theme_with(spec->theme, rendering->colors);
        spec->theme = theme;
    }
    if (rendering->millimetres > 0 && rendering->points > 0)
        spec->widest = fmax(asked_width(rendering) - 2 * PAGE_MARGIN, 1);
    if (!rendering->highlight)
        return true;
    spec->highlight = highlight;
    return reference_parse(&session->names, rendering->highlight, highlight, error);
}

bool render(const Session *session, const Rendering *asked, Text *out, Error *error)
{
    Material material;
    Rendering settled = *asked;
    const Rendering *rendering = &settled;
    Theme theme;
    Reference highlight;
    char usual[USUAL];
    if (!figure_fits(session, asked, &settled.spec.name, usual, error) ||
        !settle(session, &settled, &theme, &highlight, error) || !get_material(session, rendering, &material, error))
        return false;
    int count = frames_wanted(rendering) ? material.history.step_count : 1;
    DrawList *lists = calloc((size_t)count, sizeof *lists);
    Sight sight = {0};
    bool whole = (lists || error_memory(error)) && see(session, rendering, &material, &sight, error);
    for (int i = 0; i < count && whole; i++)
        whole = draw_one(&sight, rendering, &material, frames_wanted(rendering) ? i : ALL_FRAMES, &lists[i], error);
    whole = whole && write_lists(rendering, lists, count, out, error);
    for (int i = 0; lists && i < count; i++)
        draw_list_free(&lists[i]);
    free(lists);
    arena_free(&sight.arena);
    material_free(&material);
    return whole;
}

static bool add_words(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error)
{
    (void)count, (void)options, (void)error;
    text_add(out, "%s\n%s\n", lists->title, lists->description);
    return true;
}

bool render_words(const Session *session, const Rendering *rendering, Text *out, Error *error)
{
    static const PictureFormat words = {.name = "words", .write = add_words};
    Rendering told = *rendering;
    told.format = &words;
    return render(session, &told, out, error);
}
