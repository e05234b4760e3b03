/* What attention does not see gets no gradient: in whole maps and in tiles. */
#include "support.h"

#include "gpt_facts.h"
#include "tiny_model/rules/rule.h"
#include "tiny_model/systems/encoder_decoder.h"
#include "tiny_model/systems/nufo.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The largest number in the cells that attention does not see, of a matrix of tokens x tokens or of a tile of it that
 * begins at query `first_row` and key `first_col`. */
static double largest_unseen(const Gpt *gpt, const Value *value, int first_row, int first_col)
{
    double most = 0;
    for (int row = 0; row < value->rows; row++)
        for (int col = 0; col < value->cols; col++)
            if (!gpt_sees(gpt, first_row + row, first_col + col))
                most = fmax(most, fabs(cell_of(value, row, col)));
    return most;
}

static bool is_behind_the_mask(const Rule *rule)
{
    return rule == &SCORES || rule == &SCALED || rule == &DISTANCE_BIAS || rule == &MASKED;
}

/* Softmaxes of attention, not those by which routers choose: what these make goes to a gate. */
static bool is_map(const Tape *tape, const Call *call)
{
    if (call->rule != &SOFTMAX)
        return false;
    for (int i = 0; i < tape->call_count; i++)
        if (tape->calls[i].rule == &GATE && tape->calls[i].inputs[0] == call->output)
            return false;
    return true;
}

/* In tiles the same: on the way back a masked product gets nothing, its weight would get something.
 *   maps, most  as below, counted and enlarged */
static void masked_in_tiles(const Session *session, const Gpt *gpt, int *maps, double *most)
{
    const Tape *tape = &session->run.tape;
    for (int i = 0; i < tape->step_count; i++) {
        const Step *step = &tape->steps[i];
        const char *name = name_of(&session->names, step->output), *tile = strstr(name, ".tile");
        bool scores = strcmp(step->label, "dproducts") == 0;
        int row, col;
        while (tile && sscanf(tile, ".tile%d_%d.", &row, &col) != 2)
            tile = strstr(tile + 1, ".tile");
        if (!tile || step->phase != PHASE_BACKWARD || !(scores || strcmp(step->label, "dweights") == 0))
            continue;
        double unseen = largest_unseen(gpt, tape_value(tape, step->output), row * gpt->tile_rows, col * gpt->tile_columns);
        EXPECT(!scores || unseen == 0, "%s is %g in a masked cell", name, unseen);
        *most = fmax(*most, unseen);
        *maps += scores;
    }
}

/* A masked score moves nothing; a masked weight would, if it were moved by hand. Without a mask, and in
 * a classifier, nothing is hidden. */
static void masked_cells(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    const Gpt *gpt = blocks_or_none(&session.model);
    int masks = 0, maps = 0;
    double most = 0;
    for (int i = 0; i < tape->call_count; i++) {
        const Call *call = &tape->calls[i];
        masks += call->rule == &MASKED;
        maps += is_map(tape, call);
        if (!gpt || !(is_behind_the_mask(call->rule) || is_map(tape, call)))
            continue;
        double unseen = largest_unseen(gpt, tape_value(tape, tape_value(tape, call->output)->gradient), 0, 0);
        EXPECT(call->rule == &SOFTMAX || unseen == 0, "%s.grad is %g in a masked cell", name_of(&session.names, call->output), unseen);
        most = fmax(most, unseen);
    }
    bool masked = gpt && gpt_masks(gpt);
    bool past = session.model.system == &NUFO; /* all maps of a history, and of a decoder those of itself */
    if (session.model.system == &ENCODER_DECODER) {
        const EncoderDecoder *both = session.model.settings;
        maps = both->n_heads * both->decoder_layers;
        past = true;
    }
    EXPECT(masks == (masked || past ? maps : 0), "%d masks for %d softmaxes", masks, maps);
    if (gpt && gpt->attention == ATTENTION_FLASH)
        masked_in_tiles(&session, gpt, &maps, &most);
    EXPECT((!gpt || maps > 0) && (most > 0) == masked, "the weights' gradients are at most %g in masked cells", most);
    session_close(&session);
}

int test_masked(void)
{
    TestList list = {0};
    tests_add_models(&list, masked_cells, "masked cells");
    return tests_run(&list, "masked");
}
