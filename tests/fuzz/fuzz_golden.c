/* Fuzzing: golden files. */
#include "tracer/session/golden.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Golden golden;
    Error error = {0};
    char *text = malloc(size + 1);
    if (!text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    if (golden_parse(text, size, "golden", &golden, &error)) {
        if (golden.count < 1 || !golden.model)
            abort();
        golden_free(&golden);
    } else if (error.code == EXIT_DONE || strpbrk(error.text, "\n\033")) {
        abort();
    }
    free(text);
    return 0;
}
