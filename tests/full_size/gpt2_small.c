/* Writes a file of GPT-2 small's names, shapes and size, its numbers from a formula: 124,439,808 parameters,
 * 498 MB. Nobody ships it; tests/full_size/run.sh opens it as a reader would open the real one.
 *   gpt2_small OUT.safetensors
 * Number i of tensor NAME: splitmix64(fnv1a64(NAME) + i) >> 40, / 2^24 - 0.5, times 0.08, plus 1 for a norm's weight. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS = 12, WIDTH = 768, VOCABULARY = 50257, CONTEXT = 1024, MOST_TENSORS = 160, HEADER = 32768 };

typedef struct {
    char name[64];
    int rows, cols;   /* rows 0: a vector */
} Tensor;

static int count;
static Tensor list[MOST_TENSORS];

static void add(int layer, const char *name, int rows, int cols)
{
    Tensor *tensor = &list[count++];
    if (layer < 0)
        snprintf(tensor->name, sizeof tensor->name, "%s", name);
    else
        snprintf(tensor->name, sizeof tensor->name, "h.%d.%s", layer, name);
    tensor->rows = rows;
    tensor->cols = cols;
}

static void add_layer(int layer)
{
    add(layer, "ln_1.weight", 0, WIDTH);
    add(layer, "ln_1.bias", 0, WIDTH);
    add(layer, "attn.c_attn.weight", WIDTH, 3 * WIDTH);
    add(layer, "attn.c_attn.bias", 0, 3 * WIDTH);
    add(layer, "attn.c_proj.weight", WIDTH, WIDTH);
    add(layer, "attn.c_proj.bias", 0, WIDTH);
    add(layer, "ln_2.weight", 0, WIDTH);
    add(layer, "ln_2.bias", 0, WIDTH);
    add(layer, "mlp.c_fc.weight", WIDTH, 4 * WIDTH);
    add(layer, "mlp.c_fc.bias", 0, 4 * WIDTH);
    add(layer, "mlp.c_proj.weight", 4 * WIDTH, WIDTH);
    add(layer, "mlp.c_proj.bias", 0, WIDTH);
}

static size_t cells(const Tensor *tensor)
{
    return (size_t)(tensor->rows ? tensor->rows : 1) * (size_t)tensor->cols;
}

static uint64_t fnv1a(const char *text)
{
    uint64_t hash = 14695981039346656037u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

static float number(uint64_t start, size_t i, int is_gain)
{
    uint64_t z = start + i + 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (float)(((double)(z >> 40) / 16777216 - 0.5) * 0.08 + is_gain);
}

static int write_numbers(FILE *file, const Tensor *tensor)
{
    size_t length = strlen(tensor->name);
    int is_gain = strstr(tensor->name, "ln_") && strcmp(tensor->name + length - 7, ".weight") == 0;
    uint64_t start = fnv1a(tensor->name);
    float *row = malloc((size_t)tensor->cols * sizeof *row);
    int whole = row != NULL;
    for (size_t i = 0; whole && i < cells(tensor); i += (size_t)tensor->cols) {
        for (int c = 0; c < tensor->cols; c++)
            row[c] = number(start, i + (size_t)c, is_gain);
        whole = fwrite(row, sizeof *row, (size_t)tensor->cols, file) == (size_t)tensor->cols;
    }
    free(row);
    return whole;
}

int main(int argc, char **argv)
{
    static char header[HEADER];
    size_t used = 0, offset = 0;
    add(-1, "wte.weight", VOCABULARY, WIDTH);
    add(-1, "wpe.weight", CONTEXT, WIDTH);
    for (int layer = 0; layer < LAYERS; layer++)
        add_layer(layer);
    add(-1, "ln_f.weight", 0, WIDTH);
    add(-1, "ln_f.bias", 0, WIDTH);
    for (int i = 0; i < count; i++) {
        char shape[40];
        size_t end = offset + 4 * cells(&list[i]);
        if (list[i].rows)
            snprintf(shape, sizeof shape, "%d, %d", list[i].rows, list[i].cols);
        else
            snprintf(shape, sizeof shape, "%d", list[i].cols);
        used += (size_t)snprintf(header + used, HEADER - used, "%s\"%s\": {\"dtype\": \"F32\", \"shape\": [%s], \"data_offsets\": [%zu, %zu]}",
                                 i ? ", " : "{", list[i].name, shape, offset, end);
        offset = end;
    }
    used += (size_t)snprintf(header + used, HEADER - used, "}");
    uint64_t length = used;
    FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
    int whole = file && fwrite(&length, 8, 1, file) == 1 && fwrite(header, 1, used, file) == used;
    for (int i = 0; whole && i < count; i++)
        whole = write_numbers(file, &list[i]);
    return file && fclose(file) == 0 && whole ? 0 : 1;
}
