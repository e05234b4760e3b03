/* What the files of a run's folder share with each other and with nobody else. */
#ifndef TRACER_SESSION_RUN_FOLDER_PARTS_H
#define TRACER_SESSION_RUN_FOLDER_PARTS_H

#include "run_folder.h"

/* Writes run.json. */
bool run_folder_write_state(const RunFolder *folder, Error *error);

#endif
