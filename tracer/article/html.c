/* Markdown to HTML by cmark, with tables; see html.h. */
#include "html.h"

#include "tracer/base/pipes.h"

#include <cmark.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Links between chapters are links between pages. */
static void turn_link(cmark_node *node)
{
    char address[600];
    const char *url = cmark_node_get_url(node);
    /* The part behind # stays, on the page as in the chapter. */
    size_t stem = strcspn(url, "#");
    if (stem < 4 || stem > 500 || strncmp(url + stem - 3, ".md", 3) != 0 || strncmp(url, "http", 4) == 0)
        return;
    const char *name = url;
    for (const char *at = url; at < url + stem; at++)
        name = *at == '/' ? at + 1 : name;
    snprintf(address, sizeof address, "%.*s.html%.60s", (int)(url + stem - 3 - name), name, url + stem);
    cmark_node_set_url(node, strcmp(address, "README.html") == 0 ? "index.html" : address);
}

/* What looks like HTML is text: <PAD> is a token. */
static void turn_raw(cmark_node *node)
{
    cmark_node *text = cmark_node_new(CMARK_NODE_TEXT);
    if (text && cmark_node_set_literal(text, cmark_node_get_literal(node)) && cmark_node_insert_before(node, text)) {
        cmark_node_unlink(node);
        cmark_node_free(node);
    }
}

static void turn(cmark_node *document, Picture *picture, void *context)
{
    cmark_iter *walk = cmark_iter_new(document);
    for (cmark_event_type event; (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(walk);
        cmark_node_type type = cmark_node_get_type(node);
        if (event == CMARK_EVENT_ENTER && type == CMARK_NODE_LINK)
            turn_link(node);
        else if (event == CMARK_EVENT_ENTER && type == CMARK_NODE_IMAGE && picture)
            picture(context, cmark_node_get_url(node));
        else if (type == CMARK_NODE_HTML_INLINE)
            turn_raw(node);
    }
    cmark_iter_free(walk);
}

static void add_part(const char *markdown, size_t length, Picture *picture, void *context, Text *out)
{
    cmark_node *document = cmark_parse_document(markdown, length, CMARK_OPT_DEFAULT);
    turn(document, picture, context);
    char *html = cmark_render_html(document, CMARK_OPT_DEFAULT);
    text_add(out, "%s", html);
    free(html);
    cmark_node_free(document);
}

/* A cell is a paragraph without its <p>. */
static void add_cell(const char *cell, const char *tag, bool right, Text *out)
{
    Text html = {0};
    size_t skip = strlen("<p>"), less = strlen("<p></p>\n");
    add_part(cell, strlen(cell), NULL, NULL, &html);
    text_add(out, "<%s%s>", tag, right ? " class=\"right\"" : "");
    if (html.length > less && strncmp(html.data, "<p>", skip) == 0)
        text_put(out, html.data + skip, html.length - less);
    text_add(out, "</%s>", tag);
    out->failed = out->failed || html.failed;
    text_free(&html);
}

/* A table of `length` bytes: titles, the line below them, rows. */
static void add_table(const char *markdown, size_t length, Text *out)
{
    bool right[MOST_TABLE_COLUMNS] = {false};
    char *copy = strndup(markdown, length), *rest = copy, *second = copy ? strchr(copy, '\n') : NULL,
         *cells[MOST_TABLE_COLUMNS];
    if (second) {
        char *rule = strndup(second + 1, strcspn(second + 1, "\n"));
        int count = rule ? pipes_split(rule, cells) : 0;
        for (int c = 0; c < count; c++)
            right[c] = pipes_is_right(cells[c]);
        free(rule);
    }
    text_add(out, "<div class=\"table\"><table>\n");
    for (int row = 0; rest && *rest; row++) {
        int count = pipes_split(strsep(&rest, "\n"), cells);
        if (row == 1)
            continue;
        text_add(out, "<tr>");
        for (int c = 0; c < count; c++)
            add_cell(cells[c], row ? "td" : "th", right[c], out);
        text_add(out, "</tr>\n");
    }
    text_add(out, "</table></div>\n");
    free(copy);
}

static size_t line_length(const char *text)
{
    size_t length = strcspn(text, "\n");
    return length + (text[length] == '\n');
}

bool page_write(const char *markdown, Picture *picture, void *context, Text *out)
{
    const char *part = markdown, *at = markdown;
    /* CommonMark knows no tables: runs of lines that begin with a bar are taken out before cmark sees the rest. */
    for (bool code = false; *at;) {
        if (strncmp(at, "```", 3) == 0)
            code = !code;
        if (code || *at != '|') {
            at += line_length(at);
            continue;
        }
        add_part(part, (size_t)(at - part), picture, context, out);
        for (part = at; *at == '|'; at += line_length(at))
            ;
        add_table(part, (size_t)(at - part), out);
        part = at;
    }
    add_part(part, (size_t)(at - part), picture, context, out);
    return !out->failed;
}
