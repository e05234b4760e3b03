/* Attention in tiles: the numbers of golden/reference/flash.json tile by tile, and a GPT that computes so against one
 * that computes scores and weights whole, for tiles of all sizes and everything that attention can be asked for. */
#include "support.h"

#include "generation_golden.h"
#include "model_texts.h"
#include "tiny_model/backward.h"
#include "tiny_model/rules/rule.h"
#include "tracer/query/tiles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double TOLERANCE = 1e-12;

static json_t *golden_of(const char *key)
{
    Error error = {0};
    json_t *root = json_file_read("golden/reference/flash.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    json_t *part = json_incref(json_object_get(root, key));
    json_decref(root);
    return part;
}

static double cell_in(const json_t *list, int row, int col)
{
    const json_t *line = json_array_get(list, (size_t)row);
    const json_t *cell = json_is_array(line) ? json_array_get(line, (size_t)col) : line;
    if (json_is_string(cell))
        return strcmp(json_string_value(cell), "-inf") == 0 ? -INFINITY : NAN;
    EXPECT(json_is_number(cell), "no number [%d,%d]", row, col);
    return json_number_value(cell);
}

static int leaf_of(Tape *tape, const json_t *root, const char *name)
{
    const json_t *list = json_object_get(root, name);
    int rows = (int)json_array_size(list), cols = (int)json_array_size(json_array_get(list, 0));
    double *cells = tape_room(tape, rows, cols);
    for (int i = 0; i < rows * cols; i++)
        cells[i] = cell_in(list, i / cols, i % cols);
    return tape_leaf(tape, KIND_PARAMETER, name, (Shape){rows, cols}, cells);
}

static void expect_cells(const Tape *tape, const char *name, const json_t *list)
{
    const Value *value = named(tape, name);
    EXPECT((int)json_array_size(list) == value->rows, "%s has %d rows", name, value->rows);
    for (int r = 0; r < value->rows; r++)
        for (int c = 0; c < value->cols; c++) {
            double got = cell_of(value, r, c), want = cell_in(list, r, c);
            EXPECT(got == want || fabs(got - want) <= TOLERANCE, "%s[%d,%d] is %.17g, not %.17g", name, r, c, got, want);
        }
}

typedef struct {
    const char *local, *key;
} Traced;

static void expect_traces(const Tape *tape, const json_t *traces, Tiling form, const char *between, const Traced *list)
{
    char name[80];
    size_t index;
    const json_t *trace;
    json_array_foreach((json_t *)traces, index, trace) {
        int i = (int)json_integer_value(json_array_get(json_object_get(trace, "rows"), 0)) / form.rows,
            j = (int)json_integer_value(json_array_get(json_object_get(trace, "cols"), 0)) / form.cols;
        for (int k = 0; list[k].local; k++) {
            snprintf(name, sizeof name, "head.tile%d_%d.%s%s", i, j, between, list[k].local);
            expect_cells(tape, name, json_object_get(trace, list[k].key));
        }
    }
}

static int count_tiles(const Tape *tape, Phase phase)
{
    int count = 0;
    for (int i = 0; i < tape->frame_count; i++)
        count += tape->frames[i].phase == phase && strncmp(tape->frames[i].name, "tile", 4) == 0 &&
                 strcmp(tape->frames[i].name, "tiles") != 0;
    return count;
}

/* Queries, keys, values and the gradient of the output are given; the case says in which tiles. */
static void is_the_golden(const json_t *of, const json_t *test)
{
    static const Traced forward[] = {{"scores", "S"}, {"max", "m_new"}, {"rescale", "alpha"}, {"exp", "P_tilde"},
                                     {"sum", "l_new"}, {"accumulated", "acc"}, {NULL, NULL}},
                        back[] = {{"weights", "P"}, {"dscores", "dS"}, {"dweights", "dP"}, {NULL, NULL}};
    Tape tape = {.frame = -1};
    Tiling form = {.rows = (int)real(test, "Br"), .cols = (int)real(test, "Bc"), .window = 6, .kept = 1};
    tape_begin_phase(&tape, PHASE_FORWARD);
    int q = leaf_of(&tape, of, "Q"), k = leaf_of(&tape, of, "K"), v = leaf_of(&tape, of, "V"), dy = leaf_of(&tape, of, "dO");
    tape_begin(&tape, "head", -1, NULL);
    int o = flash_attention(&tape, q, k, v, &form);
    tape_end(&tape);
    tape_end(&tape);
    backward(&tape, o, tape_value(&tape, dy)->data, 0);
    expect_cells(&tape, "head.output", json_object_get(of, "O"));
    expect_cells(&tape, "head.logsumexp", json_object_get(of, "logsumexp"));
    expect_cells(&tape, "head.max", json_object_get(of, "row_max"));
    expect_cells(&tape, "head.D", json_object_get(of, "D"));
    expect_cells(&tape, "Q.grad", json_object_get(of, "dQ"));
    expect_cells(&tape, "K.grad", json_object_get(of, "dK"));
    expect_cells(&tape, "V.grad", json_object_get(of, "dV"));
    EXPECT(count_tiles(&tape, PHASE_FORWARD) == (int)real(test, "tiles") && count_tiles(&tape, PHASE_BACKWARD) == (int)real(test, "tiles"),
           "%d tiles", count_tiles(&tape, PHASE_FORWARD));
    expect_traces(&tape, json_object_get(test, "trace"), form, "", forward);
    expect_traces(&tape, json_object_get(test, "backward_trace"), form, "backward.", back);
    expect_all_explained(&tape);
    tape_free(&tape);
}

static void tiles_are_those_of_the_golden(void **state)
{
    (void)state;
    json_t *flash = golden_of("flash"), *cases = json_object_get(flash, "cases");
    size_t index, traced = 0;
    json_t *test;
    json_array_foreach(cases, index, test) {
        is_the_golden(flash, test);
        traced += json_object_get(test, "trace") != NULL;
    }
    EXPECT(json_array_size(cases) == 5 && traced >= 2, "%zu cases, %zu with traces", json_array_size(cases), traced);
    json_decref(flash);
}

/* One row of six scores in blocks of 1, 2 and 4: after every block m and l are those of the scores so far. */
static void one_row_is_told_on_line(void **state)
{
    (void)state;
    json_t *online = golden_of("online_softmax"), *trace = json_object_get(online, "trace_x_m_l");
    for (int size = 1; size <= 4; size *= 2) {
        Tape tape = {.frame = -1};
        char name[40];
        double one = 1, scores[6];
        for (int i = 0; i < 6; i++)
            scores[i] = cell_in(json_object_get(online, "x"), i, 0);
        tape_begin_phase(&tape, PHASE_FORWARD);
        int q = tape_leaf(&tape, KIND_PARAMETER, "q", (Shape){1, 1}, &one), k = tape_leaf(&tape, KIND_PARAMETER, "k", (Shape){6, 1}, scores);
        tape_begin(&tape, "head", -1, NULL);
        flash_attention(&tape, q, k, k, &(Tiling){.rows = 1, .cols = size, .kept = 1});
        tape_end(&tape);
        for (int j = 0; j * size < 6; j++) {
            int last = (j + 1) * size < 6 ? (j + 1) * size - 1 : 5;
            snprintf(name, sizeof name, "head.tile0_%d.max", j);
            EXPECT(cell_of(named(&tape, name), 0, 0) == cell_in(trace, last, 1), "%s in blocks of %d", name, size);
            snprintf(name, sizeof name, "head.tile0_%d.sum", j);
            EXPECT(is_close(cell_of(named(&tape, name), 0, 0), cell_in(trace, last, 2), TOLERANCE), "%s in blocks of %d", name, size);
        }
        EXPECT(is_close(cell_of(named(&tape, "head.logsumexp"), 0, 0), real(online, "logsumexp"), TOLERANCE), "the log of the sum");
        tape_free(&tape);
    }
    json_decref(online);
}

/* --- whole models --- */

static const char *const VARIANTS[] = {
    "\"n_layers\": 2",
    "\"mask\": \"none\"",
    "\"window\": 3",
    "\"window\": 1, \"n_layers\": 2",
    "\"n_heads\": 4, \"n_kv_heads\": 2, \"position\": \"rope\", \"rope\": \"half\"",
    "\"n_heads\": 4, \"n_kv_heads\": 1, \"position\": \"rope\", \"window\": 4",
    "\"position\": \"alibi\", \"window\": 2",
    "\"position\": \"alibi\", \"mask\": \"none\", \"dropout\": 0.2",
    "\"dropout\": 0.3, \"d_k\": 3, \"attention_bias\": false",
};
enum { VARIANT_COUNT = sizeof VARIANTS / sizeof *VARIANTS };

static const struct {
    int rows, cols;
} SIZES[] = {{1, 1}, {2, 2}, {3, 2}, {2, 3}, {7, 7}, {64, 64}, {1, 64}, {64, 1}, {4, 5}};

static void open_variant(Session *session, const char *variant, const char *more)
{
    char text[800];
    snprintf(text, sizeof text,
             "{\"text\": \"a b c d e f g\", \"add_bos\": false, \"add_eos\": false, \"d_model\": 8, \"d_ff\": 6, \"init\": {\"kind\": \"normal\", "
             "\"seed\": 3, \"std\": 0.9}, %s%s}", variant, more);
    open_text(session, text);
}

/* Relative to the largest cell of the matrix: what cancels is as exact as what it is made of. */
static void expect_close(const Session *plain, int id, const Value *other, int rows, int cols)
{
    const Value *value = tape_value(&plain->run.tape, id);
    const char *name = name_of(&plain->names, id);
    double largest = 1;
    for (size_t i = 0; i < cells_of(value); i++)
        largest = fmax(largest, fabs(value->data[i]));
    EXPECT(other->rows == value->rows && other->cols == value->cols, "%s is %d x %d", name, other->rows, other->cols);
    for (size_t i = 0; i < cells_of(value); i++)
        EXPECT(fabs(value->data[i] - other->data[i]) <= TOLERANCE * largest, "%s, cell %zu, tiles of %d x %d: %.17g, not %.17g", name, i, rows,
               cols, other->data[i], value->data[i]);
}

static void equals_plain(void **state)
{
    const char *variant = *state;
    Session plain, tiled;
    char more[100];
    open_variant(&plain, variant, "");
    for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
        snprintf(more, sizeof more, ", \"attention\": \"flash\", \"tile_rows\": %d, \"tile_columns\": %d", SIZES[s].rows, SIZES[s].cols);
        open_variant(&tiled, variant, more);
        int compared = 0;
        for (int id = 0; id < plain.names.count; id++) {
            int other = name_find(&tiled.names, name_of(&plain.names, id));
            bool update = plain.run.tape.values[id].kind == KIND_OPTIMIZER;
            if (other < 0 || update) /* AdamW makes a direction of gradients that are 0 but for rounding */
                continue;
            expect_close(&plain, id, tape_value(&tiled.run.tape, other), SIZES[s].rows, SIZES[s].cols);
            compared++;
        }
        EXPECT(compared > 150, "only %d values compared", compared);
        expect_all_explained(&tiled.run.tape);
        session_close(&tiled);
    }
    session_close(&plain);
}

static void expect_traffic(const json_t *of, const char *key, long long number)
{
    long long wanted = json_integer_value(json_object_get(of, key));
    EXPECT(wanted > 0 && number == wanted, "%s is %lld, not %lld", key, number, wanted);
}

/* The formulas of what is moved, against the golden. */
static void moves_as_the_golden(void **state)
{
    (void)state;
    json_t *cases = golden_of("traffic");
    EXPECT(json_array_size(cases) >= 5, "%zu cases", json_array_size(cases));
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *of = json_array_get(cases, i), *standard = json_object_get(of, "standard"),
                     *flash = json_object_get(of, "flash");
        TrafficForm form = {.tokens = json_integer_value(json_object_get(of, "N")),
                            .width = json_integer_value(json_object_get(of, "d")),
                            .rows = json_integer_value(json_object_get(of, "Br")),
                            .columns = json_integer_value(json_object_get(of, "Bc")),
                            .causal = json_is_true(json_object_get(of, "causal"))};
        WholeTraffic whole = traffic_whole(&form);
        TiledTraffic tiled = traffic_tiled(&form);
        expect_traffic(standard, "read_QK", whole.read_qk);
        expect_traffic(standard, "write_S", whole.write_scores);
        expect_traffic(standard, "read_S", whole.read_scores);
        expect_traffic(standard, "write_P", whole.write_weights);
        expect_traffic(standard, "read_P_V", whole.read_weights_v);
        expect_traffic(standard, "write_O", whole.write_output);
        expect_traffic(of, "standard_total", whole.all);
        expect_traffic(flash, "read_Q", tiled.read_q);
        expect_traffic(flash, "read_KV", tiled.read_kv);
        expect_traffic(flash, "write_O", tiled.write_output);
        expect_traffic(flash, "write_L", tiled.write_logsumexp);
        expect_traffic(of, "flash_total", tiled.all);
    }
    json_decref(cases);
}

/* What the tiles of a tape have read is what the formula says, with masks, windows and shared heads. */
static void moves_what_it_counts(void **state)
{
    const char *variant = *state;
    Session tiled;
    TiledHead head;
    char more[100];
    long long least = 1LL << 40, most = 0;
    for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
        snprintf(more, sizeof more, ", \"attention\": \"flash\", \"tile_rows\": %d, \"tile_columns\": %d", SIZES[s].rows, SIZES[s].cols);
        open_variant(&tiled, variant, more);
        int heads = 0;
        for (; tiled_head(&tiled.run.tape, heads, &head); heads++) {
            TrafficForm form = tiled_form(&head);
            TiledTraffic formula = traffic_tiled(&form), counted = tiled_counted(&tiled.run.tape, &head);
            EXPECT(counted.read_q == formula.read_q && counted.read_kv == formula.read_kv && counted.tiles == formula.tiles &&
                       counted.skipped == formula.skipped && counted.all == formula.all,
                   "%s, tiles of %d x %d: %lld counted, %lld by formula", head.path, SIZES[s].rows, SIZES[s].cols, counted.all, formula.all);
            least = counted.all < least ? counted.all : least;
            most = counted.all > most ? counted.all : most;
        }
        EXPECT(heads >= 2, "%d heads", heads);
        session_close(&tiled);
    }
    EXPECT(least < most, "the size of the tiles changes nothing");
}

int test_tiles(void)
{
    TestList list = {0};
    tests_add(&list, tiles_are_those_of_the_golden, NULL, "tiles are those of the golden");
    tests_add(&list, one_row_is_told_on_line, NULL, "one row is told on line");
    for (int i = 0; i < VARIANT_COUNT; i++)
        tests_add(&list, equals_plain, VARIANTS[i], "in tiles as whole: %s", VARIANTS[i]);
    tests_add(&list, moves_as_the_golden, NULL, "what is moved is that of the golden");
    for (int i = 0; i < VARIANT_COUNT; i++)
        tests_add(&list, moves_what_it_counts, VARIANTS[i], "what tiles move, counted as by formula: %s", VARIANTS[i]);
    return tests_run(&list, "tiles");
}
