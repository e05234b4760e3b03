/* Figures: colours, every figure of several models in both themes with nothing
 * overflowing, and the pixels of a PNG away from its letters. */
#include "support.h"
#include "tiny_model/systems/gpt.h"

#include "tracer/figures/history.h"
#include "tracer/figures/weight_life.h"
#include "tracer/figures/theme.h"
#include "tracer/figures/value_panel.h"
#include "tracer/output/render.h"

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void colors_can_be_read(void **state)
{
    const Theme *theme = *state;
    const Scale scales[] = {{-1, 1, true}, {0, 1, false}};
    for (int s = 0; s < 2; s++)
        for (int i = 0; i <= 400; i++) {
            Rgb fill = scale_color(theme, scales[s], scales[s].low + (1 - scales[s].low) * i / 400);
            EXPECT(color_contrast(fill, color_on(fill)) >= 4.5, "%s: #%02x%02x%02x has no readable number", theme->name, fill.r, fill.g, fill.b);
        }
    const Rgb texts[] = {theme->ink, theme->muted, theme->forward, theme->backward, theme->update, theme->mark};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        EXPECT(color_contrast(texts[i], theme->paper) >= 4.5, "%s: text colour %zu is too faint", theme->name, i);
}

/* Every set of colours on every theme, one after the other. */
static Theme colored_theme(int i)
{
    return theme_with(&THEMES[i % THEME_COUNT], &COLOR_SETS[i / THEME_COUNT]);
}

/* The first set is what a theme has by itself: blue and orange. */
static void themes_have_the_first_set(void **state)
{
    (void)state;
    const Scale scale = {-1, 1, true};
    for (int i = 0; i < THEME_COUNT; i++) {
        Theme theme = colored_theme(i);
        EXPECT(memcmp(&theme.colors, &THEMES[i].colors, sizeof theme.colors) == 0, "%s has other colours", theme.name);
        Rgb low = scale_color(&theme, scale, -1), high = scale_color(&theme, scale, 1);
        EXPECT(low.b > low.r && high.r > high.b, "%s: the ends are not blue and orange", theme.name);
    }
}

/* A range that was asked for: 0 stays neutral, the ends are those of the range, what lies beyond has their colour. */
static void ranges_are_kept(void **state)
{
    (void)state;
    const Scale wide = {-2, 2, true}, uneven = {-0.5, 2, true}, part = {0.2, 0.6, false}, all = {0, 1, false};
    for (int i = 0; i < THEME_COUNT; i++) {
        const Theme *theme = &THEMES[i];
        const double numbers[] = {0, 0.7, 1.9, -0.4};
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
            Rgb a = scale_color(theme, wide, numbers[n]), b = scale_color(theme, uneven, numbers[n]);
            EXPECT(memcmp(&a, &b, sizeof a) == 0, "%g has another colour", numbers[n]);
        }
        Rgb beyond = scale_color(theme, uneven, -9), end = scale_color(theme, uneven, -0.5);
        EXPECT(memcmp(&beyond, &end, sizeof end) == 0, "what lies below is not as the end");
        Rgb low = scale_color(theme, part, 0.2), first = scale_color(theme, all, 0), top = scale_color(theme, part, 5), last = scale_color(theme, all, 1);
        EXPECT(memcmp(&low, &first, sizeof low) == 0 && memcmp(&top, &last, sizeof top) == 0, "the ends are others");
    }
}

static void zero_is_grey(void **state)
{
    const Theme *theme = *state;
    for (double size = 1e-12; size < 1e13; size *= 1e3) {
        const Scale scale = {-size, size, true};
        Rgb zero = scale_color(theme, scale, 0);
        EXPECT(abs(zero.r - zero.g) <= 1 && abs(zero.g - zero.b) <= 1, "%s: 0 is #%02x%02x%02x", theme->name, zero.r, zero.g, zero.b);
    }
}

/* Towards the ends a number stands out more and more from the neutral tone. */
static void maps_are_ordered(void **state)
{
    const Theme *theme = *state;
    const Scale scales[] = {{-1, 1, true}, {-1, 1, true}, {0, 1, false}};
    for (int s = 0; s < 3; s++) {
        double before = 0;
        for (int i = 0; i <= 100; i++) {
            double number = (s == 1 ? -1 : 1) * i / 100.0;
            double apart = color_contrast(scale_color(theme, scales[s], 0), scale_color(theme, scales[s], number));
            EXPECT(apart >= before - 0.02, "%s: map %d falls back at %g", theme->name, s, number);
            before = apart;
        }
        EXPECT(before > 4, "%s: map %d spans a contrast of only %g", theme->name, s, before);
    }
}

static void text_is_cut(void **state)
{
    (void)state;
    char out[64];
    for (double width = 10; width < 120; width += 7) {
        measure_cut(out, sizeof out, "Donaudampfschifffahrt", FACE_PLAIN, 11, width);
        EXPECT(measure_text(out, FACE_PLAIN, 11) <= fmax(width, 11.1), "\"%s\" is wider than %g", out, width);
    }
    assert_string_equal(measure_cut(out, sizeof out, "cat", FACE_PLAIN, 11, 100), "cat");
    char small[12];
    measure_cut(small, sizeof small, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", FACE_PLAIN, 1, 1000);
    EXPECT(strlen(small) < sizeof small && strstr(small, "…"), "\"%s\"", small);
}

/* The box of a text. */
static void text_box(const Item *item, double box[4])
{
    double width = measure_text(item->text, item->face, item->size), shift = width * (int)item->align / 2;
    double along[2] = {-shift, width - shift}, across[2] = {-0.76 * item->size, 0.24 * item->size};
    box[0] = item->x + (item->upwards ? across[0] : along[0]);
    box[2] = item->x + (item->upwards ? across[1] : along[1]);
    box[1] = item->y + (item->upwards ? -along[1] : across[0]);
    box[3] = item->y + (item->upwards ? -along[0] : across[1]);
}

static void expect_inside(const DrawList *list, const Item *item, const char *what)
{
    double box[4] = {item->x, item->y, item->x + item->width, item->y + item->height};
    if (item->kind == ITEM_TEXT)
        text_box(item, box);
    for (int i = 0; i < item->point_count; i++) {
        if (i == 0 || item->points[i].x < box[0]) box[0] = item->points[i].x;
        if (i == 0 || item->points[i].y < box[1]) box[1] = item->points[i].y;
        if (i == 0 || item->points[i].x > box[2]) box[2] = item->points[i].x;
        if (i == 0 || item->points[i].y > box[3]) box[3] = item->points[i].y;
    }
    EXPECT(box[0] >= -0.5 && box[1] >= -0.5 && box[2] <= list->width + 0.5 && box[3] <= list->height + 0.5,
           "%s: item at %.1f,%.1f to %.1f,%.1f leaves the page of %.0f x %.0f: %s", what, box[0], box[1], box[2], box[3], list->width, list->height,
           item->text ? item->text : "a shape");
}

/* No two texts run into each other; lines of a paragraph may touch. */
static void expect_apart(const DrawList *list, const char *what)
{
    for (int i = 0; i < list->count; i++)
        for (int j = i + 1; j < list->count; j++) {
            double a[4], b[4];
            if (list->items[i].kind != ITEM_TEXT || list->items[j].kind != ITEM_TEXT)
                continue;
            text_box(&list->items[i], a);
            text_box(&list->items[j], b);
            double across = fmin(a[2], b[2]) - fmax(a[0], b[0]), down = fmin(a[3], b[3]) - fmax(a[1], b[1]);
            EXPECT(!(across > 1 && down > 2), "%s: \"%s\" and \"%s\" overlap by %.1f x %.1f at %.0f,%.0f", what, list->items[i].text, list->items[j].text,
                   across, down, a[0], a[1]);
        }
}

/* False if the figure does not fit the model. */
static bool draw_figure(const Figure *figure, const Session *session, const Theme *theme, double widest, DrawList *list)
{
    int steps[] = {0, 1, 3};
    History history = {0};
    Life life = {0};
    Error error = {0};
    Spec spec = {.session = session, .other = session, .history = &history, .life = &life, .theme = theme, .digits = AUTO_DIGITS, .caption = true, .depth = AUTO_DEPTH,
                 .phase = ALL_PHASES, .frame = ALL_FRAMES, .widest = widest, .color_bar = widest > 0, .plain_words = widest > 0};
    char name[200] = "";
    const char *why;
    if (figure->fits && !figure->fits(session, &why)) {
        EXPECT(strlen(why) > 10, "%s says not why", figure->name);
        return false;
    }
    if (figure->usual && !figure->usual(session, name, sizeof name))
        snprintf(name, sizeof name, "%s", name_of(&session->names, 0));
    spec.name = figure->usual ? name : NULL;
    char watched[200] = ""; /* of words their vectors */
    bool of_words = figure->watched && figure->watched(session, watched, sizeof watched);
    const char *value = figure->needs & NEEDS_VALUE_OVER_RUN ? of_words ? watched : name : NULL;
    if (figure->needs & (NEEDS_RUN | NEEDS_VALUE_OVER_RUN))
        EXPECT(history_record(&session->options, 3, value, steps, value ? 3 : 0, &history, &error), "%s", error.text);
    if (figure->needs & NEEDS_LIFE)
        EXPECT(life_record(session, name, 3, &life, &error), "%s", error.text);
    EXPECT(figure->draw(&spec, list, &error), "%s: %s", figure->name, error.text);
    history_free(&history);
    life_free(&life);
    return true;
}

static const char *const models[] = {
    "{\"text\": \"a b\", \"d_model\": 2, \"n_heads\": 1, \"add_bos\": false, \"add_eos\": false}",
    "{\"text\": \"a donaudampfschifffahrtsgesellx \xc3\xa9\xc3\xa8\xc3\xaa averyveryveryverylongtokenyes b\", \"n_layers\": 2, \"d_model\": 8, \"n_heads\": 4}",
    ("{\"text\": \"a b c d e f g h i j k l m n o p q r s t u v w x y z aa bb cc dd ee ff gg hh ii jj kk ll mm nn oo pp qq rr ss tt uu vv ww xx yy zz "
    "a1 a2 a3 a4 a5 a6 a7 a8 a9 b1 b2 b3\", \"d_model\": 64, \"n_heads\": 2}"),
    "{\"system\": \"mlp\", \"data\": {\"examples\": [{\"x\": [1], \"class\": 0}]}, \"model\": {\"hidden\": 1}}",
    ("{\"system\": \"mlp\", \"data\": {\"examples\": [{\"x\": [1, -2, 3], \"label\": \"averyveryveryveryverylongclass\"}, "
     "{\"x\": [0, 1, 0], \"label\": \"b \xc3\xa9\"}, {\"x\": [2, 2, 2], \"label\": \"c\"}]}, "
     "\"model\": {\"hidden\": 40, \"activation\": \"relu\"}}"),
};

static void fits_the_page(void **state)
{
    const Figure *figure = *state;
    for (size_t m = 0; m < sizeof models / sizeof *models; m++)
        for (int t = 0; t < THEME_COUNT; t++) {
            char path[PATH_SIZE + 8], plain[PATH_SIZE], what[200];
            temporary_file(plain, models[m], strlen(models[m]));
            snprintf(path, sizeof path, "%s.json", plain);
            rename(plain, path);
            Session session;
            Error error = {0}; /* two figures are of a text that is written */
            bool of_text = strcmp(figure->name, "drawing") == 0 || strcmp(figure->name, "reading") == 0;
            RunOptions options = {.model = path, .write = of_text && m < 3 ? "-n 2 --temperature 0.7 --top-k 30 --min-p 0.01" : NULL};
            EXPECT(session_open(&session, &options, &error), "%s", error.text);
            EXPECT(!options.write || figure->fits(&session, &(const char *){NULL}), "%s does not fit model %zu", figure->name, m);
            for (double widest = 0; widest <= 400; widest += 400) { /* as wide as it likes, and all of it on a narrow page */
                DrawList list = {0};
                snprintf(what, sizeof what, "%s, model %zu, %s, page %g", figure->name, m, THEMES[t].name, widest);
                bool drawn = draw_figure(figure, &session, &THEMES[t], widest, &list);
                bool told = list.count > 3 && !list.failed && *list.title && strlen(list.description) > 20;
                EXPECT(!drawn || told, "%s: nothing drawn or told", what);
                for (int i = 0; i < list.count; i++)
                    expect_inside(&list, &list.items[i], what);
                if (list.count < 6000)
                    expect_apart(&list, what);
                draw_list_free(&list);
            }
            session_close(&session);
            remove(path);
        }
}

/* Frames of an animation: as large as one another, cells and caption at the same place, whatever the numbers are. */
static void frames_have_one_layout(void **state)
{
    (void)state;
    const int steps[] = {0, 1, 5, 60};
    const char *const name = "block0.attention.head0.W_Q";
    Session session;
    Error error = {0};
    History history = {0};
    DrawList frames[4] = {0};
    open_model(&session, "tiny", NULL, 0);
    EXPECT(history_record(&session.options, 60, name, steps, 4, &history, &error), "%s", error.text);
    /* Some frame needs wider cells than the first. */
    for (int i = 0; i < 18; i++)
        history.numbers[2][i] *= 1234;
    for (int i = 0; i < 4; i++) {
        Spec spec = {.session = &session, .history = &history, .theme = &THEMES[0], .digits = AUTO_DIGITS, .caption = true, .name = name, .frame = i};
        EXPECT(figure_find("over-training", &error)->draw(&spec, &frames[i], &error), "%s", error.text);
        EXPECT(frames[i].width == frames[0].width && frames[i].height == frames[0].height, "frame %d is %g x %g, the first %g x %g", i, frames[i].width,
               frames[i].height, frames[0].width, frames[0].height);
        EXPECT(frames[i].items[0].width == frames[0].items[0].width && frames[i].items[0].x == frames[0].items[0].x, "frame %d has other cells", i);
        const Item *last = &frames[i].items[frames[i].count - 1];
        EXPECT(last->kind == ITEM_TEXT && strstr(last->text, "color scale"), "frame %d has lost its caption", i);
    }
    for (int i = 0; i < 4; i++)
        draw_list_free(&frames[i]);
    history_free(&history);
    session_close(&session);
}

/* The arrows of an embedding, and what is written beside them. */
static void names_stand_beside_arrows(void **state)
{
    (void)state;
    Session session;
    Error error = {0};
    DrawList list = {0};
    int names = 0;
    open_model(&session, "tiny", NULL, 0);
    draw_figure(figure_find("embedding", &error), &session, &THEMES[0], 0, &list);
    for (int i = 0; i < list.count; i++) {
        double box[4];
        if (list.items[i].kind != ITEM_TEXT || list.items[i].size != 11)
            continue;
        names++;
        text_box(&list.items[i], box);
        for (int k = 0; k < list.count; k++) {
            const Item *line = &list.items[k];
            for (int t = 0; t <= 100 && line->kind == ITEM_LINES && line->point_count == 2 && line->line == 1.5; t++) {
                double x = line->points[0].x + (line->points[1].x - line->points[0].x) * t / 100;
                double y = line->points[0].y + (line->points[1].y - line->points[0].y) * t / 100;
                EXPECT(x < box[0] || x > box[2] || y < box[1] || y > box[3], "an arrow runs through \"%s\"", list.items[i].text);
            }
        }
    }
    assert_int_equal(names, gpt_of(&session.model)->vocabulary_count);
    draw_list_free(&list);
    session_close(&session);
}

/* A panel of numbers that are hard to show. */
static void odd_numbers_are_shown(void **state)
{
    (void)state;
    const double numbers[] = {NAN, INFINITY, -INFINITY, 1e-12, 1e12, -0.0};
    const char *const wanted[] = {"nan", "inf", "\xe2\x88\x92inf", "0.00", "1.00", "0.00"};
    DrawList list = {0};
    Panel panel = {.name = "x", .data = numbers, .rows = 2, .cols = 3, .scale = scale_of(numbers, 6, false), .format = number_format(numbers, 6, AUTO_DIGITS, false)};
    panel_measure(&panel, 1000);
    panel_draw(&list, &THEMES[0], &panel, 0, 0);
    for (int i = 0; i < 6; i++) {
        bool found = false;
        for (int k = 0; k < list.count; k++)
            found = found || (list.items[k].text && strcmp(list.items[k].text, wanted[i]) == 0);
        EXPECT(found, "%s is not in the picture", wanted[i]);
    }
    draw_list_free(&list);
}

/* Letters that no font has are told by their number alone, and long tokens keep cells small. */
static bool unknown(const char *letter)
{
    return strcmp(letter, "c") == 0;
}

static void ids_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *value, *told;
    } cases[] = {{"tokens", "4 cat"}, {"positions", "2"}, {"text", "99"}, {"text", "116 t"}};
    Session session;
    open_model(&session, "tiny", NULL, 0);
    session.names.unknown_letter = unknown;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DrawList list = {0};
        Spec spec = {.session = &session, .theme = &THEMES[0], .digits = AUTO_DIGITS};
        Panel panel = panel_of_value(&list, &spec, &session, name_find(&session.names, cases[i].value));
        bool found = false;
        panel_measure(&panel, 1000);
        panel_draw(&list, &THEMES[0], &panel, 0, 0);
        EXPECT(panel.cell <= 60, "%s: cells of %g", cases[i].value, panel.cell);
        for (int k = 0; k < list.count; k++)
            found = found || (list.items[k].text && list.items[k].align == ALIGN_CENTER && strcmp(list.items[k].text, cases[i].told) == 0);
        EXPECT(found, "%s has no %s", cases[i].value, cases[i].told);
        draw_list_free(&list);
    }
    session_close(&session);
}

/* Every cell's corner has its colour, at 1x and 2x. */
static void pixels_are_right(void **state)
{
    (void)state;
    Session session;
    open_model(&session, "tiny", NULL, 0);
    Spec spec = {.session = &session, .theme = &THEMES[0], .digits = AUTO_DIGITS, .caption = true, .frame = ALL_FRAMES, .name = "block0.attention.W_O.grad"};
    DrawList list = {0};
    Error error = {0};
    EXPECT(figure_find("matrix", &error)->draw(&spec, &list, &error), "%s", error.text);
    for (int scale = 1; scale <= 2; scale++) {
        Text out = {0};
        PictureOptions options = {.scale = scale, .dpi = 96, .command = "test", .date = NO_DATE};
        EXPECT(png_picture(&list, 1, &options, &out, &error), "%s", error.text);
        png_image image = {.version = PNG_IMAGE_VERSION};
        EXPECT(png_image_begin_read_from_memory(&image, out.data, out.length), "%s", image.message);
        image.format = PNG_FORMAT_RGB;
        unsigned char *pixels = malloc(PNG_IMAGE_SIZE(image));
        EXPECT(png_image_finish_read(&image, NULL, pixels, 0, NULL), "%s", image.message);
        EXPECT((int)image.width == scale * (int)list.width, "%u pixels wide", image.width);
        int cells = 0;
        for (int i = 0; i < list.count; i++) {
            const Item *item = &list.items[i];
            if (item->kind != ITEM_RECT || !item->tip)
                continue;
            size_t at = 3 * ((size_t)((item->y + 2) * scale) * image.width + (size_t)((item->x + 2) * scale));
            EXPECT(pixels[at] == item->color.r && pixels[at + 1] == item->color.g && pixels[at + 2] == item->color.b, "%s has another colour", item->tip);
            cells++;
        }
        assert_int_equal(cells, 36);
        free(pixels);
        text_free(&out);
    }
    draw_list_free(&list);
    session_close(&session);
}

int test_figures(void)
{
    TestList list = {0};
    int theme_count = THEME_COUNT * COLOR_SET_COUNT;
    Theme *themes = calloc((size_t)theme_count, sizeof *themes);
    for (int i = 0; themes && i < theme_count; i++) {
        const char *set = COLOR_SETS[i / THEME_COUNT].name;
        themes[i] = colored_theme(i);
        tests_add(&list, colors_can_be_read, &themes[i], "numbers can be read: %s, %s", themes[i].name, set);
        tests_add(&list, zero_is_grey, &themes[i], "zero is grey: %s, %s", themes[i].name, set);
        tests_add(&list, maps_are_ordered, &themes[i], "colour maps are ordered: %s, %s", themes[i].name, set);
    }
    tests_add(&list, themes_have_the_first_set, NULL, "themes have the first set of colours");
    tests_add(&list, ranges_are_kept, NULL, "ranges are kept");
    tests_add(&list, text_is_cut, NULL, "text is cut to its width");
    tests_add(&list, odd_numbers_are_shown, NULL, "nan, inf, very small and very large");
    for (int i = 0; i < FIGURE_COUNT; i++)
        tests_add(&list, fits_the_page, FIGURES[i], "fits the page: %s", FIGURES[i]->name);
    tests_add(&list, names_stand_beside_arrows, NULL, "names stand beside arrows");
    tests_add(&list, frames_have_one_layout, NULL, "frames have one layout");
    tests_add(&list, ids_are_told, NULL, "ids and letters are told with what they stand for");
    tests_add(&list, pixels_are_right, NULL, "pixels of the cells");
    int failed = tests_run(&list, "figures");
    free(themes);
    return failed;
}
