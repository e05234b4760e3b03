/* The places of the chapters: each is found once, stands in a list, and can be opened in the stepper. */
#include "chapters.h"
#include "screens.h"

#include "tracer/article/links.h"
#include "tracer/article/page_link.h"
#include "tracer/commands/command.h"
#include "tracer/session/run_text.h"
#include "tracer/stepper/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A stepper on the run of a link. */
static void open_on_run(Stepper *stepper, char *run)
{
    Error error = {0};
    char *words[MOST_RUN_WORDS + 1] = {(char[]){"step"}};
    int count;
    Arguments arguments;
    EXPECT(run_text_split(run, words + 1, &count, &error) && arguments_parse(count + 1, words, &arguments, &error) &&
               stepper_open(stepper, &arguments, false, &error), "%s: %s", run, error.text);
}

static int open_all(const Chapter *chapter, const Links *links)
{
    int opened = 0;
    for (int i = 0; i < links->count; opened++) {
        Stepper stepper;
        char run[LINK_RUN];
        const char *of = links->links[i].run;
        snprintf(run, sizeof run, "%s", of);
        open_on_run(&stepper, run);
        for (; i < links->count && strcmp(links->links[i].run, of) == 0; i++) {
            command_go(&stepper.state, links->links[i].target);
            EXPECT(!stepper.state.view.message.complains, "chapter %d, place %d, \"%s\" of run \"%s\": %s", chapter->number, i + 1,
                   links->links[i].target, of, stepper.state.view.message.text);
        }
        stepper_close(&stepper);
    }
    return opened;
}

static void every_place_opens(void **state)
{
    Error error = {0};
    Tutorial *tutorial = malloc(sizeof *tutorial);
    Links *links = malloc(sizeof *links);
    int places = 0, runs = 0;
    (void)state;
    EXPECT(tutorial && links && tutorial_find(tutorial, &error), "%s", error.text);
    for (int i = 0; i < tutorial->count; i++) {
        Text text = {0};
        EXPECT(chapter_links(tutorial, &tutorial->chapters[i], CHAPTER_FOR_TERMINAL, links, &text, &error), "%s", error.text);
        EXPECT(links->count > 0 || !tutorial->chapters[i].number, "%s has no place to open", tutorial->chapters[i].file);
        runs += open_all(&tutorial->chapters[i], links);
        places += links->count;
        text_free(&text);
    }
    EXPECT(places > 150 && runs > tutorial->count, "%d places in %d runs", places, runs);
    free(links);
    free(tutorial);
}

static void lists_stand_behind_sections(void **state)
{
    static const char markdown[] =
        "# 7. Made\n\n## One\n\na <!--{{loss %.2f}}-->2.28<!--/--> b <!--{{logits[0,1]}}-->1<!--/--> <!--{{logits[0,2]}}-->1<!--/-->\n"
        "```console\n## no heading, `build/tracer step --at no`\n```\n## Two\n\nnothing\n\n## Three\n\n"
        "<!--{{run --model tiny --step 2}}--><!--/-->`build/tracer step --step 3 --at 'embedding'` <!--{{table logits}}-->x<!--/-->\n"
        "<!--{{run --model tiny}}--><!--/--><!--{{loss}}-->2<!--/--> <!--{{figure loss}}-->x<!--/-->\n\n## Four\n\n"
        "<!--{{run --model by-hand}}--><!--/--><!--{{run --step 1}}--><!--/--><!--{{loss}}-->3<!--/--><!--{{run}}--><!--/--><!--{{loss}}-->2<!--/-->\n";
    static const struct {
        ChapterFor reader;
        const char *lists[3];
    } told[] = {
        {CHAPTER_FOR_TERMINAL,
         {"\n→ `tracer learn 7 --open N` opens 1\u00a0`loss`, 2\u00a0`logits[0,1]`, 3\u00a0`[0,2]`\n\n## Two\n\nnothing\n\n## Three",
          " opens with `--step 3`: 4\u00a0`embedding`; with `--model tiny --step 2`: 5\u00a0`logits`; with no option: 1\u00a0`loss`\n\n",
          " opens with `--model by-hand --step 1`: 6\u00a0`loss`; with no option: 1\u00a0`loss`"}},
        {CHAPTER_FOR_BOOK,
         {"\n###### In the stepper\n\n- `tracer step --at 'loss'`\n- `tracer step --at 'logits[0,1]'`, `[0,2]`\n\n## Two",
          "- `tracer step --step 3 --at 'embedding'`\n- `tracer step --model tiny --step 2 --at 'logits'`\n- `tracer step --at 'loss'`\n\n",
          "- `tracer step --model by-hand --step 1 --at 'loss'`\n- `tracer step --at 'loss'`\n\n"}},
        {CHAPTER_FOR_LINKED_BOOK,
         {"- [`tracer step --at 'logits[0,1]'`](<stepper.html#model=tiny&at=logits%5B0%2C1%5D>), "
          "[`[0,2]`](<stepper.html#model=tiny&at=logits%5B0%2C2%5D>)\n\n## Two",
          "- [`tracer step --step 3 --at 'embedding'`](<stepper.html#model=tiny&step=3&at=embedding>)\n",
          "- [`tracer step --model by-hand --step 1 --at 'loss'`](<stepper.html#model=by-hand&step=1&at=loss>)\n"}},
    };
    Tutorial *tutorial = malloc(sizeof *tutorial);
    Links *links = malloc(sizeof *links);
    (void)state;
    EXPECT(tutorial && links, "out of memory");
    make_tutorial(tutorial, markdown);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        Text text = {0};
        Error error = {0};
        EXPECT(chapter_links(tutorial, &tutorial->chapters[0], told[i].reader, links, &text, &error), "%s", error.text);
        for (int j = 0; j < 3; j++)
            EXPECT(strstr(text.data, told[i].lists[j]), "not\n%s\nbut\n%s", told[i].lists[j], text.data);
        EXPECT(links->count == 6 && strcmp(links->links[2].target, "logits[0,2]") == 0 && strcmp(links->links[3].run, "--step 3") == 0,
               "%d places", links->count);
        text_free(&text);
    }
    remove_tutorial(tutorial);
    free(links);
    free(tutorial);
}

/* What a page would refuse, or could be taken for the next part, is not in a link. */
static void links_say_runs(void **state)
{
    static const struct {
        const char *run, *target, *link;
    } said[] = {
        {"", "loss", "stepper.html#model=tiny&at=loss"},
        {"--model by-hand --mistake softmax.columns", "W[a b,1]",
         "stepper.html#model=by-hand&mistake=softmax.columns&at=W%5Ba%20b%2C1%5D"},
        {"--text 'a&at=b <i>\xc3\xa9'", "x", "stepper.html#model=tiny&text=a%26at%3Db%20%3Ci%3E%C3%A9&at=x"},
        {"--weights w.safetensors", "x", NULL},
        {"--model", "x", NULL},
        {"--model 'tiny", "x", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        Text text = {0};
        bool linked = page_link(said[i].run, said[i].target, &text);
        EXPECT(linked == (said[i].link != NULL), "%s: %d", said[i].run, linked);
        EXPECT(!linked || strcmp(text.data, said[i].link) == 0, "not %s but %s", said[i].link, text.data);
        EXPECT(linked || text.length == 0, "a link that is none left %s", text.data);
        text_free(&text);
    }
}

static void too_many_places(void **state)
{
    Tutorial *tutorial = malloc(sizeof *tutorial);
    Links *links = malloc(sizeof *links);
    Text markdown = {0}, text = {0};
    Error error = {0};
    (void)state;
    EXPECT(tutorial && links, "out of memory");
    for (int i = 0; i <= MOST_LINKS; i++)
        text_add(&markdown, "<!--{{x[%d,0]}}-->1<!--/-->\n", i);
    make_tutorial(tutorial, markdown.data);
    EXPECT(!chapter_links(tutorial, &tutorial->chapters[0], CHAPTER_FOR_BOOK, links, &text, &error), "taken");
    expect_error(&error, EXIT_USED_WRONGLY, "places to open");
    remove_tutorial(tutorial);
    text_free(&markdown);
    text_free(&text);
    free(links);
    free(tutorial);
}

int test_links(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_place_opens), cmocka_unit_test(lists_stand_behind_sections), cmocka_unit_test(links_say_runs), cmocka_unit_test(too_many_places),
    };
    return cmocka_run_group_tests_name("links", tests, NULL, NULL);
}
