/* The options of `render`, taken apart; `fill` takes the same ones in an article. */
#ifndef TRACER_OUTPUT_RENDERING_H
#define TRACER_OUTPUT_RENDERING_H

#include "tracer/session/arguments.h"

#include "render.h"

#define RENDERING_OPTIONS \
    {"-o", "FILE.png|apng|svg|pdf|txt", "where to; - is standard output"}, \
    {"--list", NULL, "the figures"}, \
    {"--format", "png|apng|svg|pdf|txt", "the kind, where the file's name does not say it"}, \
    {"--theme", "light|dark", "the colours (light)"}, \
    {"--scale", "X", "so many times larger (1)"}, \
    {"--dpi", "N", "pixels for each inch (96)"}, \
    {"--width", "N", "pixels across, instead of --scale"}, \
    {"--mm", "N", "exactly so many millimetres wide; a png at 300 dpi unless --dpi says otherwise"}, \
    {"--font-size", "8pt", "letters and numbers of this size; with --mm the picture is laid out for both"}, \
    {"--colors", "NAME", "blue-orange, viridis, purple-green, teal-brown or grey"}, \
    {"--range", "LOW,HIGH", "colors from LOW to HIGH (those of the numbers)"}, \
    {"--colorbar", NULL, "a color bar at every panel"}, \
    {"--transparent", NULL, "without a background"}, \
    {"--columns", "N|A:B", "N panels side by side; or only columns A to before B of a value"}, \
    {"--rows", "A:B", "only rows A to before B"}, \
    {"--highlight", "'NAME[r,c]'", "an outline around a cell, a row or a column"}, \
    {"--row", "TOKEN", "arcs, tokens: only what this query looks at; a token or its number"}, \
    {"--plain-words", NULL, "titles in words in the place of names"}, \
    {"--title", "TEXT", "another title; \"\" for none"}, \
    {"--no-caption", NULL, "without the lines below"}, \
    {"--depth", "N", "graph: fold what is deeper"}, \
    {"--phase", "forward|backward|update", "graph, rule: only this one"}, \
    {"--gradients", NULL, "graph: lines as thick as the gradient that they carry"}, \
    {"--updates", "N", "loss, embedding, over-training: length of the run (training.steps, or 200; embedding 10)"}, \
    {"--at", "STEPS", "over-training, embedding: at these training steps, \"0,10,100\""}, \
    {"--against", "OPTIONS", "diff: the options of the other run (the next training step)"}

/* arguments: of the command render. The strings of *out live as long as they do; *line gets the
 * command line that makes the picture again, and must live as long as *out. */
bool rendering_of(const Arguments *arguments, Rendering *out, Text *line, Error *error);

#endif
