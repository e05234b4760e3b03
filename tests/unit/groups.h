/* The groups of unit tests: a new one is one file test_NAME.c and one word here. Each runs its
 * tests and returns how many failed. */
#ifndef TESTS_UNIT_GROUPS_H
#define TESTS_UNIT_GROUPS_H

#define GROUPS(X) \
    X(wrong_formulas) X(tiles) X(experts) \
    X(primitives) X(formula) X(rules) X(rule_numbers) X(reference) X(invariants) X(structure) X(gradcheck) X(masked) X(mistakes) X(edits) \
    X(extras) X(sampling) X(generation) X(filters) X(beams) X(writing) X(tape) X(random) X(init) X(schedule) X(average) X(tokenizer) X(bpe) X(byte_pairs) X(loader) X(training) X(kept_runs) X(baselines) X(text) X(model_file) X(data_file) \
    X(model_sizes) X(safetensors) X(weights) X(foreign_model) X(names) X(json) X(queries) X(axes) X(scene) \
    X(frozen) X(word2vec) X(word_pairs) X(npz) \
    X(likeness) X(contrastive) X(counts) X(points) X(senses) \
    X(elementary) X(crew) X(repeat) X(trees) X(tabular) X(nufo) X(payments) X(flow) X(pictures) X(captions) \
    X(fuzz_corpus) X(article) X(tutorial) X(passage) X(text_page) X(links) X(stepper) X(panel) X(stepper_acting) X(stepper_games) X(stepper_beside) X(stepper_shorter) X(matrix_form) \
    X(stepper_click) X(guide) X(stepper_complete) X(stepper_asking) X(stepper_inside) X(mine) X(figures) X(palette) \
    X(cell_number) X(letters) X(web) \
    X(exercise) X(exercise_simulation) X(exercise_class) \
    X(confined) \
    X(finetune) X(after_pretraining) X(encoder_decoder) \
    X(exercise_teacher) X(bounds) \
    X(tensors) X(foreign) X(foreign_fit) X(config) \
    X(cost) X(ladder) X(inside) X(intervention) X(effects) X(induction)

#define DECLARE_GROUP(name) int test_##name(void);
GROUPS(DECLARE_GROUP)

#endif
