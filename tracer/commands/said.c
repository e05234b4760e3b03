/* Short names, said; see said.h. */
#include "said.h"

#include "tracer/base/print.h"

void say_taken(const Names *names, Reference reference)
{
    char said[400];
    if (*short_name_said(names, reference, said, sizeof said))
        complain(said);
}
