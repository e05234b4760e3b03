/* Commands behind a verdict; see directions.h. */
#include "directions.h"

#include <string.h>

/* " --student anna" */
static void add_option(const char *option, const char *word, Text *out)
{
    text_add(out, " %s", option);
    text_shell_word(out, word);
}

/* The stepper on these numbers; what the file says of itself is not repeated. */
static void add_step_command(const HandedIn *handed, const char *path, const Asides *given, Text *out)
{
    text_add(out, "see where it went wrong: tracer step");
    add_option("--mine", path, out);
    if (!handed->code.found)
        text_add(out, " --exercise %02d", handed->variant.exercise->number);
    if (strcmp(handed->variant.whose.student, handed->code.student) != 0)
        add_option("--student", handed->variant.whose.student, out);
    if (strcmp(handed->variant.whose.course, handed->code.course) != 0)
        add_option("--course", handed->variant.whose.course, out);
    const char *const options[][2] = {
        {"--before", given->before}, {"--secret", given->secret}, {"--exercises", given->exercises}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i][1])
            add_option(options[i][0], options[i][1], out);
    text_add(out, "\n");
}

void directions_add(const HandedIn *handed, const Verdict *verdict, const char *path, const Asides *given,
                    Text *out)
{
    const Exercise *exercise = handed->variant.exercise;
    if (verdict->kind == VERDICT_CORRECT || verdict->kind == VERDICT_BLANK || exercise->choice)
        return;
    bool shut = handed->code.mark == 's' && !handed->variant.whose.secret; /* only the secret opens its run */
    if (!exercise->extra && !shut)
        add_step_command(handed, path, given, out);
    if (verdict->kind == VERDICT_NAMED && verdict->suspect_count)
        text_add(out, "see what it does: tracer exercise show %02d --mistake %s\n", exercise->number,
                 verdict->suspects[0]->id);
    text_add(out, "a hint: tracer exercise hint %02d", exercise->number);
    add_option("--student", handed->variant.whose.student, out);
    if (strcmp(handed->variant.whose.course, "demo") != 0)
        add_option("--course", handed->variant.whose.course, out);
    text_add(out, "\n");
}
