/* Planted mistakes outside of the training step: in sampling and in the gradient check, which only
 * exercises record. */
#include "support.h"

#include "outside.h"
#include "tracer/exercise/extras.h"
#include "tracer/exercise/variant.h"

#include <math.h>
#include <string.h>

/* What records the step that it changes, so that the result is another. */
static const char *extra_of(const Mistake *mistake)
{
    static const char *const others[][2] = {{"sampling.tie_cut", "twins"}, {"sampling.crossing_dropped", "twins"},
                                            {"sampling.penalty_divides_all", "repetition"}, {"sampling.penalty_per_occurrence", "repetition"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(mistake->id, others[i][0]) == 0)
            return others[i][1];
    return mistake_is_in(mistake, "sampling") ? "sampling" : mistake_is_in(mistake, "cache") ? "next_token" : mistake_is_in(mistake, "bigram") ? "bigram" : "gradient_check";
}

/* tiny, or what has rotary positions or a longer text. */
static const char *model_of(const Mistake *mistake)
{
    return strcmp(mistake->id, "cache.before_rotating") == 0 ? "golden/reference/m01"
           : mistake_is_in(mistake, "bigram")                ? "tutorial/exercises/letters.json"
                                                             : "tiny";
}

/* The model recorded without the mistake, and the extra behind it with it. */
static int open_extra(Session *session, const char *extra, const char *model, const Mistake *mistake)
{
    Error error = {0};
    open_model(session, model, NULL, 0);
    int behind = session->run.tape.step_count;
    session->run.tape.mistake = mistake;
    session->run.tape.mistake_hits = 0;
    EXPECT(extra_record(extra, &session->run, &error), "%s", error.text);
    EXPECT(session->run.tape.step_count > behind, "%s records nothing", extra);
    return session->run.tape.step_count - 1;
}

/* The last step of the extra is its result; what top-p cuts off behind a tie is another matter. */
static int result_of(const Session *session, const Mistake *mistake, int last)
{
    return strcmp(mistake->id, "sampling.tie_cut") == 0 ? tape_find(&session->run.tape, "sampling.probabilities") : session->run.tape.steps[last].output;
}

static void it_bites(void **state)
{
    const Mistake *mistake = *state;
    Session truth, wrong;
    int right = open_extra(&truth, extra_of(mistake), model_of(mistake), NULL);
    int planted = open_extra(&wrong, extra_of(mistake), model_of(mistake), mistake);
    EXPECT(wrong.run.tape.mistake_hits > 0, "no step of %s was changed", extra_of(mistake));
    const Value *a = tape_value(&truth.run.tape, result_of(&truth, mistake, right));
    const Value *b = tape_value(&wrong.run.tape, result_of(&wrong, mistake, planted));
    EXPECT(a->rows == b->rows && a->cols == b->cols, "the result has another shape");
    double most = 0;
    for (size_t i = 0; i < cells_of(a); i++)
        most = fmax(most, fabs(a->data[i] - b->data[i]));
    EXPECT(most > 1e-6, "the largest difference is %g", most);
    expect_all_explained(&wrong.run.tape);
    session_close(&truth);
    session_close(&wrong);
}

static void refused_in_a_training_step(void **state)
{
    const Mistake *mistake = *state;
    Session session;
    Error error = {0};
    RunOptions options = {.mistake = mistake->id};
    EXPECT(!session_open(&session, &options, &error), "it is planted");
    expect_error(&error, EXIT_USED_WRONGLY, mistake->id);
}

int test_extras(void)
{
    TestList list = {0};
    for (int i = 0; i < mistake_total(); i++) {
        if (!is_outside_of_training(mistake_at(i)))
            continue;
        tests_add(&list, it_bites, mistake_at(i), "%s: it bites and is explained", mistake_at(i)->id);
        tests_add(&list, refused_in_a_training_step, mistake_at(i), "%s: no training step has it", mistake_at(i)->id);
    }
    return tests_run(&list, "extras");
}
