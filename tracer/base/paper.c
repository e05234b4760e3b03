/* From cmark's tree to lines; see paper.h. Each kind of node is one row of a table. */
#include "paper.h"

#include "paper_table.h"

#include <cmark.h>
#include <stdio.h>
#include <string.h>

/* LEAST_HEADING: of a list, no part of the text; without a line below it. */
enum { PREFIX = 64, CODE_INDENT = 4, LEAST_HEADING = 6 };

typedef struct {
    Writer writer;
    int width;
    Text words;            /* of the paragraph or heading that is open */
    char prefix[PREFIX];   /* before every line of what is open: quotes and lists */
    char bullet[PREFIX];   /* in the place of its last part on the next first line; or "" */
    bool tight;            /* within an item: no empty line before the next paragraph */
} Paper;

typedef void Visit(Paper *paper, cmark_node *node);

/* Visible, but for the mark and what lays out. */
static void put_bytes(Paper *paper, const char *text, size_t size)
{
    for (const char *at = text, *end = text + size; at < end;) {
        size_t length = strcspn(at, (const char[]){PASSAGE_MARK, '\n', '\t', '\0'});
        length = length < (size_t)(end - at) ? length : (size_t)(end - at);
        text_add_name(&paper->words, at, length);
        if (length == 0)
            text_put(&paper->words, at, length = 1);
        at += length;
    }
}

static void put(Paper *paper, const char *text)
{
    put_bytes(paper, text ? text : "", text ? strlen(text) : 0);
}

static void put_style(Paper *paper, char style)
{
    text_put(&paper->words, &style, 1);
}

static const char *words(const Paper *paper)
{
    return paper->words.data ? paper->words.data : "";
}

static void empty_line(Paper *paper)
{
    size_t length = strlen(paper->prefix);
    while (length && paper->prefix[length - 1] == ' ')
        length--;
    /* Behind a bullet or the mark of a quotation, and at the top, no empty line. */
    if (!paper->tight && paper->writer.out->length)
        text_add(paper->writer.out, "%.*s\n", (int)length, paper->prefix);
    paper->tight = false;
}

/* Every line below is indented by it, until pop takes the same again. */
static void push(Paper *paper, const char *more)
{
    if (strlen(paper->prefix) + strlen(more) < PREFIX)
        strcat(paper->prefix, more);
}

static void pop(Paper *paper, const char *more)
{
    size_t length = strlen(paper->prefix), less = strlen(more);
    if (length >= less && strcmp(paper->prefix + length - less, more) == 0)
        paper->prefix[length - less] = '\0';
}

static void leave_heading(Paper *paper, cmark_node *node)
{
    int level = cmark_node_get_heading_level(node);
    bool top = level == 1;
    empty_line(paper);
    if (paper->writer.color)
        paper->writer.style = top ? STYLE_TITLE : STYLE_BOLD;
    writer_paragraph(&paper->writer, words(paper), "", "", paper->width);
    /* Without bold letters a line below tells a heading. */
    if (!paper->writer.color && level < LEAST_HEADING) {
        int length = styled_width(words(paper));
        for (int i = 0; i < length && i < paper->width; i++)
            text_add(paper->writer.out, top ? "═" : "─");
        text_add(paper->writer.out, "\n");
    }
}

static void leave_paragraph(Paper *paper, cmark_node *node)
{
    (void)node;
    char first[PREFIX * 2];
    empty_line(paper);
    /* cmark takes a table for a paragraph. */
    if (*words(paper) == '|') {
        paper_table(&paper->writer, paper->words.data, paper->prefix, paper->width);
        return;
    }
    for (char *at = paper->words.data; at && *at; at++)
        *at = *at == '\n' ? ' ' : *at;
    /* The bullet takes the place of the last columns of the indentation. */
    size_t keep = strlen(paper->prefix) - (*paper->bullet ? (size_t)text_width(paper->bullet) : 0);
    snprintf(first, sizeof first, "%.*s%s", (int)keep, paper->prefix,
             *paper->bullet ? paper->bullet : paper->prefix + keep);
    writer_paragraph(&paper->writer, words(paper), first, paper->prefix, paper->width);
    *paper->bullet = '\0';
}

/* Code is not wrapped at blanks: what does not fit goes on below, further in. */
static void enter_code_block(Paper *paper, cmark_node *node)
{
    char first[PREFIX + CODE_INDENT + 1], rest[PREFIX + CODE_INDENT * 2 + 1];
    empty_line(paper);
    snprintf(first, sizeof first, "%s%*s", paper->prefix, CODE_INDENT, "");
    snprintf(rest, sizeof rest, "%s%*s", first, CODE_INDENT, "");
    for (const char *at = cmark_node_get_literal(node); *at;) {
        size_t length = strcspn(at, "\n");
        paper->words.length = 0;
        put_bytes(paper, at, length);
        paper->writer.style = STYLE_CODE;
        if (length)
            writer_paragraph(&paper->writer, words(paper), first, rest, paper->width);
        else
            text_add(paper->writer.out, "\n");
        at += length + (at[length] == '\n');
    }
}

/* What stands inside is gathered first: a paragraph is wrapped as a whole. */
static void enter_words(Paper *paper, cmark_node *node)
{
    (void)node;
    paper->words.length = 0;
    text_put(&paper->words, "", 0);
}

static void enter_quote(Paper *paper, cmark_node *node)
{
    (void)node;
    empty_line(paper);
    paper->tight = true;
    push(paper, "│ ");
}

static void leave_quote(Paper *paper, cmark_node *node)
{
    (void)node;
    pop(paper, "│ ");
}

static void enter_list(Paper *paper, cmark_node *node)
{
    (void)node;
    empty_line(paper);
}

static void enter_item(Paper *paper, cmark_node *node)
{
    cmark_node *list = cmark_node_parent(node);
    int number = cmark_node_get_list_start(list);
    for (cmark_node *before = cmark_node_previous(node); before; before = cmark_node_previous(before))
        number++;
    if (cmark_node_get_list_type(list) == CMARK_ORDERED_LIST)
        snprintf(paper->bullet, sizeof paper->bullet, "%2d. ", number % 100);
    else
        snprintf(paper->bullet, sizeof paper->bullet, "  • ");
    push(paper, "    ");
    paper->tight = true;
}

static void leave_item(Paper *paper, cmark_node *node)
{
    (void)node;
    pop(paper, "    ");
}

static void enter_rule(Paper *paper, cmark_node *node)
{
    (void)node;
    empty_line(paper);
    text_add(paper->writer.out, "%s* * *\n", paper->prefix);
}

static void enter_literal(Paper *paper, cmark_node *node)
{
    put(paper, cmark_node_get_literal(node));
}

static void enter_break(Paper *paper, cmark_node *node)
{
    (void)node;
    text_put(&paper->words, "\n", 1);
}

static void enter_code(Paper *paper, cmark_node *node)
{
    put_style(paper, STYLE_CODE);
    put(paper, cmark_node_get_literal(node));
    put_style(paper, STYLE_NONE);
}

static void enter_strong(Paper *paper, cmark_node *node)
{
    (void)node;
    put_style(paper, STYLE_BOLD);
}

static void leave_style(Paper *paper, cmark_node *node)
{
    (void)node;
    put_style(paper, STYLE_NONE);
}

/* Words of the sentence stand in italics; without them the asterisks stay, so that "the" is not read over. */
static void enter_emphasis(Paper *paper, cmark_node *node)
{
    (void)node;
    put_style(paper, STYLE_ITALIC);
    if (!paper->writer.color)
        put(paper, "*");
}

static void leave_emphasis(Paper *paper, cmark_node *node)
{
    if (!paper->writer.color)
        put(paper, "*");
    leave_style(paper, node);
}

static void enter_picture(Paper *paper, cmark_node *node)
{
    (void)node;
    put(paper, "[picture: ");
}

static void leave_picture(Paper *paper, cmark_node *node)
{
    put(paper, " ");
    put(paper, cmark_node_get_url(node));
    put(paper, "]");
}

static const struct {
    cmark_node_type type;
    Visit *enter, *leave;
} KINDS[] = {
    {CMARK_NODE_HEADING, enter_words, leave_heading}, {CMARK_NODE_PARAGRAPH, enter_words, leave_paragraph},
    {CMARK_NODE_CODE_BLOCK, enter_code_block, NULL}, {CMARK_NODE_BLOCK_QUOTE, enter_quote, leave_quote},
    {CMARK_NODE_LIST, enter_list, NULL}, {CMARK_NODE_ITEM, enter_item, leave_item},
    {CMARK_NODE_THEMATIC_BREAK, enter_rule, NULL}, {CMARK_NODE_TEXT, enter_literal, NULL},
    {CMARK_NODE_HTML_INLINE, enter_literal, NULL}, {CMARK_NODE_SOFTBREAK, enter_break, NULL},
    {CMARK_NODE_LINEBREAK, enter_break, NULL}, {CMARK_NODE_CODE, enter_code, NULL},
    {CMARK_NODE_STRONG, enter_strong, leave_style}, {CMARK_NODE_EMPH, enter_emphasis, leave_emphasis},
    {CMARK_NODE_IMAGE, enter_picture, leave_picture},
};

static void visit(Paper *paper, cmark_node *node, bool entering)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        Visit *what = entering ? KINDS[i].enter : KINDS[i].leave;
        if (KINDS[i].type == cmark_node_get_type(node) && what)
            what(paper, node);
    }
}

bool paper_write(const char *markdown, int width, bool color, Text *out)
{
    Paper paper = {.writer = {.out = out, .color = color, .style = STYLE_NONE}, .width = width};
    cmark_node *document = cmark_parse_document(markdown, strlen(markdown), CMARK_OPT_DEFAULT);
    cmark_iter *walk = cmark_iter_new(document);
    for (cmark_event_type event; (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE;)
        visit(&paper, cmark_iter_get_node(walk), event == CMARK_EVENT_ENTER);
    cmark_iter_free(walk);
    cmark_node_free(document);
    bool whole = !out->failed && !paper.words.failed;
    text_free(&paper.words);
    return whole;
}
