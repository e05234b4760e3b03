/* Pictures per second: the whole way from the tape to the bytes of a file. */
#include "bench.h"

#include "tracer/output/render.h"

#include <stdio.h>
#include <string.h>

/* One picture over and over for a while; prints a line. */
static bool measure_one(const Session *session, const char *figure, const char *name, const char *format, double scale, bool quick)
{
    Error error = {0};
    Rendering rendering = rendering_default();
    rendering.figure = figure_find(figure, &error);
    rendering.format = picture_format(format, NULL, &error);
    rendering.spec.name = name;
    rendering.picture.scale = scale;
    int count = 0;
    size_t bytes = 0;
    double begin = seconds(), limit = quick ? 0.1 : 1;
    while (error.code == 0 && seconds() - begin < limit) {
        Text out = {0};
        if (render(session, &rendering, &out, &error))
            count++;
        bytes = out.length;
        text_free(&out);
    }
    if (error.code != 0) {
        fprintf(stderr, "bench: %s\n", error.text);
        return false;
    }
    printf("  %-10s %s at %.0fx  %8.0f pictures per second, %6.2f ms each, %zu bytes\n", figure, format, scale, count / (seconds() - begin),
           1e3 * (seconds() - begin) / count, bytes);
    return true;
}

bool measure_figures(bool quick)
{
    Session session;
    Error error = {0};
    RunOptions options = {0};
    if (!session_open(&session, &options, &error)) {
        fprintf(stderr, "bench: %s\n", error.text);
        return false;
    }
    bool right = measure_one(&session, "attention", "block0.head0", "png", 1, quick) &&
                 measure_one(&session, "attention", "block0.head0", "png", 2, quick) &&
                 measure_one(&session, "attention", "block0.head0", "svg", 1, quick) &&
                 measure_one(&session, "attention", "block0.head0", "pdf", 1, quick) &&
                 measure_one(&session, "graph", NULL, "png", 1, quick);
    session_close(&session);
    return right;
}
