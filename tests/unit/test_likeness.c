/* Questions to vectors: the answers of the whole training of people, k means of an independent implementation, files
 * of vectors, and what has no answer. */
#include "support.h"

#include "tiny_model/likeness.h"
#include "tracer/query/question.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static Vectors people;

static int row(const char *word)
{
    Error error = {0};
    int found = vectors_find(&people, word, &error);
    EXPECT(found >= 0, "%s", error.text);
    return found;
}

static int open_people(void **state)
{
    (void)state;
    Error error = {0};
    return vectors_open(&people, &(RunOptions){0}, NULL, &error) ? 0 : -1;
}

static int close_people(void **state)
{
    (void)state;
    vectors_close(&people);
    return 0;
}

static void expect_best(Question *question, const int *without, int count, const char *word, double cosine)
{
    Error error = {0};
    int best;
    EXPECT(question_ask(question, &error), "%s", error.text);
    EXPECT(question_best(question, without, count, &best, 1) == 1, "nothing is near");
    double got = tape_value(&question->tape, question->cosine)->data[best];
    EXPECT(best == row(word) && fabs(got - cosine) < 1e-4, "%s at %.6f, not %s", people.words[best], got, word);
    expect_all_explained(&question->tape);
    question_close(question);
}

static void answers(void **state)
{
    (void)state;
    Question analogy = {.vectors = &people, .asking = ASK_ANALOGY, .ids = {row("king"), row("man"), row("woman")}};
    Question again = analogy;
    expect_best(&analogy, analogy.ids, 3, "queen", 0.9959);
    expect_best(&again, NULL, 0, "queen", 0.9959);
    Question near = {.vectors = &people, .asking = ASK_NEAREST, .ids = {row("king")}}, itself = near;
    expect_best(&near, near.ids, 1, "man", 0.7998);
    expect_best(&itself, NULL, 0, "king", 1);
}

/* The best of all in order, ties first come. */
static void order(void **state)
{
    (void)state;
    static const char *const words[] = {"a", "b", "c", "zero", "d"};
    double numbers[] = {1, 0, 0, 2, 3, 3, 0, 0, 0, 5};
    Vectors vectors = {.count = 5, .width = 2, .numbers = numbers, .words = words};
    Question question = {.vectors = &vectors, .asking = ASK_NEAREST, .ids = {1}};
    Error error = {0};
    int best[9];
    EXPECT(question_ask(&question, &error), "%s", error.text);
    EXPECT(question_best(&question, NULL, 0, best, 9) == 5, "not all of them");
    static const int wanted[] = {1, 4, 2, 0, 3};
    for (int i = 0; i < 5; i++)
        EXPECT(best[i] == wanted[i], "number %d is %s", i, words[best[i]]);
    EXPECT(tape_value(&question.tape, question.cosine)->data[3] == 0, "zeros are like something");
    EXPECT(question_best(&question, wanted, 1, best, 2) == 2 && best[0] == 4 && best[1] == 2, "without the first");
    question_close(&question);
}

/* --- k means --- */

typedef struct {
    double *points;
    int count, k;
    const int *start;
    int nearest;
} Means;

static void record_means(Tape *tape, void *context)
{
    Means *means = context;
    tape_begin_phase(tape, PHASE_FORWARD);
    int points = tape_leaf(tape, KIND_INPUT, "points", (Shape){means->count, 2}, means->points);
    means->nearest = likeness_clusters(tape, points, means->k, means->start, 0, 20);
    tape_end(tape);
}

static const Value *named(const Tape *tape, const char *wanted)
{
    char name[200];
    for (int id = 0; id < tape->value_count; id++)
        if (tape_name(tape, id, name, sizeof name) && strcmp(name, wanted) == 0)
            return tape_value(tape, id);
    fail_test(__FILE__, __LINE__, "there is no %s", wanted);
}

static void k_means(void **state)
{
    (void)state;
    json_error_t why;
    json_t *root = json_load_file("golden/reference/counts/classic.json", 0, &why);
    EXPECT(root, "%s", why.text);
    const json_t *golden = json_object_get(root, "kmeans"), *points = json_object_get(golden, "points");
    double numbers[16];
    static const int start[] = {0, 1, 6};
    for (size_t i = 0; i < 16; i++)
        numbers[i] = json_number_value(json_array_get(json_array_get(points, i / 2), i % 2));
    Tape tape = {.frame = -1};
    Error error = {0};
    Means means = {numbers, 8, 3, start, -1};
    EXPECT(tape_attempt(&tape, record_means, &means, &error), "%s", error.text);
    expect_all_explained(&tape);
    for (size_t round = 0; round < 2; round++) {
        const json_t *of = json_array_get(json_object_get(golden, "iterations"), round);
        char name[40];
        double inertia = 0;
        snprintf(name, sizeof name, "round%zu.distances", round);
        const Value *distances = named(&tape, name);
        snprintf(name, sizeof name, "round%zu.nearest", round);
        const Value *nearest = named(&tape, name);
        for (size_t i = 0; i < 8; i++) {
            for (size_t j = 0; j < 3; j++) {
                double wanted = json_number_value(json_array_get(json_array_get(json_object_get(of, "distances2"), i), j));
                EXPECT(is_close(distances->data[i * 3 + j], wanted, 1e-14), "round %zu, point %zu, middle %zu: %.17g", round, i, j, distances->data[i * 3 + j]);
            }
            EXPECT(nearest->data[i] == (double)json_integer_value(json_array_get(json_object_get(of, "assign"), i)), "round %zu, point %zu", round, i);
            inertia += distances->data[i * 3 + (size_t)nearest->data[i]];
        }
        EXPECT(is_close(inertia, json_number_value(json_object_get(of, "inertia")), 1e-12), "round %zu: inertia %g", round, inertia);
    }
    tape_free(&tape);
    json_decref(root);
}

/* Two points at one place and a third middle for which nothing is left: it stays where it is. */
static void empty_cluster(void **state)
{
    (void)state;
    double numbers[] = {0, 0, 0, 0, 4, 4};
    Tape tape = {.frame = -1};
    Error error = {0};
    Means means = {numbers, 3, 3, (int[]){0, 1, 2}, -1};
    EXPECT(tape_attempt(&tape, record_means, &means, &error), "%s", error.text);
    const Value *middles = named(&tape, "round0.middles");
    EXPECT(named(&tape, "round0.empty")->data[1] == 1, "the tie did not go to the lowest index");
    for (int i = 0; i < 6; i++)
        EXPECT(middles->data[i] == numbers[i], "cell %d moved to %g", i, middles->data[i]);
    tape_free(&tape);
}

/* The furthest from what is there, of equals the first. */
static void far_starts(void **state)
{
    (void)state;
    double numbers[] = {0, 0, 1, 0, 0, 5, 5, 0};
    Tape tape = {.frame = -1};
    Error error = {0};
    Means means = {numbers, 4, 3, NULL, -1};
    EXPECT(tape_attempt(&tape, record_means, &means, &error), "%s", error.text);
    EXPECT(named(&tape, "start1.furthest")->data[0] == 2 && named(&tape, "start2.furthest")->data[0] == 3, "other starts");
    expect_all_explained(&tape);
    tape_free(&tape);
}

/* --- files --- */

static void round_trip(void **state)
{
    (void)state;
    Text text = {0};
    Error error = {0};
    Vectors read;
    char path[PATH_SIZE];
    EXPECT(vectors_text(&people, &text, &error), "%s", error.text);
    temporary_file(path, text.data, text.length);
    EXPECT(vectors_read(&read, path, &error), "%s", error.text);
    EXPECT(read.count == people.count && read.width == people.width, "%d x %d", read.count, read.width);
    EXPECT(memcmp(read.numbers, people.numbers, sizeof(double) * (size_t)read.count * (size_t)read.width) == 0, "other numbers");
    for (int i = 0; i < read.count; i++)
        EXPECT(strcmp(read.words[i], people.words[i]) == 0, "word %d is %s", i, read.words[i]);
    vectors_close(&read);
    text_free(&text);
    unlink(path);
}

/* As others write them: each is two words of three numbers. */
static void forms(void **state)
{
    (void)state;
    static const char *const files[] = {
        "king 0.5 -1e-3 2\nqueen 123456789012345678901234 .25 +7\n", "2 3\nking 0.5 -0.001 2 \nqueen 1.23456789012345678901234E23 0.25 7",
        "king\t0.50000000000000000000000 -0.001\t2.\r\n\r\nqueen 123456789012345678901234 0.25 7.0e0\r\n",
    };
    static const double wanted[] = {0.5, -0.001, 2, 123456789012345678901234.0, 0.25, 7};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[PATH_SIZE];
        Vectors read;
        Error error = {0};
        temporary_file(path, files[i], strlen(files[i]));
        EXPECT(vectors_read(&read, path, &error), "%s", error.text);
        EXPECT(read.count == 2 && read.width == 3 && strcmp(read.words[1], "queen") == 0, "file %zu", i);
        for (int c = 0; c < 6; c++)
            EXPECT(read.numbers[c] == wanted[c], "file %zu, number %d is %.17g", i, c, read.numbers[c]);
        vectors_close(&read);
        unlink(path);
    }
}

static void refused(void **state)
{
    (void)state;
    static const char *const files[][2] = {
        {"a 1 2\nb 1\n", "line 2: the row of \"b\" has 1 number, those before have 2"},
        {"a 1 2\nb 1 2 3\n", "line 2: the row of \"b\" has 3 numbers, those before have 2"},
        {"a 1 2\n\nb 1 x\n", "line 3: \"x\" behind \"b\" is no number"},
        {"a 1 nan\n", "\"nan\" behind \"a\" is no number"},
        {"a 1 1e999\n", "\"1e999\" behind \"a\" is no number"},
        {"a 1 1.2.3\n", "is no number"},
        {"3 2\na 1 2\nb 3 4\n", "says that it has 3 vectors, and has 2"},
        {"3 2\na 1 2 3\n", "line 2: the row of \"a\" has 3 numbers"},
        {"word\n", "line 1: a row is a word and its numbers"},
        {"\n", "has no vectors"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[PATH_SIZE];
        Vectors read;
        Error error = {0};
        temporary_file(path, files[i][0], strlen(files[i][0]));
        EXPECT(!vectors_read(&read, path, &error), "file %zu was read", i);
        expect_error(&error, EXIT_USED_WRONGLY, files[i][1]);
        unlink(path);
    }
    Error error = {0};
    EXPECT(vectors_find(&people, "qeen", &error) < 0, "qeen was found");
    expect_error(&error, EXIT_USED_WRONGLY, "did you mean \"queen\"");
    EXPECT(row("King") == row("king"), "large letters");
}

/* --- sentences --- */

static void sentences(void **state)
{
    (void)state;
    static const char text[] = "The king, the castle.\n\nthe soup\r\nxyzzy plugh\nthe king\n";
    char path[PATH_SIZE];
    Sentences read;
    Error error = {0};
    temporary_file(path, text, strlen(text));
    EXPECT(sentences_read(&read, &people, path, "The King", false, &error), "%s", error.text);
    EXPECT(read.count == 4 && read.used == 4, "%d sentences, %d words", read.count, read.used);
    for (int inverse = 0; inverse < 2; inverse++) {
        Question question = {.vectors = &people, .asking = ASK_SENTENCES, .sentences = &read, .inverse = inverse};
        int best[9];
        EXPECT(question_ask(&question, &error), "%s", error.text);
        EXPECT(question_best(&question, NULL, 0, best, 9) == 4 && best[0] == 3 && best[1] == 0 && best[3] == 2, "other order");
        const double *cosine = tape_value(&question.tape, question.cosine)->data;
        EXPECT(is_close(cosine[3], 1, 1e-14) && cosine[2] == 0, "itself %.17g, nothing known %.17g", cosine[3], cosine[2]);
        expect_all_explained(&question.tape);
        question_close(&question);
    }
    sentences_free(&read);
    EXPECT(!sentences_read(&read, &people, path, "xyzzy", false, &error), "a query without vectors");
    expect_error(&error, EXIT_USED_WRONGLY, "no word of the query \"xyzzy\" has a vector");
    unlink(path);
}

/* 24 words in five classes: the nearest of each belongs to its class; the nearest line to a line is itself; a regression
 * whose loss falls tells all that it learned from. */
static void classes(void **state)
{
    (void)state;
    static const char path[] = "tutorial/texts/classes.txt";
    Error error = {0};
    Sentences lines;
    for (int way = 0; way < 3; way++) {
        EXPECT(sentences_read(&lines, &people, path, way == 1 ? "Horse" : NULL, true, &error), "%s", error.text);
        EXPECT(lines.count == 24 && lines.class_count == 5, "%d lines, %d classes", lines.count, lines.class_count);
        Question question = {.vectors = &people, .asking = way == 2 ? ASK_LOGISTIC : ASK_NEIGHBOURS, .sentences = &lines, .k = way ? 4 : 1, .steps = 200, .rate = 1};
        EXPECT(question_ask(&question, &error), "%s", error.text);
        const Classing *found = &question.classing;
        const Value *answer = tape_value(&question.tape, found->answer);
        int right = 0;
        for (int r = 0; r < answer->rows; r++) {
            int best = 0;
            for (int c = 1; c < 5; c++)
                best = cell_of(answer, r, c) > cell_of(answer, r, best) ? c : best;
            right += way == 1 ? strcmp(lines.labels[best], "animal") == 0 : best == lines.classes[r];
        }
        EXPECT(right == (way == 1 ? 1 : 24), "%d right", right);
        if (way == 1) {
            int line = (int)tape_value(&question.tape, found->nearest)->data[0];
            EXPECT(strcmp(lines.lines[line], "horse") == 0 && fabs(tape_value(&question.tape, found->distance)->data[line]) < 1e-12, "not itself");
            EXPECT(is_close(answer->data[1], 1, 1e-15), "the four animals are not the nearest to one");
        }
        if (way == 2)
            EXPECT(tape_value(&question.tape, found->loss)->data[0] < 0.1 && named(&question.tape, "logistic.step0.loss")->data[0] > 0.6, "nothing was learned");
        expect_all_explained(&question.tape);
        question_close(&question);
        sentences_free(&lines);
    }
    char none[PATH_SIZE];
    static const char *const bad[][2] = {{"a line\n", "no line of a class, a tab and a text"}, {"a\tking\na\tman\n", "has only the class"}, {"a\t\n", "no line of"}};
    for (int i = 0; i < 3; i++) {
        temporary_file(none, bad[i][0], strlen(bad[i][0]));
        EXPECT(!sentences_read(&lines, &people, none, NULL, true, &error), "bad file %d was taken", i);
        expect_error(&error, EXIT_USED_WRONGLY, bad[i][1]);
        error = (Error){0};
        unlink(none);
    }
}

int test_likeness(void)
{
    TestList list = {0};
    tests_add(&list, answers, NULL, "king - man + woman");
    tests_add(&list, order, NULL, "best first");
    tests_add(&list, k_means, NULL, "k means of an independent implementation");
    tests_add(&list, empty_cluster, NULL, "a cluster without rows");
    tests_add(&list, far_starts, NULL, "starts that are far apart");
    tests_add(&list, round_trip, NULL, "vectors written and read");
    tests_add(&list, forms, NULL, "files of others");
    tests_add(&list, refused, NULL, "files that are none");
    tests_add(&list, sentences, NULL, "sentences");
    tests_add(&list, classes, NULL, "classes of texts");
    if (open_people(NULL) != 0)
        return 1;
    int failed = tests_run(&list, "likeness");
    close_people(NULL);
    return failed;
}
