/* Parts taken out and parts exchanged between two texts: as runs that are opened so, one by one. */
#include "inside_golden.h"

#include "tracer/query/intervention.h"

#include <math.h>
#include <stdio.h>

/* All of the embedding of another text is that text; nothing of it is the own one. */
static void patches_all(void **state)
{
    (void)state;
    Session clean, patched;
    Looking a = open_inside(&clean, (RunOptions){.model = "tiny", .text = "the bird saw the cat"});
    Looking b = open_inside(&patched, (RunOptions){.model = "tiny", .patch = "embedding", .clean = "the bird saw the cat"});
    for (int c = 0; c < a.words; c++)
        EXPECT(same_bits(look_at(&a, a.inside->logits, 4, c), look_at(&b, b.inside->logits, 4, c)), "logit %d", c);
    session_close(&patched);
    b = open_inside(&patched, (RunOptions){.model = "tiny", .patch = "embedding@1", .clean = "the bird saw the cat"});
    EXPECT(look_at(&a, a.inside->logits, 4, 0) != look_at(&b, b.inside->logits, 4, 0), "one position is not all");
    session_close(&patched);
    session_close(&clean);
}

/* Each part taken out in place gives the loss of a run that is opened without it, and is put back. */
static void ablates(void **state)
{
    (void)state;
    Session session, without;
    Ablations ablations;
    Error error = {0};
    char said[200];
    Looking looking = open_inside(&session, (RunOptions){.model = "tiny"});
    double loss = run_loss(&session.run);
    EXPECT(ablations_make(&session, &looking, &ablations, &error), "%s", error.text);
    EXPECT(is_close(ablations.whole.all, loss, 1e-12) && same_bits(run_loss(&session.run), loss), "the loss");
    assert_int_equal(ablations.count, 4);
    for (int i = 0; i < ablations.count; i++)
        for (int mean = 0; mean < 2; mean++) {
            const Ablation *one = &ablations.list[i];
            snprintf(said, sizeof said, "%s=%s", one->part->name, mean ? "mean" : "zero");
            open_inside(&without, (RunOptions){.model = "tiny", .ablate = said});
            double expected = run_loss(&without.run), got = mean ? one->mean.all : one->zero.all;
            EXPECT(is_close(got, expected, 1e-12) && got != loss, "%s: %.17g, not %.17g", said, got, expected);
            session_close(&without);
        }
    ablations_free(&ablations);
    session_close(&session);
}

static double effect_by_hand(const Patching *patching, const char *patch, const char *clean, const char *corrupted)
{
    Session session;
    Looking looking =
        open_inside(&session, (RunOptions){.model = "tiny", .text = corrupted, .patch = patch, .clean = clean});
    const Metric *metric = &patching->metric;
    double logit = look_at(&looking, looking.inside->logits, metric->position, metric->answer) -
                   (metric->against < 0 ? 0 : look_at(&looking, looking.inside->logits, metric->position, metric->against));
    session_close(&session);
    return (logit - patching->corrupted) / (patching->clean - patching->corrupted);
}

static void patches(void **state)
{
    (void)state;
    static const char clean_text[] = "the cat saw the", corrupted_text[] = "the dog saw the";
    Session clean, corrupted;
    Patching patching;
    Error error = {0};
    char said[200];
    Looking a = open_inside(&clean, (RunOptions){.model = "tiny", .text = clean_text});
    Looking b = open_inside(&corrupted, (RunOptions){.model = "tiny", .text = corrupted_text});
    Metric metric = metric_of(&b, &a);
    EXPECT(patching_make(&corrupted, &b, &a, metric, &patching, &error), "%s", error.text);
    EXPECT(is_close(patch_effect(patching.exact, &patching, 0, 4), 1, 1e-12), "all of the embedding is the clean text");
    EXPECT(patch_effect(patching.exact, &patching, 0, 2) == 0, "what is the same changes nothing");
    for (int p = 0; p < patching.part_count; p++)
        for (int t = 0; t < 4; t++) {
            snprintf(said, sizeof said, "%s@%d", patching.parts[p]->name, t);
            double expected = effect_by_hand(&patching, said, clean_text, corrupted_text);
            EXPECT(is_close(patch_effect(patching.exact, &patching, p, t), expected, 1e-10), "%s: %g, not %g", said,
                   patch_effect(patching.exact, &patching, p, t), expected);
        }
    patching_free(&patching);
    metric.against = metric.answer; /* there is nothing to divide by */
    Looking again = b;
    again.inside = corrupted.run.inside;
    EXPECT(!patching_make(&corrupted, &again, &a, metric, &patching, &error), "0 is divided by");
    expect_error(&error, EXIT_USED_WRONGLY, "no difference to divide by");
    session_close(&corrupted);
    session_close(&clean);
}

/* Behind the last head of a model without norms all is linear: there the gradient tells the exact effect. */
static void estimates(void **state)
{
    (void)state;
    Session clean, corrupted;
    Patching patching;
    Error error = {0};
    RunOptions options = {.model = FOLDER "hand-made.json", .weights = FOLDER "head1.safetensors"};
    Looking a = open_inside(&clean, options);
    options.tokens = "5,0,3,2,4,0,3,1,0";
    Looking b = open_inside(&corrupted, options);
    EXPECT(patching_make(&corrupted, &b, &a, metric_of(&b, &a), &patching, &error), "%s", error.text);
    int last = patching.part_count - 1;
    double sum = 0;
    for (int t = 0; t <= patching.tokens; t++) {
        double exact = patch_effect(patching.exact, &patching, last, t),
               estimate = patch_effect(patching.estimate, &patching, last, t);
        EXPECT(is_close(exact, estimate, 1e-12), "position %d: %g by the gradient, %g in truth", t, estimate, exact);
        sum += fabs(exact);
    }
    EXPECT(sum > 0.1, "nothing is patched");
    double apart = 0;
    for (int t = 0; t < patching.tokens; t++)
        apart += fabs(patch_effect(patching.exact, &patching, 0, t) - patch_effect(patching.estimate, &patching, 0, t));
    EXPECT(apart > 1e-6, "before the softmax it is only an estimate");
    patching_free(&patching);
    session_close(&corrupted);
    session_close(&clean);
}

int test_intervention(void)
{
    TestList list = {0};
    tests_add(&list, patches_all, NULL, "patching all of the embedding is the other text");
    tests_add(&list, ablates, NULL, "a part taken out in place is a run without it");
    tests_add(&list, patches, NULL, "a patched part and position is a run with it; all is 1, nothing 0");
    tests_add(&list, estimates, NULL, "attribution patching is exact where all is linear");
    return tests_run(&list, "intervention");
}
