/* Remarks; see remark.h. */
#include "remark.h"

#include "tiles.h"
#include "tiny_model/primitive.h"

static void add_candidate(const Names *names, const Router *router, int row, int expert, int digits, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, "expert %d (%s)", expert,
             number_text(number, cell_of(tape_value(names->tape, router->probabilities), row, expert), digits));
}

/* The candidates of a row that were chosen, or those that were not, or those for whom there was no room. */
static void add_candidates(const Names *names, const Router *router, int row, int which, const char *heading,
                           int digits, Text *out)
{
    const Value *chosen = tape_value(names->tape, router->chosen);
    const Value *admitted = tape_value(names->tape, router->admitted);
    int told = 0;
    for (int e = 0; e < chosen->cols; e++) {
        int is = cell_of(chosen, row, e) == 0 ? 0 : cell_of(admitted, row, e) == 0 ? 1 : 2;
        if (is != which)
            continue;
        text_add(out, "%s", told++ ? ", " : heading);
        add_candidate(names, router, row, e, digits, out);
    }
}

static void tell_choice(const Names *names, const Router *router, int row, int digits, Text *out)
{
    add_candidates(names, router, row, 2, "chosen: ", digits, out);
    add_candidates(names, router, row, 1, "; chosen, but without room: ", digits, out);
    add_candidates(names, router, row, 0, "; lost: ", digits, out);
}

/* What a gradient that a mixture of experts hands to its router belongs to: the probabilities, the logits before them,
 * or the weights before those. */
static bool leads_to(const Tape *tape, int value, int end)
{
    for (int call = tape->call_count - 1; call >= 0 && end >= 0; call--) {
        const Call *of = &tape->calls[call];
        if (end == value)
            return true;
        if (of->output != end)
            continue;
        if (of->rule == &LINEAR)
            return of->inputs[1] == value;
        end = of->rule == &SOFTMAX ? of->inputs[0] : -1;
    }
    return end == value;
}

static int is_gradient_of(const Tape *tape, int value)
{
    const Name *name = &tape_value(tape, value)->name;
    return tape_value(tape, value)->kind == KIND_GRADIENT ? name->base : -1;
}

void cell_remark(const Names *names, Reference cell, int digits, Text *out)
{
    const Tape *tape = names->tape;
    Router router;
    int producer = tape_value(tape, cell.value)->producer, of = is_gradient_of(tape, cell.value);
    for (int i = 0; router_at(tape, i, &router); i++) {
        int rank = tape_value(tape, router.chosen)->producer;
        bool choice = cell.value == router.gate || cell.value == router.chosen || cell.value == router.admitted ||
                      (rank >= 0 && cell.value == tape->steps[rank].inputs[0]);
        if (choice && producer >= 0)
            tell_choice(names, &router, cell.row, digits, out);
        bool nothing = cell_of(tape_value(tape, cell.value), cell.row, cell.col) == 0;
        if (of >= 0 && nothing && router.renormalised && router.top_k == 1 && leads_to(tape, of, router.probabilities))
            text_add(out, "exactly 0: every token goes to one expert, and its gate is p / p = 1 whatever p is, so that "
                          "nothing reaches the router through it; take the gate raw, or two experts");
    }
}
