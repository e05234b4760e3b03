/* Frames: the named stretches of the tape, and their dotted paths; see tape.h. */
#include "tape_parts.h"

#include <string.h>

/* Appends `text` and, if it is not negative, `index`; returns the new end. */
static char *put(char *end, const char *text, int index)
{
    size_t length = strlen(text);
    memcpy(end, text, length);
    end += length;
    if (index < 0)
        return end;
    char digits[12];
    int count = 0;
    do
        digits[count++] = (char)('0' + index % 10);
    while ((index /= 10) > 0);
    while (count)
        *end++ = digits[--count];
    return end;
}

static const char *joined(Tape *tape, const char *before, const char *name, int index)
{
    char *text = tape_piece(tape, strlen(before) + strlen(name) + 14);
    char *end = text;
    if (*before) {
        end = put(end, before, -1);
        *end++ = '.';
    }
    *put(end, name, index) = '\0';
    return text;
}

static int frame_open(Tape *tape, Frame frame)
{
    if (tape->known)
        return known_frame(tape, frame.name, -1, frame.rule);
    tape->frames = tape_grown(tape, tape->frames, tape->frame_count, &tape->frame_capacity, sizeof(Frame));
    frame.phase = tape->phase;
    frame.parent = tape->frame;
    frame.depth = tape->frame < 0 ? 0 : tape->frames[tape->frame].depth + 1;
    frame.first = tape->step_count;
    frame.last = tape->step_count - 1;
    tape->frame = tape->frame_count++;
    tape->frames[tape->frame] = frame;
    return tape->frame;
}

int tape_begin(Tape *tape, const char *name, int index, const Rule *rule)
{
    if (tape->known) /* before its path is put together */
        return known_frame(tape, name, index, rule);
    const char *path = joined(tape, tape->frame < 0 ? "" : tape->frames[tape->frame].path, name, index);
    const char *last_dot = index < 0 ? NULL : strrchr(path, '.');
    const char *own = index < 0 ? name : last_dot ? last_dot + 1 : path;
    const char *home = path;
    if (tape->frame >= 0 && tape->frames[tape->frame].home != tape->frames[tape->frame].path)
        home = joined(tape, tape->frames[tape->frame].home, name, index);
    return frame_open(tape, (Frame){.name = own, .path = path, .home = home, .rule = rule});
}

int tape_begin_instance(Tape *tape, const char *name, int index)
{
    const char *home = tape->frame < 0 ? "" : tape->frames[tape->frame].home;
    int frame = tape_begin(tape, name, index, NULL);
    tape->frames[frame].home = home;
    return frame;
}

int tape_begin_inside(Tape *tape, const char *name, const Rule *rule)
{
    const char *path = tape->frames[tape->frame].path, *home = tape->frames[tape->frame].home;
    return frame_open(tape, (Frame){.name = name, .path = path, .home = home, .rule = rule});
}

int tape_begin_for(Tape *tape, int value)
{
    size_t size = tape_name(tape, value, NULL, 0) + 1;
    char *name = tape_piece(tape, size);
    tape_name(tape, value, name, size);
    return frame_open(tape, (Frame){.name = name, .path = name, .home = name});
}

int tape_begin_again(Tape *tape, int forward_frame)
{
    Frame again = tape->frames[forward_frame];
    return frame_open(tape, (Frame){.name = again.name, .path = again.path, .home = again.home, .rule = again.rule});
}

void tape_end(Tape *tape)
{
    CHECK(tape->frame >= 0, "a frame is closed that was never opened");
    Frame *frame = &tape->frames[tape->frame];
    frame->last = tape->step_count - 1;
    tape->frame = frame->parent;
}

void tape_go_on(Tape *tape, int frame)
{
    CHECK(tape->frame < 0 && tape->frames[frame].last == tape->step_count - 1, "frame %d is not the last", frame);
    tape->phase = tape->frames[frame].phase;
    tape->frame = frame;
}

void tape_begin_phase(Tape *tape, Phase phase)
{
    CHECK(tape->frame < 0, "phase %s begins inside of a frame", phase_name(phase));
    static const Kind kinds[] = {KIND_ACTIVATION, KIND_GRADIENT, KIND_OPTIMIZER};
    tape->phase = phase;
    tape->kind = kinds[phase];
    frame_open(tape, (Frame){.name = phase_name(phase), .path = "", .home = ""});
}

bool tape_frame_within(const Tape *tape, int frame, int ancestor)
{
    while (frame >= 0 && frame != ancestor)
        frame = tape->frames[frame].parent;
    return frame == ancestor;
}

int tape_outermost(const Tape *tape, int step)
{
    int frame = tape->steps[step].frame;
    while (tape->frames[frame].depth > 1)
        frame = tape->frames[frame].parent;
    return frame;
}
