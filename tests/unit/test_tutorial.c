/* The tutorial's text: words into lines, tables, Markdown on paper and as HTML. */
#include "support.h"

#include "tracer/article/html.h"
#include "tracer/base/escapes.h"
#include "tracer/base/paper.h"
#include "tracer/base/pipes.h"
#include "tracer/base/wrap.h"

#include <locale.h>
#include <string.h>

static void lines_break_at_blanks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int width;
        size_t taken;
    } cases[] = {
        {"", 10, 0}, {"word", 10, 4}, {"word", 4, 4}, {"two words", 5, 3}, {"two words", 9, 9}, {"two words", 8, 3},
        {"block0.attention", 9, 7}, {"unbreakable", 4, 4}, {"σσσ σσ", 4, 6}, {"σ", 0, 2}, {"\002bold\001 word", 4, 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t taken = wrap_take(cases[i].text, cases[i].width);
        EXPECT(taken == cases[i].taken, "\"%s\" in %d columns: %zu bytes", cases[i].text, cases[i].width, taken);
    }
}

static void cells_of_a_line(void **state)
{
    (void)state;
    char line[] = "| a |  | b c |", open[] = "a|b", *cells[MOST_TABLE_COLUMNS];
    EXPECT(pipes_split(line, cells) == 3, "three cells");
    EXPECT(strcmp(cells[0], "a") == 0 && strcmp(cells[1], "") == 0 && strcmp(cells[2], "b c") == 0, "what they hold");
    EXPECT(pipes_split(open, cells) == 2 && strcmp(cells[1], "b") == 0, "without bars at the ends");
    EXPECT(pipes_is_rule("---") && pipes_is_rule("---:") && !pipes_is_rule("a") && !pipes_is_rule(""), "the line below the titles");
    EXPECT(pipes_is_right("---:") && !pipes_is_right(":---") && !pipes_is_right("a:"), "to the right");
}

/* Fails unless both texts are the same. */
static void same(const char *what, const Text *found, const char *expected)
{
    const char *text = found->data ? found->data : "";
    EXPECT(!found->failed && strcmp(text, expected) == 0, "%s:\n%s\nnot\n%s", what, text, expected);
}

static void markdown_on_paper(void **state)
{
    (void)state;
    static const struct {
        const char *what, *markdown, *paper;
        bool color;
    } cases[] = {
        {"a heading", "## σ two", "σ two\n─────\n", false},
        {"a paragraph", "one *two* three\nfour **five** six seven", "one *two* three four\nfive six seven\n", false},
        {"a quote", "> one two three four five", "│ one two three four\n│ five\n", false},
        {"lists", "1. one\n2. two three four five six\n\n- x\n", " 1. one\n 2. two three four\n    five six\n\n  • x\n", false},
        {"code", "```\na  b\n\nc\n```", "    a  b\n\n    c\n", false},
        {"a picture", "![words](a.svg)", "[picture: words\na.svg]\n", false},
        {"an angle bracket", "a <PAD> b", "a <PAD> b\n", false},
        {"a table", "| n | v |\n|---|---:|\n| a | 1 |\n| bb | 10 |", "n    v\n──────\na    1\nbb  10\n", false},
        {"colours", "a **b** `c`", "a \033[0m\033[1mb\033[0m \033[0m\033[36mc\033[0m\n", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text out = {0};
        EXPECT(paper_write(cases[i].markdown, 20, cases[i].color, &out), "memory");
        same(cases[i].what, &out, cases[i].paper);
        text_free(&out);
    }
}

static void keep_address(void *context, const char *address)
{
    text_add(context, "%s;", address);
}

static void markdown_as_html(void **state)
{
    (void)state;
    Text out = {0}, pictures = {0};
    EXPECT(page_write("a <PAD> [b](../chapters/07-x.md#y) [c](http://d/e.md) ![f](figures/g.svg)\n\n| h |\n|---:|\n| `<i>` *j* |\n\n"
                      "```\n| k |\n```\n", keep_address, &pictures, &out), "memory");
    same("HTML", &out,
         "<p>a &lt;PAD&gt; <a href=\"07-x.html#y\">b</a> <a href=\"http://d/e.md\">c</a> <img src=\"figures/g.svg\" alt=\"f\" /></p>\n"
         "<div class=\"table\"><table>\n<tr><th class=\"right\">h</th></tr>\n"
         "<tr><td class=\"right\"><code>&lt;i&gt;</code> <em>j</em></td></tr>\n</table></div>\n"
         "<pre><code>| k |\n</code></pre>\n");
    same("pictures", &pictures, "figures/g.svg;");
    text_free(&out);
    text_free(&pictures);
}

static void html_is_escaped(void **state)
{
    (void)state;
    Text out = {0};
    text_add_html(&out, "a<b>&\"c\"");
    same("escaped", &out, "a&#60;b&#62;&#38;&#34;c&#34;");
    text_free(&out);
}

int test_tutorial(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_break_at_blanks), cmocka_unit_test(cells_of_a_line), cmocka_unit_test(markdown_on_paper),
        cmocka_unit_test(markdown_as_html), cmocka_unit_test(html_is_escaped),
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    int failed = cmocka_run_group_tests_name("tutorial", tests, NULL, NULL);
    setlocale(LC_CTYPE, "C");
    return failed;
}
