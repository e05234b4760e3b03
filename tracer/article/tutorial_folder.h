/* Where the tutorial is: its chapters and exercises are files beside the program. */
#ifndef TRACER_ARTICLE_TUTORIAL_FOLDER_H
#define TRACER_ARTICLE_TUTORIAL_FOLDER_H

#include "tiny_model/error.h"

enum { TUTORIAL_PATH = 4096 };

/* Looks for the folder tutorial/ that has `part` in it ("chapters", "exercises"): TRACER_TUTORIAL, then
 * beside the program: ../tutorial and ../../tutorial of a build, ../share/tracer/tutorial of an
 * installation. Writes its path into out[TUTORIAL_PATH].
 *   errors  it is nowhere */
bool tutorial_folder(const char *part, char *out, Error *error);

/* The path of the folder of exercises: `given` if there is one, else tutorial/exercises as above. */
bool exercises_folder(const char *given, char *out, Error *error);

/* The stepper's page for a browser, which `./build.sh web` makes: web/tracer.html beside the program, or
 * ../share/tracer/tracer.html of an installation. Writes its path into out[TUTORIAL_PATH].
 *   errors  it is nowhere */
bool stepper_page(char *out, Error *error);

#endif
