/* What `cost` prints: a table of frames, a shape, a budget. */
#ifndef TRACER_COMMANDS_COST_REPORT_H
#define TRACER_COMMANDS_COST_REPORT_H

#include "tracer/query/reckon.h"
#include "tracer/session/session.h"

/* Frames of a tape from which on `deepest` levels are shown: those called `path`, NULL: the phases. */
void cost_print_frames(const Session *session, const Costs *costs, const char *path, int deepest);
void cost_json_frames(const Session *session, const Costs *costs, const char *path, int deepest, Text *out);

/* The path that a frame is meant by: its own, the end of it, or a phase. False and *error with the nearest. */
bool cost_find_frame(const Session *session, const char *name, const char **path, Error *error);

/* Counted beside what closed formulas say; nothing where there are none for the model. */
void cost_print_compared(const Session *session, const Costs *costs);
void cost_json_compared(const Session *session, const Costs *costs, Text *out);

/* What attention moves, whole and in tiles; nothing where no head is computed in tiles. */
void cost_print_traffic(const Session *session);
void cost_json_traffic(const Session *session, Text *out);

void cost_print_shape(const Reckoning *reckoning);
void cost_json_shape(const Reckoning *reckoning, Text *out);

/* train: the FLOPs for each token where a shape says so, else 0: 6 N. */
void cost_print_budget(const Budget *budget, const Device *device, double train);
void cost_json_budget(const Budget *budget, double train, Text *out);

/* The shapes and devices that have a name. */
void cost_print_shapes(void);

#endif
