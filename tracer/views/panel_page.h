/* A page of the text panel: lines, some of which lead to a step. Written once by panel_NAME.c,
 * drawn by text_panel.c, and told line by line in the plain mode. */
#ifndef TRACER_VIEWS_PANEL_PAGE_H
#define TRACER_VIEWS_PANEL_PAGE_H

#include "view.h"

typedef struct {
    size_t start;          /* in the text; it ends in a NUL */
    int heading;           /* so many of its columns are drawn dim */
    unsigned char flags;   /* BOLD, DIM */
    int step, row, col;    /* where Enter goes; step -1: nowhere */
} PageLine;

enum { PAGE_TITLE = 160 };

/* Columns of a line that are drawn on their heat. */
typedef struct {
    int line, col, width;
    unsigned char heat;    /* as in Style */
} PageHeat;

typedef struct {
    Text text;
    PageLine *lines;
    int count, capacity;
    PageHeat *heats;       /* in the order of the lines */
    int heat_count, heat_capacity;
    int width;             /* columns that there are; 0: any */
    int room;              /* rows that there are; 0: any */
    int focus;             /* the line that is in sight as long as none is chosen */
    int leading;           /* how many lines lead somewhere */
    bool ascii;
    char title[PAGE_TITLE]; /* in the place of what its PanelPage tells, or "" */
} Page;

/* What is written on a page. Pure: reads the state and adds lines. */
typedef struct {
    const char *name;      /* "source": `:panel source` */
    const char *tells;     /* what it is, for its title */
    void (*write)(const ViewState *state, Page *page);
    bool numberless;       /* tells no number of the run: stays while a result is to be guessed */
    bool (*fits)(const Session *session, const char **why); /* as of a figure; NULL: any run */
} PanelPage;

/* The ring of pages; State's `page` is 1 + an index of it, or 0. */
extern const PanelPage PANEL_PAGES[];
extern const int PANEL_PAGE_COUNT;

/* Whether the run has what the page tells; if not, *why says what is missing. */
bool page_fits(const ViewState *state, int index, const char **why);

/* True if the page would tell what is to be guessed. */
bool page_hidden(const ViewState *state, int index);

/* Writes the page with that index; page_free it. False if there is no memory. */
bool page_make(const ViewState *state, int index, Page *page);
void page_free(Page *page);

/* Adds a line, cut at the right end where it does not fit. */
void page_line(Page *page, unsigned char flags, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds a line of `length` bytes, however long. */
void page_bytes(Page *page, unsigned char flags, const char *bytes, size_t length);

/* Adds words beside a dim heading, in as many lines as they take; nothing if there are no words. */
void page_words(Page *page, const char *heading, const char *words);

/* What stands behind the name of the page in its title. */
const char *page_tells(const Page *page, int index);

/* The line that was added last leads to a cell of the output of a step. */
void page_leads(Page *page, int step, int row, int col);

/* Puts columns of the line that was added last on a heat. */
void page_heat(Page *page, int col, int width, unsigned char heat);

static inline const char *page_text(const Page *page, const PageLine *line)
{
    return page->text.data + line->start;
}

/* The line that is chosen by State's `line`, or -1 if none leads anywhere. */
int page_chosen(const ViewState *state, const Page *page);

/* How many lines before this one lead somewhere. */
int page_leading(const Page *page, int line);

/* A bar of at most `width` characters for a share from 0 to 1, into out[size]. */
const char *share_bar(double share, int width, bool ascii, char *out, size_t size);

/* The rule whose frame is around a step, and that frame; NULL and -1 if there is none. */
const Rule *rule_around(const Tape *tape, int step, int *frame);

/* What the tutorial says about the step, or about the frame that the tree's cursor is on. */
Lesson lesson_here(const ViewState *state);

/* ", as with :W_1.grad": a gradient of this run to go to, or "", into out[size]. */
const char *as_with_gradient(const ViewState *state, char *out, size_t size);

/* The value whose gradient a value is, or itself if it has one; -1 if there is none. */
int subject_of(const Tape *tape, int value);

/* That of the cell that the pages tell of. */
int page_subject(const ViewState *state);

/* The pages, in files of their own. */
void write_text(const ViewState *state, Page *page);
void write_about(const ViewState *state, Page *page);
void write_source(const ViewState *state, Page *page);
void write_stages(const ViewState *state, Page *page);
void write_uses(const ViewState *state, Page *page);
void write_routes(const ViewState *state, Page *page);
void write_truth(const ViewState *state, Page *page);
void write_beside(const ViewState *state, Page *page);
void write_update(const ViewState *state, Page *page);
void write_ledger(const ViewState *state, Page *page);
void write_drawing(const ViewState *state, Page *page);
bool draws_tokens(const Session *session, const char **why);
void write_notebook(const ViewState *state, Page *page);
void write_commands(const ViewState *state, Page *page);
void write_map(const ViewState *state, Page *page);
void write_tiles(const ViewState *state, Page *page);
void write_experts(const ViewState *state, Page *page);
void write_follow(const ViewState *state, Page *page);
void write_heads(const ViewState *state, Page *page);
void write_lens(const ViewState *state, Page *page);
void write_taken(const ViewState *state, Page *page);
void write_patched(const ViewState *state, Page *page);

/* Whether looking inside was recorded, for those five. */
bool is_inside(const Session *session, const char **why);

#endif
