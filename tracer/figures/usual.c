/* What figures show where no name is given, and whether they fit at all, by rule and kind; see figure.h. */
#include "figure.h"

#include "tracer/query/parts.h"
#include "tracer/query/tiles.h"

#include <stdio.h>

bool has_attention(const Session *session, const char **why)
{
    TiledHead head;
    *why = "there is no attention in this model";
    if (tiled_head(session->names.tape, 0, &head))
        *why = "attention is computed in tiles, its weights are never put together; render tiles shows them";
    return part_map(session->names.tape, 0) >= 0;
}

bool is_trained(const Session *session, const char **why)
{
    *why = "no update was recorded: nothing is trained here";
    return part_has_phase(session->names.tape, PHASE_UPDATE);
}

bool usual_name(const Session *session, int value, char *name, size_t size)
{
    snprintf(name, size, "%s", value >= 0 ? name_of(&session->names, value) : "");
    return value >= 0;
}

bool usual_map(const Session *session, char *name, size_t size)
{
    const Tape *tape = session->names.tape;
    int map = part_map(tape, 0);
    snprintf(name, size, "%s", map >= 0 ? part_map_path(tape, map) : "");
    return map >= 0;
}

bool usual_watched(const Session *session, char *name, size_t size)
{
    return usual_name(session, part_watched(session->names.tape), name, size);
}

bool usual_parameter(const Session *session, char *name, size_t size)
{
    return usual_name(session, part_steepest(session->names.tape), name, size);
}

/* Where there are no gradients, the first value that a step made. */
bool usual_gradient(const Session *session, char *name, size_t size)
{
    const Tape *tape = session->names.tape;
    int parameter = part_steepest(tape);
    int value = parameter >= 0 ? tape_value(tape, parameter)->gradient : tape->step_count ? tape->steps[0].output : -1;
    return usual_name(session, value, name, size);
}
