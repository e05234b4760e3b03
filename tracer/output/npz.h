/* .npz: every value as an .npy file in a ZIP archive, as NumPy's load reads it. */
#ifndef TRACER_OUTPUT_NPZ_H
#define TRACER_OUTPUT_NPZ_H

#include "tracer/base/text.h"
#include "tracer/session/names.h"

/* Adds the archive: all values, stored and not compressed, without dates. False if it would be
 * larger than the format holds, 4 GB or 65535 values. */
bool npz_write(const Names *names, Text *out);

#endif
