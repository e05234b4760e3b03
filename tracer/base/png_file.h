/* PNGs that are read: as grey numbers, whatever they were. */
#ifndef TRACER_BASE_PNG_FILE_H
#define TRACER_BASE_PNG_FILE_H

#include "tiny_model/error.h"

/* Black is -1, white 1, as pictures are written. Colours become what the eye sees of them, 0.299 R + 0.587 G + 0.114 B
 * of the numbers that stand in the file; what is transparent lies over white; of 16 bits all count. */
typedef struct {
    int rows, cols;
    double *numbers;   /* [rows x cols], to be freed */
} GreyPicture;

/* Reads a picture of at most `most` pixels.
 *   errors  no file, no PNG, one that is cut off or damaged, one that is larger; then there is nothing to free */
bool png_file_read(const char *path, int most, GreyPicture *out, Error *error);

#endif
