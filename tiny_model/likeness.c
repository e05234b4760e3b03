/* Questions to a table of vectors; see likeness.h. Chapter 27.
 *
 *   cosine[j] = q . x_j / (|q| |x_j|)
 *   analogy   q = x_a / |x_a| - x_b / |x_b| + x_c / |x_c|
 *   sentence  mean of x_w / |x_w| over its words w
 *   k-means   nearest[i] = argmin over j of |x_i - m_j|^2,  m_j = mean of the rows whose nearest is j */
#include "likeness.h"

#include "record.h"
#include "rules/rule.h"

#include <string.h>

static const double NOTHING = 1e-200;

static int id_leaf(Tape *tape, const char *name, int id, short counts)
{
    double *number = tape_room(tape, 1, 1);
    if (number)
        *number = id;
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, 1, .counts = counts}, number);
}

int likeness_row(Tape *tape, const char *name, int table, int id)
{
    tape_begin(tape, name, -1, NULL);
    int leaf = id_leaf(tape, "id", id, tape_value(tape, table)->row_axis);
    int row = gather_rows(tape, RESULT(name), table, leaf);
    tape_end(tape);
    return row;
}

int likeness_to_rows(Tape *tape, int table, int query)
{
    tape_begin(tape, "cosine", -1, NULL);
    int dot = matmul_bt(tape, HERE("dot"), query, table);
    int squares = row_sum_of_squares(tape, HERE("squares"), table);
    int length = square_root(tape, HERE("length"), squares);
    int beside = transpose(tape, HERE("lengths"), length);
    int own = square_root(tape, HERE("query_length"), row_sum_of_squares(tape, HERE("query_squares"), query));
    int product = scale_by(tape, HERE("product"), beside, own);
    int nothing = is_below(tape, HERE("nothing"), product, NOTHING);
    int divisor = add(tape, HERE("divisor"), product, nothing);
    int y = divide(tape, RESULT("cosine"), dot, divisor);
    tape_end(tape);
    return y;
}

int likeness_analogy(Tape *tape, int table, const int ids[3])
{
    static const char *const names[] = {"first", "second", "third"}, *const units[] = {"plus", "minus", "and"};
    int unit[3];
    for (int i = 0; i < 3; i++)
        unit[i] = unit_rows(tape, units[i], likeness_row(tape, names[i], table, ids[i]));
    int difference = subtract(tape, HERE("difference"), unit[0], unit[1]);
    return add(tape, HERE("query"), difference, unit[2]);
}

/* ln((1 + N) / (1 + df)) + 1 [1 x V]. */
static int inverse_frequency(Tape *tape, int counts)
{
    const Value *of = tape_value(tape, counts);
    int rows = of->rows, cols = of->cols;
    int present = positive_part_slope(tape, HERE("present"), counts);
    int frequency = column_sum(tape, HERE("document_frequency"), present);
    int one_more = add_constant(tape, HERE("one_more"), frequency, 1);
    int all = fill(tape, HERE("all"), 1 + rows, 1, cols);
    int log = logarithm(tape, HERE("log"), divide(tape, HERE("ratio"), all, one_more));
    return add_constant(tape, HERE("idf"), log, 1);
}

/* The mean of the unit vectors of the words of each row; zeros where a row has none. */
static int mean_vectors(Tape *tape, const char *name, int weights, int unit)
{
    tape_begin(tape, name, -1, NULL);
    int sum = matmul(tape, HERE("sum"), weights, unit);
    int weight = row_sum(tape, HERE("weight"), weights);
    int empty = is_below(tape, HERE("empty"), weight, NOTHING);
    int divisor = add(tape, HERE("divisor"), weight, empty);
    int y = div_col(tape, RESULT(name), sum, divisor);
    tape_end(tape);
    return y;
}

int likeness_texts(Tape *tape, int table, int counts, int *query, bool inverse)
{
    int unit = unit_rows(tape, "unit", table);
    if (inverse) {
        int idf = inverse_frequency(tape, counts);
        counts = mul_row(tape, HERE("weighted"), counts, idf);
        *query = *query < 0 ? -1 : mul_row(tape, HERE("query_weighted"), *query, idf);
    }
    int sentences = mean_vectors(tape, "sentences", counts, unit);
    *query = *query < 0 ? -1 : mean_vectors(tape, "query", *query, unit);
    return sentences;
}

int likeness_sentences(Tape *tape, int table, int counts, int query, bool inverse)
{
    int sentences = likeness_texts(tape, table, counts, &query, inverse);
    return likeness_to_rows(tape, sentences, query);
}

/* --- k means --- */

/* The squared distance of every row to each of some middles [N x k]. */
static int distances_to(Tape *tape, int rows, int middles)
{
    int k = tape_value(tape, middles)->rows, *columns = tape_ints(tape, k, -1);
    for (int j = 0; j < k; j++) {
        tape_begin(tape, "to", j, NULL);
        int middle = likeness_row(tape, "middle", middles, j);
        int difference = sub_row(tape, HERE("difference"), rows, middle);
        columns[j] = row_sum_of_squares(tape, HERE("distance"), difference);
        tape_end(tape);
    }
    Label distances = label_with_axes(HERE("distances"), AXIS_NONE, tape_value(tape, middles)->row_axis, AXIS_NONE);
    return concat(tape, &distances, columns, k);
}

/* The row that is furthest from its nearest middle, below those. */
static int with_furthest(Tape *tape, int rows, int middles, int j)
{
    tape_begin(tape, "start", j, NULL);
    int towards = scale(tape, HERE("towards"), distances_to(tape, rows, middles), -1);
    int lonely = transpose(tape, HERE("lonely"), row_max(tape, HERE("least"), towards));
    int furthest = smallest(tape, HERE("furthest"), lonely);
    int row = gather_rows(tape, HERE("row"), rows, furthest);
    int y = stack(tape, HERE("middles"), (int[]){middles, row}, 2);
    tape_end(tape);
    return y;
}

static int start_middles(Tape *tape, int rows, int k, const int *start, int first)
{
    if (!start) {
        int middles = likeness_row(tape, "start0", rows, first);
        for (int j = 1; j < k; j++)
            middles = with_furthest(tape, rows, middles, j);
        return middles;
    }
    double *ids = tape_room(tape, 1, k);
    for (int j = 0; ids && j < k; j++)
        ids[j] = start[j];
    return gather_rows(tape, HERE("middles"), rows,
                       tape_leaf(tape, KIND_INPUT, "start", (Shape){1, k, .counts = tape_value(tape, rows)->row_axis},
                                 ids));
}

/* The mean of each cluster's rows, or where its middle was if it has none. */
static int move_middles(Tape *tape, int rows, int nearest, int middles)
{
    const Value *of = tape_value(tape, middles);
    int k = of->rows, d = of->cols;
    int members = one_hot(tape, HERE("members"), transpose(tape, HERE("ids"), nearest), k);
    int sums = matmul_at(tape, HERE("sums"), members, rows);
    int size = transpose(tape, HERE("size"), column_sum(tape, HERE("sizes"), members));
    int empty = is_below(tape, HERE("empty"), size, 0.5);
    int means = div_col(tape, HERE("means"), sums, add(tape, HERE("divisor"), size, empty));
    int stays = matmul(tape, HERE("stays"), empty, fill(tape, HERE("ones"), 1, 1, d));
    return choose(tape, HERE("middles"), stays, middles, means);
}

int likeness_clusters(Tape *tape, int rows, int k, const int *start, int first, int most)
{
    int middles = start_middles(tape, rows, k, start, first), nearest = -1;
    for (int round = 0; round < most; round++) {
        tape_begin(tape, "round", round, NULL);
        int before = nearest;
        int distances = distances_to(tape, rows, middles);
        nearest = smallest(tape, HERE("nearest"), distances);
        int least = row_max(tape, HERE("least"), scale(tape, HERE("towards"), distances, -1));
        scale(tape, HERE("inertia"), column_sum(tape, HERE("sum"), least), -1);
        middles = move_middles(tape, rows, nearest, middles);
        tape_end(tape);
        const Value *now = tape_value(tape, nearest);
        if (before >= 0 && now->data &&
            memcmp(now->data, tape_value(tape, before)->data, cells_of(now) * sizeof(double)) == 0)
            break;
    }
    return nearest;
}
