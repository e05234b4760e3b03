/* A tokenizer as GPT-2's files: vocab.json (or encoder.json) and merges.txt (or vocab.bpe) in one folder. */
#ifndef TRACER_SESSION_TOKENIZER_FILES_H
#define TRACER_SESSION_TOKENIZER_FILES_H

#include "tiny_model/tokenizer/bpe.h"

/* Reads a folder. What the vocabulary has and no merge makes are the special tokens. A file tracer.json beside them
 * says {"pattern": "none"} where pre-tokens are not those of GPT-2.
 *   memory  *out, freed by bpe_free; nothing is left after a failure
 *   errors  no such files; a line that is not two tokens, a token that is not there, a byte without a token: each
 *           with its line or name */
bool tokenizer_files_read(const char *folder, Bpe *out, Error *error);

/* Writes the files into a folder, which is made if it is not there. */
bool tokenizer_files_write(const Bpe *bpe, const char *folder, Error *error);

#endif
