/* Palettes by hashing; see palette.h. */
#include "palette.h"

#include <string.h>

enum { MOST_BITS = 8, STRIDE = 8, LEAST_GROUNDS = 8 };

enum { NO_GROUND = 0 };

void blends_add(Blends *blends, Blend blend)
{
    for (int i = 0; i < blends->count; i++)
        if (blends->all[i].below == blend.below && blends->all[i].above == blend.above)
            return;
    if (blends->count < MOST_BLENDS)
        blends->all[blends->count++] = blend;
}

uint32_t blend_color(Blend blend, int shade, int shades)
{
    uint32_t color = 0;
    unsigned over = (unsigned)shade, under = (unsigned)(shades - shade), all = (unsigned)shades;
    for (int shift = 0; shift < 24; shift += 8)
        color |= ((blend.below >> shift & 255) * under + (blend.above >> shift & 255) * over + all / 2) / all << shift;
    return color;
}

static int slot(const Palette *palette, int ground, uint32_t color)
{
    /* Fibonacci hashing (Knuth 6.4): the upper bits of a product with 2^32 / golden ratio. */
    uint32_t key = (uint32_t)ground << 24 | color, at = (key * 2654435761u) >> 20;
    while (palette->places[at] && palette->keys[at] != key)
        at = (at + 1) % PALETTE_ROOM;
    return (int)at;
}

/* Finds a place under one more ground. */
static void register_place(Palette *palette, int ground, uint32_t color, int place)
{
    int at = slot(palette, ground, color);
    if (palette->places[at])
        return;
    palette->keys[at] = (uint32_t)ground << 24 | color;
    palette->places[at] = (uint16_t)(place + 1);
}

/* A new entry on a ground; -1 if there is no room for it. */
static int append(Palette *palette, int ground, uint32_t color)
{
    if (palette->count == PALETTE_MOST)
        return -1;
    int place = palette->count++;
    palette->colors[place] = color;
    palette->grounds[place] = (unsigned char)ground;
    register_place(palette, ground, color, place);
    /* Also for whoever meets the colour outside of its ground, as at the edge of a curve. */
    register_place(palette, NO_GROUND, color, place);
    return place;
}

/* The place of a colour on a ground, else anywhere, else a new one; -1 if there is no room for it. */
static int add(Palette *palette, int ground, uint32_t color)
{
    int at = slot(palette, ground, color);
    if (!palette->places[at])
        at = slot(palette, NO_GROUND, color);
    return palette->places[at] ? palette->places[at] - 1 : append(palette, NO_GROUND, color);
}

/* A ground with all that is blended with it. */
static bool add_ground(Palette *palette, const Blends *blends, uint32_t below)
{
    int ground = ++palette->ground_count;
    bool fits = append(palette, ground, below) >= 0;
    for (int i = 0; i < blends->count && fits; i++)
        for (int shade = 1; shade <= blends->shades && blends->all[i].below == below && fits; shade++)
            fits = append(palette, ground, blend_color(blends->all[i], shade, blends->shades)) >= 0;
    return fits;
}

/* False also where the grounds are too few to gain by it. */
static bool add_blends(Palette *palette, const Blends *blends)
{
    bool fits = true;
    for (int i = 0; i < blends->count && fits; i++) {
        bool known = false;
        for (int k = 0; k < i; k++)
            known = known || blends->all[k].below == blends->all[i].below;
        fits = known || add_ground(palette, blends, blends->all[i].below);
    }
    return fits && palette->ground_count >= LEAST_GROUNDS;
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
    int at = slot(palette, NO_GROUND, pixel);
    bool exact = palette->places[at] && palette->places[at] <= palette->exact;
    return exact ? pixel : rounded(pixel, palette->bits);
}

static bool add_list(Palette *palette, const DrawList *list)
{
    const Rgb *paper = &list->paper;
    bool fits = add(palette, NO_GROUND, (uint32_t)paper->r << 16 | (uint32_t)paper->g << 8 | paper->b) >= 0;
    for (int i = 0; i < list->count && fits; i++) {
        Rgb c = list->items[i].color;
        fits = add(palette, NO_GROUND, (uint32_t)c.r << 16 | (uint32_t)c.g << 8 | c.b) >= 0;
    }
    return fits;
}

/* Where the run of the pixel at `begin` ends: runs are most of a picture, so steps are large. */
static size_t run_end(const uint32_t *image, size_t begin, size_t pixels)
{
    uint32_t first = image[begin];
    size_t at = begin + 1;
    for (; at + STRIDE <= pixels; at += STRIDE) {
        uint32_t differing = 0;
        for (int i = 0; i < STRIDE; i++)
            differing |= image[at + i] ^ first;
        if (differing)
            break;
    }
    while (at < pixels && image[at] == first)
        at++;
    return at;
}

static bool add_image(Palette *palette, const uint32_t *image, size_t pixels, unsigned char *indices)
{
    int ground = NO_GROUND;
    for (size_t at = 0, end; at < pixels; at = end) {
        int place = add(palette, ground, wanted(palette, image[at] & 0xffffff));
        if (place < 0)
            return false;
        /* Behind a ground most often comes a letter on it: the next colour is looked for there first. */
        ground = palette->grounds[place];
        end = run_end(image, at, pixels);
        memset(indices + at, place, end - at);
    }
    return true;
}

bool palette_make(Palette *palette, const Blends *blends, const DrawList *lists, uint32_t *const *images, int count,
                  size_t pixels, unsigned char *indices)
{
    /* From the best to the coarsest that fits; what the list itself draws is exact in each. */
    static const struct {
        int bits;
        bool blended;
    } tries[] = {{8, true}, {8, false}, {5, false}, {4, false}};
    for (size_t t = 0; t < sizeof tries / sizeof *tries; t++) {
        *palette = (Palette){.bits = tries[t].bits};
        bool fits = !tries[t].blended || add_blends(palette, blends);
        for (int i = 0; i < count && fits; i++)
            fits = add_list(palette, &lists[i]);
        palette->exact = palette->count;
        for (int i = 0; i < count && fits; i++)
            fits = add_image(palette, images[i], pixels, indices + (size_t)i * pixels);
        if (fits)
            return true;
    }
    return false;
}
