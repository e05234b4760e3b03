/* Markdown, Quarto, LaTeX, HTML and notebooks; see form.h. */
#include "form.h"

#include "tracer/base/escapes.h"
#include "tracer/output/typeset.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What an alternative text says must neither end it nor be a comment. */
static void add_alt(const char *alt, Text *out)
{
    text_add(out, "![");
    for (; *alt; alt++)
        if (text_begins(alt, "<!"))
            text_add(out, "&lt;");
        else
            text_add(out, strchr("[]\\", *alt) ? "\\%c" : "%c", *alt);
    text_add(out, "]");
}

static void add_digest(const ArticlePicture *picture, Text *out)
{
    if (picture->digest)
        text_add(out, "<!--%s-->", picture->digest);
}

static void markdown_picture(const ArticlePicture *picture, Text *out)
{
    add_alt(picture->alt, out);
    text_add(out, "(%s)", picture->path);
    add_digest(picture, out);
    /* Its own stars would end those around it. */
    if (picture->caption)
        text_add(out, strpbrk(picture->caption, "*_") ? "\\\n%s" : "\\\n*%s*", picture->caption);
}

/* What stands in the brackets is the caption; Quarto takes the alternative text from behind. */
static void quarto_picture(const ArticlePicture *picture, Text *out)
{
    if (picture->caption) {
        text_add(out, "![%s](%s){fig-alt=\"", picture->caption, picture->path);
        text_add_html(out, picture->alt);
        text_add(out, "\"}");
        add_digest(picture, out);
    } else {
        markdown_picture(picture, out);
    }
}

static void html_picture(const ArticlePicture *picture, Text *out)
{
    text_add(out, picture->caption ? "<figure>\n<img src=\"" : "<img src=\"");
    text_add_html(out, picture->path);
    text_add(out, "\" alt=\"");
    text_add_html(out, picture->alt);
    text_add(out, "\">");
    add_digest(picture, out);
    if (picture->caption)
        text_add(out, "\n<figcaption>%s</figcaption>\n</figure>", picture->caption);
}

static void tex_picture(const ArticlePicture *picture, Text *out)
{
    const char *slash = strrchr(picture->path, '/'), *stem = slash ? slash + 1 : picture->path;
    const char *dot = strrchr(stem, '.');
    if (picture->digest)
        text_add(out, "%% %s\n", picture->digest);
    if (picture->caption)
        text_add(out, "\\begin{figure}[htbp]\n\\centering\n");
    text_add(out, "\\includegraphics[%s", picture->own_size ? "" : "width=\\linewidth");
    if (picture->tells_alt) {
        text_add(out, picture->own_size ? "alt={" : ",alt={");
        text_add_tex(out, picture->alt);
        text_add(out, "}");
    }
    text_add(out, "]{%s}", picture->path);
    if (picture->caption)
        text_add(out, "\n\\caption{%s}\n\\label{fig:%.*s}\n\\end{figure}", picture->caption,
                 dot ? (int)(dot - stem) : (int)strlen(stem), stem);
}

static void add_span(const ArticleToken *token, void (*add)(Text *, const char *), Text *out)
{
    text_add(out, "<span style=\"background:#%s;color:#%s;padding:0 .2em;border-radius:.2em%s\" title=\"%s\">",
             token->background, token->ink, token->asks ? ";text-decoration:underline" : "", token->number);
    add(out, token->token);
    text_add(out, "</span>");
}

static void html_token(const ArticleToken *token, Text *out)
{
    add_span(token, text_add_html, out);
}

static void markdown_token(const ArticleToken *token, Text *out)
{
    add_span(token, text_add_html_in_markdown, out);
}

static void tex_token(const ArticleToken *token, Text *out)
{
    text_add(out, "\\colorbox[HTML]{%s}{\\strut\\textcolor[HTML]{%s}{%s", token->background, token->ink,
             token->asks ? "\\underline{" : "");
    text_add_tex(out, token->token);
    text_add(out, token->asks ? "}}}" : "}}");
}

#define IN_COMMENTS .opening = "<!--{{", .opened = "}}-->", .closing = "<!--/-->", .notes_formulas = true
#define AS_MARKDOWN \
    .markup = markup_markdown, .table = typeset_markdown, .before_table = "\n\n", .after_table = "\n", \
    .before_matrix = "\n\n$$\n", .after_matrix = "$$\n\n", .token = markdown_token, IN_COMMENTS

const Form FORM_MARKDOWN = {.name = "Markdown", .extensions = {"md", "markdown"}, .picture = "svg",
                            .unfit_pictures = "pdf txt", .picture_place = markdown_picture, AS_MARKDOWN};
static const Form QUARTO = {.name = "Quarto", .extensions = {"qmd"}, .picture = "svg", .unfit_pictures = "txt",
                            .picture_place = quarto_picture, AS_MARKDOWN};
static const Form NOTEBOOK = {.name = "Jupyter", .extensions = {"ipynb"}, .picture = "svg",
                              .unfit_pictures = "pdf txt", .is_notebook = true, .picture_place = markdown_picture,
                              AS_MARKDOWN};
static const Form HTML = {.name = "HTML", .extensions = {"html", "htm"}, .picture = "svg",
                          .unfit_pictures = "pdf txt", .markup = markup_html, .table = typeset_html,
                          .before_table = "\n", .after_table = "", .before_matrix = "\n\\[\n",
                          .after_matrix = "\\]\n", .picture_place = html_picture, .token = html_token, IN_COMMENTS};
static const Form TEX = {.name = "LaTeX", .extensions = {"tex"}, .picture = "pdf", .unfit_pictures = "svg apng txt",
                         .opening = "%{{", .opened = "}}\n", .closing = "%{{/}}", .is_tex = true,
                         .markup = markup_tex, .table = typeset_tabular, .before_table = "", .after_table = "",
                         .before_matrix = "\\[\n", .after_matrix = "\\]\n", .picture_place = tex_picture,
                         .token = tex_token};

static const Form *const FORMS[] = {&FORM_MARKDOWN, &QUARTO, &TEX, &HTML, &NOTEBOOK};
enum { FORM_COUNT = sizeof FORMS / sizeof *FORMS };

const Form *form_of(const char *path, Error *error)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    char known[160] = "", shown[200];
    size_t used = 0;
    for (int i = 0; i < FORM_COUNT; i++)
        for (int j = 0; FORMS[i]->extensions[j]; j++) {
            if (dot && strcasecmp(dot + 1, FORMS[i]->extensions[j]) == 0)
                return FORMS[i];
            used += (size_t)snprintf(known + used, sizeof known - used, "%s.%s", used ? ", " : "",
                                     FORMS[i]->extensions[j]);
        }
    error_set(error, EXIT_USED_WRONGLY, "\"%s\" is no article that can be filled; those end in %s",
              token_visible(shown, sizeof shown, path), known);
    return NULL;
}

void form_number(const Form *form, const char *number, bool percent, bool in_math, Text *out)
{
    if (form->is_tex || in_math)
        text_add_tex_number(out, number, in_math);
    else
        text_add(out, "%s", number);
    text_add(out, "%s", !percent ? "" : form->is_tex || in_math ? "\\%" : "%");
}
