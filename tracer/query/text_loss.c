/* Losses a byte; see text_loss.h. Chapter 20. */
#include "text_loss.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"

static int bytes_of(const Model *model, int id)
{
    const Language *language = model->system->language;
    int length = 0;
    if (id == language->begins(model) || id == language->ends(model) || !language->bytes(model, id, &length))
        return 0;
    return length + language->words(model);
}

TextLoss text_loss(const Session *session)
{
    const Tape *tape = &session->run.tape;
    TextLoss out = {0};
    for (int i = 0; session->model.system->language && i < tape->call_count; i++) {
        const Call *call = &tape->calls[i];
        if (call->rule != &CROSS_ENTROPY)
            continue;
        const Value *losses = tape_value(tape, call->output);
        const Value *targets = tape_value(tape, call->saved[CROSS_ENTROPY_TARGETS]);
        for (size_t t = 0; t < cells_of(losses); t++)
            out.nats += losses->data[t];
        for (size_t t = 0; t < cells_of(targets); t++)
            out.bytes += bytes_of(&session->model, (int)targets->data[t]);
        out.targets += (int)cells_of(losses);
    }
    return out;
}
