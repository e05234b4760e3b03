/* The tree as it is folded; see folding.h. */
#include "folding.h"

const Fold *frame_fold(const ViewState *state, int frame)
{
    for (int i = 0; i < state->folds.count; i++)
        if (state->folds.list[i].frame == frame)
            return &state->folds.list[i];
    return NULL;
}

bool holds_position(const ViewState *state, int frame)
{
    const Frame *of = &state_tape(state)->frames[frame];
    return state->cursor.step >= of->first && state->cursor.step <= of->last;
}

/* What nobody touched follows the position: the tree opens where the learner goes and closes behind. */
bool frame_open(const ViewState *state, int frame)
{
    const Fold *fold = frame_fold(state, frame);
    return fold ? fold->open : holds_position(state, frame);
}

/* The outermost closed frame hides all that it holds, whatever is open inside. */
int visible_node(const ViewState *state, int node)
{
    const Node *nodes = state->outline->nodes;
    int visible = node;
    for (int parent = nodes[node].parent; parent >= 0; parent = nodes[parent].parent)
        if (!frame_open(state, nodes[parent].frame))
            visible = parent;
    return visible;
}

int next_visible(const ViewState *state, int node)
{
    const Node *at = &state->outline->nodes[node];
    bool folded = at->frame >= 0 && !frame_open(state, at->frame);
    /* The outline is in reading order, so a folded frame is skipped in one step, on any tape. */
    int next = folded ? at->end : node + 1;
    return next < state->outline->count ? next : -1;
}

int previous_visible(const ViewState *state, int node)
{
    return node > 0 ? visible_node(state, node - 1) : -1;
}

int tree_cursor(const ViewState *state)
{
    return visible_node(state,
                        state->cursor.node >= 0 ? state->cursor.node : state->outline->of_step[state->cursor.step]);
}
