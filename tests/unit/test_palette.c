/* Palettes of pictures: every pixel comes back, letters are the same differences on every ground,
 * too many colours are rounded away from those of the draw list; letters that no font has. */
#include "support.h"

#include "tracer/output/palette.h"
#include "tracer/output/picture.h"

#include <stdlib.h>

enum { GROUNDS = 12, SHADES = 3, WIDTH = 40, PIXELS = WIDTH * GROUNDS };

static uint32_t ground_color(int ground)
{
    return 0x102030u * (uint32_t)(ground % 4 + 1) + (uint32_t)ground;
}

/* A row for each ground: ground, rising edge, letter, falling edge, ground; the letter is black. */
static void paint_rows(uint32_t image[PIXELS], Blends *blends)
{
    *blends = (Blends){.shades = SHADES};
    for (int g = 0; g < GROUNDS; g++) {
        const Blend blend = {ground_color(g), 0};
        blends_add(blends, blend);
        for (int x = 0; x < WIDTH; x++) {
            int shade = x < 10 ? 0 : x < 10 + SHADES ? x - 9 : x < 20 ? SHADES : x < 20 + SHADES ? 19 + SHADES - x : 0;
            image[g * WIDTH + x] = 0xff000000u | blend_color(blend, shade, SHADES);
        }
    }
}

static void pixels_come_back(void **state)
{
    (void)state;
    uint32_t image[PIXELS], *images[] = {image};
    unsigned char indices[PIXELS];
    Blends blends;
    Palette palette;
    DrawList list = {.paper = {255, 255, 255}};
    paint_rows(image, &blends);
    assert_int_equal(blend_color(blends.all[5], 0, SHADES), ground_color(5));
    assert_int_equal(blend_color(blends.all[5], SHADES, SHADES), 0);
    EXPECT(palette_make(&palette, &blends, &list, images, 1, PIXELS, indices), "%d colours do not fit", palette.count);
    for (int i = 0; i < PIXELS; i++)
        EXPECT(palette.colors[indices[i]] == (image[i] & 0xffffff), "pixel %d is #%06x, was #%06x", i, palette.colors[indices[i]], image[i] & 0xffffff);
    for (int g = 1; g < GROUNDS; g++)
        for (int x = 0; x < WIDTH; x++)
            EXPECT(indices[g * WIDTH + x] - indices[g * WIDTH] == indices[x] - indices[0], "column %d differs on ground %d", x, g);
}

/* 4096 colours: those of the draw list stay, the others are moved by less than a sixteenth. */
static void too_many_are_rounded(void **state)
{
    (void)state;
    enum { MANY = 4096 };
    static uint32_t image[MANY];
    static unsigned char indices[MANY];
    uint32_t *images[] = {image};
    const Blends none = {.shades = 1};
    Palette palette;
    DrawList list = {.paper = {1, 2, 3}};
    draw_rect(&list, 0, 0, 1, 1, (Rgb){77, 78, 79});
    for (int i = 0; i < MANY; i++)
        image[i] = i % 2 ? 0x010203 : i % 3 ? 0x4d4e4f : (uint32_t)(i % 1024 / 8) << 1 | (uint32_t)(i / 1024) << 8;
    EXPECT(palette_make(&palette, &none, &list, images, 1, MANY, indices), "%d colours do not fit", palette.count);
    EXPECT(palette.bits < 8, "nothing was rounded");
    for (int i = 0; i < MANY; i++)
        for (int shift = 0; shift < 24; shift += 8) {
            int was = image[i] >> shift & 255, is = palette.colors[indices[i]] >> shift & 255;
            bool listed = image[i] == 0x010203 || image[i] == 0x4d4e4f;
            EXPECT(listed ? is == was : abs(is - was) <= 16, "pixel %d: %d became %d", i, was, is);
        }
    draw_list_free(&list);
}

static void unknown_letters_are_spelled(void **state)
{
    (void)state;
    Text out = {0};
    EXPECT(picture_spell("a\xf4\x8f\xbf\xbd"
                         "b",
                         &out), "a private letter is in a font");
    assert_string_equal(out.data, "aU+10FFFDb");
    text_free(&out);
    EXPECT(!picture_spell("caf\xc3\xa9 \xe2\x86\x92", &out), "letters of DejaVu are not found");
    text_free(&out);
}

int test_palette(void)
{
    TestList list = {0};
    tests_add(&list, pixels_come_back, NULL, "every pixel comes back, letters are equal differences");
    tests_add(&list, too_many_are_rounded, NULL, "too many colours are rounded");
    tests_add(&list, unknown_letters_are_spelled, NULL, "unknown letters are spelled");
    return tests_run(&list, "palette");
}
