/* Writing goldens, and what must hold before one is written; see golden.h. */
#include "files.h"
#include "golden.h"
#include "model_file.h"
#include "tiny_model/gradcheck.h"
#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* FNV-1a over the model as JSON: tells whether a golden is of this model. */
static uint64_t digest_of(const Model *model)
{
    Text json = {0};
    uint64_t hash = 14695981039346656037u;
    model_file_text(model, 0, &json);
    for (size_t i = 0; i < json.length; i++)
        hash = (hash ^ (unsigned char)json.data[i]) * 1099511628211u;
    text_free(&json);
    return hash;
}

static void write_golden(const char *path, const Session *session, const char *reason, Text *out)
{
    const char *model = session->options.model ? session->options.model : PRESETS[0].name;
    char number[NUMBER_SIZE];
    text_add(out, "tracer-golden 1\nmodel %s\nstep %d\nmake tracer golden accept %s --model %s%s --reason \"...\"\n", model,
             session->options.step, path, model, session->options.step ? " --step N" : "");
    text_add(out, "digest %016llx\nseed %.0f\nnumerics float64, sums left to right from 0, no contraction\n",
             (unsigned long long)digest_of(&session->model), session->model.init.seed);
    text_add(out, "checked gradient check and invariants when accepted; golden/reference for the presets\nreason ");
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

static bool gradients_hold(const Session *session, Error *error)
{
    Run scratch;
    if (!run_clone(&scratch, &session->run, error))
        return false;
    for (int i = 0; i < session->run.parameters.count && error->code == 0; i++) {
        Gradcheck g;
        if (gradcheck_value(&session->run, &scratch, i, &g, error) && !g.ok)
            error_set(error, EXIT_CHECK_SAID_NO, "not accepted: the gradient of \"%s\" does not hold, relative error %.1e at [%d,%d]",
                      name_of(&session->names, i), g.max_rel, g.worst_row, g.worst_col);
    }
    run_free(&scratch);
    return error->code == 0;
}

static bool same_bits(double a, double b)
{
    return a == b || (a != a && b != b);
}

/* No nan, and every cell explained to the last bit. */
static bool cells_hold(const Names *names, int id, Explanation *e, Error *error)
{
    const Value *value = tape_value(names->tape, id);
    for (int r = 0; r < value->rows; r++)
        for (int c = 0; c < value->cols; c++) {
            double number = cell_of(value, r, c);
            if (number != number)
                return error_set(error, EXIT_CHECK_SAID_NO, "\"%s[%d,%d]\" is nan", name_of(names, id), r, c);
            if (value->producer < 0)
                continue;
            if (!explain(names->tape, id, r, c, e))
                return error_memory(error);
            if (!same_bits(e->total, number))
                return error_set(error, EXIT_CHECK_SAID_NO, "the terms of \"%s[%d,%d]\" do not make its number", name_of(names, id), r, c);
        }
    return true;
}

static bool rows_sum_to(const Names *names, int id, double wanted, Error *error)
{
    const Value *value = tape_value(names->tape, id);
    for (int r = 0; r < value->rows; r++) {
        double sum = 0, size = 1;
        for (int c = 0; c < value->cols; c++) {
            sum += cell_of(value, r, c);
            size = fmax(size, fabs(cell_of(value, r, c)));
        }
        if (!(fabs(sum - wanted) <= 1e-12 * size))
            return error_set(error, EXIT_CHECK_SAID_NO, "row %d of \"%s\" sums to %.17g, not to %g", r, name_of(names, id), sum, wanted);
    }
    return true;
}

bool invariants_hold(const Names *names, Error *error)
{
    const Tape *tape = names->tape;
    Explanation e = {0};
    bool whole = true;
    for (int id = 0; whole && id < names->count; id++)
        whole = cells_hold(names, id, &e, error);
    explanation_free(&e);
    for (int i = 0; whole && i < tape->call_count; i++) {
        const Call *call = &tape->calls[i];
        if (call->rule != &SOFTMAX)
            continue;
        whole = rows_sum_to(names, call->output, 1, error);
        int gradient = tape_value(tape, call->inputs[0])->gradient;
        whole = whole && (gradient < 0 || rows_sum_to(names, gradient, 0, error));
    }
    return whole;
}

bool golden_accept(const char *path, const Session *session, const char *reason, Error *error)
{
    Text out = {0};
    if (!invariants_hold(&session->names, error) || !gradients_hold(session, error))
        return false;
    write_golden(path, session, reason, &out);
    bool whole = out.failed ? error_memory(error) : file_write(path, out.data, out.length, error);
    text_free(&out);
    if (whole)
        printf("%s: %d tensors accepted\n", path, session->names.count);
    return whole;
}
