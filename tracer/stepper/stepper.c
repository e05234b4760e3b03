/* Opening and closing the stepper; see stepper.h. */
#include "stepper.h"

#include "tutor.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

bool stepper_open(Stepper *stepper, const Arguments *arguments, bool ascii, Error *error)
{
    *stepper = (Stepper){0};
    return session_load(&stepper->session, &arguments->run, error) && stepper_begin(stepper, arguments, ascii, error);
}

bool stepper_begin(Stepper *stepper, const Arguments *arguments, bool ascii, Error *error)
{
    if (!lab_init(&stepper->lab, &stepper->session, error)) {
        session_close(&stepper->session);
        return false;
    }
    if (!session_record(&stepper->session, error)) {
        lab_free(&stepper->lab);
        return false;
    }
    if (!outline_init(&stepper->outline, &stepper->session.run.tape, error) ||
        !lab_begin(&stepper->lab, &stepper->outline, error)) {
        stepper_close(stepper);
        return false;
    }
    stepper->passages = passages_read();
    if (!stepper->passages) {
        stepper_close(stepper);
        return error_memory(error);
    }
    state_init(&stepper->state, &stepper->lab, tutor_of(stepper->passages));
    stepper->state.view.settings.ascii = ascii;
    if (arguments->digits_given)
        stepper->state.view.settings.digits = arguments->digits;
    return true;
}

void stepper_close(Stepper *stepper)
{
    passages_free(stepper->passages);
    lab_free(&stepper->lab);
    outline_free(&stepper->outline);
    session_close(&stepper->session);
}

/* What the environment asks for, whether or not such a locale is installed. */
static bool environment_names_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *locale = getenv(names[i]);
        if (locale && *locale)
            return strstr(locale, "UTF-8") || strstr(locale, "utf8") || strstr(locale, "UTF8") ||
                   strstr(locale, "utf-8");
    }
    return false;
}

/* Only for the widths of characters; numbers are written and read as in C, with a point. */
bool locale_prepare(void)
{
    if (setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
        return true;
    return setlocale(LC_CTYPE, "C.UTF-8") && environment_names_utf8();
}
