/* tracer export: the tape, the parameters, all values, the graph. */
#include "command.h"

#include "tracer/base/files.h"
#include "tracer/output/dot.h"
#include "tracer/output/npz.h"
#include "tracer/output/tape_json.h"
#include "tracer/session/adapter.h"
#include "tracer/session/safetensors.h"
#include "tracer/session/vectors.h"

#include <string.h>

static bool write_text(const char *path, Text *out, Error *error)
{
    bool whole = out->failed ? error_memory(error) : file_write(path, out->data, out->length, error);
    text_free(out);
    return whole;
}

static bool export_json(const Session *session, const char *path, Error *error)
{
    Text out = {0};
    Progress progress = progress_begin("values");
    tape_json(session, &progress, &out);
    progress_end(&progress);
    return write_text(path, &out, error);
}

static bool export_safetensors(const Session *session, const char *path, Error *error)
{
    return weights_save(path, &session->run, false, error);
}

static bool export_adapter(const Session *session, const char *path, Error *error)
{
    return adapter_save(path, &session->run, error);
}

static bool export_merged(const Session *session, const char *path, Error *error)
{
    return adapter_merge(path, &session->run, error);
}

static bool export_npz(const Session *session, const char *path, Error *error)
{
    Text out = {0};
    if (!npz_write(&session->names, &out)) {
        text_free(&out);
        return error_set(error, EXIT_INPUT_OUTPUT, "the tape is too big for npz; use --format json");
    }
    return write_text(path, &out, error);
}

static bool export_dot(const Session *session, const char *path, Error *error)
{
    Text out = {0};
    dot_write(&session->names, &out);
    return write_text(path, &out, error);
}

static bool export_vectors(const Session *session, const char *path, Error *error)
{
    Text out = {0};
    Vectors vectors;
    if (vectors_of(&vectors, &session->run.tape, session->model.name, error) && vectors_text(&vectors, &out, error))
        return write_text(path, &out, error);
    text_free(&out);
    return false;
}

static const struct {
    const char *name;
    bool (*write)(const Session *session, const char *path, Error *error);
} FORMATS[] = {{"json", export_json}, {"safetensors", export_safetensors}, {"npz", export_npz}, {"dot", export_dot},
             {"vectors", export_vectors},
             {"adapter", export_adapter}};
enum { FORMAT_COUNT = sizeof FORMATS / sizeof *FORMATS };

static int run(const Arguments *arguments, Error *error)
{
    const char *name = option_of(arguments, "--format"), *path = option_of(arguments, "-o");
    int format = 0;
    while (name && format < FORMAT_COUNT && strcmp(FORMATS[format].name, name) != 0)
        format++;
    bool merge = option_of(arguments, "--merge") != NULL;
    if (merge && name && strcmp(name, "safetensors") != 0) {
        error_set(error, EXIT_USED_WRONGLY, "--merge writes weights: --format safetensors, not \"%.60s\"", name);
        return error->code;
    }
    if (!merge && (!name || format == FORMAT_COUNT)) {
        error_set(error, EXIT_USED_WRONGLY,
                  "say what to export: --format json, safetensors, adapter, npz, dot or vectors%s%.60s%s",
                  name ? ", not \"" : "", name ? name : "", name ? "\"" : "");
        return error->code;
    }
    if (!path || !*path) {
        error_set(error, EXIT_USED_WRONGLY, "say where to: -o FILE, or -o - for standard output");
        return error->code;
    }
    Session session;
    if (!session_open(&session, &arguments->run, error))
        return error->code;
    if (run_is_whole(&session.run, error)) /* of a walk there would be one part only */
        (merge ? export_merged : FORMATS[format].write)(&session, path, error);
    session_close(&session);
    return error->code;
}

const Command EXPORT_COMMAND = {
    .name = "export", .words = "",
    .summary = "the tape (json), the parameters (safetensors), all values (npz), the graph (dot), vectors",
    .details = "json holds the model, tokens, values, frames and steps; every number reads back to the same double.\n"
               "safetensors is what --weights reads, with --merge each W + (alpha / r) A B in place of W and its\n"
               "adapter; adapter is what is trained beside frozen weights alone, for --adapter. npz is for\n"
               "numpy.load, dot for Graphviz.\n"
               "vectors is the text form of word2vec, a word and numbers a line, as tracer nearest --vectors reads.\n"
               "-o - writes to standard output. A file is written whole or not at all.\n",
    .example = "export --format json -o tape.json",
    .options = {{"--format", "json|safetensors|adapter|npz|dot|vectors", "what"},
                {"--merge", NULL, "weights with their adapters added in"},
                {"-o", "FILE", "where to"}},
    .run = run,
};
