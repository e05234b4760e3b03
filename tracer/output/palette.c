/* Palettes by hashing; see palette.h. */
#include "palette.h"

enum { MOST_BITS = 8, LEAST_BITS = 4 };

static int slot(const Palette *palette, uint32_t color)
{
    uint32_t at = (color * 2654435761u) >> 21;
    while (palette->keys[at] && palette->keys[at] != color + 1)
        at = (at + 1) % PALETTE_ROOM;
    return (int)at;
}

static bool add(Palette *palette, uint32_t color)
{
    int at = slot(palette, color);
    if (palette->keys[at])
        return true;
    if (palette->count == PALETTE_MOST)
        return false;
    palette->keys[at] = color + 1;
    palette->places[at] = (unsigned char)palette->count;
    palette->colors[palette->count++] = color;
    return true;
}

/* Each channel to `bits` bits, black and white kept. */
static uint32_t rounded(uint32_t color, int bits)
{
    uint32_t out = 0, most = (1u << bits) - 1;
    for (int shift = 0; shift < 24; shift += 8) {
        uint32_t channel = color >> shift & 255;
        out |= (((channel * most + 127) / 255) * 255 / most) << shift;
    }
    return out;
}

static uint32_t wanted(const Palette *palette, uint32_t pixel)
{
    if (palette->bits == MOST_BITS)
        return pixel;
    int at = slot(palette, pixel);
    bool exact = palette->keys[at] && palette->places[at] < palette->exact;
    return exact ? pixel : rounded(pixel, palette->bits);
}

static bool add_list(Palette *palette, const DrawList *list)
{
    const Rgb *paper = &list->paper;
    bool fits = add(palette, (uint32_t)paper->r << 16 | (uint32_t)paper->g << 8 | paper->b);
    for (int i = 0; i < list->count && fits; i++) {
        Rgb c = list->items[i].color;
        fits = add(palette, (uint32_t)c.r << 16 | (uint32_t)c.g << 8 | c.b);
    }
    return fits;
}

/* Runs of one colour are most of a picture, so a pixel like the last one is passed over. */
static bool add_image(Palette *palette, const uint32_t *image, size_t pixels)
{
    uint32_t last = image[0] + 1;
    for (size_t i = 0; i < pixels; i++) {
        if (image[i] == last)
            continue;
        last = image[i];
        if (!add(palette, wanted(palette, last & 0xffffff)))
            return false;
    }
    return true;
}

bool palette_make(Palette *palette, const DrawList *lists, uint32_t *const *images, int count, size_t pixels)
{
    for (int bits = MOST_BITS; bits >= LEAST_BITS; bits -= bits == MOST_BITS ? 3 : 1) {
        *palette = (Palette){.bits = bits};
        bool fits = true;
        for (int i = 0; i < count && fits; i++)
            fits = add_list(palette, &lists[i]);
        if (!fits)
            return false;
        palette->exact = palette->count;
        for (int i = 0; i < count && fits; i++)
            fits = add_image(palette, images[i], pixels);
        if (fits)
            return true;
    }
    return false;
}

int palette_index(const Palette *palette, uint32_t pixel)
{
    return palette->places[slot(palette, wanted(palette, pixel & 0xffffff))];
}
