/* The sheets of a whole class; see hand_out.h. */
#include "hand_out.h"

#include "lint.h"
#include "sheet.h"
#include "tracer/base/files.h"
#include "tracer/base/progress.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_LENGTH = 1024 };

static bool make_folder(const char *path, Error *error)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ||
           error_set(error, EXIT_INPUT_OUTPUT, "cannot make the folder \"%.300s\": %s", path, strerror(errno));
}

static bool write_one(const Exercise *exercise, Whose whose, const char *folder, Error *error)
{
    char path[PATH_LENGTH + 16];
    Variant variant;
    Text sheet = {0};
    if (!lint_open(&variant, exercise, whose, error))
        return false;
    snprintf(path, sizeof path, "%s/%02d.txt", folder, exercise->number);
    bool whole = sheet_write(&variant, false, &sheet, error) && file_write(path, sheet.data, sheet.length, error);
    text_free(&sheet);
    variant_close(&variant);
    return whole;
}

bool hand_out(const Exercises *exercises, const Roster *roster, Whose whose, const char *folder, int *count,
              Error *error)
{
    Progress progress = progress_begin("worksheets");
    bool whole = make_folder(folder, error);
    *count = 0;
    for (int s = 0; whole && s < roster->count; s++) {
        char own[PATH_LENGTH];
        whose.student = roster->list[s].id;
        snprintf(own, sizeof own, "%.700s/%.100s", folder, whose.student);
        whole = make_folder(own, error);
        for (int e = 0; whole && e < exercises->count; e++) {
            progress_show(&progress, *count, roster->count * exercises->count);
            whole = write_one(&exercises->list[e], whose, own, error);
            *count += whole;
        }
    }
    progress_end(&progress);
    return whole;
}
