/* Pictures of the reader's: PNGs of every kind as grey numbers, folders as classes, and what is refused. */
#include "support.h"
#include "tensor_files.h"

#include "tiny_model/painting.h"
#include "tiny_model/systems/flow.h"
#include "tracer/base/png_file.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 5, COLS = 7, CELLS = ROWS * COLS };

/* A sort of PNG, and what a pixel of it is, from its samples as they are written, 0 to 1. */
typedef struct {
    const char *what;
    int color, depth, channels, interlace;
    bool see_through;  /* of a palette: entry 2 */
} Sort;

static const Sort SORTS[] = {
    {"grey of 8 bits", PNG_COLOR_TYPE_GRAY, 8, 1, PNG_INTERLACE_NONE, false},
    {"grey of 16 bits", PNG_COLOR_TYPE_GRAY, 16, 1, PNG_INTERLACE_NONE, false},
    {"grey of 16 bits, interlaced", PNG_COLOR_TYPE_GRAY, 16, 1, PNG_INTERLACE_ADAM7, false},
    {"grey with alpha", PNG_COLOR_TYPE_GRAY_ALPHA, 8, 2, PNG_INTERLACE_NONE, false},
    {"colours", PNG_COLOR_TYPE_RGB, 8, 3, PNG_INTERLACE_NONE, false},
    {"colours of 16 bits with alpha", PNG_COLOR_TYPE_RGB_ALPHA, 16, 4, PNG_INTERLACE_NONE, false},
    {"a palette", PNG_COLOR_TYPE_PALETTE, 8, 1, PNG_INTERLACE_NONE, false},
    {"a palette, interlaced, one of it transparent", PNG_COLOR_TYPE_PALETTE, 8, 1, PNG_INTERLACE_ADAM7, true},
};

static const png_color COLORS[4] = {{0, 0, 0}, {255, 255, 255}, {200, 10, 60}, {13, 140, 250}};

static int sample_at(const Sort *kind, int cell, int channel)
{
    int number = (cell * 7919 + channel * 104729 + 31) % 65536;
    return kind->color == PNG_COLOR_TYPE_PALETTE ? cell % 4 : kind->depth == 16 ? number : number % 256;
}

/* The formula of png_file.h, written down once more. */
static double expected(const Sort *kind, int cell)
{
    double most = kind->depth == 16 ? 65535 : 255, s[4], light, alpha = 1;
    for (int i = 0; i < kind->channels; i++)
        s[i] = sample_at(kind, cell, i) / most;
    if (kind->color == PNG_COLOR_TYPE_PALETTE) {
        const png_color *color = &COLORS[cell % 4];
        light = (299 * color->red + 587 * color->green + 114 * color->blue) / 255000.0;
        alpha = kind->see_through && cell % 4 == 2 ? 0 : 1;
    } else {
        light = kind->channels >= 3 ? 0.299 * s[0] + 0.587 * s[1] + 0.114 * s[2] : s[0];
        alpha = kind->channels % 2 == 0 ? s[kind->channels - 1] : 1;
    }
    return 2 * (alpha * light + 1 - alpha) - 1;
}

static void write_png(const char *path, const Sort *kind, int rows, int cols)
{
    FILE *file = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    int bytes = kind->channels * kind->depth / 8;
    unsigned char *data = calloc((size_t)rows * (size_t)cols, (size_t)bytes), **lines = calloc((size_t)rows, sizeof *lines);
    EXPECT(file && png && info && data && lines, "cannot write %s", path);
    for (int cell = 0; cell < rows * cols; cell++)
        for (int i = 0; i < kind->channels; i++) {
            int number = sample_at(kind, cell, i);
            unsigned char *at = data + (size_t)cell * (size_t)bytes + (size_t)(i * kind->depth / 8);
            if (kind->depth == 16)
                *at++ = (unsigned char)(number / 256);
            *at = (unsigned char)(number % 256);
        }
    for (int r = 0; r < rows; r++)
        lines[r] = data + (size_t)r * (size_t)cols * (size_t)bytes;
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)cols, (png_uint_32)rows, kind->depth, kind->color, kind->interlace, 0, 0);
    if (kind->color == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, COLORS, 4);
    if (kind->see_through)
        png_set_tRNS(png, info, (unsigned char[]){255, 255, 0, 255}, 4, NULL);
    png_write_info(png, info);
    png_write_image(png, lines);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    free(data);
    free(lines);
    EXPECT(fclose(file) == 0, "%s is not written", path);
}

static void every_kind(void **state)
{
    const Sort *kind = *state;
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    GreyPicture picture;
    Error error = {0};
    folder_make(folder);
    write_png(folder_path(path, folder, "a.png"), kind, ROWS, COLS);
    EXPECT(png_file_read(path, CELLS, &picture, &error), "%s", error.text);
    EXPECT(picture.rows == ROWS && picture.cols == COLS, "%d x %d", picture.rows, picture.cols);
    for (int i = 0; i < CELLS; i++)
        EXPECT(is_close(picture.numbers[i], expected(kind, i), 1e-15), "pixel %d is %.17g, not %.17g", i, picture.numbers[i], expected(kind, i));
    free(picture.numbers);
    EXPECT(!png_file_read(path, CELLS - 1, &picture, &error), "one pixel too many is accepted");
    expect_error(&error, EXIT_USED_WRONGLY, "5 x 7; it may have at most 34 pixels");
    folder_remove(folder);
}

/* Whatever byte is missing or wrong, it is an error or a picture of the right form, and never a crash. */
static void damaged(void **state)
{
    (void)state;
    char folder[PATH_SIZE], path[2 * PATH_SIZE], bytes[4096];
    int read = 0, refused = 0;
    folder_make(folder);
    write_png(folder_path(path, folder, "a.png"), &SORTS[7], ROWS, COLS);
    FILE *file = fopen(path, "rb");
    EXPECT(file, "%s is gone", path);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t at = 0; at < 2 * size; at++) {
        GreyPicture picture;
        Error error = {0};
        bool cut = at < size;
        bytes[at % size] ^= cut ? 0 : 0x41;
        folder_put(folder, "b.png", bytes, cut ? at : size);
        bytes[at % size] ^= cut ? 0 : 0x41;
        if (png_file_read(folder_path(path, folder, "b.png"), CELLS, &picture, &error)) {
            read++;
            EXPECT(picture.rows == ROWS && picture.cols == COLS, "%d x %d", picture.rows, picture.cols);
            free(picture.numbers);
        } else {
            refused++;
            EXPECT(error.code == EXIT_USED_WRONGLY && strstr(error.text, "b.png"), "%s", error.text);
        }
    }
    EXPECT(refused > (int)size, "%d read, %d refused", read, refused);
    folder_remove(folder);
}

/* A file of a folder of pictures; rows 0: it is text. */
typedef struct {
    const char *folder, *name;
    int rows, cols;
} File;

static void make_files(const char *parent, const File *files, int count)
{
    char path[2 * PATH_SIZE], whole[3 * PATH_SIZE];
    for (int i = 0; i < count; i++) {
        mkdir(folder_path(path, parent, files[i].folder), 0777);
        snprintf(whole, sizeof whole, "%s/%s", path, files[i].name);
        if (files[i].rows) {
            write_png(whole, &SORTS[0], files[i].rows, files[i].cols);
        } else {
            FILE *file = fopen(whole, "w");
            EXPECT(file && fputs("no picture", file) >= 0 && fclose(file) == 0, "cannot write %s", whole);
        }
    }
}

static bool read_model(Model *model, const char *parent, const char *json, Error *error)
{
    char path[2 * PATH_SIZE];
    return model_defaults(model, &GPT, error) &&
           model_file_parse(json, strlen(json), folder_path(path, parent, "m.json"), model, error) && model_finish(model, error);
}

static void remove_tree(const char *folder)
{
    char command[PATH_SIZE + 20];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    EXPECT(system(command) == 0, "%s", command);
}

/* Classes in the order of their folders' names, each with a name on its axis; and what is written reads back. */
static void folders_are_classes(void **state)
{
    (void)state;
    static const File files[] = {{"p", "note.txt", 0, 0}, {"p/dog", "b.png", 5, 7}, {"p/cat", "2.PNG", 5, 7}, {"p/cat", "1.png", 5, 7},
                                 {"p/cat", ".hidden.png", 0, 0}, {"p/dog", "other.jpg", 0, 0}};
    char folder[PATH_SIZE];
    Model model, again;
    Error error = {0};
    Text text = {0};
    folder_make(folder);
    make_files(folder, files, 6);
    EXPECT(read_model(&model, folder, "{\"system\": \"flow\", \"data\": {\"pictures\": \"p\"}, \"model\": {\"classes\": 2}}", &error), "%s", error.text);
    model_file_text(&model, 0, true, &text);
    remove_tree(folder);
    EXPECT(read_model(&again, folder, text.data, &error), "%s", error.text);
    for (int i = 0; i < 2; i++) {
        const Model *of = i ? &again : &model;
        const Pictures *pictures = &flow_of(of)->pictures;
        EXPECT(pictures->count == 3 && pictures->rows == 5 && pictures->cols == 7, "%d of %d x %d", pictures->count, pictures->rows, pictures->cols);
        EXPECT(pictures->class_of[0] == 0 && pictures->class_of[1] == 0 && pictures->class_of[2] == 1, "other classes");
        EXPECT(strcmp(of->system->painter->class_name(of, 0), "cat") == 0 && strcmp(of->system->painter->class_name(of, 2), "none") == 0, "other names");
        for (int c = 0; c < CELLS; c++)
            EXPECT(is_close(pictures->of[2][c], expected(&SORTS[0], c), 1e-15) &&
                       same_bits(pictures->of[2][c], flow_of(&model)->pictures.of[2][c]), "pixel %d is %.17g", c, pictures->of[2][c]);
    }
    text_free(&text);
    model_free(&model);
    model_free(&again);
}

static void a_flat_folder(void **state)
{
    (void)state;
    static const File files[] = {{"p", "a.png", 2, 2}, {"p", "b.png", 2, 2}};
    static const char *const systems[] = {"flow", "vae"};
    char folder[PATH_SIZE], json[200];
    folder_make(folder);
    make_files(folder, files, 2);
    for (int i = 0; i < 2; i++) {
        Model model;
        Error error = {0};
        snprintf(json, sizeof json, "{\"system\": \"%s\", \"data\": {\"pictures\": \"p\"}}", systems[i]);
        EXPECT(read_model(&model, folder, json, &error) && model.data.example_count == 2, "%s: %s", systems[i], error.text);
        EXPECT(!example_field(&model.data.examples[1], "class"), "%s: a class", systems[i]);
        model_free(&model);
    }
    remove_tree(folder);
}

/* The codes of a training step, decoded, are its reconstructions, to the last bit. */
static void codes_are_decoded(void **state)
{
    static const char *const models[][3] = {{"vae", "z", "reconstruction"}, {"latent", "code", "reconstruction"}};
    (void)state;
    for (int i = 0; i < 2; i++) {
        Session session;
        Run clone;
        Error error = {0};
        int picture;
        open_model(&session, models[i][0], NULL, 0);
        const Value *codes = tape_value(&session.run.tape, value_called(&session, models[i][1]));
        const Value *made = tape_value(&session.run.tape, value_called(&session, models[i][2]));
        EXPECT(run_clone(&clone, &session.run, &error) && run_decode(&clone, codes->data, codes->rows, &picture, &error), "%s", error.text);
        const Value *again = tape_value(&clone.tape, picture);
        EXPECT(again->rows == made->rows && memcmp(again->data, made->data, cells_of(made) * sizeof(double)) == 0, "%s: other pictures", models[i][0]);
        run_free(&clone);
        session_close(&session);
    }
}

typedef struct {
    const char *json, *says;
    File files[3];
} Refused;

#define OF(data) "{\"system\": \"flow\", \"data\": {" data "}}"
static const Refused REFUSED[] = {
    {OF("\"pictures\": \"p\""), "/p\": No such file", {{NULL, NULL, 0, 0}}},
    {OF("\"pictures\": \"p\""), "has no PNG, and no folders of them", {{"p", "a.txt", 0, 0}}},
    {OF("\"pictures\": \"p\""), "/p/a.png\" is no PNG that can be read", {{"p", "a.png", 0, 0}}},
    {OF("\"pictures\": \"p\""), "/p/b.png\" is a picture of 2 x 3, ", {{"p", "a.png", 2, 2}, {"p", "b.png", 2, 3}}},
    {OF("\"pictures\": \"p\""), "side by side", {{"p", "a.png", 2, 2}, {"p/one", "b.png", 2, 2}}},
    {OF("\"pictures\": \"p\""), "/p/two\" has no PNG", {{"p", "a.txt", 0, 0}, {"p/one", "b.png", 2, 2}, {"p/two", "c.txt", 0, 0}}},
    {OF("\"pictures\": \"p\""), "at most 8192 pixels", {{"p", "a.png", 91, 91}}},
    {OF("\"pictures\": \"p\", \"make\": \"digits\""), "\"pictures\" and \"make\"", {{"p", "a.png", 2, 2}}},
    {OF("\"pictures\": 3"), "must be a string", {{"p", "a.png", 2, 2}}},
    {OF("\"pictures\": \"p\", \"labels\": [\"a\"]"), "names 1 classes, but the data have class 1",
     {{"p", "a.txt", 0, 0}, {"p/one", "b.png", 2, 2}, {"p/two", "c.png", 2, 2}}},
    {OF("\"rows\": 3"), "\"rows\" in \"data\" is 3, but a picture has 4 numbers", {{NULL, NULL, 0, 0}}},
    {OF("\"make\": \"digits\", \"count\": 3, \"rows\": 3"), "digits of \"size\" 12", {{NULL, NULL, 0, 0}}},
    {"{\"system\": \"word2vec\", \"data\": {\"pictures\": \"p\"}}", "takes no pictures", {{"p", "a.png", 2, 2}}},
};

static void refused(void **state)
{
    const Refused *test = *state;
    char folder[PATH_SIZE];
    Model model;
    Error error = {0};
    int count = 0;
    while (count < 3 && test->files[count].folder)
        count++;
    folder_make(folder);
    make_files(folder, test->files, count);
    EXPECT(!read_model(&model, folder, test->json, &error), "accepted");
    expect_error(&error, EXIT_USED_WRONGLY == error.code ? EXIT_USED_WRONGLY : EXIT_INPUT_OUTPUT, test->says);
    model_free(&model);
    remove_tree(folder);
}

int test_pictures(void)
{
    TestList list = {0};
    for (size_t i = 0; i < sizeof SORTS / sizeof *SORTS; i++)
        tests_add(&list, every_kind, &SORTS[i], "%s", SORTS[i].what);
    tests_add(&list, damaged, NULL, "damaged files");
    tests_add(&list, folders_are_classes, NULL, "folders are classes");
    tests_add(&list, a_flat_folder, NULL, "a flat folder");
    tests_add(&list, codes_are_decoded, NULL, "codes are decoded");
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        tests_add(&list, refused, &REFUSED[i], "refused: %s", REFUSED[i].says);
    return tests_run(&list, "pictures");
}
