/* PNG and animated PNG: drawn by cairo, encoded with libpng; see picture.h.
 *
 * An animation is one PNG whose further images stand in fdAT chunks, each behind an fcTL chunk.
 * Those images are encoded as PNGs of their own, and their IDAT data is moved.
 *   source  PNG specification, third edition: 11.3.5 (acTL, fcTL, fdAT) */
#include "paint.h"
#include "palette.h"
#include "picture.h"

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Measured on heatmaps: up to a million pixels level 7 is a millisecond that saves 2 % of the bytes of
 * level 6; beyond, level 5 takes a quarter off the time for 5 % more bytes. */
enum { FEW_PIXELS = 1000 * 1000, FEW_COLORS = 16, SHORT_TEXT = 100 };

typedef struct {
    const PictureOptions *options;
    int width, height, count;
    uint32_t **images;            /* 0xXXrrggbb */
    bool transparent;             /* then they are 0xAArrggbb, and no palette is tried */
    bool colors_fit;              /* into the palette */
    Blends blends;
    Palette palette;
    unsigned char *indices;       /* [count x height x width], if so */
    unsigned char *row;           /* one row of red, green, blue and maybe alpha, if not */
} Pictures;

static bool paint_pixels(const DrawList *list, Pictures *to, uint32_t *pixels)
{
    /* cairo's four bytes a pixel are our array: the palette and the encoder read it without another copy. */
    cairo_surface_t *surface = cairo_image_surface_create_for_data((unsigned char *)pixels, CAIRO_FORMAT_RGB24,
                                                                   to->width, to->height, 4 * to->width);
    cairo_t *cairo = cairo_create(surface);
    double scale = to->options->scale * to->options->dpi / 96;
    cairo_scale(cairo, scale, scale);
    bool whole = paint(cairo, list, &to->blends);
    cairo_surface_flush(surface);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return whole;
}

/* What lies over black and over white differs by what shines through:  white - black = 255 (1 - alpha),
 * black = alpha color.  From both the pixel 0xAArrggbb, its colour not multiplied. */
static uint32_t seen_through(uint32_t black, uint32_t white)
{
    int alpha = 255 - (int)((white >> 8 & 255) - (black >> 8 & 255));
    uint32_t pixel = (uint32_t)alpha << 24;
    for (int shift = 0; shift < 24 && alpha > 0; shift += 8) {
        int color = ((int)(black >> shift & 255) * 255 + alpha / 2) / alpha;
        pixel |= (uint32_t)(color < 255 ? color : 255) << shift;
    }
    return pixel;
}

static bool paint_transparent(const DrawList *list, Pictures *to, uint32_t *pixels)
{
    size_t count = (size_t)to->width * (size_t)to->height;
    DrawList ground = *list;
    uint32_t *white = malloc(count * sizeof *white);
    ground.transparent = false;
    ground.paper = (Rgb){255, 255, 255};
    bool whole = white && paint_pixels(&ground, to, white);
    ground.paper = (Rgb){0, 0, 0};
    whole = whole && paint_pixels(&ground, to, pixels);
    for (size_t i = 0; i < count && whole; i++)
        pixels[i] = seen_through(pixels[i], white[i]);
    free(white);
    return whole;
}

static bool paint_image(const DrawList *list, Pictures *to, int index)
{
    uint32_t *pixels = to->images[index] = malloc((size_t)to->width * (size_t)to->height * sizeof *pixels);
    return pixels && (to->transparent ? paint_transparent(list, to, pixels) : paint_pixels(list, to, pixels));
}

static void pictures_free(Pictures *pictures)
{
    for (int i = 0; pictures->images && i < pictures->count; i++)
        free(pictures->images[i]);
    free(pictures->images);
    free(pictures->indices);
    free(pictures->row);
}

static bool pictures_paint(const DrawList *lists, int count, const PictureOptions *options, Pictures *to)
{
    /* A hair less, so that a size that is whole but for rounding does not get one more row of paper. */
    double scale = options->scale * options->dpi / 96;
    *to = (Pictures){.options = options, .count = count, .transparent = lists->transparent,
                     .width = (int)ceil(lists->width * scale - 1e-6),
                     .height = (int)ceil(lists->height * scale - 1e-6)};
    size_t pixels = (size_t)to->width * (size_t)to->height;
    to->images = calloc((size_t)count, sizeof *to->images);
    to->indices = malloc((size_t)count * pixels);
    to->row = malloc(4 * (size_t)to->width);
    bool whole = to->images && to->indices && to->row;
    for (int i = 0; i < count && whole; i++)
        whole = paint_image(&lists[i], to, i);
    if (whole && !to->transparent)
        to->colors_fit = palette_make(&to->palette, &to->blends, lists, to->images, count, pixels, to->indices);
    return whole;
}

static void take(png_structp png, png_bytep data, size_t length)
{
    Text *out = png_get_io_ptr(png);
    text_put(out, (const char *)data, length);
    if (out->failed)
        png_error(png, "out of memory");
}

static void nothing_to_flush(png_structp png)
{
    (void)png;
}

static void quiet(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

/* libpng reports by a jump and its message is for programmers: here it can only be memory. */
static _Noreturn void give_up(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

static void set_texts(png_structp png, png_infop info, const DrawList *list, const PictureOptions *options)
{
    const char *const keys[] = {"Title", "Description", "Comment", "Software"};
    const char *const texts[] = {list->title, list->description, options->command, "tracer"};
    png_text all[4] = {0};
    for (int i = 0; i < 4; i++)
        /* iTXt, since the titles have letters beyond Latin-1; short texts grow when they are compressed. */
        all[i] = (png_text){.compression = strlen(texts[i]) > SHORT_TEXT ? PNG_ITXT_COMPRESSION_zTXt
                                                                         : PNG_ITXT_COMPRESSION_NONE,
                            .key = (char *)keys[i],
                            .text = (char *)texts[i],
                            .itxt_length = strlen(texts[i])};
    png_set_text(png, info, all, 4);
    if (options->date == NO_DATE)
        return;
    png_time date;
    png_convert_from_time_t(&date, (time_t)options->date);
    png_set_tIME(png, info, &date);
}

/* A palette of grounds and blends is made for the difference from the row above; in other pictures
 * deflate finds more in the indices as they are. */
static void set_encoding(png_structp png, const Pictures *pictures)
{
    bool up = !pictures->colors_fit || pictures->palette.ground_count > 0;
    png_set_filter(png, 0, up ? PNG_FILTER_UP : PNG_FILTER_NONE);
    png_set_compression_level(png, !up ? 6 : (long)pictures->width * pictures->height <= FEW_PIXELS ? 7 : 5);
    png_set_check_for_invalid_index(png, 0); /* the palette has them all */
}

/* list: for the texts; NULL leaves them out. */
static void set_header(png_structp png, png_infop info, const Pictures *pictures, const DrawList *list)
{
    png_color colors[PALETTE_MOST];
    /* Up to 16 colours fit in half a byte a pixel. */
    bool few = pictures->colors_fit && pictures->palette.count <= FEW_COLORS;
    int kind = pictures->colors_fit    ? PNG_COLOR_TYPE_PALETTE
               : pictures->transparent ? PNG_COLOR_TYPE_RGB_ALPHA
                                       : PNG_COLOR_TYPE_RGB;
    png_set_IHDR(png, info, (png_uint_32)pictures->width, (png_uint_32)pictures->height, few ? 4 : 8, kind,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    for (int i = 0; i < pictures->palette.count; i++) {
        uint32_t c = pictures->palette.colors[i];
        colors[i] = (png_color){(png_byte)(c >> 16), (png_byte)(c >> 8), (png_byte)c};
    }
    if (pictures->colors_fit)
        png_set_PLTE(png, info, colors, pictures->palette.count);
    set_encoding(png, pictures);
    if (!list)
        return;
    /* PNG tells pixels by the metre, people ask for dots by the inch. */
    png_uint_32 per_meter = (png_uint_32)(pictures->options->dpi / 0.0254 + 0.5);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_set_pHYs(png, info, per_meter, per_meter, PNG_RESOLUTION_METER);
    set_texts(png, info, list, pictures->options);
}

static const unsigned char *row_of(Pictures *pictures, int index, int y)
{
    size_t width = (size_t)pictures->width, at = (size_t)y * width;
    const uint32_t *line = pictures->images[index] + at;
    if (pictures->colors_fit)
        return pictures->indices + (size_t)index * width * (size_t)pictures->height + at;
    size_t channels = pictures->transparent ? 4 : 3;
    for (size_t x = 0; x < width; x++)
        /* Red, green, blue lie at 16, 8 and 0, alpha at 24. */
        for (size_t channel = 0; channel < channels; channel++)
            pictures->row[channels * x + channel] = (unsigned char)(line[x] >> (channel < 3 ? 16 - 8 * channel : 24));
    return pictures->row;
}

static void put_32(unsigned char *to, unsigned number)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(number >> (24 - 8 * i));
}

static unsigned get_32(const char *from)
{
    unsigned number = 0;
    for (int i = 0; i < 4; i++)
        number = number << 8 | (unsigned char)from[i];
    return number;
}

/* sequence, width, height, x, y, delay as a fraction, dispose and blend: none */
static void write_frame_control(png_structp png, const Pictures *pictures, unsigned sequence)
{
    unsigned char data[26] = {0};
    put_32(data, sequence);
    put_32(data + 4, (unsigned)pictures->width);
    put_32(data + 8, (unsigned)pictures->height);
    put_32(data + 20, (unsigned)FRAME_MILLISECONDS << 16 | 1000);
    png_write_chunk(png, (png_const_bytep)"fcTL", data, sizeof data);
}

static bool encode(const DrawList *list, Pictures *pictures, int index, Text *out);

/* The IDAT chunks of an image encoded by itself, as fdAT chunks. */
static void write_frame_data(png_structp png, const Text *image, unsigned *sequence)
{
    /* Behind the 8 bytes of the signature: length, kind, data and 4 bytes of CRC, again and again. */
    for (size_t at = 8; at + 12 <= image->length;) {
        unsigned length = get_32(image->data + at);
        if (memcmp(image->data + at + 4, "IDAT", 4) == 0) {
            unsigned char number[4];
            put_32(number, (*sequence)++);
            png_write_chunk_start(png, (png_const_bytep)"fdAT", length + 4);
            png_write_chunk_data(png, number, 4);
            png_write_chunk_data(png, (png_const_bytep)image->data + at + 8, length);
            png_write_chunk_end(png);
        }
        at += length + 12;
    }
}

static void write_further_frames(png_structp png, Pictures *pictures, Text *image)
{
    unsigned sequence = 1;
    for (int i = 1; i < pictures->count; i++) {
        write_frame_control(png, pictures, sequence++);
        if (!encode(NULL, pictures, i, image))
            png_error(png, "out of memory");
        write_frame_data(png, image, &sequence);
        text_free(image);
    }
}

static void write_all(png_structp png, png_infop info, const DrawList *list, Pictures *pictures, int index, Text *image)
{
    bool animated = list && pictures->count > 1;
    set_header(png, info, pictures, list);
    png_write_info(png, info);
    png_set_packing(png);
    if (animated) {
        unsigned char control[8];
        put_32(control, (unsigned)pictures->count);
        put_32(control + 4, 0); /* plays for ever */
        png_write_chunk(png, (png_const_bytep)"acTL", control, sizeof control);
        write_frame_control(png, pictures, 0);
    }
    for (int y = 0; y < pictures->height; y++)
        png_write_row(png, row_of(pictures, index, y));
    if (animated)
        write_further_frames(png, pictures, image);
    png_write_end(png, NULL);
}

/* list: of a whole file, or NULL for an image within an animation. What fails comes back by
 * longjmp; `further` lives outside, so that it is freed then too. */
static bool encode_with(png_structp png, png_infop info, const DrawList *list, Pictures *pictures, int index,
                        Text *further)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    write_all(png, info, list, pictures, index, further);
    return true;
}

static bool encode(const DrawList *list, Pictures *pictures, int index, Text *out)
{
    Text further = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, give_up, quiet);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (info)
        png_set_write_fn(png, out, take, nothing_to_flush);
    bool whole = info && encode_with(png, info, list, pictures, index, &further) && !out->failed;
    png_destroy_write_struct(&png, &info);
    text_free(&further);
    return whole;
}

bool png_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error)
{
    Pictures pictures;
    bool whole = pictures_paint(lists, count, options, &pictures) && encode(lists, &pictures, 0, out);
    pictures_free(&pictures);
    return whole || error_memory(error);
}
