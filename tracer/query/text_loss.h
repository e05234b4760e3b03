/* What a loss is a byte of text: tokens of another vocabulary are of another length, and only that compares. */
#ifndef TRACER_QUERY_TEXT_LOSS_H
#define TRACER_QUERY_TEXT_LOSS_H

#include "tracer/session/session.h"

typedef struct {
    double nats;     /* all losses of the training step, added up */
    int targets;     /* how many there are */
    int bytes;       /* of text that they stand for; a mark of begin or end has none, a word the blank before it */
} TextLoss;

/* All zeros where the model reads no text. */
TextLoss text_loss(const Session *session);

#endif
