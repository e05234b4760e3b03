/* Writing goldens; see golden.h. */
#include "golden.h"
#include "model_file.h"
#include "tiny_model/primitive.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"

#include <stdint.h>
#include <string.h>

/* FNV-1a over the model as JSON: tells whether a golden is of this model. */
static uint64_t digest_of(const Model *model, Text *whole)
{
    Text json = {0};
    uint64_t hash = 14695981039346656037u;
    model_file_text(model, 0, false, &json);
    for (size_t i = 0; i < json.length; i++)
        hash = (hash ^ (unsigned char)json.data[i]) * 1099511628211u;
    text_piece(whole, &json);
    text_free(&json);
    return hash;
}

static void add_golden(const char *path, const Session *session, const char *reason, Text *out)
{
    const char *model = session->options.model ? session->options.model : PRESETS[0].name;
    char number[NUMBER_SIZE];
    text_add(out, "tracer-golden 1\nmodel %s\nstep %d\nmake tracer golden accept %s --model %s%s --reason \"...\"\n",
             model, session->options.step, path, model, session->options.step ? " --step N" : "");
    text_add(out, "digest %016llx\nseed %.0f\nnumerics float64, sums left to right from 0, no contraction\n",
             (unsigned long long)digest_of(&session->model, out), session->model.init.seed);
    text_add(out, "tolerance none\n");
    text_add(out, "checked gradient check and invariants when accepted; golden/reference for the presets\nreason ");
    /* A reason of several lines would end the head of the file. */
    for (; *reason; reason++)
        text_add(out, "%c", (unsigned char)*reason < ' ' ? ' ' : *reason);
    text_add(out, "\n");
    for (int id = 0; id < session->names.count; id++) {
        const Value *value = tape_value(&session->run.tape, id);
        text_add(out, "tensor %s %d %d\n", name_of(&session->names, id), value->rows, value->cols);
        for (int r = 0; r < value->rows; r++)
            for (int c = 0; c < value->cols; c++)
                text_add(out, "%s%s", number_exact(number, cell_of(value, r, c)), c + 1 < value->cols ? " " : "\n");
    }
}

bool golden_write(const char *path, const Session *session, const char *reason, Error *error)
{
    Text out = {0};
    add_golden(path, session, reason, &out);
    bool whole = out.failed ? error_memory(error) : file_write(path, out.data, out.length, error);
    text_free(&out);
    if (whole)
        print("%s: %d tensors accepted\n", path, session->names.count);
    return whole;
}
