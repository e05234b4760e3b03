/* Filling an article's file; see fill.h. */
#include "article.h"

#include "tracer/base/files.h"

#include <stdlib.h>
#include <string.h>

static bool fill_data(Article *article, const char *data, size_t size, Text *out, Error *error)
{
    Error zero = {0};
    bool whole;
    if (article->filling.form->is_notebook) {
        whole = article_notebook(article, data, size, out, error);
    } else if (strlen(data) != size) {
        error_set(&zero, EXIT_USED_WRONGLY, "the article has a zero byte");
        article_fault(article, 1, &zero, error);
        whole = false;
    } else {
        whole = article_text(article, data, out, error);
    }
    return whole && error->code == 0 && (!out->failed || error_memory(error));
}

bool fill_article(const char *path, const RunOptions *run, int digits, bool check, FillReport *report, Error *error)
{
    Article article = {.path = path, .check = check, .report = report};
    const Form *form = form_of(path, error);
    Text out = {0};
    char *data;
    size_t size;
    if (!form || !file_read(path, MOST_ARTICLE, &data, &size, error))
        return false;
    bool whole = filling_begin(&article.filling, path, run, digits, error);
    article.filling.form = form;
    whole = whole && fill_data(&article, data, size, &out, error);
    /* Equal bytes are not written, so that a build that watches the file is not woken. */
    bool changed = out.length != size || memcmp(out.data ? out.data : "", data, size) != 0;
    if (whole && !check)
        whole = filling_write(&article.filling, error) &&
                (!changed || file_write(path, out.data, out.length, error));
    filling_end(&article.filling);
    text_free(&out);
    free(data);
    return whole;
}

void fill_report_free(FillReport *report)
{
    text_free(&report->differences);
    text_free(&report->faults);
}
