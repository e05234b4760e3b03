/* The colours of pictures, if few enough for a palette. */
#ifndef TRACER_OUTPUT_PALETTE_H
#define TRACER_OUTPUT_PALETTE_H

#include "tracer/figures/draw_list.h"

#include <stdint.h>

enum { PALETTE_MOST = 256, PALETTE_ROOM = 4096, MOST_BLENDS = 128 };

/* The colours between that of a ground and that of the letters on it, `shades` steps apart. */
typedef struct {
    uint32_t below, above;            /* 0xrrggbb */
} Blend;

typedef struct {
    Blend all[MOST_BLENDS];
    int count, shades;
} Blends;

/* Remembers a blend; where there is no room for another, encoding is only a little worse. */
void blends_add(Blends *blends, Blend blend);

/* The colour of a shade, 0 (below) to `shades` (above). */
uint32_t blend_color(Blend blend, int shade, int shades);

/* Each ground is followed by its blends, always in the same distance, and the letters on it have
 * entries of their own even where other letters have their colour. The difference of two pixels'
 * indices, which is what the filter Up writes, is then the same for a letter on every ground, and
 * deflate finds it again. */
typedef struct {
    uint32_t colors[PALETTE_MOST];    /* 0xrrggbb */
    unsigned char grounds[PALETTE_MOST]; /* each entry's ground, counted from 1; 0: none */
    int count, exact, ground_count;   /* the first `exact` are those of the draw list */
    int bits;                         /* the others are rounded to so many bits a channel */
    uint32_t keys[PALETTE_ROOM];      /* hashed: ground and colour */
    uint16_t places[PALETTE_ROOM];    /* of the entry, from 1; 0: free */
} Palette;

/* Collects the colours of `count` images of `pixels` pixels, and writes the index of each pixel. What
 * is in the draw lists stays exact; the edges of letters and curves, mixtures of two colours, are
 * rounded to as few bits as needed, at least 4. False if the colours are too many even so. */
bool palette_make(Palette *palette, const Blends *blends, const DrawList *lists, uint32_t *const *images, int count,
                  size_t pixels, unsigned char *indices);

#endif
