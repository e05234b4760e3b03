/* The chapters as the text panel asks for them. */
#ifndef TRACER_STEPPER_TUTOR_H
#define TRACER_STEPPER_TUTOR_H

#include "tracer/article/passage.h"
#include "tracer/views/lesson.h"

/* The passages must outlive it. */
Tutor tutor_of(const Passages *passages);

#endif
