/* Living articles: what is filled in each form, what is left alone, what is refused. */
#include "support.h"

#include "tracer/article/article.h"
#include "tracer/article/picture_name.h"
#include "tracer/base/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An article, and what becomes of it; NULL: it stays as it is. */
typedef struct {
    const char *what, *extension, *text, *filled;
} Case;

#define LOSS "<!--{{loss %.2f}}-->2.28<!--/-->"

static const Case CASES[] = {
    {"a number", "md", "a {{loss %.2f}} b\n", "a " LOSS " b\n"},
    {"percent", "md", "{{probabilities[1,2] %.1f%%}}", "<!--{{probabilities[1,2] %.1f%%}}-->20.4%<!--/-->"},
    {"difference", "md", "{{loss - loss %.1f}}", "<!--{{loss - loss %.1f}}-->0.0<!--/-->"},
    {"ratio", "md", "{{loss / loss.per_token[0,0] %.2f}}", "<!--{{loss / loss.per_token[0,0] %.2f}}-->1.56<!--/-->"},
    {"as others write it", "md", "{{ loss }}", "<!--{{ loss }}-->2.2849<!--/-->"},
    {"decimals and limits of a table", "md", "{{table token_embedding %.1f 3x3}}",
     "<!--{{table token_embedding %.1f 3x3}}-->\n\n|  | 0 | … | 5 |\n|---|---:|---:|---:|\n| 0 <PAD> | 0.5 | … | -0.4 |\n"
     "| … | … | … | … |\n| 8 and | -0.2 | … | -0.2 |\n\n<!--/-->"},
    {"a table in a list", "md", "- a\n\n  {{table loss}}\n\n  b {{loss %.2f}}\n",
     "- a\n\n  <!--{{table loss}}-->\n\n  |  | 0 |\n  |---|---:|\n  | 0 | 2.2849 |\n\n  <!--/-->\n\n  b " LOSS "\n"},
    {"a formula", "md", "so $L = {{loss %.2f}} x_{{i}}$ is",
     "so <!--{{$L = {{loss %.2f}} x_{{i}}$}}-->$L = 2.28 x_{{i}}$<!--/--> is"},
    {"a displayed formula", "md", "$$\nL = {{loss %.2f}}\n$$\n",
     "<!--{{$$\nL = {{loss %.2f}}\n$$}}-->\n\n$$\nL = 2.28\n$$\n\n<!--/-->\n"},
    {"a formula as MathJax has it", "html", "\\({{loss %.2f}}\\)", "<!--{{\\({{loss %.2f}}\\)}}-->\\(2.28\\)<!--/-->"},
    {"a reference that stood in a formula as a comment", "md", "$a = " LOSS "$",
     "<!--{{$a = {{loss %.2f}}$}}-->$a = 2.28$<!--/-->"},
    {"no formula", "md", "costs $5, {{loss %.2f}} for $6", "costs $5, " LOSS " for $6"},

    {"settings at the beginning", "md", "---\ntitle: {{loss}}\n---\n", NULL},
    {"code of three", "md", "```\n{{loss}}\n```\n", NULL},
    {"four around three", "md", "````\n```\n{{loss}}\n```\n{{loss}}\n````\n", NULL},
    {"waves around backticks", "md", "~~~\n```\n{{loss}}\n~~~\n", NULL},
    {"behind waves around backticks", "md", "~~~\n```\n~~~\n{{loss %.2f}}\n", "~~~\n```\n~~~\n" LOSS "\n"},
    {"indented code", "md", "a\n\n    {{loss}}\n", NULL},
    {"code in a list", "md", "- a\n\n  ```\n  {{loss}}\n  ```\n", NULL},
    {"code in a line", "md", "`{{loss}}` ``a`{{loss}}``", NULL},
    {"a tick that opens no code", "md", "a ` b\n\n{{loss %.2f}} ` c", "a ` b\n\n" LOSS " ` c"},
    {"pre", "md", "<pre>\n{{loss}}\n\n{{loss}}</pre>\n", NULL},
    {"code of HTML", "html", "<Pre a=b>{{loss}}</pre> <code>{{loss}}</code><script>{{loss}}</script><!-- {{loss}} -->", NULL},
    {"filled references in code", "md", "```\n" LOSS "\n```\n    a `" LOSS "`", NULL},
    {"what is escaped", "md", "\\{{loss}}", NULL},
    {"a tick that escapes", "md", "\\`{{loss %.2f}}`", "\\`" LOSS "`"},
    {"other tools", "md", "{{ site.title }} {{site.title}} {{< meta x >}} {{% x %}} {{#if}} {{/if}} {{{loss}}} {{a | b}} {{.X}}", NULL},
    {"Jekyll's raw", "md", "{% raw %}{{loss}}{% endraw %}", NULL},
    {"an open one", "md", "{{ a\n\n}}", NULL},
    {"groups of TeX", "tex", "\\newcommand{\\x}{{y}} \\frac{{a}}{{b}} {{\\bf x}} x_{{1}}", NULL},
    {"code of TeX", "tex", "% {{loss}}\n\\verb|{{loss}}| \\begin{verbatim}{{loss}}\\end{verbatim}\\url{x{{loss}}}", NULL},

    {"TeX within a line", "tex", "a {{loss %.2f}}, b", "a %{{loss %.2f}}\n2.28%{{/}}\n, b"},
    {"TeX before a blank", "tex", "a {{loss %.2f}} b", "a %{{loss %.2f}}\n2.28 %{{/}}\nb"},
    {"TeX at the end of a line", "tex", "a {{loss %.2f}}\nb", "a %{{loss %.2f}}\n2.28\n%{{/}}\nb"},
    {"TeX at the end of a paragraph", "tex", "{{loss %.2f}}\n\nb", "%{{loss %.2f}}\n2.28\n%{{/}}\n\nb"},
    {"TeX, lines of Windows", "tex", "a {{loss %.2f}}\r\nb", "a %{{loss %.2f}}\r\n2.28\r\n%{{/}}\r\nb"},
    {"TeX, filled and saved by Windows", "tex", "%{{loss %.2f}}\r\n1.00 %{{/}}\r\nb\r\n", "%{{loss %.2f}}\r\n2.28 %{{/}}\r\nb\r\n"},
    {"TeX, the end of a paragraph of Windows", "tex", "%{{loss %.2f}}\r\n1.00\r\n%{{/}}\r\n\r\nb",
     "%{{loss %.2f}}\r\n2.28\r\n%{{/}}\r\n\r\nb"},
    {"TeX, some lines of Windows", "tex", "a\n%{{loss %.2f}}\r\n1.00%{{/}}\r\nb\r\n%{{i}}\r\n", "a\n%{{loss %.2f}}\n2.28%{{/}}\nb\r\n%{{i}}\r\n"},
    {"a table, lines of Windows", "html", "a\r\n{{table loss %.1f}}",
     "a\r\n<!--{{table loss %.1f}}-->\r\n<table>\r\n<tr><th></th><th style=\"text-align:right\">0</th></tr>\r\n"
     "<tr><th>0</th><td style=\"text-align:right\">2.3</td></tr>\r\n</table>\r\n<!--/-->"},
    {"settings, lines of Windows", "md", "---\r\nt: {{loss}}\r\n---\r\n{{loss %.2f}}", "---\r\nt: {{loss}}\r\n---\r\n" LOSS},
    {"TeX in an argument", "tex", "\\textbf{{{loss %.2f}}}", "\\textbf{%{{loss %.2f}}\n2.28%{{/}}\n}"},
    {"TeX, percent", "tex", "50\\%{{probabilities[1,2] %.0f%%}}", "50\\%%{{probabilities[1,2] %.0f%%}}\n20\\%%{{/}}\n"},
    {"TeX, a negative number", "tex", "{{block0.attention.head0.Q[0,0] %.1f}}",
     "%{{block0.attention.head0.Q[0,0] %.1f}}\n$-1.3$%{{/}}\n"},
    {"TeX, a negative number in a formula", "tex", "$Q={{block0.attention.head0.Q[0,0] %.1f}}$",
     "$Q=%{{block0.attention.head0.Q[0,0] %.1f}}\n-1.3%{{/}}\n$"},
    {"TeX, a power of ten", "tex", "{{loss %.1e}}", "%{{loss %.1e}}\n$2.3 \\cdot 10^{0}$%{{/}}\n"},
    {"TeX, a table", "tex", "{{table loss.per_token %.1f 3x3}}",
     "%{{table loss.per_token %.1f 3x3}}\n\\begin{tabular}{l*{1}{r}}\n & 0 \\\\ \\hline\n0 the & 1.5 \\\\\n"
     "$\\vdots$ & $\\vdots$ \\\\\n3 the & 2.8 \\\\\n\\end{tabular}%{{/}}\n"},
    {"HTML, a table", "html", "{{table loss %.1f}}",
     "<!--{{table loss %.1f}}-->\n<table>\n<tr><th></th><th style=\"text-align:right\">0</th></tr>\n"
     "<tr><th>0</th><td style=\"text-align:right\">2.3</td></tr>\n</table>\n<!--/-->"},
    {"tokens", "html", "{{tokens block0.attention.head0.weights[1,:] %.1f}}",
     "<!--{{tokens block0.attention.head0.weights[1,:] %.1f}}-->"
     "<span style=\"background:#AECFDB;color:#000000;padding:0 .2em;border-radius:.2em\" title=\"0.2\">the</span> "
     "<span style=\"background:#3E649E;color:#FFFFFF;padding:0 .2em;border-radius:.2em;text-decoration:underline\" title=\"0.8\">cat</span> "
     "<span style=\"background:#EEF9FB;color:#000000;padding:0 .2em;border-radius:.2em\" title=\"0.0\">saw</span> "
     "<span style=\"background:#EEF9FB;color:#000000;padding:0 .2em;border-radius:.2em\" title=\"0.0\">the</span> "
     "<span style=\"background:#EEF9FB;color:#000000;padding:0 .2em;border-radius:.2em\" title=\"0.0\">dog</span><!--/-->"},
    {"tokens of TeX", "tex", "{{tokens block0.attention.head0.weights[:,0]}}",
     "%{{tokens block0.attention.head0.weights[:,0]}}\n"
     "\\colorbox[HTML]{2C317F}{\\strut\\textcolor[HTML]{FFFFFF}{\\underline{the}}} "
     "\\colorbox[HTML]{AECFDB}{\\strut\\textcolor[HTML]{000000}{cat}} "
     "\\colorbox[HTML]{6393B8}{\\strut\\textcolor[HTML]{000000}{saw}} "
     "\\colorbox[HTML]{E0F0F3}{\\strut\\textcolor[HTML]{000000}{the}} "
     "\\colorbox[HTML]{8EB8CD}{\\strut\\textcolor[HTML]{000000}{dog}}%{{/}}\n"},
    {"a run that changes the one before", "md", "{{run --model by-hand}}{{run --step 1}}{{loss %.2f}}{{run}}{{loss %.2f}}",
     "<!--{{run --model by-hand}}--><!--/--><!--{{run --step 1}}--><!--/--><!--{{loss %.2f}}-->7.32<!--/-->"
     "<!--{{run}}--><!--/-->" LOSS},
    {"a run that begins anew", "md", "{{run --step 1}}{{run --model tiny}}{{loss %.2f}}",
     "<!--{{run --step 1}}--><!--/--><!--{{run --model tiny}}--><!--/-->" LOSS},
    {"a notebook", "ipynb",
     "{\"cells\": [\n {\"source\": [\n   \"a {{loss %.2f}}\\n\",\n   \"\\u00e9\"\n  ], \"cell_type\": \"markdown\", \"x\": 1.50},\n"
     " {\"cell_type\": \"code\", \"source\": \"{{loss}}\", \"outputs\": [1e-05, \"{{loss}}\"]}, {\"cell_type\": \"markdown\",\"source\": []}]}\n\n",
     "{\"cells\": [\n {\"source\": [\n   \"a " LOSS "\\n\",\n   \"\\u00e9\"\n  ], \"cell_type\": \"markdown\", \"x\": 1.50},\n"
     " {\"cell_type\": \"code\", \"source\": \"{{loss}}\", \"outputs\": [1e-05, \"{{loss}}\"]}, {\"cell_type\": \"markdown\",\"source\": []}]}\n\n"},
    {"a notebook with a code fence that ends with its cell", "ipynb",
     "{\"cells\":[{\"cell_type\":\"markdown\",\"source\":\"```\\n{{loss}}\"},{\"cell_type\":\"markdown\",\"source\":[\"{{loss %.2f}}\"]}]}",
     "{\"cells\":[{\"cell_type\":\"markdown\",\"source\":\"```\\n{{loss}}\"},{\"cell_type\":\"markdown\",\"source\":[\"" LOSS "\"]}]}"},
};

static char *article_file(const char *extension, const char *text, char path[64])
{
    Error error = {0};
    snprintf(path, 64, "/tmp/tracer-article-%ld.%s", (long)getpid(), extension);
    EXPECT(file_write(path, text, strlen(text), &error), "%s", error.text);
    return path;
}

static char *read_back(const char *path)
{
    char *data;
    size_t size;
    Error error = {0};
    EXPECT(file_read(path, MOST_ARTICLE, &data, &size, &error), "%s", error.text);
    return data;
}

static int fill(const char *path, bool check, int *drifted)
{
    FillReport report = {0};
    Error error = {0};
    RunOptions run = {0};
    EXPECT(fill_article(path, &run, DEFAULT_DIGITS, check, &report, &error), "%s", error.text);
    *drifted = report.drifted;
    int count = report.count;
    fill_report_free(&report);
    return count;
}

/* Filled as expected, the same when filled again, and then nothing has drifted. */
static void is_filled(void **state)
{
    const Case *given = *state;
    char path[64];
    int drifted;
    article_file(given->extension, given->text, path);
    int count = fill(path, false, &drifted);
    char *once = read_back(path);
    const char *wanted = given->filled ? given->filled : given->text;
    EXPECT(strcmp(once, wanted) == 0, "becomes\n%s\nnot\n%s", once, wanted);
    EXPECT((count > 0) == (given->filled != NULL), "%d references", count);
    fill(path, false, &drifted);
    char *twice = read_back(path);
    EXPECT(strcmp(once, twice) == 0, "filled again it is\n%s\nnot\n%s", twice, once);
    EXPECT(fill(path, true, &drifted) == count && drifted == 0, "%d have drifted", drifted);
    free(once);
    free(twice);
    unlink(path);
}

/* What is refused, and with which words. */
typedef struct {
    const char *extension, *text, *last, *faults;
} Refused;

static const Refused REFUSED[] = {
    {"md", "a\n{{los}}\n{{ok.x}}\n{{block0.attnetion.output[0,0]}}\n{{figure atention}}\n{{table nothing}}\n",
     "line 6: no value is called \"nothing\"", "line 2: no value is called \"los\"; did you mean \"loss\"?"},
    {"md", "{{run --model nix}}\n{{loss}} {{bogus}}\n{{run}}{{loss %n}}", "line 3: \"%n\" is no format", "line 1: no preset"},
    {"md", "{{loss", "line 1: a {{ has no }} on its line", NULL},
    {"md", "\n<!--{{loss}}-->2", "line 2: a filled reference has no end; it is <!--/-->", NULL},
    {"tex", "\n%{{loss}}\n2", "line 2: a filled reference has no end; it is %{{/}}", NULL},
    {"tex", "{{losss}}", "did you mean \"loss\"", NULL},
    {"html", "<p title=\"{{loss}}\">", "line 1: a reference cannot stand within a tag", NULL},
    {"md", "$ {{loss}}$ $a {{table loss}}$", "a table cannot stand in a formula", NULL},
    {"md", "${{figure matrix loss}}$", "a picture cannot stand in a formula", NULL},
    {"md", "{{figure attention all -o figures/x.svg}}{{run --step 1}}{{figure attention all -o figures/x.svg}}",
     "two different pictures want the file", NULL},
    {"md", "{{figure attention all -o ../x.svg}}", "no place below the article", NULL},
    {"tex", "{{figure attention all -o x.svg}}", "LaTeX shows no svg; write -o FILE.pdf", NULL},
    {"md", "{{figure attention all --alt}}", "--alt needs a text", NULL},
    {"md", "{{tokens probabilities}}", "tokens are of one row", NULL},
    {"md", "{{table loss 2x2}}", "as 6x8", NULL},
    {"ipynb", "{\"cells\":[{\"cell_type\":\"code\"},{\"cell_type\":\"markdown\",\"source\":\"\\n{{los}}\"}]}", "cell 2, line 2: no value", NULL},
    {"ipynb", "{\"cells\":[}", "is no JSON: line 1", NULL},
    {"ipynb", "{\"worksheets\":[]}", "is no notebook of format 4", NULL},
    {"docx", "{{loss}}", "those end in .md, .markdown, .qmd, .tex, .html, .htm, .ipynb", NULL},
    {"md", "{{loss[\033]0;x\a\342\200\256,0]}}", "\\u202e", NULL},
};

static void is_refused(void **state)
{
    const Refused *given = *state;
    char path[64];
    FillReport report = {0};
    Error error = {0};
    RunOptions run = {0};
    article_file(given->extension, given->text, path);
    EXPECT(!fill_article(path, &run, DEFAULT_DIGITS, false, &report, &error), "it is filled");
    EXPECT(error.code == EXIT_USED_WRONGLY && strstr(error.text, given->last), "%d: %s", error.code, error.text);
    const char *faults = report.faults.data ? report.faults.data : "";
    EXPECT(given->faults ? strstr(faults, given->faults) != NULL : !*faults, "faults: %s", faults);
    EXPECT(!strpbrk(error.text, "\033\a\n") && !strpbrk(faults, "\033\a") && !strstr(error.text, "\342\200\256"),
           "it would reach the terminal: %s", error.text);
    char *after = read_back(path);
    EXPECT(strcmp(after, given->text) == 0, "the file is changed");
    free(after);
    fill_report_free(&report);
    unlink(path);
}

static void all_wrong_references_are_told(void **state)
{
    (void)state;
    char path[64];
    FillReport report = {0};
    Error error = {0};
    RunOptions run = {0};
    article_file("md", REFUSED[0].text, path);
    EXPECT(!fill_article(path, &run, DEFAULT_DIGITS, true, &report, &error), "it is filled");
    const char *const told[] = {"line 2:", "line 4:", "line 5:"};
    const char *at = report.faults.data ? report.faults.data : "";
    for (size_t i = 0; i < 3; i++) {
        at = strstr(at, told[i]);
        EXPECT(at, "no %s in %s", told[i], report.faults.data);
    }
    fill_report_free(&report);
    unlink(path);
}

/* No two runs and no two figures share a file; the usual run has the plain name. */
static void pictures_have_names_of_their_own(void **state)
{
    (void)state;
    static const struct {
        const char *words[3];
        RunOptions run;
        const char *name;
    } pictures[] = {
        {{"attention", "all"}, {0}, "figures/attention-all.svg"},
        {{"attention", "all"}, {.model = "by-hand"}, "figures/attention-all--by-hand.svg"},
        {{"attention", "all"}, {.model = "by-hand", .step = 3}, "figures/attention-all--by-hand-step3.svg"},
        {{"attention", "all"}, {.mistake = "softmax.columns"}, "figures/attention-all--softmax.columns.svg"},
        {{"attention", "all"}, {.text = "a b"}, NULL},
        {{"attention", "all"}, {.text = "a-b"}, NULL},
        {{"attention", "all"}, {.tokens = "1,2"}, NULL},
        {{"attention", "all"}, {.weights = "1,2"}, NULL},
        {{"attention", "all"}, {.model = "a/m.json"}, NULL},
        {{"attention", "all"}, {.model = "b/m.json"}, NULL},
        {{"attention", "all"}, {.model = "m.json"}, "figures/attention-all--m.svg"},
        {{"matrix", "W[0,:]"}, {0}, "figures/matrix-W-0,all.svg"},
        {{"matrix", "W[:,0]"}, {0}, "figures/matrix-W-all,0.svg"},
        {{"matrix", "W['a b',0]"}, {0}, NULL},
        {{"matrix", "W['a?b',0]"}, {0}, NULL},
        {{"loss", "--updates", "20"}, {0}, "figures/loss-updates-20.svg"},
    };
    enum { COUNT = sizeof pictures / sizeof *pictures };
    char names[COUNT][PICTURE_NAME];
    for (size_t i = 0; i < COUNT; i++) {
        char *words[3];
        int count = 0;
        for (; count < 3 && pictures[i].words[count]; count++)
            words[count] = (char *)pictures[i].words[count];
        EXPECT(picture_name(words, count, &pictures[i].run, "svg", names[i]), "out of memory");
        EXPECT(!pictures[i].name || strcmp(names[i], pictures[i].name) == 0, "%s, not %s", names[i], pictures[i].name);
        EXPECT(!strpbrk(names[i], " ?'[]"), "%s", names[i]);
        for (size_t j = 0; j < i; j++)
            EXPECT(strcmp(names[i], names[j]) != 0, "%s twice", names[i]);
    }
}

int test_article(void)
{
    TestList list = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        tests_add(&list, is_filled, &CASES[i], "%s (%s)", CASES[i].what, CASES[i].extension);
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        tests_add(&list, is_refused, &REFUSED[i], "refuses %s", REFUSED[i].last);
    tests_add(&list, all_wrong_references_are_told, NULL, "all wrong references are told");
    tests_add(&list, pictures_have_names_of_their_own, NULL, "pictures have names of their own");
    return tests_run(&list, "article");
}
