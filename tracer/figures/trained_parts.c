/* figure trained: which parts of a model are trained and which are frozen, in the order of reading, adapters beside
 * what they are added to; and how far the gradient comes on its way back: to the wall, below which nobody asks. */
#include "figure_page.h"

#include "tiny_model/primitive.h"

#include <stdio.h>
#include <string.h>

enum { WIDE = 250, HIGH = 30, APART = 8, ADAPTER = 96, ARROW = 34, MOST_PARTS = 256, PART_NAME = 120 };

typedef struct {
    char path[PART_NAME];      /* "block0.attention" */
    long long trained, all;    /* numbers, without those of adapters */
    long long adapted;         /* of adapters */
    bool reached;              /* something of it has a gradient */
} Part;

typedef struct {
    const Spec *spec;
    DrawList *list;
    Part parts[MOST_PARTS];
    int count, first_reached;  /* the part that the gradient comes to last; count: none */
} Plan;

static bool is_side(const char *name)
{
    return strncmp(name, "encoder.", 8) == 0 || strncmp(name, "decoder.", 8) == 0;
}

/* "block0.attention.head0.W_Q" belongs to "block0.attention", "classifier.W" to "classifier". */
static void part_path(const char *name, char out[PART_NAME])
{
    int levels = 1 + is_side(name);
    const char *at = levels == 2 ? name + 8 : name;
    levels += strncmp(at, "block", 5) == 0;
    const char *end = name;
    for (int level = 0; level < levels && *end; level++)
        end += strcspn(end, ".") + (level + 1 < levels && end[strcspn(end, ".")] == '.');
    snprintf(out, PART_NAME, "%.*s", (int)(end - name), name);
}

static Part *part_called(Plan *plan, const char *path)
{
    for (int i = 0; i < plan->count; i++)
        if (strcmp(plan->parts[i].path, path) == 0)
            return &plan->parts[i];
    if (plan->count == MOST_PARTS)
        return &plan->parts[MOST_PARTS - 1];
    Part *part = &plan->parts[plan->count++];
    *part = (Part){0};
    snprintf(part->path, sizeof part->path, "%s", path);
    return part;
}

static void count_parameters(Plan *plan)
{
    const Parameters *all = &plan->spec->session->run.parameters;
    char path[PART_NAME];
    for (int p = 0; p < all->count; p++) {
        const Parameter *of = &all->list[p];
        long long cells = (long long)of->rows * of->cols;
        part_path(of->name, path);
        Part *part = part_called(plan, path);
        if (of->class == PARAMETER_ADAPTER || of->class == PARAMETER_ADAPTER_ZERO)
            part->adapted += cells;
        else {
            part->all += cells;
            part->trained += of->frozen ? 0 : cells;
        }
    }
}

/* Whether a value stands under the path, or under it in one of several sequences, "sequence0.block0.mlp.output". */
static bool stands_under(const char *name, const char *path)
{
    size_t length = strlen(path);
    for (const char *at = strstr(name, path); at; at = strstr(at + 1, path))
        if ((at == name || at[-1] == '.') && (at[length] == '.' || at[length] == '\0'))
            return true;
    return false;
}

/* Where the way back went: of what was computed, and of the parameters themselves. */
static void find_reached(Plan *plan)
{
    const Names *names = &plan->spec->session->names;
    for (int id = 0; id < names->tape->value_count; id++) {
        if (tape_value(names->tape, id)->gradient < 0)
            continue;
        for (int i = 0; i < plan->count; i++)
            if (!plan->parts[i].reached && stands_under(name_of(names, id), plan->parts[i].path))
                plan->parts[i].reached = true;
    }
    plan->first_reached = 0;
    while (plan->first_reached < plan->count && !plan->parts[plan->first_reached].reached)
        plan->first_reached++;
}

static const char *numbers_told(DrawList *list, const Part *part)
{
    if (part->trained == part->all && part->all > 0)
        return draw_format(list, "%lld, trained", part->all);
    if (part->trained == 0)
        return draw_format(list, "%lld, frozen", part->all);
    return draw_format(list, "%lld of %lld trained", part->trained, part->all);
}

static void draw_part(const Plan *plan, const Part *part, double x, double y)
{
    const Theme *theme = plan->spec->theme;
    DrawList *list = plan->list;
    bool lit = part->trained > 0;
    const char *told = numbers_told(list, part);
    if (lit)
        draw_rect(list, x, y, WIDE, HIGH, theme->forward)->radius = 4;
    else
        draw_outline(list, x, y, WIDE, HIGH, theme->line, 1)->radius = 4;
    Rgb ink = lit ? color_on(theme->forward) : theme->muted;
    draw_text_within(list, x + 10, y + HIGH / 2.0 + 4, WIDE / 2.0, ALIGN_LEFT, TEXT_SIZE, ink, part->path);
    draw_text(list, x + WIDE - 10, y + HIGH / 2.0 + 4, ALIGN_RIGHT, SMALL_SIZE, ink, told);
    if (part->adapted == 0)
        return;
    draw_rect(list, x + WIDE + APART, y + 3, ADAPTER, HIGH - 6, theme->update)->radius = 4;
    draw_text(list, x + WIDE + APART + ADAPTER / 2.0, y + HIGH / 2.0 + 4, ALIGN_CENTER, SMALL_SIZE,
              color_on(theme->update), draw_format(list, "+ A B  %lld", part->adapted));
}

/* From below, where the loss is, up to the part that it comes to last. */
static void draw_way_back(const Plan *plan, double x, double top, double bottom)
{
    const Theme *theme = plan->spec->theme;
    DrawList *list = plan->list;
    double end = top + plan->first_reached * (HIGH + APART) + HIGH / 2.0;
    draw_text(list, x, bottom + 12, ALIGN_CENTER, SMALL_SIZE, theme->backward, "loss");
    draw_line(list, x, bottom, x, end + 6, theme->backward, 3);
    draw_arrow_head(list, x, end, 0, -1, 9, theme->backward);
    if (plan->first_reached == 0)
        return;
    double wall = top + plan->first_reached * (HIGH + APART) - APART / 2.0;
    draw_line(list, PAGE_MARGIN, wall, x + ARROW / 2.0, wall, theme->mark, 2)->dashed = true;
    draw_text(list, x + ARROW / 2.0 + 6, wall + 4, ALIGN_LEFT, SMALL_SIZE, theme->mark, "the wall");
}

static const char *caption_of(const Plan *plan, bool adapters)
{
    long long trained = 0, all = 0;
    for (int i = 0; i < plan->count; i++) {
        trained += plan->parts[i].trained + plan->parts[i].adapted;
        all += plan->parts[i].all + plan->parts[i].adapted;
    }
    const char *wall =
        plan->first_reached == 0 ? "The gradient comes to the very beginning"
                                 : draw_format(plan->list, "Behind the wall, in the first %d part%s, no gradient is "
                                               "computed", plan->first_reached, plan->first_reached == 1 ? "" : "s");
    return draw_format(plan->list, "%lld of %lld numbers are trained, %.3g %%. Filled parts are trained, outlined ones "
                       "frozen%s. %s: the arrow is the way back from the loss.",
                       trained, all, 100.0 * (double)trained / (double)all,
                       adapters ? "; a pair A B beside a part is its adapters" : "", wall);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Plan *plan = draw_room(list, sizeof *plan);
    bool adapters = false;
    if (!plan)
        return error_memory(error);
    plan->spec = spec;
    plan->list = list;
    plan->count = 0;
    count_parameters(plan);
    find_reached(plan);
    page_begin(list, spec);
    for (int i = 0; i < plan->count; i++) {
        draw_part(plan, &plan->parts[i], PAGE_MARGIN, PAGE_TOP + i * (HIGH + APART));
        adapters = adapters || plan->parts[i].adapted > 0;
    }
    double x = PAGE_MARGIN + WIDE + APART + (adapters ? ADAPTER + APART : 0) + ARROW / 2.0;
    double bottom = PAGE_TOP + plan->count * (HIGH + APART);
    draw_way_back(plan, x, PAGE_TOP, bottom);
    const char *told = caption_of(plan, adapters);
    page_end(list, spec, x + ARROW + 60, bottom + 18, "What is trained", told,
             draw_format(list, "The %d parts of the model below each other. %s", plan->count, told));
    return true;
}

static bool has_frozen(const Session *session, const char **why)
{
    *why = "all of this model is trained; \"lora\", or \"train\" in \"task\", freezes parts of it";
    for (int p = 0; p < session->run.parameters.count; p++)
        if (session->run.parameters.list[p].frozen)
            return true;
    return false;
}

const Figure TRAINED_FIGURE = {
    .name = "trained", .words = "",
    .shows = "which parts of a model are trained and which are frozen, and where the gradient stops",
    .fits = has_frozen, .draw = draw,
};
