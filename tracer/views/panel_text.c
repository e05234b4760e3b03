/* What the tutorial says about the step, or about the frame that the tree's cursor is on, with the numbers of the
 * run. The lines that tell of the step's own result are bold. */
#include "folding.h"
#include "panel_page.h"
#include "tracer/base/ascii.h"
#include "tracer/base/paper.h"

#include <stdio.h>
#include <string.h>

/* A paragraph is one line where nothing limits it. */
enum { UNLIMITED = 20000 };

Lesson lesson_here(const ViewState *state)
{
    const Tutor *tutor = &state->tutor;
    const Node *node = &state->outline->nodes[tree_cursor(state)];
    bool frame = state->panes.focus == PANE_TREE && node->frame >= 0;
    return frame ? tutor->about(tutor->chapters, state->session, node->frame, -1)
                 : tutor->about(tutor->chapters, state->session, state_step(state)->frame, state->cursor.step);
}

/* Takes the marks out of a line; what is left of its length. */
static size_t without_marks(char *line, size_t length)
{
    size_t kept = 0;
    for (size_t i = 0; i < length; i++)
        if (line[i] != PASSAGE_MARK)
            line[kept++] = line[i];
    return kept;
}

/* Adds the lines. The first marked one is in sight: with what is before it, or else from its paragraph on. */
static void add_lines(Page *page, char *text)
{
    int paragraph = page->count;
    bool found = false;
    while (*text) {
        size_t length = strcspn(text, "\n");
        bool marked = memchr(text, PASSAGE_MARK, length) != NULL;
        if (length == 0)
            paragraph = page->count + 1;
        page_bytes(page, marked ? BOLD : 0, text, without_marks(text, length));
        if (marked && !found && page->count > page->room)
            page->focus = paragraph + page->room / 2;
        found |= marked;
        text += length + (text[length] == '\n');
    }
    page->focus = page->focus < page->count ? page->focus : page->count - 1;
}

/* Adds the text as the page may show it. */
static void spell(const Page *page, const char *text, Text *out)
{
    if (page->ascii)
        ascii_add(text, out);
    else
        text_add(out, "%s", text);
}

static void add_markdown(Page *page, const char *markdown)
{
    Text spelled = {0}, paper = {0}, lines = {0};
    int width = page->width == 0 ? UNLIMITED : page->width < LEAST_PAPER ? LEAST_PAPER : page->width;
    spell(page, markdown, &spelled);
    bool whole = !spelled.failed && paper_write(spelled.data ? spelled.data : "", width, false, &paper);
    if (whole && paper.data)
        spell(page, paper.data, &lines);
    if (lines.data)
        add_lines(page, lines.data);
    page->text.failed |= !whole || lines.failed;
    text_free(&spelled);
    text_free(&paper);
    text_free(&lines);
}

static void add_lesson(const ViewState *state, Page *page, const Lesson *lesson)
{
    Text markdown = {0};
    Error error = {0};
    if (state->tutor.text(lesson, state->session, state_step(state)->output, state->settings.digits, &markdown, &error))
        add_markdown(page, markdown.data ? markdown.data : "");
    else if (error.code == EXIT_USED_WRONGLY) /* the chapter is written wrongly */
        page_words(page, "", error.text);
    else
        page->text.failed = true;
    text_free(&markdown);
}

static void add_titles(Page *page, const Lesson *lesson)
{
    Text chapter = {0}, section = {0};
    spell(page, lesson->title, &chapter);
    spell(page, lesson->section, &section);
    page->text.failed |= chapter.failed || section.failed;
    if (!page->text.failed) {
        snprintf(page->title, sizeof page->title, "%d. %.*s", lesson->chapter, PAGE_TITLE - 20, chapter.data);
        if (*lesson->section)
            page_line(page, BOLD, "%s", section.data);
    }
    text_free(&chapter);
    text_free(&section);
}

void write_text(const ViewState *state, Page *page)
{
    Lesson lesson = lesson_here(state);
    char more[160];
    if (!lesson.title) {
        page_words(page, "", lesson.none);
        return;
    }
    const char *other = state->tutor.told_of(&lesson, state->session);
    add_titles(page, &lesson);
    if (other) { /* before the first of them is read */
        snprintf(more, sizeof more, "Its numbers are those of the preset %s.", other);
        page_words(page, "", more);
    }
    add_lesson(state, page, &lesson);
    snprintf(more, sizeof more, "tracer learn %d reads the whole chapter", lesson.chapter);
    page_line(page, 0, "%s", "");
    page_words(page, "", more);
}
