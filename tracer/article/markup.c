/* Code, formulas and tags of Markdown and HTML; see markup.h. What is a block of code cmark says; what is code within
 * a line has to be found here, since cmark does not tell in which column. */
#include "markup.h"

#include "tracer/base/text.h"

#include <cmark.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char FORMULAS[] = "equation align gather multline eqnarray math displaymath alignat flalign";

void stretch_add(Markup *markup, Stretches *to, size_t begin, size_t end)
{
    if (to->count == to->capacity) {
        int capacity = to->capacity ? 2 * to->capacity : 64;
        Stretch *more = realloc(to->items, (size_t)capacity * sizeof *more);
        if (!more) {
            markup->failed = true;
            return;
        }
        to->items = more;
        to->capacity = capacity;
    }
    to->items[to->count++] = (Stretch){begin, end};
}

void markup_free(Markup *markup)
{
    free(markup->code.items);
    free(markup->math.items);
    free(markup->tags.items);
    *markup = (Markup){0};
}

const Stretch *stretch_at(const Stretches *stretches, size_t at)
{
    int low = 0, high = stretches->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (stretches->items[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < stretches->count && stretches->items[low].begin <= at ? &stretches->items[low] : NULL;
}

const char *environment_end(const char *at, const char *names)
{
    static const char begin[] = "\\begin{";
    char end[80];
    if (!text_begins(at, begin))
        return NULL;
    const char *name = at + strlen(begin);
    size_t length = strcspn(name, "}\n"), bare = length - (length && name[length - 1] == '*');
    if (name[length] != '}' || length == 0 || length > 40)
        return NULL;
    for (const char *known = names; *known; known += strcspn(known, " "), known += *known == ' ')
        if (strcspn(known, " ") == bare && strncmp(known, name, bare) == 0) {
            snprintf(end, sizeof end, "\\end{%.*s}", (int)length, name);
            const char *found = strstr(name, end);
            return found ? found + strlen(end) : NULL;
        }
    return NULL;
}

/* The lines of a Markdown text: which are code, and where the block ends that each belongs to. */
typedef struct {
    size_t *start;           /* [count + 1] */
    bool *code;
    size_t *block_end;
    int count;
} Lines;

static void lines_free(Lines *lines)
{
    free(lines->start);
    free(lines->code);
    free(lines->block_end);
}

static bool lines_begin(const char *text, Lines *lines)
{
    lines->count = 1;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines->count++;
    lines->start = calloc((size_t)lines->count + 1, sizeof *lines->start);
    lines->code = calloc((size_t)lines->count, sizeof *lines->code);
    lines->block_end = calloc((size_t)lines->count, sizeof *lines->block_end);
    if (!lines->start || !lines->code || !lines->block_end)
        return false;
    int line = 0;
    for (size_t at = 0; text[at]; at++)
        if (text[at] == '\n')
            lines->start[++line] = at + 1;
    lines->start[lines->count] = strlen(text);
    for (int i = 0; i < lines->count; i++)
        lines->block_end[i] = lines->start[i + 1];
    return true;
}

/* Blocks of HTML in which everything is text. */
static const char *const RAW_ELEMENTS[] = {"pre", "code", "script", "style", "textarea", "samp", "kbd"};

/* The name of a raw element that opens at `at`, or NULL. */
static const char *raw_element(const char *at)
{
    for (size_t i = 0; i < sizeof RAW_ELEMENTS / sizeof *RAW_ELEMENTS; i++) {
        size_t length = strlen(RAW_ELEMENTS[i]);
        if (strncasecmp(at + 1, RAW_ELEMENTS[i], length) == 0 && strchr(" \t\n>/", at[1 + length]))
            return at[1 + length] ? RAW_ELEMENTS[i] : NULL;
    }
    return NULL;
}

static void take_block(cmark_node *node, Lines *lines)
{
    cmark_node_type type = cmark_node_get_type(node);
    int first = cmark_node_get_start_line(node) - 1, last = cmark_node_get_end_line(node) - 1;
    bool code = type == CMARK_NODE_CODE_BLOCK;
    bool words = type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING || type == CMARK_NODE_HTML_BLOCK;
    last = last < lines->count ? last : lines->count - 1;
    for (int i = first; (code || words) && i >= 0 && i <= last; i++) {
        lines->code[i] = lines->code[i] || code;
        lines->block_end[i] = lines->start[last + 1];
    }
}

static bool ask_cmark(const char *text, Lines *lines)
{
    cmark_node *document = cmark_parse_document(text, strlen(text), CMARK_OPT_DEFAULT);
    cmark_iter *walk = document ? cmark_iter_new(document) : NULL;
    for (cmark_event_type event; walk && (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE;)
        if (event == CMARK_EVENT_ENTER)
            take_block(cmark_iter_get_node(walk), lines);
    bool asked = walk != NULL;
    if (walk)
        cmark_iter_free(walk);
    if (document)
        cmark_node_free(document);
    return asked;
}

static bool is_line(const char *line, const char *mark)
{
    const char *end = line + strlen(mark);
    return text_begins(line, mark) && (end[strspn(end, " \t\r")] == '\n' || !end[strspn(end, " \t\r")]);
}

/* The settings between two lines of --- at the very beginning, which are no Markdown. */
static void take_front_matter(const char *text, Lines *lines)
{
    int end = 1;
    if (!is_line(text, "---"))
        return;
    while (end < lines->count && !is_line(text + lines->start[end], "---") && !is_line(text + lines->start[end], "..."))
        end++;
    for (int i = 0; i <= end && end < lines->count; i++)
        lines->code[i] = true;
}

/* What is read of a text of Markdown or HTML. */
typedef struct {
    const char *text, *at;
    const char *line_end, *block_end;  /* of the block that `at` is in */
    bool markdown;
    Markup *markup;
} Reading;

static void take(Reading *reading, Stretches *to, const char *end)
{
    stretch_add(reading->markup, to, (size_t)(reading->at - reading->text), (size_t)(end - reading->text));
    reading->at = end;
}

/* Up to and with `mark`, or NULL where a blank line or the end comes first. */
static const char *before_blank_line(const char *from, const char *mark)
{
    const char *found = strstr(from, mark);
    for (const char *line = from; found && (line = strchr(line, '\n')) != NULL && line < found;) {
        line++;
        if (line[strspn(line, " \t\r")] == '\n' && line + strspn(line, " \t\r") < found)
            return NULL;
    }
    return found ? found + strlen(mark) : NULL;
}

/* A formula as pandoc takes it: no blank within the dollars, no digit behind. */
static const char *dollars_end(const char *at)
{
    if (at[1] == '$')
        return before_blank_line(at + 2, "$$");
    if (strchr(" \t\n", at[1]))
        return NULL;
    for (const char *c = at + 1; *c && !(c[0] == '\n' && c[1 + strspn(c + 1, " \t\r")] == '\n'); c++) {
        if (*c == '\\' && c[1])
            c++;
        else if (*c == '$')
            return !strchr(" \t\n", c[-1]) && !isdigit((unsigned char)c[1]) ? c + 1 : NULL;
    }
    return NULL;
}

static const char *formula_end(const char *at)
{
    static const struct {
        const char *begin, *end;
    } kinds[] = {{"\\\\(", "\\\\)"}, {"\\\\[", "\\\\]"}, {"\\(", "\\)"}, {"\\[", "\\]"}};
    if (*at == '$')
        return dollars_end(at);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_begins(at, kinds[i].begin))
            return before_blank_line(at + strlen(kinds[i].begin), kinds[i].end);
    return environment_end(at, FORMULAS);
}

/* Code within a line ends at as many ` as it begins with, and within its block. */
static void take_ticks(Reading *reading)
{
    size_t ticks = strspn(reading->at, "`");
    const char *end = reading->at + ticks;
    while ((end = strchr(end, '`')) && end < reading->block_end && strspn(end, "`") != ticks)
        end += strspn(end, "`");
    if (end && end < reading->block_end)
        take(reading, &reading->markup->code, end + ticks);
    else
        reading->at += ticks;
}

/* The end of a tag; > may stand in quotes. */
static const char *tag_end(const char *at)
{
    char quote = 0;
    for (const char *c = at + 1; *c; c++) {
        if (quote ? *c == quote : *c == '"' || *c == '\'')
            quote = quote ? 0 : *c;
        else if (!quote && *c == '>')
            return c + 1;
        else if (!quote && *c == '<')
            return NULL;
        if (c[0] == '\n' && c[1 + strspn(c + 1, " \t\r")] == '\n')
            return NULL;
    }
    return NULL;
}

/* Behind </name, in letters of either case; NULL if it never closes. */
static const char *element_end(const char *at, const char *name)
{
    while ((at = strstr(at, "</")) != NULL) {
        at += 2;
        if (strncasecmp(at, name, strlen(name)) == 0)
            return at + strlen(name);
    }
    return NULL;
}

/* A comment, an element in which everything is text, or a tag. */
static void take_angle(Reading *reading)
{
    const char *at = reading->at, *name = raw_element(at), *end = NULL;
    if (text_begins(at, "<!--{{")) {
        reading->at++;       /* a filled reference that lost its end: no comment of the author's */
    } else if (text_begins(at, "<!--")) {
        end = strstr(at + 4, "-->");
        end ? take(reading, &reading->markup->code, end + 3) : (void)reading->at++;
    } else if (name) {
        end = element_end(at, name);
        end ? take(reading, &reading->markup->code, end) : (void)reading->at++;
    } else if ((isalpha((unsigned char)at[1]) || at[1] == '/') && (end = tag_end(at))) {
        take(reading, &reading->markup->tags, end);
    } else {
        reading->at++;
    }
}

/* What other tools keep as it is: {% raw %} ... {% endraw %}. */
static const char *kept_end(const char *at)
{
    static const char *const kept[] = {"raw", "highlight", "verbatim", "comment"};
    const char *word = at + 2 + strspn(at + 2, "- ");
    for (size_t i = 0; text_begins(at, "{%") && i < sizeof kept / sizeof *kept; i++) {
        char end[24];
        snprintf(end, sizeof end, "end%s", kept[i]);
        const char *found = text_begins(word, kept[i]) ? strstr(word, end) : NULL;
        if (found)
            return found + strlen(end);
    }
    return NULL;
}

static void take_next(Reading *reading)
{
    const char *at = reading->at, *end;
    if ((*at == '$' || *at == '\\') && (end = formula_end(at)))
        take(reading, &reading->markup->math, end);
    else if (*at == '\\' && reading->markdown && ispunct((unsigned char)at[1]))
        reading->at += 2;
    else if (*at == '`' && reading->markdown)
        take_ticks(reading);
    else if (*at == '<')
        take_angle(reading);
    else if (*at == '{' && (end = kept_end(at)))
        take(reading, &reading->markup->code, end);
    else
        reading->at++;
}

/* A formula or comment that began before a block of code may have gone over it. */
static int line_at(const Lines *lines, int from, size_t at)
{
    while (from + 1 < lines->count && lines->start[from + 1] <= at)
        from++;
    return from;
}

void markup_markdown(const char *text, Markup *markup)
{
    Lines lines = {0};
    Reading reading = {.text = text, .at = text, .markdown = true, .markup = markup};
    bool read = lines_begin(text, &lines) && ask_cmark(text, &lines);
    if (read)
        take_front_matter(text, &lines);
    for (int line = 0; read && *reading.at;) {
        line = line_at(&lines, line, (size_t)(reading.at - text));
        reading.block_end = text + lines.block_end[line];
        if (lines.code[line])
            take(&reading, &markup->code, text + lines.start[line + 1]);
        else
            take_next(&reading);
    }
    markup->failed = markup->failed || !read;
    lines_free(&lines);
}

void markup_html(const char *text, Markup *markup)
{
    Reading reading = {.text = text, .at = text, .block_end = text + strlen(text), .markup = markup};
    while (*reading.at)
        take_next(&reading);
}
