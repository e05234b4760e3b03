/* Attribution, entropy, rollout, ablation and patching against the numbers of golden/reference/inside.py, which shares
 * nothing with this program: golden/reference/inside/effects.json. */
#include "inside_golden.h"

#include "tracer/query/intervention.h"

#include <math.h>
#include <stdio.h>

enum { MOST_IDS = 32 };

typedef struct {
    const char *name;      /* among the golden's models */
    const char *model, *weights;
} Looked;

static const Looked LOOKED[] = {
    {"induction", "induction", NULL}, {"two", FOLDER "two.json", FOLDER "two.safetensors"}, {"tiny", "tiny", NULL}};

static json_t *effects(void)
{
    Error error = {0};
    json_t *root = json_file_read(FOLDER "effects.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static const json_t *item(const json_t *of, const char *key)
{
    const json_t *found = json_object_get(of, key);
    EXPECT(found, "no \"%s\"", key);
    return found;
}

static double entry(const json_t *list, int i)
{
    const json_t *number = json_array_get(list, (size_t)i);
    EXPECT(json_is_number(number), "no number at %d", i);
    return json_number_value(number);
}

static void expect_near(double got, double wanted, const char *what, int at)
{
    EXPECT(is_close(got, wanted, CLOSE), "%s at %d is %.17g, not %.17g", what, at, got, wanted);
}

static const char *ids_text(const json_t *ids, char out[4 * MOST_IDS])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < json_array_size(ids) && i < MOST_IDS; i++)
        used += (size_t)snprintf(out + used, 4 * MOST_IDS - used, "%s%d", i ? "," : "",
                                 (int)json_integer_value(json_array_get(ids, i)));
    return out;
}

static Looking open_looked(Session *session, const Looked *looked, const json_t *ids)
{
    char text[4 * MOST_IDS];
    return open_inside(session, (RunOptions){.model = looked->model, .weights = looked->weights,
                                             .tokens = ids_text(ids, text)});
}

static void attributes(void **state)
{
    const Looked *looked = *state;
    json_t *root = effects();
    const json_t *of = item(root, looked->name), *parts = item(of, "attribution");
    Session session;
    Looking looking = open_looked(&session, looked, item(of, "ids"));
    expect_matrix(&looking, looking.inside->logits, item(of, "logits"), "logits");
    assert_int_equal(json_object_size(parts), looking.inside->part_count);
    for (int i = 0; i < looking.inside->part_count; i++) {
        const AddedPart *part = &looking.inside->parts[i];
        expect_matrix(&looking, part->logits, item(parts, part->name), part->name);
    }
    session_close(&session);
    json_decref(root);
}

static void expect_looks(const Looking *looking, const HeadLook *head, const json_t *of)
{
    EXPECT(strcmp(head->name, json_string_value(item(of, "name"))) == 0, "head %s", head->name);
    for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++) {
        const json_t *score = item(of, SCORE_NAMES[kind]);
        EXPECT(json_is_null(score) == (head->score[kind] < 0), "%s of %s is undefined", SCORE_NAMES[kind], head->name);
        if (head->score[kind] >= 0)
            expect_near(look_at(looking, head->score[kind], 0, 0), json_number_value(score), SCORE_NAMES[kind], 0);
    }
    expect_matrix(looking, head->entropy, item(of, "entropy"), "entropy");
    expect_matrix(looking, head->moved, item(of, "moved"), "moved");
    for (int r = 1; r < looking->tokens; r++) /* a causal row sees r + 1 keys */
        expect_near(look_at(looking, head->share, r, 0), entry(item(of, "entropy"), r) / log(r + 1), "share", r);
}

static void looks(void **state)
{
    const Looked *looked = *state;
    json_t *root = effects();
    const json_t *of = item(root, looked->name), *heads = item(of, "heads");
    Session session;
    Looking looking = open_looked(&session, looked, item(of, "ids"));
    const Inside *inside = looking.inside;
    assert_int_equal(json_array_size(heads), inside->head_count);
    for (int h = 0; h < inside->head_count; h++)
        expect_looks(&looking, &inside->heads[h], json_array_get(heads, (size_t)h));
    expect_matrix(&looking, inside->rollouts[inside->rollout_count - 1], item(of, "rollout"), "rollout");
    session_close(&session);
    json_decref(root);
}

static void expect_losses(Losses got, const json_t *of, const char *what)
{
    const json_t *foretold = item(of, "foretold");
    expect_near(got.all, json_number_value(item(of, "loss")), what, 0);
    EXPECT(json_is_null(foretold) ? isnan(got.foretold) : is_close(got.foretold, json_number_value(foretold), CLOSE),
           "%s: %.17g of the foretold targets", what, got.foretold);
}

static void takes_out(void **state)
{
    const Looked *looked = *state;
    json_t *root = effects();
    const json_t *of = item(root, looked->name), *parts = item(of, "ablation");
    Session session;
    Ablations ablations;
    Error error = {0};
    Looking looking = open_looked(&session, looked, item(of, "ids"));
    EXPECT(ablations_make(&session, &looking, &ablations, &error), "%s", error.text);
    expect_losses(ablations.whole, item(of, "whole"), "whole");
    assert_int_equal(json_array_size(parts), ablations.count);
    for (int i = 0; i < ablations.count; i++) {
        const json_t *one = json_array_get(parts, (size_t)i);
        const char *name = ablations.list[i].part->name;
        EXPECT(strcmp(name, json_string_value(item(one, "name"))) == 0, "part %s", name);
        expect_losses(ablations.list[i].zero, item(one, "zero"), name);
        expect_losses(ablations.list[i].mean, item(one, "mean"), name);
    }
    ablations_free(&ablations);
    session_close(&session);
    json_decref(root);
}

static void expect_effects(const Patching *patching, int part, const json_t *of)
{
    const char *name = patching->parts[part]->name;
    EXPECT(strcmp(name, json_string_value(item(of, "name"))) == 0, "part %s", name);
    for (int t = 0; t < patching->tokens; t++) {
        expect_near(patch_effect(patching->exact, patching, part, t), entry(item(of, "exact"), t), name, t);
        expect_near(patch_effect(patching->estimate, patching, part, t), entry(item(of, "estimate"), t), name, t);
    }
    expect_near(patch_effect(patching->exact, patching, part, patching->tokens), real(of, "exact_all"), name, -1);
    expect_near(patch_effect(patching->estimate, patching, part, patching->tokens), real(of, "estimate_all"), name, -1);
}

static void exchanges(const Looked *looked, const json_t *of)
{
    Session clean, corrupted;
    Patching patching;
    Error error = {0};
    Looking a = open_looked(&clean, looked, item(of, "clean_ids"));
    Looking b = open_looked(&corrupted, looked, item(of, "corrupted_ids"));
    const json_t *against = item(of, "against");
    Metric metric = {(int)real(of, "position"), (int)real(of, "answer"),
                     json_is_null(against) ? -1 : (int)json_integer_value(against)};
    EXPECT(patching_make(&corrupted, &b, &a, metric, &patching, &error), "%s", error.text);
    expect_near(patching.clean, real(of, "clean"), "clean", 0);
    expect_near(patching.corrupted, real(of, "corrupted"), "corrupted", 0);
    assert_int_equal(json_array_size(item(of, "parts")), patching.part_count);
    for (int p = 0; p < patching.part_count; p++)
        expect_effects(&patching, p, json_array_get(item(of, "parts"), (size_t)p));
    patching_free(&patching);
    session_close(&corrupted);
    session_close(&clean);
}

static void patches(void **state)
{
    const Looked *looked = *state;
    json_t *root = effects();
    const json_t *list = item(item(root, looked->name), "patching");
    EXPECT(json_array_size(list) > 0, "nothing is patched");
    for (size_t i = 0; i < json_array_size(list); i++)
        exchanges(looked, json_array_get(list, i));
    json_decref(root);
}

int test_effects(void)
{
    TestList list = {0};
    for (size_t i = 0; i < sizeof LOOKED / sizeof *LOOKED; i++) {
        tests_add(&list, attributes, &LOOKED[i], "what each part adds to the logits, as elsewhere: %s", LOOKED[i].name);
        tests_add(&list, looks, &LOOKED[i], "scores, entropy, what is moved and rollout, as elsewhere: %s", LOOKED[i].name);
        tests_add(&list, takes_out, &LOOKED[i], "losses without each part, as elsewhere: %s", LOOKED[i].name);
        tests_add(&list, patches, &LOOKED[i], "patching and its estimate, as elsewhere: %s", LOOKED[i].name);
    }
    return tests_run(&list, "effects");
}
