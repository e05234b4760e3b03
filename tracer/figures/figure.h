/* Figures: each is a pure function of (const session, spec) to a draw list, one file and one
 * line in the list. */
#ifndef TRACER_FIGURES_FIGURE_H
#define TRACER_FIGURES_FIGURE_H

#include "draw_list.h"
#include "theme.h"
#include "tracer/session/baselines.h"
#include "tracer/session/evaluation.h"
#include "tracer/session/ladder.h"
#include "tracer/session/session.h"

/* A run of training steps, kept for a figure that shows more than one of them. */
typedef struct {
    double *losses;          /* [updates + 1]: number k stands after k updates */
    double *validations;     /* likewise, nan where nobody looked; NULL: nothing is kept apart */
    Baselines baselines;     /* none where nothing is kept apart */
    int updates;
    int *steps;              /* the training steps whose numbers are kept */
    double **numbers;        /* of the one value, [step_count], each rows x cols */
    int step_count;
    double learning_rate;    /* the largest of the run */
    bool rate_varies;
} History;

/* Rows or columns from `first` to before `end`; end 0: all. */
typedef struct {
    int first, end;
} Range;

/* What is to be drawn, and how. */
typedef struct {
    const Session *session;
    const char *name;        /* what stands behind the figure's name, or NULL */
    const History *history;  /* NULL unless the figure needs one */
    const Session *other;    /* the second run, NULL unless the figure needs one */
    const struct Life *life; /* of the cell that is named; NULL unless the figure needs it */
    const Ladder *ladder;    /* NULL unless the figure needs one */
    const Evaluation *evaluations; /* [2] before and after a run; NULL unless the figure needs them */
    const Theme *theme;
    int digits;              /* decimals; AUTO_DIGITS: what the numbers need */
    const char *title;       /* NULL: the figure's own; "": none */
    bool caption;
    bool plain_words;        /* titles in words, not in names of values */
    double widest;           /* the page without its margins, in units; 0: PAGE_MOST */
    bool ranged;             /* colours from low to high instead of those of the numbers */
    double low, high;
    bool color_bar;          /* a colour bar at every panel that has none */
    int across;              /* panels side by side; 0: as many as fit */
    Range rows, cols;        /* what of a value is shown */
    const Reference *highlight; /* of `session`, outlined where it is shown; NULL: none */
    const char *query;       /* arcs, tokens: the one query that is shown; NULL: all */
    int depth;               /* of folding, AUTO_DEPTH: what is legible */
    int phase;               /* a Phase, or ALL_PHASES */
    bool gradients;          /* lines as thick as the gradient they carry */
    int frame;               /* of an animation: index into history->steps; ALL_FRAMES: side by side */
} Spec;

enum { DEFAULT_UPDATES = 200, MOST_UPDATES = 1000000 };
enum { AUTO_DIGITS = -1, AUTO_DEPTH = -1, ALL_PHASES = -1, ALL_FRAMES = -1 };

typedef enum { NEEDS_TAPE = 0, NEEDS_RUN = 1, NEEDS_VALUE_OVER_RUN = 2, NEEDS_OTHER = 4, NEEDS_LADDER = 8,
               NEEDS_LIFE = 16, NEEDS_TRUTH = 32, NEEDS_EVALUATIONS = 64 } Needs;

/* Which of the options that are not for all figures it takes. TAKES_CELLS: it shows cells of values, which can be
 * outlined, and have a colour bar. */
typedef enum {
    TAKES_COLORS = 1, TAKES_ACROSS = 2, TAKES_ROWS = 4, TAKES_COLUMNS = 8, TAKES_QUERY = 16, TAKES_CELLS = 32
} Takes;

typedef struct {
    const char *name, *words;  /* "attention", "[block0.head1|all]" */
    const char *shows;         /* one line */
    Needs needs;
    int takes;                 /* Takes, added */
    int updates;               /* length of the run where none is given; 0: DEFAULT_UPDATES */
    bool name_wanted;          /* it cannot do without a name */
    int evenly;                /* steps of a run that it keeps, all as far apart; 0: few, denser in the beginning */
    /* The value that it wants over a run, where that is not the one that is named; or NULL. */
    bool (*watched)(const Session *session, char *name, size_t size);
    /* Whether a tape has what the figure shows; if not, *why says what is missing. NULL: any tape has it. */
    bool (*fits)(const Session *session, const char **why);
    /* What it shows of a tape that it fits if no name is given; of a figure that wants a name, an example. Into
     * name[size], cut off if need be; false if there is nothing of the kind. NULL: it takes no name. */
    bool (*usual)(const Session *session, char *name, size_t size);
    /* Fills the list, which is empty before. False and *error if the name does not fit. */
    bool (*draw)(const Spec *spec, DrawList *list, Error *error);
} Figure;

extern const Figure *const FIGURES[];
extern const int FIGURE_COUNT;

/* NULL and *error with the nearest names if there is none. */
const Figure *figure_find(const char *name, Error *error);

/* NULL and *error with the nearest names if there is none. */
const Theme *theme_find(const char *name, Error *error);

/* NULL and *error with the names if there is none. */
const ColorSet *color_set_find(const char *name, Error *error);

/* The id of an attention map by the place of its head, "block0.head1"; NULL is the first. False and *error
 * with the nearest names if there is none. */
bool map_parse(const Session *session, const char *name, int *map, Error *error);

/* The row of a map that spec->query names, by token or index; ALL where it names none. */
bool query_parse(const Spec *spec, int map, int *query, Error *error);

/* The ids of the maps that a name means, in order: one head, all heads of a block ("block0"), or "all"; NULL is the
 * first head. Returns how many, in the list's memory; 0 and *error if there is none. */
int maps_parse(const Session *session, DrawList *list, const char *name, const int **maps, Error *error);

/* Whether b stands in the same block as a: the maps of a block stand in one row. */
bool maps_together(const Tape *tape, int a, int b);

/* For .fits: figures that show attention, and those that show what training does. */
bool has_attention(const Session *session, const char **why);
bool is_trained(const Session *session, const char **why);

/* For .usual: an attention head, what is worth watching over a run, the parameter that the loss depends on most, and
 * its gradient; found by rule and kind in any model. */
bool usual_map(const Session *session, char *name, size_t size);
bool usual_watched(const Session *session, char *name, size_t size);
bool usual_parameter(const Session *session, char *name, size_t size);
bool usual_gradient(const Session *session, char *name, size_t size);

/* Writes the name of a value for .usual; false if the value is -1. */
bool usual_name(const Session *session, int value, char *name, size_t size);

/* The id of a value whose name is formatted, or -1. */
int value_named(const Session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
