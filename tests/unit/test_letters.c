/* Letters in a PNG: writing that joins and runs from right to left, letters that no font has, and a picture
 * without paper. */
#include "support.h"

#include "tracer/output/picture.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 200, HEIGHT = 60, LARGE = 32 };

typedef struct {
    unsigned char *pixels;       /* red, green, blue, alpha */
    int width, height;
} Pixels;

static Pixels drawn(DrawList *list, double scale)
{
    Text out = {0};
    Error error = {0};
    PictureOptions options = {.scale = scale, .dpi = 96, .command = "test", .date = NO_DATE};
    png_image image = {.version = PNG_IMAGE_VERSION};
    list->title = list->description = "";
    EXPECT(png_picture(list, 1, &options, &out, &error), "%s", error.text);
    EXPECT(png_image_begin_read_from_memory(&image, out.data, out.length), "%s", image.message);
    image.format = PNG_FORMAT_RGBA;
    Pixels all = {malloc(PNG_IMAGE_SIZE(image)), (int)image.width, (int)image.height};
    EXPECT(png_image_finish_read(&image, NULL, all.pixels, 0, NULL), "%s", image.message);
    text_free(&out);
    return all;
}

/* One text in the middle, black on white. */
static Pixels drawn_text(const char *text, bool upwards)
{
    DrawList list = {.width = WIDTH, .height = upwards ? WIDTH : HEIGHT, .paper = {255, 255, 255}};
    draw_text(&list, WIDTH / 2.0, upwards ? WIDTH / 2.0 : 40, ALIGN_CENTER, LARGE, (Rgb){0, 0, 0}, text)->upwards = upwards;
    Pixels all = drawn(&list, 1);
    draw_list_free(&list);
    return all;
}

/* How much ink is in a column. */
static int ink(const Pixels *all, int column)
{
    int dark = 0;
    for (int r = 0; r < all->height; r++)
        dark += all->pixels[4 * (r * all->width + column)] < 128;
    return dark;
}

/* Columns without ink between the first and the last that have some. */
static int gaps(const char *text)
{
    Pixels all = drawn_text(text, false);
    int first = 0, last = all.width - 1, empty = 0;
    while (first < last && !ink(&all, first))
        first++;
    while (last > first && !ink(&all, last))
        last--;
    for (int c = first; c < last; c++)
        empty += !ink(&all, c);
    EXPECT(last > first, "\"%s\": nothing is drawn", text);
    free(all.pixels);
    return empty;
}

#define ARABIC_BEH "\xd8\xa8"
#define NO_JOIN "\xe2\x80\x8c"

static void arabic_is_joined(void **state)
{
    (void)state;
    int apart = gaps(ARABIC_BEH NO_JOIN ARABIC_BEH NO_JOIN ARABIC_BEH);
    EXPECT(gaps(ARABIC_BEH ARABIC_BEH ARABIC_BEH) == 0, "joined letters have gaps");
    EXPECT(apart > 0, "letters that do not join have no gaps");
}

/* Shin, which is wide, and vav, a stroke: the first stands at the right. */
static void hebrew_runs_to_the_left(void **state)
{
    (void)state;
    Pixels all = drawn_text("\xd7\xa9\xd7\x95\xd7\x95\xd7\x95", false);
    int left = 0, right = 0, first = 0, last = all.width - 1;
    while (first < last && !ink(&all, first))
        first++;
    while (last > first && !ink(&all, last))
        last--;
    for (int c = first; c <= last; c++)
        *(c < (first + last) / 2 ? &left : &right) += ink(&all, c) > 0;
    EXPECT(right > left, "%d columns with ink in the left half, %d in the right", left, right);
    free(all.pixels);
}

/* A shaped text stands where a plain one would: centred, within what was measured, upwards too. */
static void shaped_text_stays_in_its_place(void **state)
{
    (void)state;
    static const char *const texts[] = {"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", ARABIC_BEH ARABIC_BEH ARABIC_BEH, "cat", "a\xcc\x81" "e\xcc\x82"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int upwards = 0; upwards < 2; upwards++) {
            Pixels all = drawn_text(texts[i], upwards);
            double width = measure_text(texts[i], FACE_PLAIN, LARGE);
            int least = all.width + all.height, most = 0;
            for (int r = 0; r < all.height; r++)
                for (int c = 0; c < all.width; c++)
                    if (all.pixels[4 * (r * all.width + c)] < 128) {
                        int at = upwards ? r : c;
                        least = at < least ? at : least;
                        most = at > most ? at : most;
                    }
            EXPECT(most - least <= width + 3, "\"%s\" is %d wide, measured %g", texts[i], most - least, width);
            EXPECT(most > least && abs(most + least - WIDTH) <= 12, "\"%s\": from %d to %d is not the middle", texts[i], least, most);
            free(all.pixels);
        }
}

static void unknown_letters_are_spelled(void **state)
{
    (void)state;
    static const struct {
        const char *text, *spelled;
    } cases[] = {{"cat", "cat"}, {"\xd7\xa9\xd7\x9c", "\xd7\xa9\xd7\x9c"}, {"a\xf4\x8f\xbf\xbd" "b", "aU+10FFFD" "b"}, {"\xe2\x88\x92" "1", "\xe2\x88\x92" "1"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text out = {0};
        picture_spell(cases[i].text, &out);
        EXPECT(out.data && strcmp(out.data, cases[i].spelled) == 0, "\"%s\" is spelled \"%s\"", cases[i].text, out.data ? out.data : "");
        text_free(&out);
    }
}

/* Without paper the corner shines through, a cell does not, and an edge of a letter is its own colour, not a mixture
 * with white. */
static void nothing_lies_behind_a_transparent_picture(void **state)
{
    (void)state;
    DrawList list = {.width = WIDTH, .height = HEIGHT, .paper = {255, 255, 255}, .transparent = true};
    int clear = 0, full = 0, edges = 0;
    draw_rect(&list, 10, 10, 30, 30, (Rgb){200, 30, 40});
    draw_text(&list, 120, 40, ALIGN_CENTER, LARGE, (Rgb){0, 90, 180}, "cat");
    Pixels all = drawn(&list, 2);
    for (int i = 0; i < all.width * all.height; i++) {
        const unsigned char *p = all.pixels + 4 * i;
        clear += p[3] == 0;
        full += p[3] == 255 && p[0] == 200 && p[1] == 30 && p[2] == 40;
        if (p[3] == 0 || p[3] == 255)
            continue;
        edges++;
        EXPECT(p[0] <= 6 && abs(p[1] - 90) <= 6 && abs(p[2] - 180) <= 6, "an edge is %d %d %d", p[0], p[1], p[2]);
    }
    EXPECT(full == 3600, "%d pixels of the cell", full);
    EXPECT(clear > all.width * all.height / 2 && edges > 20, "%d clear pixels, %d at edges", clear, edges);
    free(all.pixels);
    draw_list_free(&list);
}

int test_letters(void)
{
    TestList list = {0};
    tests_add(&list, arabic_is_joined, NULL, "arabic is joined");
    tests_add(&list, hebrew_runs_to_the_left, NULL, "hebrew runs to the left");
    tests_add(&list, shaped_text_stays_in_its_place, NULL, "shaped text stays in its place");
    tests_add(&list, unknown_letters_are_spelled, NULL, "unknown letters are spelled");
    tests_add(&list, nothing_lies_behind_a_transparent_picture, NULL, "nothing lies behind a transparent picture");
    return tests_run(&list, "letters");
}
