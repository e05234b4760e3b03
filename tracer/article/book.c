/* The book; see book.h. */
#include "book.h"

#include "html.h"
#include "page_link.h"
#include "tracer/base/escapes.h"
#include "tracer/base/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char whole_name[] = "tracer.html";

enum { MOST_PICTURE = 8 << 20 };

/* Within each page and without a script or a font from elsewhere: a page can be sent alone, and read in ten years. */
static const char *const style =
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fdfdfb;--soft:#f0f0ec;--line:#d4d4cc;--link:#0b57a4}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e6e2;--paper:#16181b;--soft:#22252a;--line:#3c4048;"
    "--link:#8cc0ff}}\n"
    "body{margin:0 auto;padding:1em;max-width:44em;font:1.05em/1.55 Georgia,'DejaVu Serif',serif;color:var(--ink);"
    "background:var(--paper);overflow-wrap:break-word}\n"
    "h1,h2,h6,th,nav{font-family:'DejaVu Sans',Verdana,sans-serif}h1{line-height:1.2}h2{margin-top:1.8em;"
    "font-size:1.2em}\n"
    "a{color:var(--link)}code,pre{font-family:'DejaVu Sans Mono',monospace;font-size:.85em}\n"
    "pre{background:var(--soft);padding:.8em;overflow-x:auto;line-height:1.35}:not(pre)>code{background:var(--soft);"
    "padding:.1em .25em}\n"
    "blockquote{margin:1.2em 0;padding:.1em 1em;border-left:.3em solid var(--link);background:var(--soft)}\n"
    ".table{overflow-x:auto}table{border-collapse:collapse;font-size:.9em;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.25em .7em;border-bottom:1px solid var(--line);text-align:left}.right{text-align:right}\n"
    "img{display:block;max-width:100%;height:auto;margin:.6em 0;background:#fff;border:1px solid var(--line)}\n"
    "h6{margin:1.2em 0 .2em;font-size:.8em}h6+ul{margin:0;font-size:.8em}\n"
    "nav{display:flex;justify-content:space-between;gap:1em;font-size:.85em;padding:.6em 0}\n"
    "@page{size:A4;margin:20mm 20mm 22mm;@bottom-center{content:counter(page);font:9pt 'DejaVu Sans',sans-serif;"
    "color:#555}}\n"
    "@page:first{@bottom-center{content:''}}\n"
    "@media print{:root{color-scheme:light;--ink:#000;--paper:#fff;--soft:#f2f2ee;--line:#ccc;--link:#0b57a4}\n"
    "body{max-width:none;padding:0;font-size:10.5pt}nav{display:none}section{break-before:page}"
    "a{text-decoration:none}\n"
    "h1,h2,h6{break-after:avoid}.table,img,blockquote{break-inside:avoid}p,li{orphans:3;widows:3}\n"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere}.table{overflow-x:visible}table{font-size:.8em}"
    "img{max-height:110mm;width:auto;border:0}}\n"
    "</style>\n";

/* What goes wrong while a page is made is kept until it is whole. */
typedef struct {
    const Tutorial *tutorial;
    const char *folder;
    ChapterFor reader;       /* linked where the stepper's page is in the folder */
    Error *error;
    bool whole;
} Book;

static bool make_folder(const char *path, Error *error)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    return error_set(error, EXIT_INPUT_OUTPUT, "cannot make the folder \"%.200s\": %s", path, strerror(errno));
}

/* Copies a picture from beside the chapters to the same place beside the pages. */
static void copy_picture(void *context, const char *address)
{
    Book *book = context;
    char from[CHAPTER_PATH + 600], to[CHAPTER_PATH + 600], *data;
    size_t size;
    if (!book->whole)
        return;
    /* The book writes nowhere but in its own folder, whatever a chapter says. */
    if (strncmp(address, "figures/", 8) != 0 || strstr(address, "..")) {
        book->whole = error_set(book->error, EXIT_USED_WRONGLY, "the picture \"%.200s\" is not in figures/", address);
        return;
    }
    snprintf(from, sizeof from, "%s/chapters/%.500s", book->tutorial->folder, address);
    snprintf(to, sizeof to, "%s/%.500s", book->folder, address);
    book->whole = file_read(from, MOST_PICTURE, &data, &size, book->error);
    if (book->whole) {
        book->whole = file_write(to, data, size, book->error);
        free(data);
    }
}

static void begin_page(const char *title, Text *page)
{
    text_add(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    text_add_html(page, title);
    text_add(page, " · tracer</title>\n%s</head>\n<body>\n", style);
}

static void page_name(const Chapter *chapter, char *out, size_t size)
{
    snprintf(out, size, "%.*s.html", (int)(strlen(chapter->file) - 3), chapter->file);
}

static void add_link(const Chapter *chapter, const char *before, const char *after, Text *page)
{
    char name[CHAPTER_NAME + 16];
    page_name(chapter, name, sizeof name);
    text_add(page, "<a href=\"%s\">%s", name, before);
    text_add_html(page, chapter->title);
    text_add(page, "%s</a>", after);
}

static void add_navigation(const Tutorial *tutorial, int i, Text *page)
{
    text_add(page, "<nav><span>");
    if (i > 0)
        add_link(&tutorial->chapters[i - 1], "← ", "", page);
    text_add(page, "</span><a href=\"index.html\">contents</a><span>");
    if (i + 1 < tutorial->count)
        add_link(&tutorial->chapters[i + 1], "", " →", page);
    text_add(page, "</span></nav>\n");
}

static bool keep_page(const Book *book, const char *name, Text *page)
{
    char path[CHAPTER_PATH + 100];
    text_add(page, "</body>\n</html>\n");
    snprintf(path, sizeof path, "%s/%s", book->folder, name);
    return page->failed ? error_memory(book->error) : file_write(path, page->data, page->length, book->error);
}

static bool write_chapter(Book *book, int i)
{
    const Chapter *chapter = &book->tutorial->chapters[i];
    char name[CHAPTER_NAME + 16];
    Text markdown = {0}, page = {0};
    bool whole = chapter_text(book->tutorial, chapter, book->reader, NULL, DEFAULT_DIGITS, &markdown, book->error);
    if (whole) {
        begin_page(chapter->title, &page);
        add_navigation(book->tutorial, i, &page);
        text_add(&page, "<main>\n");
        page_write(markdown.data ? markdown.data : "", copy_picture, book, &page);
        text_add(&page, "</main>\n");
        add_navigation(book->tutorial, i, &page);
        page_name(chapter, name, sizeof name);
        whole = book->whole && keep_page(book, name, &page);
    }
    text_free(&markdown);
    text_free(&page);
    return whole;
}

/* The title and the list of chapters. */
static void add_contents(const Tutorial *tutorial, Text *page)
{
    text_add(page, "<h1>One training step, every number of it</h1>\n"
                   "<p>From a sentence to the last weight that it moved, "
                   "in a transformer small enough to be seen whole.</p>\n<ol>\n");
    for (int i = 0; i < tutorial->count; i++) {
        const Chapter *chapter = &tutorial->chapters[i];
        if (i > 0 && !chapter->number && tutorial->chapters[i - 1].number)
            text_add(page, "</ol>\n");
        text_add(page, chapter->number ? "<li value=\"%d\">" : "<p>", chapter->number);
        add_link(chapter, "", "", page);
        text_add(page, chapter->number ? "</li>\n" : "</p>\n");
    }
    if (tutorial->chapters[tutorial->count - 1].number)
        text_add(page, "</ol>\n");
}

static bool write_index(const Book *book)
{
    Text page = {0};
    begin_page("One training step", &page);
    text_add(&page, "<main>\n");
    add_contents(book->tutorial, &page);
    text_add(&page, "<p><a href=\"%s\">All of it on one page</a>, to search and to print.</p>\n</main>\n", whole_name);
    bool whole = keep_page(book, "index.html", &page);
    text_free(&page);
    return whole;
}

/* Adds HTML in which links to the pages of chapters have become links within one page. */
static void add_joined(const char *html, Text *page)
{
    static const char link[] = "href=\"", suffix[] = ".html";
    for (const char *at; (at = strstr(html, link)) != NULL;) {
        at += strlen(link);
        text_put(page, html, (size_t)(at - html));
        size_t length = strcspn(at, "\""), stem = strcspn(at, "#\"");
        /* A link with a slash leads out of the book, even if it ends in .html. */
        bool page_of_ours = stem > strlen(suffix) && strncmp(at + stem - strlen(suffix), suffix, strlen(suffix)) == 0 &&
                            !memchr(at, '/', stem) && strncmp(at, STEPPER_PAGE, strlen(STEPPER_PAGE)) != 0;
        if (page_of_ours)
            text_add(page, "#%.*s", (int)(stem - strlen(suffix)), at);
        else
            text_put(page, at, length);
        html = at + length;
    }
    text_add(page, "%s", html);
}

/* The chapters behind one another. Their pictures are there already. */
static bool write_whole(Book *book)
{
    Text page = {0}, html = {0};
    bool whole = true;
    begin_page("One training step, every number of it", &page);
    text_add(&html, "<main id=\"index\">\n");
    add_contents(book->tutorial, &html);
    for (int i = 0; whole && i < book->tutorial->count; i++) {
        const Chapter *chapter = &book->tutorial->chapters[i];
        Text markdown = {0};
        whole = chapter_text(book->tutorial, chapter, book->reader, NULL, DEFAULT_DIGITS, &markdown, book->error);
        text_add(&html, "<section id=\"%.*s\">\n", (int)(strlen(chapter->file) - 3), chapter->file);
        /* No picture is copied again: each chapter has done it for its own page. */
        page_write(whole && markdown.data ? markdown.data : "", NULL, NULL, &html);
        text_add(&html, "</section>\n");
        text_free(&markdown);
    }
    text_add(&html, "</main>\n");
    if (whole)
        add_joined(html.data ? html.data : "", &page);
    page.failed |= html.failed;
    whole = whole && keep_page(book, whole_name, &page);
    text_free(&html);
    text_free(&page);
    return whole;
}

bool book_write(const Tutorial *tutorial, const char *folder, Error *error)
{
    char figures[CHAPTER_PATH], page[CHAPTER_PATH];
    snprintf(page, sizeof page, "%s/" STEPPER_PAGE, folder);
    ChapterFor reader = access(page, R_OK) == 0 ? CHAPTER_FOR_LINKED_BOOK : CHAPTER_FOR_BOOK;
    Book book = {.tutorial = tutorial, .folder = folder, .reader = reader, .error = error, .whole = true};
    snprintf(figures, sizeof figures, "%s/figures", folder);
    if (!make_folder(folder, error) || !make_folder(figures, error))
        return false;
    for (int i = 0; i < tutorial->count; i++)
        if (!write_chapter(&book, i))
            return false;
    return write_index(&book) && write_whole(&book);
}
