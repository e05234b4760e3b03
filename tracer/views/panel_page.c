/* Pages are written here, line by line; see panel_page.h. */
#include "panel_page.h"

#include "hiding.h"
#include "tracer/query/parts.h"
#include "tracer/query/routes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NULL if there is no memory; then the page is not whole, and says so when it is made. */
static PageLine *add_line(Page *page)
{
    if (page->count == page->capacity) {
        int capacity = page->capacity ? 2 * page->capacity : 32;
        PageLine *lines = realloc(page->lines, (size_t)capacity * sizeof *lines);
        if (!lines) {
            page->text.failed = true;
            return NULL;
        }
        page->lines = lines;
        page->capacity = capacity;
    }
    PageLine *line = &page->lines[page->count];
    *line = (PageLine){.start = page->text.length, .step = -1};
    return line;
}

/* Ends the line whose text was added, so that the next can begin. */
static void end_line(Page *page)
{
    text_put(&page->text, "", 1);
    page->count += !page->text.failed;
}

void page_bytes(Page *page, unsigned char flags, const char *bytes, size_t length)
{
    PageLine *line = add_line(page);
    if (!line)
        return;
    line->flags = flags;
    text_put(&page->text, bytes, length);
    end_line(page);
}

void page_line(Page *page, unsigned char flags, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    page_bytes(page, flags, text, strlen(text));
}

/* Columns of the first `length` bytes. */
static int columns_of(const char *text, size_t length)
{
    char copy[256];
    snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : sizeof copy - 1), text);
    return text_width(copy);
}

/* Bytes of a word that is too wide which fit: up to behind a dot, else as many as there are. */
static size_t part_fitting(const char *word, size_t length, int columns)
{
    size_t fitting = 0, dot = 0;
    for (size_t i = 1; i <= length; i++) {
        if (((unsigned char)word[i] & 0xc0) == 0x80)
            continue;
        if (columns_of(word, i) > columns)
            break;
        fitting = i;
        dot = word[i - 1] == '.' ? i : dot;
    }
    return dot ? dot : fitting ? fitting : length;
}

/* Bytes of the words that fit into so many columns; of one that is wider, a part. */
static size_t words_fitting(const char *words, int columns)
{
    size_t fitting = strcspn(words, " ");
    int used = columns_of(words, fitting);
    if (columns > 0 && used > columns)
        return part_fitting(words, fitting, columns);
    while (words[fitting]) {
        size_t next = 1 + strcspn(words + fitting + 1, " ");
        used += columns_of(words + fitting, next);
        if (columns > 0 && used > columns)
            break;
        fitting += next;
    }
    return fitting;
}

void page_words(Page *page, const char *heading, const char *words)
{
    int indent = text_width(heading) + (*heading != '\0'), room = page->width ? page->width - indent : 0;
    for (bool first = true; words && *words; first = false) {
        PageLine *line = add_line(page);
        if (!line)
            return;
        size_t length = words_fitting(words, page->width && room < 8 ? 8 : room);
        line->heading = indent;
        text_add(&page->text, "%s%*s%.*s", first ? heading : "", first ? *heading != '\0' : indent, "", (int)length,
                 words);
        end_line(page);
        words += length + strspn(words + length, " ");
    }
}

void page_leads(Page *page, int step, int row, int col)
{
    if (page->count == 0 || page->text.failed)
        return;
    PageLine *line = &page->lines[page->count - 1];
    page->leading += line->step < 0 && step >= 0;
    line->step = step;
    line->row = row;
    line->col = col;
}

void page_heat(Page *page, int col, int width, unsigned char heat)
{
    if (page->heat_count == page->heat_capacity) {
        int capacity = page->heat_capacity ? 2 * page->heat_capacity : 64;
        PageHeat *heats = realloc(page->heats, (size_t)capacity * sizeof *heats);
        if (!heats) {
            page->text.failed = true;
            return;
        }
        page->heats = heats;
        page->heat_capacity = capacity;
    }
    page->heats[page->heat_count++] = (PageHeat){page->count - 1, col, width, heat};
}

bool page_fits(const ViewState *state, int index, const char **why)
{
    return !PANEL_PAGES[index].fits || PANEL_PAGES[index].fits(state->session, why);
}

bool page_hidden(const ViewState *state, int index)
{
    return result_hidden(state) && !PANEL_PAGES[index].numberless;
}

bool page_make(const ViewState *state, int index, Page *page)
{
    char text[200];
    if (page_hidden(state, index))
        page_words(page, "", hidden_text(state, text, sizeof text));
    else
        PANEL_PAGES[index].write(state, page);
    return !page->text.failed;
}

const char *page_tells(const Page *page, int index)
{
    return *page->title ? page->title : PANEL_PAGES[index].tells;
}

void page_free(Page *page)
{
    text_free(&page->text);
    free(page->lines);
    free(page->heats);
    *page = (Page){.width = page->width, .room = page->room, .ascii = page->ascii};
}

/* The line is wanted, not had: other pages and other steps have fewer. */
int page_chosen(const ViewState *state, const Page *page)
{
    int wanted = state->panes.line < 0 ? 0 : state->panes.line < page->leading ? state->panes.line : page->leading - 1;
    for (int i = 0; i < page->count; i++)
        if (page->lines[i].step >= 0 && wanted-- == 0)
            return i;
    return -1;
}

int page_leading(const Page *page, int line)
{
    int count = 0;
    for (int i = 0; i < line; i++)
        count += page->lines[i].step >= 0;
    return count;
}

const char *share_bar(double share, int width, bool ascii, char *out, size_t size)
{
    int full = (int)(share * width + 0.5);
    size_t used = 0;
    /* A share that is not nothing is at least one character. */
    full = full < 0 ? 0 : full > width ? width : full == 0 && share > 0 ? 1 : full;
    out[0] = '\0';
    for (int i = 0; i < full && used + 4 < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s", ascii ? "#" : "█");
    return out;
}

const Rule *rule_around(const Tape *tape, int step, int *frame)
{
    for (*frame = tape->steps[step].frame; *frame >= 0; *frame = tape->frames[*frame].parent)
        if (tape->frames[*frame].rule)
            return tape->frames[*frame].rule;
    return NULL;
}

const char *as_with_gradient(const ViewState *state, char *out, size_t size)
{
    const Names *names = &state->session->names;
    int steepest = part_steepest(names->tape);
    *out = '\0';
    if (steepest >= 0)
        snprintf(out, size, ", as with :%s", name_of(names, tape_value(names->tape, steepest)->gradient));
    return out;
}

int subject_of(const Tape *tape, int id)
{
    if (tape_value(tape, id)->gradient >= 0)
        return id;
    /* W.grad is asked about for the sake of W, and so is a message that arrives there. */
    int of = owner_of_gradient(tape, id);
    return of >= 0 && tape_value(tape, of)->gradient >= 0 ? of : -1;
}

int page_subject(const ViewState *state)
{
    return subject_of(state_tape(state), state_asked(state).value);
}
