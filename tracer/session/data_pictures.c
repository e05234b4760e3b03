/* Pictures of the reader's as data: a folder of PNGs, or a folder with a folder of them for each class. See
 * data_parts.h. */
#include "data_parts.h"

#include "data_file.h"
#include "tracer/base/png_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { PATH_LENGTH = 1200 };
static const size_t MOST_NUMBERS = (size_t)1 << 27; /* of all pictures: 1 GB */

/* Names in a folder, in the order of their bytes, which no language changes. */
typedef struct {
    struct dirent **list;
    int count;
} Names;

typedef struct {
    Model *model;
    Error *error;
    Example *examples;
    int count, room;
    int rows, cols;           /* of the first */
    char first[PATH_LENGTH];
} Gallery;

static int is_seen(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool names_read(Names *names, const char *folder, Error *error)
{
    names->count = scandir(folder, &names->list, is_seen, by_bytes);
    if (names->count >= 0)
        return true;
    *names = (Names){0};
    return errno == ENOMEM ? error_memory(error)
                           : error_set(error, EXIT_INPUT_OUTPUT, "cannot read the folder \"%s\": %s", folder,
                                       strerror(errno));
}

static void names_free(Names *names)
{
    for (int i = 0; i < names->count; i++)
        free(names->list[i]);
    free(names->list);
}

static bool join(char *out, const char *folder, const char *name, Error *error)
{
    return snprintf(out, PATH_LENGTH, "%s/%s", folder, name) < PATH_LENGTH ||
           error_set(error, EXIT_USED_WRONGLY, "a path in the folder \"%.200s\" is longer than %d bytes", folder,
                     PATH_LENGTH - 1);
}

static bool is_png(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcasecmp(name + length - 4, ".png") == 0;
}

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* All pictures have the form of the first. */
static bool fits(Gallery *gallery, const char *path, const GreyPicture *picture)
{
    if (gallery->count == 0) {
        gallery->rows = picture->rows;
        gallery->cols = picture->cols;
        snprintf(gallery->first, sizeof gallery->first, "%s", path);
    }
    if (picture->rows != gallery->rows || picture->cols != gallery->cols)
        return error_set(gallery->error, EXIT_USED_WRONGLY,
                         "\"%s\" is a picture of %d x %d, \"%s\" of %d x %d; make them equal", path, picture->rows,
                         picture->cols, gallery->first, gallery->rows, gallery->cols);
    size_t numbers = (size_t)picture->rows * (size_t)picture->cols;
    if (gallery->count == MOST_EXAMPLES || ((size_t)gallery->count + 1) * numbers > MOST_NUMBERS)
        return error_set(gallery->error, EXIT_USED_WRONGLY, "with \"%s\" there are more pictures than 1 GB holds",
                         path);
    return true;
}

/* The class goes by its name where the system takes names, else by its number. */
static bool add_fields(Gallery *gallery, const GreyPicture *picture, int class, const char *label, Example *out)
{
    Model *model = gallery->model;
    int cells = picture->rows * picture->cols;
    Field *fields = arena_alloc(&model->arena, 2 * sizeof *fields);
    double *numbers = arena_alloc(&model->arena, ((size_t)cells + 1) * sizeof *numbers);
    if (!fields || !numbers)
        return error_memory(gallery->error);
    memcpy(numbers, picture->numbers, (size_t)cells * sizeof *numbers);
    numbers[cells] = class;
    fields[0] = (Field){.key = data_field_key(model->system, "x_0") ? "x_0" : "x", .numbers = numbers, .count = cells};
    fields[1] = data_field_key(model->system, "label")
                    ? (Field){.key = "label", .text = label}
                    : (Field){.key = "class", .numbers = &numbers[cells], .count = 1};
    *out = (Example){fields, class < 0 ? 1 : 2};
    return true;
}

static bool add_picture(Gallery *gallery, const char *path, int class, const char *label)
{
    GreyPicture picture;
    if (!png_file_read(path, MOST_WIDTH, &picture, gallery->error))
        return false;
    bool whole = fits(gallery, path, &picture);
    if (whole && gallery->count == gallery->room) {
        int room = gallery->room ? 2 * gallery->room : 64;
        Example *moved = realloc(gallery->examples, (size_t)room * sizeof *moved);
        whole = moved || error_memory(gallery->error);
        gallery->examples = moved ? moved : gallery->examples;
        gallery->room = moved ? room : gallery->room;
    }
    whole = whole && add_fields(gallery, &picture, class, label, &gallery->examples[gallery->count]);
    gallery->count += whole;
    free(picture.numbers);
    return whole;
}

/* The PNGs that stand in a folder itself; what is none is passed over. class -1: none. */
static bool add_folder(Gallery *gallery, const char *folder, const Names *names, int class, const char *label)
{
    char path[PATH_LENGTH];
    for (int i = 0; i < names->count; i++)
        if (is_png(names->list[i]->d_name))
            if (!join(path, folder, names->list[i]->d_name, gallery->error) ||
                !add_picture(gallery, path, class, label))
                return false;
    return true;
}

static bool add_class(Gallery *gallery, const char *folder, int class, const char *label)
{
    Names names = {0};
    int before = gallery->count;
    bool whole = names_read(&names, folder, gallery->error) && add_folder(gallery, folder, &names, class, label);
    names_free(&names);
    return whole && (gallery->count > before ||
                     error_set(gallery->error, EXIT_USED_WRONGLY, "the folder \"%s\" has no PNG", folder));
}

/* A folder a class. labels: room for as many as there are names. */
static bool add_classes(Gallery *gallery, const char *folder, const Names *names, const char **labels, int *count)
{
    char path[PATH_LENGTH];
    for (int i = 0; i < names->count; i++) {
        const char *name = names->list[i]->d_name;
        if (!join(path, folder, name, gallery->error))
            return false;
        if (!is_folder(path))
            continue;
        if (!text_is_utf8(path, name, strlen(name), gallery->error))
            return false;
        if (*count == MOST_CLASSES)
            return error_set(gallery->error, EXIT_USED_WRONGLY, "\"%s\" has more than %d folders, a class each", folder,
                             MOST_CLASSES);
        if (!(labels[*count] = model_text(gallery->model, name)))
            return error_memory(gallery->error);
        if (!add_class(gallery, path, *count, labels[*count]))
            return false;
        ++*count;
    }
    return true;
}

static bool both(const Gallery *gallery, const char *folder)
{
    return error_set(gallery->error, EXIT_USED_WRONGLY,
                     "\"%s\" has pictures and folders of pictures side by side; either one folder a class, or none",
                     folder);
}

static bool read_gallery(Gallery *gallery, const char *folder, const Names *names, Texts *labels)
{
    const char **list = arena_alloc(&gallery->model->arena, ((size_t)names->count + 1) * sizeof *list);
    if (!list)
        return error_memory(gallery->error);
    *labels = (Texts){list, 0};
    if (!add_classes(gallery, folder, names, list, &labels->count))
        return false;
    int in_folders = gallery->count;
    if (!add_folder(gallery, folder, names, -1, NULL))
        return false;
    if (in_folders && gallery->count > in_folders)
        return both(gallery, folder);
    return gallery->count > 0 ||
           error_set(gallery->error, EXIT_USED_WRONGLY, "the folder \"%s\" has no PNG, and no folders of them", folder);
}

/* A key of "data" that the system may have. */
static void *member(Model *model, const char *name)
{
    const ModelKey *key;
    for (int i = 0; (key = model_key(model->system, i)); i++)
        if (strcmp(key->group, "data") == 0 && strcmp(key->key, name) == 0)
            return model_member(model, key);
    return NULL;
}

static bool keep(const Gallery *gallery, const Texts *labels)
{
    Model *model = gallery->model;
    Example *examples = arena_alloc(&model->arena, (size_t)gallery->count * sizeof *examples);
    if (!examples)
        return error_memory(gallery->error);
    memcpy(examples, gallery->examples, (size_t)gallery->count * sizeof *examples);
    model->data = (Data){.examples = examples, .example_count = gallery->count};
    int *rows = member(model, "rows");
    Texts *names = member(model, "labels");
    if (rows)
        *rows = gallery->rows;
    if (names)
        *names = *labels;
    return true;
}

bool data_read_pictures(Model *model, const char *folder, Error *error)
{
    Gallery gallery = {.model = model, .error = error};
    Names names = {0};
    Texts labels;
    bool whole = names_read(&names, folder, error) && read_gallery(&gallery, folder, &names, &labels) &&
                 keep(&gallery, &labels);
    names_free(&names);
    free(gallery.examples);
    return whole;
}
