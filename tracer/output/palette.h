/* The colours of pictures, if few enough for a palette. */
#ifndef TRACER_OUTPUT_PALETTE_H
#define TRACER_OUTPUT_PALETTE_H

#include "tracer/figures/draw_list.h"

#include <stdint.h>

enum { PALETTE_MOST = 256, PALETTE_ROOM = 2048 };

typedef struct {
    uint32_t colors[PALETTE_MOST];    /* 0xrrggbb */
    int count, exact;                 /* the first `exact` are those of the draw list */
    int bits;                         /* the others are rounded to so many bits a channel */
    uint32_t keys[PALETTE_ROOM];      /* hashed: color + 1, or 0 */
    unsigned char places[PALETTE_ROOM];
} Palette;

/* Collects the colours of `count` images of `pixels` pixels. What is in the draw lists stays
 * exact; the edges of letters and curves, mixtures of two colours, are rounded to as few bits as
 * needed, at least 4. False if the colours are too many even so. */
bool palette_make(Palette *palette, const DrawList *lists, uint32_t *const *images, int count, size_t pixels);

/* The index of a pixel. */
int palette_index(const Palette *palette, uint32_t pixel);

#endif
