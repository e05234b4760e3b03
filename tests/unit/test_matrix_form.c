/* All numbers of a matrix on the screen have one form, with decimals or with powers of ten, and none that is not 0
 * looks like 0, at every number of decimals that a screen may choose. */
#include "screens.h"

#include "tracer/views/matrix_layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many of the matrix have powers of ten. */
static int expect_one_form(const ViewState *view, int value, int digits)
{
    Matrix matrix = matrix_of(view, value, false, digits);
    int powers = 0;
    for (size_t i = 0; i < cells_of(matrix.numbers); i++) {
        char text[NUMBER_SIZE];
        double number = matrix.numbers->data[i];
        if (!isfinite(number) || matrix.meant) /* masked; the letter or token is told */
            continue;
        matrix_text(text, &matrix, number);
        bool power = strchr(text, 'e') != NULL;
        powers += power;
        EXPECT((strtod(text, NULL) == 0) == (number == 0), "%.17g of %s is drawn as %s", number, name_of(&view->session->names, value), text);
        EXPECT(power == (matrix.powers && number != 0), "%s among others of %s", text, name_of(&view->session->names, value));
        EXPECT((int)strlen(text) <= matrix.cell_width, "%s of %s is wider than %d", text, name_of(&view->session->names, value), matrix.cell_width);
    }
    return powers;
}

static void one_form(void **state)
{
    static const int decimals[] = {2, 3, 4, 7};
    Stepper stepper;
    int powers = 0;
    open_stepper(&stepper, *state, false);
    const ViewState *view = &stepper.state.view;
    for (int value = 0; value < stepper.session.run.tape.value_count; value++)
        for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++)
            powers += expect_one_form(view, value, decimals[i]);
    EXPECT(powers > 0, "no matrix needs powers of ten: nothing was tried");
    stepper_close(&stepper);
}

int test_matrix_form(void)
{
    TestList list = {0};
    static const char *const models[] = {"tiny", "by-hand"};
    for (int i = 0; i < 2; i++)
        tests_add(&list, one_form, models[i], "one form for all numbers of a matrix, %s", models[i]);
    return tests_run(&list, "matrix_form");
}
