/* Data beside a model file: a csv as spreadsheets write it, and what is refused, by the part of the message
 * that names it. */
#include "support.h"
#include "tensor_files.h"

#include "tiny_model/data/vary.h"
#include "tracer/session/model_file.h"

#include <stdio.h>
#include <string.h>

/* A model file in a folder of its own, beside a csv (NULL: none). */
static bool read_data(const char *data, const char *csv, Model *model, Error *error)
{
    char folder[PATH_SIZE], json[2 * PATH_SIZE], path[2 * PATH_SIZE];
    folder_make(folder);
    if (csv)
        folder_put(folder, "rows.csv", csv, strlen(csv));
    snprintf(json, sizeof json, "{\"system\": \"mlp\", \"data\": {%s}}", data);
    folder_put(folder, "m.json", json, strlen(json));
    bool read = model_defaults(model, &GPT, error) &&
                model_file_parse(json, strlen(json), folder_path(path, folder, "m.json"), model, error) &&
                model_finish(model, error);
    folder_remove(folder);
    return read;
}

typedef struct {
    const char *what, *csv;
    const char *data;      /* NULL: the csv alone */
} Table;

/* Each says the same: two numbers and a class, three rows. */
static const Table TABLES[] = {
    {"plain", "a,b,label\n1,2,dog\n-3.5,4e1,\"a \"\"b\"\", c\"\n0,1,dog\n", NULL},
    {"without a last newline", "a,b,label\n1,2,dog\n-3.5,4e1,\"a \"\"b\"\", c\"\n0,1,dog", NULL},
    {"of a spreadsheet", "\xef\xbb\xbflabel,a,b\r\ndog,1,2\r\n\"a \"\"b\"\", c\",-3.5,40\r\ndog,0,1\r\n\r\n", NULL},
    {"another target", "a,kind,b\n1,dog,2\n-3.5,\"a \"\"b\"\", c\",40\n0,dog,1\n",
     "\"label\": \"kind\", \"csv\": \"rows.csv\""},
};

static void table(void **state)
{
    const Table *of = *state;
    static const double x[3][2] = {{1, 2}, {-3.5, 40}, {0, 1}};
    static const char *const labels[] = {"dog", "a \"b\", c", "dog"};
    Model model;
    Error error = {0};
    EXPECT(read_data(of->data ? of->data : "\"csv\": \"rows.csv\"", of->csv, &model, &error), "%s", error.text);
    EXPECT(model.data.example_count == 3, "%d rows", model.data.example_count);
    for (int i = 0; i < 3; i++) {
        const Field *numbers = example_field(&model.data.examples[i], "x");
        const Field *label = example_field(&model.data.examples[i], "label");
        EXPECT(numbers && numbers->count == 2 && memcmp(numbers->numbers, x[i], sizeof x[i]) == 0, "x of row %d", i);
        EXPECT(label && strcmp(label->text, labels[i]) == 0, "row %d is %s", i, label ? label->text : "nothing");
    }
    model_free(&model);
}

typedef struct {
    const char *data, *csv, *says;
} Refusal;

static const Refusal REFUSALS[] = {
    {"\"csv\": \"rows.csv\"", "", "no column \"label\""},
    {"\"csv\": \"rows.csv\"", "a,b\n1,2\n", "no column \"label\""},
    {"\"csv\": \"rows.csv\"", "label\nx\ny\n", "no column of numbers beside \"label\""},
    {"\"csv\": \"rows.csv\"", "a,label\n", "no rows"},
    {"\"csv\": \"rows.csv\"", "a,b,label\n1,2,x\n1,2\n", "line 3 has 2 cells, the header 3"},
    {"\"csv\": \"rows.csv\"", "a,label\n1,x,2\n", "line 2 has 3 cells, the header 2"},
    {"\"csv\": \"rows.csv\"", "a,label\n,x\n", "line 2: a number is needed, not \"\""},
    {"\"csv\": \"rows.csv\"", "a,label\nnan,x\n", "line 2: a number is needed, not \"nan\""},
    {"\"csv\": \"rows.csv\"", "a,label\n1,x\xff\n", "no text in UTF-8"},
    {"\"csv\": \"rows.csv\"", "a,label\n1,\"x\n", "line 2: a quote is not closed on its line: \"x\""},
    {"\"csv\": \"rows.csv\"", "a,label\n1,\"x\ny\"\n", "line 2: a quote is not closed on its line"},
    {"\"csv\": \"rows.csv\"", "a,label\n1,\"x\"z\n", "line 2: there is something behind the quotes"},
    {"\"csv\": \"rows.csv\"", "a,label\n1,\n", "line 2: there is nothing in the column \"label\""},
    {"\"csv\": \"rows.csv\"", "label,a,label\nx,1,y\n", "two columns \"label\""},
    {"\"csv\": \"other.csv\"", NULL, "other.csv"},
    {"\"csv\": 3", NULL, "\"csv\" in data must be a string"},
    {"\"csv\": \"rows.csv\", \"examples\": [{\"x\": [1], \"class\": 0}]", "a,label\n1,x\n", "one of the two"},
    {"\"examples\": [{\"x\": [1], \"class\": 0}], \"label\": \"kind\"", NULL, "there is none"},
    {"\"examples\": []", NULL, "\"examples\" must be a list of 1 to"},
    {"\"examples\": [3]", NULL, "example 0 must be an object"},
    {"\"examples\": [{\"x\": [], \"class\": 0}]", NULL, "must be a list of numbers"},
    {"\"examples\": [{\"x\": [1], \"klass\": 0}]", NULL, "class"},
    {"\"examples\": [{\"x\": [1], \"class\": 0.5}]", NULL, "must be a whole number"},
    {"\"examples\": [{\"x\": [1], \"class\": -1}]", NULL, "classes go from 0"},
    {"\"examples\": [{\"x\": [1], \"label\": 1}]", NULL, "must be a string"},
    {"\"examples\": [{\"class\": 0}]", NULL, "has no \"x\""},
    {"\"examples\": [{\"x\": [1]}]", NULL, "needs a \"class\" or a \"label\""},
    {"\"examples\": [{\"x\": [1], \"class\": 0, \"label\": \"a\"}]", NULL, "one of the two"},
    {"\"examples\": [{\"x\": [1], \"class\": 0}, {\"x\": [1, 2], \"class\": 0}]", NULL, "has 2 numbers"},
    {"\"examples\": [{\"x\": [1], \"class\": 2}, {\"x\": [1], \"label\": \"cat\"}]", NULL,
     "example 1 gives its class by name, example 0 by number"},
    {"\"examples\": [{\"x\": [1], \"label\": \"cat\"}, {\"x\": [1], \"class\": 0}]", NULL,
     "example 1 gives its class by number, example 0 by name"},
};

static void refused(void **state)
{
    const Refusal *of = *state;
    Model model;
    Error error = {0};
    EXPECT(!read_data(of->data, of->csv, &model, &error), "taken");
    EXPECT(error.code != EXIT_DONE && strstr(error.text, of->says), "\"%s\" does not say \"%s\"", error.text, of->says);
    model_free(&model);
}

/* As Python draws them, the size before the sign: r = random.Random(5), (1 + r.getrandbits(32) % 12) / 10, negative
 * where r.getrandbits(32) is even. A compiler that drew in another order would hand out other sheets. */
static void varied_as_python_does(void **state)
{
    (void)state;
    static const double expected[] = {0.6, -0.2, -0.4, -0.3};
    Model model;
    Error error = {0};
    Random random;
    random_seed(&random, 5);
    EXPECT(read_data("\"examples\": [{\"x\": [1, 2], \"class\": 0}, {\"x\": [3, 4], \"class\": 1}]", NULL, &model, &error) &&
               examples_vary(&model, is_features, 12, &random, &error), "%s", error.text);
    for (int i = 0; i < 4; i++) {
        double number = example_field(&model.data.examples[i / 2], "x")->numbers[i % 2];
        EXPECT(same_bits(number, expected[i]), "number %d is %.17g, not %g", i, number, expected[i]);
    }
    EXPECT(example_field(&model.data.examples[1], "class")->numbers[0] == 1, "a class was drawn");
    model_free(&model);
}

int test_data_file(void)
{
    TestList list = {0};
    tests_add(&list, varied_as_python_does, NULL, "other numbers are drawn as Python draws them");
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        tests_add(&list, table, &TABLES[i], "a csv: %s", TABLES[i].what);
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++)
        tests_add(&list, refused, &REFUSALS[i], "refused, %zu: %s", i, REFUSALS[i].says);
    return tests_run(&list, "data_file");
}
