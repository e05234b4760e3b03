/* The flip-book; see walkthrough.h. */
#include "walkthrough.h"

#include "tracer/base/escapes.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/base/progress.h"
#include "tracer/output/rendering.h"
#include "tracer/query/formula.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_ROOM = 4096 };

static const char *const head =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>One training step, step by step</title>\n"
    "<style>body{font-family:DejaVu Sans,Verdana,sans-serif;max-width:70em;margin:1em auto;padding:0 1em;"
    "color-scheme:light dark}\n"
    "figure{margin:2em 0}img{max-width:100%}figcaption{font-size:.9em}</style>\n"
    "<h1>One training step, step by step</h1>\n"
    "<p>j and k, or the arrow keys, go to the next and the last step.</p>\n";

static const char *const foot =
    "<script>addEventListener('keydown',e=>{const f=[...document.querySelectorAll('figure')];\n"
    "const d={j:1,ArrowRight:1,k:-1,ArrowLeft:-1}[e.key];if(!d)return;\n"
    "let i=f.findIndex(x=>x.getBoundingClientRect().top>-9);if(i<0)i=f.length-1;\n"
    "f[Math.max(0,Math.min(f.length-1,i+d))].scrollIntoView();e.preventDefault()})</script>\n</html>\n";

static void add_figure(const Session *session, int step, const char *extension, Text *page)
{
    Text formula = {0};
    step_formula(&session->names, step, true, false, &formula);
    text_add(page, "<figure id=\"s%d\"><img loading=\"lazy\" src=\"%04d.%s\" alt=\"", step, step, extension);
    text_add_html(page, text_piece(page, &formula));
    text_add(page, "\"><figcaption>%d. ", step);
    step_place(session->names.tape, step, page);
    text_add(page, "</figcaption></figure>\n");
    text_free(&formula);
}

static bool write_step(const Session *session, Rendering *rendering, const char *directory, int step, Error *error)
{
    char path[PATH_ROOM], id[16];
    Text out = {0};
    snprintf(id, sizeof id, "%d", step);
    snprintf(path, sizeof path, "%s/%04d.%s", directory, step, rendering->format->name);
    rendering->spec.name = id;
    bool whole = render(session, rendering, &out, error) && file_write(path, out.data, out.length, error);
    text_free(&out);
    return whole;
}

static bool write_all(const Session *session, Rendering *rendering, const char *directory, Error *error)
{
    char path[PATH_ROOM];
    Text page = {0};
    int count = session->names.tape->step_count;
    Progress progress = progress_begin("pictures");
    bool whole = true;
    text_add(&page, "%s", head);
    for (int step = 0; step < count && whole; step++) {
        progress_show(&progress, step, count);
        whole = write_step(session, rendering, directory, step, error);
        add_figure(session, step, rendering->format->name, &page);
    }
    progress_end(&progress);
    text_add(&page, "%s", foot);
    snprintf(path, sizeof path, "%s/index.html", directory);
    whole = whole && (!page.failed || error_memory(error)) && file_write(path, page.data, page.length, error);
    text_free(&page);
    if (whole)
        print("%d pictures and index.html in %s\n", count, directory);
    return whole;
}

static bool make_directory(const char *directory, Error *error)
{
    struct stat found;
    if (strlen(directory) > PATH_ROOM - 32)
        return error_set(error, EXIT_USED_WRONGLY, "the name of the directory is too long");
    if (mkdir(directory, 0777) == 0 || (errno == EEXIST && stat(directory, &found) == 0 && S_ISDIR(found.st_mode)))
        return true;
    return error_set(error, EXIT_INPUT_OUTPUT, "cannot make the directory \"%.200s\": %s", directory, strerror(errno));
}

int walkthrough(const Arguments *arguments, Error *error)
{
    Session session;
    Rendering rendering;
    Text line = {0};
    const char *directory = option_of(arguments, "-o");
    /* Each picture is `render step ID` with the same options. */
    Arguments as_step = *arguments;
    as_step.words[0] = "step";
    as_step.word_count = 1;
    if (!directory || !*directory)
        error_set(error, EXIT_USED_WRONGLY, "say which directory: tracer render walkthrough -o DIR");
    else if (!option_of(arguments, "--format"))
        as_step.values[2] = "png";
    if (error->code == 0 && rendering_of(&as_step, &rendering, &line, error) && make_directory(directory, error) &&
        session_open(&session, &arguments->run, error)) {
        rendering.picture.command = "tracer render walkthrough";
        write_all(&session, &rendering, directory, error);
        session_close(&session);
    }
    text_free(&line);
    return error->code;
}
