/* The folder of a run; see run_folder.h. */
#include "run_folder.h"

#include "run_folder_parts.h"

#include "json_file.h"
#include "model_file.h"
#include "tiny_model/systems/gpt.h"
#include "tokenizer_files.h"
#include "tracer/base/files.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 1200, LARGEST_RUN_FILE = 16 << 20, MOST_KEPT = 1000000 };
static const char RUN_FILE[] = "run.json", MODEL_FILE[] = "model.json", LOG_FILE[] = "log.jsonl",
                  TOKENIZER_FOLDER[] = "tokenizer";

const char *run_folder_file(const RunFolder *folder, const char *name, char *out, size_t size)
{
    snprintf(out, size, "%s/%s", folder->path, name);
    return out;
}

static bool cannot_write(const char *path, Error *error)
{
    return error_set(error, EXIT_INPUT_OUTPUT, "cannot write \"%s\": %s", path, strerror(errno));
}

static bool write_text(const RunFolder *folder, const char *name, Text *text, Error *error)
{
    char path[PATH_LENGTH];
    bool whole = text->failed ? error_memory(error)
                              : file_write(run_folder_file(folder, name, path, sizeof path), text->data, text->length,
                                           error);
    text_free(text);
    return whole;
}

bool run_folder_write_state(const RunFolder *folder, Error *error)
{
    char number[NUMBER_SIZE];
    Text out = {0};
    text_add(&out, "{\"format\": \"tracer-run\", \"version\": 1, \"step\": %d,\n \"checkpoints\": [", folder->step);
    for (int i = 0; i < folder->kept_count; i++)
        text_add(&out, "%s%d", i ? ", " : "", folder->kept[i]);
    text_add(&out, "],\n \"best\": ");
    if (folder->best_step < 0)
        text_add(&out, "null");
    else
        text_add(&out, "{\"step\": %d, \"validation\": %s, \"since\": %d}", folder->best_step,
                 number_json(number, folder->best_validation), folder->since_best);
    text_add(&out, "}\n");
    return write_text(folder, RUN_FILE, &out, error);
}

/* A run that was there goes: only what this program wrote. */
static void remove_run(RunFolder *folder)
{
    RunFolder old;
    Error none = {0};
    char path[PATH_LENGTH], name[40];
    if (run_folder_open(&old, folder->path, &none)) {
        for (int i = 0; i < old.kept_count; i++) {
            snprintf(name, sizeof name, "step-%06d.safetensors", old.kept[i]);
            unlink(run_folder_file(folder, name, path, sizeof path));
        }
        run_folder_close(&old);
    }
    static const char *const others[] = {RUN_FILE, LOG_FILE, "best.safetensors"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        unlink(run_folder_file(folder, others[i], path, sizeof path));
}

static bool open_log(RunFolder *folder, const char *mode, Error *error)
{
    char path[PATH_LENGTH];
    folder->log = fopen(run_folder_file(folder, LOG_FILE, path, sizeof path), mode);
    return folder->log || cannot_write(path, error);
}

static bool begin(RunFolder *folder, const char *path, Error *error)
{
    *folder = (RunFolder){.path = strdup(path), .best_step = -1, .best_validation = INFINITY};
    if (!folder->path)
        return error_memory(error);
    for (size_t length = strlen(folder->path); length > 1 && folder->path[length - 1] == '/'; length--)
        folder->path[length - 1] = '\0';
    return strlen(folder->path) < PATH_LENGTH - 100 ||
           error_set(error, EXIT_USED_WRONGLY, "the path of the run is longer than %d characters", PATH_LENGTH - 100);
}

/* Numbers that a file brought are in the checkpoints. */
static void forget_files(Model *copy)
{
    const ModelKey *key;
    for (int i = 0; (key = model_key(copy->system, i)); i++)
        if (key->is_file)
            *(const char **)model_member(copy, key) = NULL;
}

/* The model, and the tokenizer that it reads beside it, so that the folder can be moved. */
static bool write_model(const RunFolder *folder, const Model *model, Error *error)
{
    Model copy;
    Text text = {0};
    char path[PATH_LENGTH];
    if (!model_copy(&copy, model, error))
        return false;
    const Bpe *bpe = model->system == &GPT ? gpt_of(model)->bpe : NULL;
    run_folder_file(folder, TOKENIZER_FOLDER, path, sizeof path);
    bool whole = !bpe || tokenizer_files_write(bpe, path, error);
    if (bpe)
        ((Gpt *)copy.settings)->bpe_folder = TOKENIZER_FOLDER;
    forget_files(&copy);
    model_file_text(&copy, 0, true, &text);
    text_add(&text, "\n");
    model_free(&copy);
    if (whole)
        return write_text(folder, MODEL_FILE, &text, error);
    text_free(&text);
    return false;
}

bool run_folder_make(RunFolder *folder, const char *path, const Model *model, bool force, Error *error)
{
    char file[PATH_LENGTH];
    if (!begin(folder, path, error))
        return false;
    if (mkdir(folder->path, 0777) != 0 && errno != EEXIST)
        return cannot_write(folder->path, error);
    if (file_exists(run_folder_file(folder, RUN_FILE, file, sizeof file))) {
        if (!force)
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%s\" holds a run; --run %s goes on with it, --force takes its place", folder->path,
                             folder->path);
        remove_run(folder);
    } else if (file_exists(run_folder_file(folder, MODEL_FILE, file, sizeof file)) && !force) {
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" is there already and no part of a run; choose another "
                         "folder", file);
    }
    return write_model(folder, model, error) && open_log(folder, "w", error) &&
           run_folder_write_state(folder, error);
}

static bool is_wrong(const RunFolder *folder, const char *what, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "\"%s/%s\" %s; the run cannot be opened", folder->path, RUN_FILE, what);
}

/* Training steps that ascend. */
static bool read_kept(RunFolder *folder, const json_t *list, Error *error)
{
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > MOST_KEPT)
        return is_wrong(folder, "has no list \"checkpoints\"", error);
    folder->kept = malloc((count + 1) * sizeof *folder->kept);
    if (!folder->kept)
        return error_memory(error);
    for (size_t i = 0; i < count; i++) {
        json_int_t step = json_integer_value(json_array_get(list, i));
        if (!json_is_integer(json_array_get(list, i)) || step < 0 || step > INT_MAX ||
            (i > 0 && step <= folder->kept[i - 1]))
            return is_wrong(folder, "has \"checkpoints\" that do not ascend", error);
        folder->kept[folder->kept_count++] = (int)step;
    }
    return true;
}

static bool read_state(RunFolder *folder, const json_t *root, Error *error)
{
    const char *format = json_string_value(json_object_get(root, "format"));
    const json_t *step = json_object_get(root, "step"), *best = json_object_get(root, "best");
    if (!format || strcmp(format, "tracer-run") != 0)
        return is_wrong(folder, "is none of a run", error);
    if (json_integer_value(json_object_get(root, "version")) != 1)
        return is_wrong(folder, "has a version that this program does not know", error);
    if (!json_is_integer(step) || json_integer_value(step) < 0 || json_integer_value(step) > INT_MAX)
        return is_wrong(folder, "has no \"step\"", error);
    folder->step = (int)json_integer_value(step);
    if (json_is_object(best)) {
        folder->best_step = (int)json_integer_value(json_object_get(best, "step"));
        folder->best_validation = json_number_value(json_object_get(best, "validation"));
        folder->since_best = (int)json_integer_value(json_object_get(best, "since"));
    }
    return read_kept(folder, json_object_get(root, "checkpoints"), error);
}

bool run_folder_open(RunFolder *folder, const char *path, Error *error)
{
    char file[PATH_LENGTH];
    struct stat found;
    if (!begin(folder, path, error))
        return false;
    if (stat(folder->path, &found) != 0 || !S_ISDIR(found.st_mode))
        return error_set(error, EXIT_INPUT_OUTPUT, "there is no folder \"%s\"; train -o %s makes one", folder->path,
                         folder->path);
    if (!file_exists(run_folder_file(folder, RUN_FILE, file, sizeof file)))
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" holds no run: it has no %s", folder->path, RUN_FILE);
    json_t *root = json_file_read(file, LARGEST_RUN_FILE, error);
    if (!root)
        return false;
    bool whole = read_state(folder, root, error);
    json_decref(root);
    return whole;
}

void run_folder_close(RunFolder *folder)
{
    if (folder->log)
        fclose(folder->log);
    free(folder->path);
    free(folder->kept);
    *folder = (RunFolder){0};
}

/* --- the log --- */

void update_json(const UpdateRecord *update, Text *out)
{
    char loss[NUMBER_SIZE], rate[NUMBER_SIZE], norm[NUMBER_SIZE], more[NUMBER_SIZE];
    text_add(out, "{\"step\": %d, \"loss\": %s, \"learning_rate\": %s, \"gradient_norm\": %s", update->step,
             number_json(loss, update->loss), number_json(rate, update->learning_rate),
             number_json(norm, update->gradient_norm));
    if (!isnan(update->change))
        text_add(out, ", \"change\": %s", number_json(more, update->change));
    if (!isnan(update->validation))
        text_add(out, ", \"validation\": %s", number_json(more, update->validation));
    text_add(out, "}\n");
}

bool run_folder_note(RunFolder *folder, const UpdateRecord *update, Error *error)
{
    Text line = {0};
    update_json(update, &line);
    bool whole = !line.failed || error_memory(error);
    if (whole && fwrite(line.data, 1, line.length, folder->log) != line.length)
        whole = cannot_write(folder->path, error);
    text_free(&line);
    return whole;
}

static double number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    if (text)
        return strcmp(text, "inf") == 0 ? INFINITY : strcmp(text, "-inf") == 0 ? -INFINITY : NAN;
    return json_is_number(value) ? json_number_value(value) : NAN;
}

bool run_folder_read_log(const RunFolder *folder, void (*each)(void *context, const UpdateRecord *update),
                         void *context, Error *error)
{
    char path[PATH_LENGTH];
    FILE *log = fopen(run_folder_file(folder, LOG_FILE, path, sizeof path), "r");
    if (!log)
        return error_set(error, EXIT_INPUT_OUTPUT, "cannot read \"%s\": %s", path, strerror(errno));
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, log) > 0) {
        /* The last line may have been cut off when the power went: it is none. */
        json_t *object = strchr(line, '\n') ? json_loads(line, 0, NULL) : NULL;
        const json_t *step = json_object_get(object, "step");
        if (json_is_integer(step))
            each(context, &(UpdateRecord){(int)json_integer_value(step), number_of(object, "loss"),
                                          number_of(object, "learning_rate"), number_of(object, "gradient_norm"),
                                          number_of(object, "change"), number_of(object, "validation")});
        json_decref(object);
    }
    free(line);
    fclose(log);
    return true;
}

/* Lines of a log before a training step. */
typedef struct {
    Text text;
    int before;
} Kept;

static void keep_line(void *context, const UpdateRecord *update)
{
    Kept *kept = context;
    if (update->step < kept->before)
        update_json(update, &kept->text);
}

bool run_folder_continue(RunFolder *folder, int step, Error *error)
{
    Kept kept = {.before = step};
    if (!run_folder_read_log(folder, keep_line, &kept, error)) {
        text_free(&kept.text);
        return false;
    }
    text_put(&kept.text, "", 0);
    return write_text(folder, LOG_FILE, &kept.text, error) && open_log(folder, "a", error);
}

int run_folder_before(const RunFolder *folder, int step)
{
    int found = -1;
    for (int i = 0; i < folder->kept_count && folder->kept[i] <= step; i++)
        found = folder->kept[i];
    return found;
}
