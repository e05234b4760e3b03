/* A GPT that reads byte pairs: its texts as tokens of a vocabulary that was learned before. Chapter 20. */
#ifndef TINY_MODEL_TOKENIZER_BPE_TEXT_H
#define TINY_MODEL_TOKENIZER_BPE_TEXT_H

#include "../systems/gpt.h"

/* The tokens of sequence->text [length], where each begins, and where its pre-tokens begin.
 *   ends    what stands behind a text stands there
 *   memory  the arena
 *   errors  a text that spells a special token, out of memory */
bool bpe_text_split(const Gpt *gpt, bool ends, Sequence *sequence, Arena *arena, Error *error);

/* What each id stands for, as text: U+FFFD for bytes that are no whole character.
 *   memory  the model's arena
 *   errors  another vocabulary beside it, or a smaller one */
bool bpe_text_labels(Model *model, Error *error);

/* Another text of `size` tokens, one of them twice and not side by side; the text stays where the vocabulary has too
 * few words with a blank before them.
 *   memory  the model's arena
 *   errors  out of memory */
bool bpe_text_vary(Model *model, Random *random, int size, Error *error);

/* Records the text of a sequence as rows of token ids, a row a pre-token, in the frame "tokenizer" that this begins:
 * cut where its pre-tokens begin, then merge after merge, the one of lowest rank first.
 *   text [1 x bytes], starts [1 x P], merges [M x 3]: those that meet in this text, in the order of their ranks
 *   returns  the rows [P x L]
 *   memory   the tape's arena */
int bpe_text_record(Tape *tape, const Gpt *gpt, const Sequence *sequence);

#endif
