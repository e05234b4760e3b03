/* What a verdict says at its bounds: of how many cells a mistake is named, which factor is one. */
#include "support.h"

#include "tracer/exercise/lint.h"
#include "tracer/exercise/verdict.h"

#include <string.h>

static void open_variant(const char *exercise, Exercises *exercises, Variant *variant)
{
    Error error = {0};
    EXPECT(exercises_read("tutorial/exercises", exercises, &error), "%s", error.text);
    const Exercise *found = exercise_find(exercises, exercise, &error);
    EXPECT(found && lint_open(variant, found, (Whose){.course = "test", .student = "anna"}, &error), "%s", error.text);
}

/* One cell that a mistake makes is too little to name it, and no reason to be silent about it; three are enough. */
static void few_cells(void **state)
{
    (void)state;
    for (int wanted = 1; wanted <= 4; wanted++) {
        Exercises exercises;
        Variant variant;
        Error error = {0};
        Verdict verdict;
        double cells[64];
        open_variant("07", &exercises, &variant);
        const Mistake *mistake = mistake_find("softmax.base_2");
        EXPECT(variant_record(&variant, mistake, cells, &error), "%s", error.text);
        int kept = 0;
        for (int i = 0; i < variant.cell_count && kept < wanted; i++)
            if (units_apart(cells[i], variant.truth[i], variant.cells[i].decimals) > 20) {
                variant.cells[kept] = variant.cells[i];
                variant.truth[kept] = variant.truth[i];
                cells[kept++] = cells[i];
            }
        EXPECT(kept == wanted, "%d telling cells", kept);
        variant.cell_count = kept;
        variant.effort = 0;
        Answer answer = {.cells = cells, .count = kept};
        EXPECT(verdict_find(&variant, &answer, NULL, &verdict, &error), "%s", error.text);
        EXPECT(verdict.suspect_count >= 1 && verdict.suspects[0] == mistake && verdict.telling_cells == kept, "%d cells: %s", kept, verdict.says);
        EXPECT(verdict.kind == (kept < 3 ? VERDICT_CONSISTENT : VERDICT_NAMED), "%d cells: %s", kept, verdict.says);
        EXPECT((strstr(verdict.says, "consistent with: ") != NULL) == (kept < 3) && strstr(verdict.says, mistake->message), "%d cells: %s", kept, verdict.says);
        variant_close(&variant);
        exercises_free(&exercises);
    }
}

/* A factor is told where it is the one that is told, in three cells large enough to show it, and for no factor beside it. */
static void signs_of_a_factor(void **state)
{
    (void)state;
    static const struct {
        double factor;
        const char *says;
    } cases[] = {
        {-1, "the sign is turned everywhere"}, {2, "twice as large"}, {0.5, "half as large"}, {10, "one place too far right"},
        {0.1, "one place too far left"}, {100, "two places too far right"}, {0.01, "two places too far left"},
        {0.6, NULL}, {0.4, NULL}, {2.2, NULL}, {-2, NULL}, {11, NULL}, {90, NULL}, {0.11, NULL}, {0.02, NULL}, {-0.9, NULL},
    };
    double cells[64], truth[64];
    Exercises exercises;
    Variant variant;
    open_variant("08", &exercises, &variant);
    int count = variant.cell_count;
    memcpy(truth, variant.truth, (size_t)count * sizeof *truth);
    Answer answer = {.cells = cells, .count = count};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int telling = 2; telling <= count; telling += telling == 3 ? count - 3 : 1) {
            Verdict verdict = {.wrong_cells = count};
            for (int c = 0; c < count; c++) {
                variant.truth[c] = c < telling ? (truth[c] < 0 ? -7 : 7) + truth[c] : 0;
                cells[c] = cases[i].factor * variant.truth[c];
            }
            bool told = sign_find(&variant, &answer, &verdict), wanted = cases[i].says && telling >= 3;
            EXPECT(told ? wanted && strstr(verdict.says, cases[i].says) : !wanted, "%g times, %d cells: \"%s\"", cases[i].factor, telling, verdict.says);
        }
    variant_close(&variant);
    exercises_free(&exercises);
}

int test_bounds(void)
{
    TestList list = {0};
    tests_add(&list, few_cells, NULL, "bounds: few cells are consistent with a mistake");
    tests_add(&list, signs_of_a_factor, NULL, "bounds: signs of a factor");
    return tests_run(&list, "bounds");
}
