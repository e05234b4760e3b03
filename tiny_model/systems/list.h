/* The systems, one word each: a new one is a file beside this and a word here. */
#ifndef TINY_MODEL_SYSTEMS_LIST_H
#define TINY_MODEL_SYSTEMS_LIST_H

#define SYSTEM_LIST(X) \
    X(GPT) X(ENCODER_DECODER) X(MLP) X(BPE) X(ACCOUNTING) X(WORD2VEC) X(COUNTS) X(PLANE) X(CONTRASTIVE) X(TREES) \
    X(TABULAR) X(NUFO) X(FLOW) X(VAE)

#endif
