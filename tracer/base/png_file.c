/* A PNG as grey numbers; see png_file.h. */
#include "png_file.h"

#include "files.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_PNG = 64 << 20, WHY_SIZE = 120 };

/* All that outlives a jump out of libpng stands here, not in variables of a function that it jumps back into. */
typedef struct {
    png_structp png;
    png_infop info;
    const char *data;
    size_t size, at;
    int most;
    size_t stride;            /* bytes of a row */
    unsigned char *bytes;     /* [rows x stride], rows behind each other */
    unsigned char **rows;
    bool too_large;
    GreyPicture picture;
    char why[WHY_SIZE];       /* libpng's word */
} Reading;

static void on_error(png_structp png, png_const_charp message)
{
    Reading *reading = png_get_error_ptr(png);
    snprintf(reading->why, sizeof reading->why, "%s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static void take_bytes(png_structp png, png_bytep out, size_t count)
{
    Reading *reading = png_get_io_ptr(png);
    if (count > reading->size - reading->at)
        png_error(png, "it is cut off");
    memcpy(out, reading->data + reading->at, count);
    reading->at += count;
}

/* Palettes, 1, 2 and 4 bits, and colours that are transparent become samples of 8 or 16 bits, with alpha or without. */
static bool make_room(Reading *reading)
{
    png_structp png = reading->png;
    png_uint_32 rows = png_get_image_height(png, reading->info), cols = png_get_image_width(png, reading->info);
    reading->too_large = (unsigned long long)rows * cols > (unsigned long long)reading->most;
    reading->picture = (GreyPicture){(int)(rows & 0x7fffffff), (int)(cols & 0x7fffffff), NULL};
    if (reading->too_large)
        return false;
    png_set_expand(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, reading->info);
    reading->stride = png_get_rowbytes(png, reading->info);
    reading->bytes = malloc(rows * reading->stride);
    reading->rows = malloc(rows * sizeof *reading->rows);
    reading->picture.numbers = malloc((size_t)rows * cols * sizeof *reading->picture.numbers);
    for (png_uint_32 r = 0; reading->bytes && reading->rows && r < rows; r++)
        reading->rows[r] = reading->bytes + r * reading->stride;
    return reading->bytes && reading->rows && reading->picture.numbers;
}

/* A sample from 0 to 1; 16 bits stand high byte first. */
static double sample(const unsigned char *bytes, int depth, int i)
{
    return depth == 16 ? (bytes[2 * i] * 256 + bytes[2 * i + 1]) / 65535.0 : bytes[i] / 255.0;
}

static void make_grey(Reading *reading)
{
    int channels = png_get_channels(reading->png, reading->info);
    int depth = png_get_bit_depth(reading->png, reading->info);
    for (int r = 0; r < reading->picture.rows; r++)
        for (int c = 0; c < reading->picture.cols; c++) {
            const unsigned char *at = reading->rows[r] + (size_t)c * (size_t)channels * (size_t)(depth / 8);
            double light = sample(at, depth, 0);
            if (channels >= 3)
                light = 0.299 * light + 0.587 * sample(at, depth, 1) + 0.114 * sample(at, depth, 2);
            if (channels % 2 == 0) {
                double alpha = sample(at, depth, channels - 1);
                light = alpha * light + (1 - alpha);
            }
            reading->picture.numbers[(size_t)r * (size_t)reading->picture.cols + (size_t)c] = 2 * light - 1;
        }
}

static bool decode(Reading *reading)
{
    if (setjmp(png_jmpbuf(reading->png)))
        return false;
    png_set_read_fn(reading->png, reading, take_bytes);
    png_read_info(reading->png, reading->info);
    if (!make_room(reading))
        return false;
    png_read_image(reading->png, reading->rows);
    png_read_end(reading->png, NULL);
    make_grey(reading);
    return true;
}

static bool wrong(const Reading *reading, const char *path, Error *error)
{
    if (reading->too_large)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" is a picture of %d x %d; it may have at most %d pixels",
                         path, reading->picture.rows, reading->picture.cols, reading->most);
    if (!*reading->why || strstr(reading->why, "memory"))
        return error_memory(error);
    return error_set(error, EXIT_USED_WRONGLY, "\"%s\" is no PNG that can be read: %s", path, reading->why);
}

bool png_file_read(const char *path, int most, GreyPicture *out, Error *error)
{
    Reading reading = {.most = most};
    char *data;
    if (!file_read(path, LARGEST_PNG, &data, &reading.size, error))
        return false;
    reading.data = data;
    reading.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, on_error, on_warning);
    reading.info = reading.png ? png_create_info_struct(reading.png) : NULL;
    bool whole = reading.info && decode(&reading);
    png_destroy_read_struct(&reading.png, &reading.info, NULL);
    free(data);
    free(reading.bytes);
    free(reading.rows);
    *out = reading.picture;
    if (whole)
        return true;
    free(out->numbers);
    *out = (GreyPicture){0};
    return wrong(&reading, path, error);
}
