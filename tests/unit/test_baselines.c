/* N-grams: by hand on a word that everybody can count, against a second implementation, and what moby and loomings
 * have to beat. */
#include "support.h"

#include "tiny_model/data/ngrams.h"
#include "tracer/session/baselines.h"

#include <math.h>

/* abracadabra: a 5, b 2, r 2, c 1, d 1; after a come b 2, c 1, d 1. */
static void by_hand(void **state)
{
    (void)state;
    static const int word[] = {0, 1, 2, 0, 3, 0, 4, 0, 1, 2, 0}, held[] = {2, 0, 1};
    Ids learned = {word, 11}, kept = {held, 3};
    double loss;
    Error error = {0};
    EXPECT(ngram_loss(&learned, 1, &kept, 1, 5, 1, 1, &loss, &error), "%s", error.text);
    EXPECT(is_close(loss, -(log(6.0 / 16) + log(3.0 / 16)) / 2, 1e-15), "unigram %.17g", loss);
    EXPECT(ngram_loss(&learned, 1, &kept, 1, 5, 2, 1, &loss, &error), "%s", error.text);
    EXPECT(is_close(loss, -(log(3.0 / 7) + log(3.0 / 9)) / 2, 1e-15), "bigram %.17g", loss);
    EXPECT(ngram_loss(&learned, 1, &kept, 1, 5, 3, 0.1, &loss, &error), "%s", error.text);
    EXPECT(is_close(loss, -log(0.1 / (1 + 0.5)), 1e-15), "trigram %.17g", loss);
    EXPECT(ngram_loss(&learned, 1, &kept, 1, 5, 2, 0, &loss, &error), "%s", error.text);
    EXPECT(is_close(loss, -log(0.9 * 2 / 4 + 0.09 * 2 / 11 + 0.002), 1e-15),
           "interpolated %.17g", loss);
    EXPECT(ngram_loss(&learned, 1, &kept, 0, 5, 2, 1, &loss, &error) && isnan(loss), "of nothing it is %g", loss);
}

/* What specs measured for the texts that ship, to as many digits as they say. */
static void of_presets(void **state)
{
    (void)state;
    static const struct {
        const char *preset;
        double losses[BASELINES], within;
    } cases[] = {{"moby", {4.2905, 3.013, 2.404, 2.012}, 0.0006}, {"loomings", {log(65), NAN, 2.472, 2.196}, 0.0006}};
    for (int i = 0; i < 2; i++) {
        Session session;
        Baselines baselines;
        Error error = {0};
        EXPECT(session_load(&session, &(RunOptions){.model = cases[i].preset}, &error), "%s", error.text);
        EXPECT(baselines_of(&session.model, &baselines, &error) && baselines.count == BASELINES, "%s", error.text);
        for (int b = 0; b < BASELINES; b++)
            EXPECT(isnan(cases[i].losses[b]) || is_close(baselines.list[b].loss, cases[i].losses[b], cases[i].within), "%s: %s is %.5f",
                   cases[i].preset, baselines.list[b].name, baselines.list[b].loss);
        EXPECT(baselines.bytes == 1, "%g bytes a character", baselines.bytes);
        session_close(&session);
    }
}

/* Unigram with add 1; bigram and trigram with add 1, 0.1, 0.01 and interpolated: counted a second time by a dozen
 * lines of Python, whose formulas gave the numbers of golden/reference/ngram_baselines.json on the texts there. */
static void of_python(void **state)
{
    (void)state;
    static const struct {
        const char *preset;
        double losses[9];
    } cases[] = {
        {"moby", {3.013007196780725, 2.4258326344306598, 2.404617987214233, 2.404342984779522, 2.4252195886712355, 2.1718084877880517, 2.012293937317938, 2.0174365070873197, 2.0711087300165887}},
        {"loomings", {3.063839502638751, 2.5255173140442397, 2.471717381339653, 2.488970341421473, 2.4769267124613976, 2.5675973294911296, 2.2484915303242117, 2.2816388301574824, 2.1957164851848954}},
    };
    static const double adds[] = {1, 0.1, 0.01, 0};
    for (int i = 0; i < 2; i++) {
        Session session;
        Ids learned, held;
        Error error = {0};
        int bytes;
        EXPECT(session_load(&session, &(RunOptions){.model = cases[i].preset}, &error), "%s", error.text);
        const Language *language = session.model.system->language;
        EXPECT(language->part(&session.model, false, 0, &learned, &bytes) && language->part(&session.model, true, 0, &held, &bytes),
               "no parts");
        for (int k = 0; k < 9; k++) {
            double loss, add = k == 0 ? 1 : adds[(k - 1) % 4];
            int order = k == 0 ? 1 : k < 5 ? 2 : 3;
            EXPECT(ngram_loss(&learned, 1, &held, 1, language->size(&session.model), order, add, &loss, &error), "%s", error.text);
            EXPECT(is_close(loss, cases[i].losses[k], 1e-12), "%s, %d-grams, add %g: %.17g", cases[i].preset, order, add, loss);
        }
        session_close(&session);
    }
}

int test_baselines(void)
{
    TestList list = {0};
    tests_add(&list, by_hand, NULL, "counted by hand");
    tests_add(&list, of_python, NULL, "counted a second time");
    tests_add(&list, of_presets, NULL, "what the presets have to beat");
    return tests_run(&list, "baselines");
}
