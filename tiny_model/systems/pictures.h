/* Pictures that a system learns from: rows of numbers from -1 to 1, made by formula or given one by one, and what
 * class each is of. What the systems flow and vae have in common. */
#ifndef TINY_MODEL_SYSTEMS_PICTURES_H
#define TINY_MODEL_SYSTEMS_PICTURES_H

#include "../data/digits.h"
#include "../system.h"

typedef enum { MAKE_NO_PICTURES, MAKE_DIGITS } MakePictures;

enum { MOST_PICTURE_SIZE = 64 };

typedef struct {
    int make;              /* MakePictures: in the place of examples */
    int made;              /* how many; 0: not said */
    Digits digits;
    int said_rows;         /* of a picture that is no square; 0: as many as columns */
    Texts labels;          /* what the classes are called, or none */
    int held_out;          /* one style of each digit is left out */
    double said;           /* probability that a caption says the pen, and where it leans */

    /* derived by pictures_take */
    int count;
    int numbers, rows, cols; /* of a picture: numbers = rows cols; one row where they are no square, if none is said */
    const double **of;     /* [count] the numbers of each */
    int *class_of;         /* [count], -1: none is said; NULL: none of all has one */
    int class_count;       /* the highest and one */
    const char **captions; /* [count], or NULL: nothing is said of them */
} Pictures;

extern const char *const PICTURE_MAKES[], *const PICTURE_SETS[];

/* The keys of the group "data" for a system whose settings have a Pictures called `member`. */
#define PICTURE_KEY(settings, member, key_, part, type_) \
    .group = "data", .key = key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(settings, member.part)
#define PICTURE_KEYS(settings, member) \
    {PICTURE_KEY(settings, member, "make", make, KEY_CHOICE), .choices = PICTURE_MAKES, \
     .meaning = "pictures that are made, in the place of \"examples\""}, \
    {PICTURE_KEY(settings, member, "count", made, KEY_INTEGER), .least = 1, .most = MOST_EXAMPLES, \
     .may_be_absent = true, \
     .meaning = "how many of them; picture i shows the digit i mod 10, unless some are held out"}, \
    {PICTURE_KEY(settings, member, "seed", digits.seed, KEY_NUMBER), .least = 0, .most = 9007199254740992.0, \
     .meaning = "of splitmix64, eight numbers of which say how a digit is drawn"}, \
    {PICTURE_KEY(settings, member, "size", digits.size, KEY_INTEGER), .least = 1, .most = MOST_PICTURE_SIZE, \
     .meaning = "rows, and columns, of a digit"}, \
    {PICTURE_KEY(settings, member, "set", digits.set, KEY_CHOICE), .choices = PICTURE_SETS, \
     .meaning = "plain: pens of any width; styled: thin or thick, leaning left or right, with captions"}, \
    {PICTURE_KEY(settings, member, "held_out", held_out, KEY_FLAG), .may_be_absent = true, \
     .meaning = "styled: leave out one of the four styles of every digit; absent: none"}, \
    {PICTURE_KEY(settings, member, "rows", said_rows, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, \
     .may_be_absent = true, .meaning = "rows of a picture of \"examples\"; absent: as many as columns"}, \
    {PICTURE_KEY(settings, member, "labels", labels, KEY_TEXTS), .least = 1, .most = MOST_CLASSES, \
     .may_be_absent = true, .meaning = "what the classes are called, from 0 on"}

/* Makes the pictures, or takes them from the field `key` of the examples.
 *   memory  the model's arena
 *   errors  naming the example: no such field, another length than the first, a number that is not finite, a class
 *           that is no whole number or has no label; rows that do not divide the numbers; no count; no data at all */
bool pictures_take(Model *model, Pictures *pictures, const char *key, Error *error);

/* The pictures of a batch as a leaf [B x numbers] of the open frame. */
int pictures_leaf(Tape *tape, const Pictures *pictures, const char *name, Batch batch, short examples);

/* The axis of the numbers of a picture. */
short pictures_axis(Tape *tape, const Pictures *pictures);

/* An axis of `count` examples. */
short pictures_examples(Tape *tape, int count);

/* For an exercise: numbers of one decimal, of both signs, in every field of numbers but "t" and "class".
 *   errors  out of memory */
bool pictures_vary(Model *model, Random *random, Error *error);

/* What trainings of presets on digits have in common. */
void pictures_training(Model *model, Pictures *pictures, int batch, int steps, double lr);

#endif
