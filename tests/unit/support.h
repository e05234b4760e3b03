/* What the tests share: failing with a message, lists of tests made from tables, models to
 * record, cells that must be explained. */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include "groups.h"
#include "tiny_model/primitive.h"
#include "tracer/session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above before it */
#include <cmocka.h>

/* Fails the running test with a message that says more than the condition. */
#define EXPECT(condition, ...) \
    do { \
        if (!(condition)) \
            fail_test(__FILE__, __LINE__, __VA_ARGS__); \
    } while (0)
_Noreturn void fail_test(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Tests that are made at run time, one for each entry of a table. */
typedef struct {
    struct CMUnitTest *tests;
    size_t count;
} TestList;

/* `item` is what the test finds in *state; it must outlive the run. */
void tests_add(TestList *list, CMUnitTestFunction test, const void *item, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* One test for each model of golden/reference, with its directory in *state; if there are fewer
 * than 48, a test that fails. */
void tests_add_references(TestList *list, CMUnitTestFunction test, const char *what);

/* How many presets, from the first on, are read number by number; those behind are for a whole training, and what
 * they are made of is compared in the small models of golden/reference. */
int small_presets(void);

/* The same, and one test for each of them that has a loss, with its name in *state: all that open_model takes. */
void tests_add_models(TestList *list, CMUnitTestFunction test, const char *what);

/* Runs them and gives the memory back; a list without tests is a failure. */
int tests_run(TestList *list, const char *group);

/* Opens and records a run: a preset, or a directory of golden/reference with its weights. */
void open_model(Session *session, const char *name, const char *mistake, int training_step);

/* The preset that a mistake is tried on: the first of the system that can make it, tiny for those of
 * the rules. */
const char *preset_for(const Mistake *mistake);

/* The id of a value that must be there. */
int value_called(const Session *session, const char *name);

/* The same bits; a nan equals itself, 0 does not equal -0. */
bool same_bits(double a, double b);

/* A nan is close to nothing, an infinity only to itself. */
bool is_close(double a, double b, double tolerance);

/* Every cell of the step's output: the explanation adds up to the recorded number bit by bit, its
 * terms hold the numbers of the tape and make their contributions with the operation they name. */
void expect_step_explained(const Tape *tape, int step);
void expect_all_explained(const Tape *tape);

/* `what` stands in the error, which is one line for a user. */
void expect_error(const Error *error, int code, const char *what);

/* It aborts as our own bugs do, in a process of its own, and says so. */
void expect_abort(void (*bug)(void), const char *says);

/* A file for this test alone; the caller unlinks it. */
enum { PATH_SIZE = 64 };
void temporary_file(char path[PATH_SIZE], const void *bytes, size_t size);

#endif
