/* The exercises judged by simulation: fifty students, every exercise, every listed mistake made with
 * one unit of noise in the last decimal. The figures are printed. */
#include "support.h"

#include "tiny_model/random.h"
#include "tracer/exercise/lint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEEDS = 50, RANDOM_ANSWERS = 10000, MOST_CELLS = 512 };

typedef struct {
    int made, named, consistent, correct, misnamed;   /* answers with a listed mistake */
    int honest, passed;                               /* answers without one */
    int random_answers, random_named, random_correct;
} Figures;

static double rounded(double number, int decimals)
{
    double unit = pow(10, decimals);
    return isfinite(number) ? rint(number * unit) / unit : number;
}

/* -1, 0 or 1 unit of the last decimal; whole numbers stay. */
static double noisy(double number, int decimals, Random *random)
{
    int units = (int)(random_bits(random) % 3) - 1;
    return rounded(number, decimals) + (decimals ? units * pow(10, -decimals) : 0);
}

static Verdict judged(Variant *variant, double *cells)
{
    Error error = {0};
    Verdict verdict;
    Answer answer = {.cells = cells, .count = variant->cell_count};
    EXPECT(verdict_find(variant, &answer, NULL, &verdict, &error), "%s: %s", variant->exercise->id, error.text);
    return verdict;
}

static void make_mistake(Variant *variant, const Mistake *mistake, Random *random, Figures *figures)
{
    double cells[MOST_CELLS];
    Error error = {0};
    EXPECT(variant_record(variant, mistake, cells, &error), "%s", error.text);
    for (int i = 0; i < variant->cell_count; i++)
        cells[i] = noisy(cells[i], variant->cells[i].decimals, random);
    Verdict verdict = judged(variant, cells);
    bool right = verdict.suspect_count == 1 && exercise_equals(variant->exercise, verdict.suspects[0], mistake);
    bool about = verdict.kind == VERDICT_NAMED || verdict.kind == VERDICT_CONSISTENT;
    figures->made++;
    figures->named += right && verdict.kind == VERDICT_NAMED;
    figures->consistent += right && verdict.kind == VERDICT_CONSISTENT && exercise_few(variant->exercise, mistake);
    figures->correct += verdict.kind == VERDICT_CORRECT;
    figures->misnamed += about && !right;
}

static void be_honest(Variant *variant, Figures *figures)
{
    double cells[MOST_CELLS];
    for (int i = 0; i < variant->cell_count; i++)
        cells[i] = rounded(variant->truth[i], variant->cells[i].decimals);
    figures->honest++;
    figures->passed += judged(variant, cells).kind == VERDICT_CORRECT;
}

/* Numbers of the right size that no one computed: the truth with half of its cells replaced. */
static void guess(Variant *variant, Random *random, Figures *figures)
{
    double cells[MOST_CELLS], largest = 0.1;
    for (int i = 0; i < variant->cell_count; i++)
        if (isfinite(variant->truth[i]) && fabs(variant->truth[i]) > largest)
            largest = fabs(variant->truth[i]);
    for (int i = 0; i < variant->cell_count; i++) {
        bool replaced = i == 0 || random_bits(random) % 2;
        double drawn = rounded((2 * random_uniform(random) - 1) * largest, variant->cells[i].decimals);
        if (i == 0 && units_apart(drawn, variant->truth[0], variant->cells[0].decimals) <= 1)
            drawn += 1;
        cells[i] = replaced ? drawn : rounded(variant->truth[i], variant->cells[i].decimals);
    }
    Verdict verdict = judged(variant, cells);
    figures->random_answers++;
    figures->random_named += verdict.kind == VERDICT_NAMED;
    figures->random_correct += verdict.kind == VERDICT_CORRECT;
}

static void simulate(const Exercises *exercises, Figures *figures)
{
    Random random;
    random_seed(&random, 5);
    int guesses = RANDOM_ANSWERS / (SEEDS * (exercises->count - 1)) + 1;
    for (int e = 0; e < exercises->count; e++) {
        const Exercise *exercise = &exercises->list[e];
        for (int seed = 0; seed < SEEDS && !exercise->choice; seed++) {
            char student[16];
            Variant variant;
            Error error = {0};
            snprintf(student, sizeof student, "s%d", seed);
            EXPECT(lint_open(&variant, exercise, (Whose){"simulation", student, 0}, &error), "%s", error.text);
            /* For all answers of this sheet together, or this test would take hours. */
            variant.effort = SEARCH_EFFORT / 100;
            EXPECT(variant.cell_count <= MOST_CELLS, "%s asks for %d cells", exercise->id, variant.cell_count);
            be_honest(&variant, figures);
            for (int m = 0; m < exercise->mistake_count; m++)
                make_mistake(&variant, exercise->mistakes[m], &random, figures);
            for (int i = 0; i < guesses; i++)
                guess(&variant, &random, figures);
            variant_close(&variant);
        }
    }
}

static void fifty_students(void **state)
{
    (void)state;
    Exercises exercises;
    Figures f = {0};
    Error error = {0};
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    int with_numbers = 0;
    for (int i = 0; i < exercises.count; i++)
        with_numbers += !exercises.list[i].choice;
    EXPECT(exercises.count >= 32, "%d exercises", exercises.count);
    simulate(&exercises, &f);
    exercises_free(&exercises);
    printf("# simulation: %d mistakes made, %d named, %d told as consistent (few cells show them), %d taken for correct, %d misnamed\n"
           "# simulation: %d of %d honest answers pass; %d random answers, %d named, %d taken for correct\n",
           f.made, f.named, f.consistent, f.correct, f.misnamed, f.passed, f.honest, f.random_answers, f.random_named, f.random_correct);
    EXPECT(f.honest == SEEDS * with_numbers && f.passed == f.honest, "%d of %d honest answers pass", f.passed,
           f.honest);
    EXPECT(f.made > 5000, "only %d mistakes were made", f.made);
    EXPECT(f.named >= 0.98 * (f.made - f.consistent), "%d of %d named", f.named, f.made);
    EXPECT(f.correct < 0.01 * f.made && f.misnamed == 0, "%d taken for correct, %d misnamed", f.correct, f.misnamed);
    EXPECT(f.random_answers >= RANDOM_ANSWERS && f.random_named == 0 && f.random_correct == 0, "%d random answers named, %d taken for correct",
           f.random_named, f.random_correct);
}

int test_exercise_simulation(void)
{
    TestList list = {0};
    tests_add(&list, fifty_students, NULL, "exercises: fifty students, every mistake, one unit of noise");
    return tests_run(&list, "exercise simulation");
}
