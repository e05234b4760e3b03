/* The texts that presets come with, made at build time from the files beside this one by embed.awk.
 *   source  Herman Melville, Moby-Dick, 1851, public domain: its beginning, about 20 and 100 kB; people (200
 *           sentences of people and things) bank (108 sentences of two senses, the
 *           last 36 kept apart) and senses (those 36, each with its sense) were made for this project;
 *           induction are trained weights, made by induction.sh */
#ifndef TINY_MODEL_DATA_TEXTS_H
#define TINY_MODEL_DATA_TEXTS_H

extern const char MOBY_20K[], MOBY_100K[], PEOPLE[], BANK[], SENSES[], INDUCTION[];

/* Lines "SENTENCE<TAB>SENTENCE THAT MEANS THE SAME", made for this project. */
extern const char PARAPHRASES[];

/* 240 lines "CLASS,TEXT" behind a header, made for this project. */
extern const char MESSAGES[];

#endif
