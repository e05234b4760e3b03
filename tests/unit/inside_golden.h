/* What the tests of looking inside share: a run with it, and the models of golden/reference/inside. */
#ifndef TESTS_UNIT_INSIDE_GOLDEN_H
#define TESTS_UNIT_INSIDE_GOLDEN_H

#include "generation_golden.h"
#include "tracer/query/looking.h"

#define FOLDER "golden/reference/inside/"

static inline Looking open_inside(Session *session, RunOptions options)
{
    Error error = {0};
    Looking looking;
    options.inside = true;
    EXPECT(session_open(session, &options, &error), "%s", error.text);
    EXPECT(looking_begin(session, &looking, &error), "%s", error.text);
    return looking;
}

static const double CLOSE = 1e-9;

/* A list of rows, or of the numbers of one column, against a value. */
static inline void expect_matrix(const Looking *looking, int value, const json_t *rows, const char *what)
{
    const Value *of = tape_value(looking->tape, value);
    EXPECT((int)json_array_size(rows) == of->rows && of->rows > 0, "%s: %d rows", what, of->rows);
    for (int r = 0; r < of->rows; r++) {
        const json_t *row = json_array_get(rows, (size_t)r);
        EXPECT((json_is_array(row) ? (int)json_array_size(row) : 1) == of->cols, "%s: %d columns", what, of->cols);
        for (int c = 0; c < of->cols; c++) {
            double wanted = json_number_value(json_is_array(row) ? json_array_get(row, (size_t)c) : row);
            EXPECT(is_close(cell_of(of, r, c), wanted, CLOSE), "%s[%d,%d] is %.17g, not %.17g", what, r, c,
                   cell_of(of, r, c), wanted);
        }
    }
}

#endif
