/* A mixture of experts: the numbers of golden/reference/moe.json forward and backward, who finds room, experts to whom
 * nobody comes, and what the models that are known by a name make of it. */
#include "support.h"

#include "generation_golden.h"
#include "model_texts.h"
#include "tiny_model/backward.h"
#include "tiny_model/record.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double TOLERANCE = 1e-12;
enum { TOKENS = 6, WIDTH = 3, HIDDEN = 5, EXPERTS = 4 };

/* --- the loss of the golden: the sum of y * dY, and the prices --- */

static void dot_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = scale_by(tape, TO(to, 0, "dx"), call->saved[0], dy);
}

static const Rule DOT = {.name = "dot", .backward = dot_backward};

static int dot(Tape *tape, int x, int weights)
{
    tape_begin(tape, "dot", -1, &DOT);
    int columns = column_sum(tape, HERE("columns"), multiply(tape, HERE("products"), x, weights));
    int y = row_sum(tape, HERE("sum"), columns);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .saved = {weights}});
}

typedef struct {
    Session session;
    double seed[TOKENS * WIDTH];
    const json_t *test;
} Case;

static double number_at(const json_t *list, int row, int col)
{
    const json_t *line = json_array_get(list, (size_t)row);
    const json_t *cell = json_is_array(line) ? json_array_get(line, (size_t)col) : json_array_get(list, (size_t)(row + col));
    EXPECT(json_is_number(cell), "no number [%d,%d]", row, col);
    return json_number_value(cell);
}

static void put(double *cells, const json_t *list, int rows, int cols)
{
    for (int i = 0; i < rows * cols; i++)
        cells[i] = number_at(list, i / cols, i % cols);
}

/* The stream is the input itself: attention adds values of 0. */
static void prepare(Case *c, const json_t *inputs)
{
    char text[900], name[80];
    snprintf(text, sizeof text,
             "{\"text\": \"a b c d e f\", \"vocabulary\": [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"], \"add_bos\": false, \"add_eos\": false, "
             "\"d_model\": %d, \"n_heads\": 1, \"d_ff\": %d, \"position\": \"none\", \"norm_attention\": \"none\", \"norm_mlp\": \"none\", "
             "\"final_norm\": false, \"residual_mlp\": false, \"attention_bias\": false, \"output_bias\": false, \"mlp_bias\": false, "
             "\"activation\": \"relu\", \"mlp\": \"moe\", \"experts\": %d, \"top_k\": %d, \"gate\": \"%s\", \"balance_over\": \"%s\", "
             "\"z_loss\": 0.001}", WIDTH, HIDDEN, EXPERTS, (int)real(c->test, "k"),
             strcmp(json_string_value(json_object_get(c->test, "gates")), "raw") == 0 ? "raw" : "renormalised",
             strcmp(json_string_value(json_object_get(c->test, "aux_kind")), "top1") == 0 ? "first" : "choices");
    open_text(&c->session, text);
    put(parameter_called(&c->session, "token_embedding"), json_object_get(inputs, "x"), TOKENS, WIDTH);
    put(parameter_called(&c->session, "block0.mlp.router.W"), json_object_get(inputs, "W_router"), WIDTH, EXPERTS);
    memset(parameter_called(&c->session, "block0.attention.head0.W_V"), 0, WIDTH * WIDTH * sizeof(double));
    for (int e = 0; e < EXPERTS; e++) {
        snprintf(name, sizeof name, "block0.mlp.expert%d.W_1", e);
        put(parameter_called(&c->session, name), json_array_get(json_object_get(inputs, "W1"), (size_t)e), WIDTH, HIDDEN);
        snprintf(name, sizeof name, "block0.mlp.expert%d.W_2", e);
        put(parameter_called(&c->session, name), json_array_get(json_object_get(inputs, "W2"), (size_t)e), HIDDEN, WIDTH);
    }
    put(c->seed, json_object_get(inputs, "dY"), TOKENS, WIDTH);
}

static int id_called(const Tape *tape, const char *name)
{
    return (int)(named(tape, name) - tape->values);
}

static void record(Tape *tape, void *context)
{
    Case *c = context;
    tape_go_on(tape, 0);
    int seed = tape_leaf(tape, KIND_INPUT, "dY", (Shape){TOKENS, WIDTH}, c->seed);
    int parts[] = {dot(tape, id_called(tape, "block0.output"), seed),
                   scaled_by(tape, "priced", id_called(tape, "block0.mlp.balance"), real(c->test, "aux")),
                   scaled_by(tape, "z_priced", id_called(tape, "block0.mlp.z_loss"), real(c->test, "z"))};
    int loss = total(tape, "golden_loss", parts, 3);
    tape_end(tape);
    backward(tape, loss, NULL, 0);
}

static void expect_matrix(const Tape *tape, const char *name, const json_t *list)
{
    const Value *value = named(tape, name);
    for (int r = 0; r < value->rows; r++)
        for (int c = 0; c < value->cols; c++)
            EXPECT(is_close(cell_of(value, r, c), number_at(list, r, c), TOLERANCE), "%s[%d,%d] is %.17g, not %.17g", name, r, c,
                   cell_of(value, r, c), number_at(list, r, c));
}

static void expect_number(const Tape *tape, const char *name, const json_t *test, const char *key)
{
    EXPECT(is_close(named(tape, name)->data[0], real(test, key), TOLERANCE), "%s is %.17g, not %.17g", name, named(tape, name)->data[0],
           real(test, key));
}

static void expect_golden(const Tape *tape, const json_t *test)
{
    char name[80];
    const struct {
        const char *name, *key;
    } matrices[] = {{"block0.mlp.router.logits", "router_logits"}, {"block0.mlp.router.probabilities", "probabilities"},
                    {"block0.mlp.router.gate", "gate"}, {"block0.mlp.balance.mean_probability", "mean_probability"},
                    {"block0.output", "y"}, {"token_embedding.grad", "dx"}, {"block0.mlp.router.W.grad", "dW_router"}};
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++)
        expect_matrix(tape, matrices[i].name, json_object_get(test, matrices[i].key));
    for (int e = 0; e < EXPERTS; e++) {
        snprintf(name, sizeof name, "block0.mlp.expert%d.W_1.grad", e);
        expect_matrix(tape, name, json_array_get(json_object_get(test, "dW1"), (size_t)e));
        snprintf(name, sizeof name, "block0.mlp.expert%d.W_2.grad", e);
        expect_matrix(tape, name, json_array_get(json_object_get(test, "dW2"), (size_t)e));
    }
    bool first = strcmp(json_string_value(json_object_get(test, "aux_kind")), "top1") == 0;
    if (!first) {
        expect_matrix(tape, "block0.mlp.balance.load", json_object_get(test, "load"));
        expect_matrix(tape, "block0.mlp.balance.share", json_object_get(test, "fraction"));
    }
    expect_number(tape, "block0.mlp.balance", test, first ? "aux_loss_top1" : "aux_loss_all_choices");
    expect_number(tape, "block0.mlp.z_loss", test, "z_loss");
    expect_number(tape, "golden_loss", test, "loss");
}

static json_t *golden_moe(void)
{
    Error error = {0};
    json_t *root = json_file_read("golden/reference/moe.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static void is_the_golden(void **state)
{
    const char *which = *state;
    Error error = {0};
    json_t *root = golden_moe();
    Case c = {.test = json_object_get(json_object_get(root, "cases"), which)};
    EXPECT(c.test, "no case %s", which);
    prepare(&c, json_object_get(root, "inputs"));
    EXPECT(run_forward(&c.session.run, &error) && tape_attempt(&c.session.run.tape, record, &c, &error), "%s", error.text);
    expect_golden(&c.session.run.tape, c.test);
    const Value *router = named(&c.session.run.tape, "block0.mlp.router.W.grad");
    for (size_t i = 0; strstr(which, "no_gradient") && i < cells_of(router); i++)
        EXPECT(router->data[i] == 0, "the gradient of the router is %.17g, not exactly 0", router->data[i]);
    expect_all_explained(&c.session.run.tape);
    session_close(&c.session);
    json_decref(root);
}

/* --- capacity, by counting --- */

static const char BASE[] = "{\"text\": \"a b c d e f g h\", \"add_bos\": false, \"add_eos\": false, \"d_model\": 6, \"d_ff\": 4, "
                           "\"init\": {\"kind\": \"normal\", \"seed\": 5, \"std\": 0.8}, \"mlp\": \"moe\", ";

static void open_moe(Session *session, const char *more)
{
    char text[700];
    snprintf(text, sizeof text, "%s%s}", BASE, more);
    open_text(session, text);
}

/* Who finds room: first choices in the order of the tokens, then second ones ... */
static void admit(const Value *rank, int choices, int room, bool *admitted)
{
    int *taken = calloc((size_t)rank->cols, sizeof *taken);
    EXPECT(taken, "out of memory");
    for (int choice = 0; choice < choices; choice++)
        for (int t = 0; t < rank->rows; t++)
            for (int e = 0; e < rank->cols; e++)
                if (cell_of(rank, t, e) == choice)
                    admitted[t * rank->cols + e] = taken[e]++ < room;
    free(taken);
}

static void room_is_given_in_order(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        int choices, experts, room;
    } cases[] = {{"\"experts\": 4, \"top_k\": 2, \"capacity\": 1", 2, 4, 4}, {"\"experts\": 4, \"top_k\": 2, \"capacity\": 0.5", 2, 4, 2},
                 {"\"experts\": 3, \"top_k\": 1, \"capacity\": 1", 1, 3, 3}, {"\"experts\": 4, \"top_k\": 3, \"capacity\": 0.01", 3, 4, 1},
                 {"\"experts\": 4, \"top_k\": 2, \"capacity\": 1.25, \"gate\": \"raw\"", 2, 4, 5}};
    int dropped = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Session session;
        open_moe(&session, cases[i].more);
        const Tape *tape = &session.run.tape;
        const Value *rank = named(tape, "block0.mlp.router.choice.rank"), *gate = named(tape, "block0.mlp.router.gate"),
                    *p = named(tape, "block0.mlp.router.probabilities");
        bool admitted[64] = {false};
        admit(rank, cases[i].choices, cases[i].room, admitted);
        for (int t = 0; t < gate->rows; t++) {
            double sum = 0;
            for (int e = 0; e < gate->cols; e++)
                sum += cell_of(rank, t, e) < cases[i].choices ? cell_of(p, t, e) : 0;
            for (int e = 0; e < gate->cols; e++) {
                double share = strstr(cases[i].more, "raw") ? cell_of(p, t, e) : cell_of(p, t, e) / sum;
                bool in = admitted[t * gate->cols + e];
                dropped += !in && cell_of(rank, t, e) < cases[i].choices;
                EXPECT(is_close(cell_of(gate, t, e), in ? share : 0, 1e-15), "case %zu: gate[%d,%d] is %.17g", i, t, e, cell_of(gate, t, e));
            }
        }
        expect_all_explained(tape);
        session_close(&session);
    }
    EXPECT(dropped > 10, "only %d choices were dropped", dropped);
}

/* Formula of capacity as the golden has it. */
static void room_is_that_of_the_formula(void **state)
{
    (void)state;
    json_t *root = golden_moe(), *list = json_object_get(root, "capacity_formula"), *row;
    size_t index;
    json_array_foreach(list, index, row) {
        char text[400];
        Session session;
        if (real(row, "T") > 8)
            continue;
        snprintf(text, sizeof text, "{\"text\": \"%.*s\", \"add_bos\": false, \"add_eos\": false, \"d_model\": 6, \"d_ff\": 4, \"mlp\": \"moe\", "
                 "\"experts\": %d, \"top_k\": %d, \"capacity\": %.17g}", 2 * (int)real(row, "T") - 1, "a b c d e f g h",
                 (int)real(row, "E"), (int)real(row, "k"), real(row, "factor"));
        open_text(&session, text);
        const Tape *tape = &session.run.tape;
        const Step *step = &tape->steps[named(tape, "block0.mlp.router.choice.has_room")->producer];
        EXPECT(step->attributes.constants[0] == real(row, "capacity"), "case %zu: room for %g", index, step->attributes.constants[0]);
        session_close(&session);
    }
    json_decref(root);
}

/* Tokens to whom no expert had room keep their residual; experts to whom nobody came have gradients of 0. */
static void who_gets_nothing(void **state)
{
    (void)state;
    Session session;
    open_moe(&session, "\"experts\": 8, \"top_k\": 1, \"capacity\": 0.5");
    const Tape *tape = &session.run.tape;
    const Value *gate = named(tape, "block0.mlp.router.gate"), *output = named(tape, "block0.mlp.output"),
                *before = named(tape, "block0.attention.residual"), *after = named(tape, "block0.mlp.residual");
    int alone = 0, idle = 0;
    for (int t = 0; t < gate->rows; t++) {
        bool any = false;
        for (int e = 0; e < gate->cols; e++)
            any |= cell_of(gate, t, e) != 0;
        for (int c = 0; !any && c < output->cols; c++)
            EXPECT(cell_of(output, t, c) == 0 && cell_of(after, t, c) == cell_of(before, t, c), "token %d gets something", t);
        alone += !any;
    }
    for (int e = 0; e < gate->cols; e++) {
        char name[80];
        bool came = false;
        for (int t = 0; t < gate->rows; t++)
            came |= cell_of(gate, t, e) != 0;
        snprintf(name, sizeof name, "block0.mlp.expert%d.W_2.grad", e);
        const Value *gradient = named(tape, name);
        for (size_t i = 0; i < cells_of(gradient) && !came; i++)
            EXPECT(gradient->data[i] == 0, "%s is not 0", name);
        idle += !came;
    }
    EXPECT(alone > 0 && idle > 0, "%d tokens without an expert, %d experts without a token", alone, idle);
    session_close(&session);
}

/* With all experts chosen and one of them, or a shared one, a mixture is the MLP that it is made of. */
static void one_expert_is_the_dense_mlp(void **state)
{
    (void)state;
    Session dense, one;
    static const char *const names[] = {"W_1", "b_1", "W_2", "b_2"};
    char name[80], other[80];
    Error error = {0};
    open_text(&dense, "{\"text\": \"a b c d\", \"d_model\": 6, \"d_ff\": 4}");
    open_text(&one, "{\"text\": \"a b c d\", \"d_model\": 6, \"d_ff\": 4, \"mlp\": \"moe\", \"experts\": 1, \"top_k\": 1}");
    for (int i = 0; i < one.run.parameters.count; i++) {
        const Parameter *p = &one.run.parameters.list[i];
        if (!strstr(p->name, ".mlp.router") && !strstr(p->name, ".expert0."))
            memcpy(run_parameter(&one.run, i), parameter_called(&dense, p->name), (size_t)(p->rows * p->cols) * sizeof(double));
    }
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "block0.mlp.%s", names[i]);
        snprintf(other, sizeof other, "block0.mlp.expert0.%s", names[i]);
        const Value *of = named(&dense.run.tape, name);
        memcpy(parameter_called(&one, other), of->data, cells_of(of) * sizeof(double));
    }
    EXPECT(run_record(&one.run, &error), "%s", error.text);
    EXPECT(run_loss(&one.run) == run_loss(&dense.run), "%.17g, not %.17g", run_loss(&one.run), run_loss(&dense.run));
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "block0.mlp.%s.grad", names[i]);
        snprintf(other, sizeof other, "block0.mlp.expert0.%s.grad", names[i]);
        const Value *a = named(&dense.run.tape, name), *b = named(&one.run.tape, other);
        for (size_t c = 0; c < cells_of(a); c++)
            EXPECT(a->data[c] == b->data[c], "%s, cell %zu", name, c);
    }
    session_close(&dense);
    session_close(&one);
}

/* A mistake about dropped tokens has nothing to change where there are no experts, and says so. */
static void a_dense_mlp_drops_nobody(void **state)
{
    (void)state;
    Session session;
    Error error = {0};
    EXPECT(!session_open(&session, &(RunOptions){.model = "tiny", .mistake = "experts.dropped_zeroed"}, &error), "it is planted");
    expect_error(&error, EXIT_USED_WRONGLY, "changes nothing in this model");
    EXPECT(session_open(&session, &(RunOptions){.model = "moe", .mistake = "experts.dropped_zeroed"}, &error), "%s", error.text);
    EXPECT(session.run.tape.mistake_hits > 0, "no step was changed");
    session_close(&session);
}

int test_experts(void)
{
    static const char *const cases[] = {"top2_renorm", "top1_switch", "top1_renorm_router_gets_no_gradient", "top2_raw", "aux", "aux_top1",
                                        "z", "dense_k4"};
    TestList list = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        tests_add(&list, is_the_golden, cases[i], "as the golden: %s", cases[i]);
    tests_add(&list, room_is_given_in_order, NULL, "room is given in order");
    tests_add(&list, room_is_that_of_the_formula, NULL, "room is that of the formula");
    tests_add(&list, who_gets_nothing, NULL, "who gets nothing");
    tests_add(&list, one_expert_is_the_dense_mlp, NULL, "one expert is the dense MLP");
    tests_add(&list, a_dense_mlp_drops_nobody, NULL, "a dense MLP drops nobody");
    return tests_run(&list, "experts");
}
