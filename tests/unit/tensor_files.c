/* Folders with models of other programs; see tensor_files.h. */
#include "tensor_files.h"

#include "tracer/base/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const Config NANO_CONFIG = {.family = FAMILY_GPT2, .n_layers = 2, .d_model = 12, .d_ff = 48, .n_heads = 3, .n_kv_heads = 3,
                            .d_head = 4, .vocabulary = 23, .context = 8, .activation = "gelu_tanh", .norm_eps = 1e-5,
                            .tied_head = true, .attention_bias = true, .mlp_bias = true};

void folder_make(char folder[PATH_SIZE])
{
    snprintf(folder, PATH_SIZE, "/tmp/tracer-test-XXXXXX");
    EXPECT(mkdtemp(folder), "no temporary folder");
}

const char *folder_path(char out[2 * PATH_SIZE], const char *folder, const char *name)
{
    snprintf(out, 2 * PATH_SIZE, "%s/%s", folder, name);
    return out;
}

void folder_remove(const char *folder)
{
    char path[400];
    DIR *directory = opendir(folder);
    EXPECT(directory, "no %s", folder);
    for (const struct dirent *entry; (entry = readdir(directory));) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    closedir(directory);
    rmdir(folder);
}

void folder_put(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[2 * PATH_SIZE];
    FILE *file = fopen(folder_path(path, folder, name), "wb");
    EXPECT(file, "%s cannot be written", path);
    size_t written = fwrite(bytes, 1, size, file);
    EXPECT(fclose(file) == 0 && written == size, "%s cannot be written", path);
}

void folder_copy(const char *folder, const char *name, const char *from)
{
    char *bytes;
    size_t size;
    Error error = {0};
    EXPECT(file_read(from, 1 << 20, &bytes, &size, &error), "%s", error.text);
    folder_put(folder, name, bytes, size);
    free(bytes);
}

static void put_length(Text *file, uint64_t length)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(length >> 8 * i);
    text_put(file, bytes, 8);
}

void folder_put_nano(const char *folder, const char *name, const char *from, const char *to, long more)
{
    char *bytes;
    size_t size;
    Error error = {0};
    EXPECT(file_read(NANO ".f32.safetensors", 1 << 20, &bytes, &size, &error), "%s", error.text);
    size_t length = (size_t)(unsigned char)bytes[0] | (size_t)(unsigned char)bytes[1] << 8;
    char *header = strndup(bytes + 8, length), *at = from ? strstr(header, from) : NULL;
    EXPECT(!from || at, "the header has no %s", from);
    Text edited = {0}, file = {0};
    text_add(&edited, "%.*s%s%s", at ? (int)(at - header) : 0, header, at ? to : "", at ? at + strlen(from) : header);
    put_length(&file, edited.length);
    text_put(&file, edited.data, edited.length);
    text_put(&file, bytes + 8 + length, size - 8 - length);
    for (long i = 0; i < more; i++)
        text_put(&file, "", 1);
    folder_put(folder, name, file.data, file.length - (size_t)(more < 0 ? -more : 0));
    text_free(&edited);
    text_free(&file);
    free(header);
    free(bytes);
}

double formula_cell(const char *name, size_t i)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const char *c = text_begins(name, "transformer.") ? name + 12 : name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
    uint64_t z = hash + i + 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    z ^= z >> 31;
    bool gain = strstr(name, "ln_") && text_ends(name, ".weight");
    return (float)(((double)(z >> 40) / 16777216 - 0.5) * 0.08 + (gain ? 1 : 0));
}

void formula_add(FormulaTensor *list, int *count, int rows, int cols, const char *format, ...)
{
    FormulaTensor *tensor = &list[(*count)++];
    *tensor = (FormulaTensor){.rows = rows, .cols = cols};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(tensor->name, sizeof tensor->name, format, arguments);
    va_end(arguments);
}

int formula_gpt2(FormulaTensor *list, int layers, int d, int vocabulary, int context, bool linear, const char *prefix)
{
    int count = 0;
    formula_add(list, &count, vocabulary, d, "%swte.weight", prefix);
    formula_add(list, &count, context, d, "%swpe.weight", prefix);
    for (int b = 0; b < layers; b++) {
        formula_add(list, &count, d, 0, "%sh.%d.ln_1.weight", prefix, b);
        formula_add(list, &count, d, 0, "%sh.%d.ln_1.bias", prefix, b);
        formula_add(list, &count, linear ? 3 * d : d, linear ? d : 3 * d, "%sh.%d.attn.c_attn.weight", prefix, b);
        formula_add(list, &count, 3 * d, 0, "%sh.%d.attn.c_attn.bias", prefix, b);
        formula_add(list, &count, d, d, "%sh.%d.attn.c_proj.weight", prefix, b);
        formula_add(list, &count, d, 0, "%sh.%d.attn.c_proj.bias", prefix, b);
        formula_add(list, &count, d, 0, "%sh.%d.ln_2.weight", prefix, b);
        formula_add(list, &count, d, 0, "%sh.%d.ln_2.bias", prefix, b);
        formula_add(list, &count, linear ? 4 * d : d, linear ? d : 4 * d, "%sh.%d.mlp.c_fc.weight", prefix, b);
        formula_add(list, &count, 4 * d, 0, "%sh.%d.mlp.c_fc.bias", prefix, b);
        formula_add(list, &count, linear ? d : 4 * d, linear ? 4 * d : d, "%sh.%d.mlp.c_proj.weight", prefix, b);
        formula_add(list, &count, d, 0, "%sh.%d.mlp.c_proj.bias", prefix, b);
    }
    formula_add(list, &count, d, 0, "%sln_f.weight", prefix);
    formula_add(list, &count, d, 0, "%sln_f.bias", prefix);
    return count;
}

void folder_put_formula(const char *folder, const char *name, const FormulaTensor *list, int count)
{
    Text header = {0}, data = {0}, file = {0};
    text_add(&header, "{");
    for (int t = 0; t < count; t++) {
        size_t cells = (size_t)list[t].rows * (size_t)(list[t].cols ? list[t].cols : 1), begin = data.length;
        for (size_t i = 0; i < cells; i++) {
            float number = (float)formula_cell(list[t].name, i);
            uint32_t bits;
            memcpy(&bits, &number, sizeof bits);
            for (int byte = 0; byte < 4; byte++)
                text_put(&data, (char[]){(char)(bits >> 8 * byte)}, 1);
        }
        text_add(&header, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%d", t ? "," : "", list[t].name, list[t].rows);
        if (list[t].cols)
            text_add(&header, ",%d", list[t].cols);
        text_add(&header, "],\"data_offsets\":[%zu,%zu]}", begin, data.length);
    }
    text_add(&header, "}");
    put_length(&file, header.length);
    text_put(&file, header.data, header.length);
    text_put(&file, data.data, data.length);
    EXPECT(!file.failed && !data.failed, "out of memory");
    folder_put(folder, name, file.data, file.length);
    text_free(&header);
    text_free(&data);
    text_free(&file);
}
