/* What the page in a browser calls (tracer/web): the grid says what the screen is, hovering tells the cell that lies
 * there and lights what it reads and who reads it, nothing hidden is told, and a place that cannot be opened changes
 * nothing. */
#include "screens.h"

#include "tracer/stepper/keys.h"
#include "tracer/stepper/screen.h"
#include "tracer/web/web.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 24, COLS = 80 };

static Web *opened(const char *words)
{
    setenv("XDG_CONFIG_HOME", "/nowhere", 1);
    Web *web = web_new();
    EXPECT(web && web_open(web, words), "%s: %s", words, web ? web_error(web) : "no memory");
    return web;
}

static void keys(Web *web, const char *script)
{
    for (int code; (code = key_parse(&script)) > 0;)
        web_key(web, code, ROWS, COLS);
}

static json_t *parsed(const char *text)
{
    json_error_t wrong;
    json_t *json = json_loads(text, 0, &wrong);
    EXPECT(json, "%s: %s", wrong.text, text);
    return json;
}

/* The runs of a row joined are the row. */
static void grid_is_the_screen(void **state)
{
    static const char *const shown[] = {"--model\x1ftiny\x1f--at\x1flogits\x1f", "--model\x1f" "by-hand\x1f", "--model\x1ftiny\x1f--text\x1f" "猫 cat 猫\x1f"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        Web *web = opened(shown[i]);
        Grid grid;
        Text expected = {0}, told = {0};
        EXPECT(stepper_grid(&web->stepping->stepper.state, &grid, ROWS, COLS), "out of memory");
        const char *at = strchr(web_grid(web, ROWS, COLS), '\n') + 1;
        for (; *at; at += strcspn(at, "\x1e\n") + 1) {
            if (*at == '\n') {
                text_add(&told, "\n");
                continue;
            }
            const char *text = strchr(strchr(at, 0x1f) + 1, 0x1f) + 1;
            text_put(&told, text, strcspn(text, "\x1e"));
            at = text;
        }
        for (int row = 0; row < ROWS; row++) {
            for (int col = 0; col < COLS; col++) {
                wchar_t letter[2] = {(wchar_t)grid.cells[row * COLS + col].point, 0};
                if (letter[0])
                    text_add(&expected, "%ls", letter);
            }
            text_add(&expected, "\n");
        }
        EXPECT(!told.failed && strcmp(told.data, expected.data) == 0, "%s\nis not\n%s", told.data, expected.data);
        grid_free(&grid);
        text_free(&expected);
        text_free(&told);
        web_free(web);
    }
}

/* Every lit place is a cell of the screen: hovering there tells that cell, and it is what it is lit as. */
static void hovering_lights(void **state)
{
    Web *web = opened("--model\x1ftiny\x1f--at\x1f" "block0.attention.head0.scores[2,1]\x1f");
    int told = 0, operands = 0, readers = 0;
    (void)state;
    for (int row = 0; row < ROWS; row++)
        for (int col = 0; col < COLS; col += 3) {
            json_t *here = parsed(web_hover(web, row, col, ROWS, COLS)), *box;
            size_t i;
            told += json_object_get(here, "name") != NULL;
            json_array_foreach(json_object_get(here, "lit"), i, box)
            {
                const char *as = json_string_value(json_array_get(box, 3));
                int box_row = (int)json_integer_value(json_array_get(box, 0)), box_col = (int)json_integer_value(json_array_get(box, 1));
                json_t *there = parsed(web_hover(web, box_row, box_col, ROWS, COLS));
                const char *name = json_string_value(json_object_get(there, "name"));
                EXPECT(name && box_row < ROWS && box_col + json_integer_value(json_array_get(box, 2)) <= COLS, "nothing is lit at %d %d", box_row, box_col);
                bool self = strcmp(name, json_string_value(json_object_get(here, "name"))) == 0;
                EXPECT(self == (strcmp(as, "self") == 0), "%s is lit as %s", name, as);
                operands += strcmp(as, "operand") == 0;
                readers += strcmp(as, "reader") == 0;
                json_decref(there);
            }
            json_decref(here);
        }
    EXPECT(told > 40 && operands > 40 && readers > 40, "%d cells, %d operands, %d readers", told, operands, readers);
    web_free(web);
}

static void hidden_is_not_told(void **state)
{
    Web *web = opened("--model\x1ftiny\x1f--at\x1f" "block0.attention.head0.scores[2,1]\x1f");
    int told = 0;
    (void)state;
    EXPECT(strstr(web_tables(web), "\"4.2095\""), "the number is in the table");
    keys(web, ":predict on<Enter>");
    EXPECT(!strstr(web_tables(web), "4.2095") && strstr(web_tables(web), "hidden"), "%s", web_tables(web));
    for (int row = 0; row < ROWS; row++)
        for (int col = 0; col < COLS; col++) {
            const char *here = web_hover(web, row, col, ROWS, COLS);
            told += strstr(here, "\"number\":\"hidden\"") != NULL;
            EXPECT(!strstr(here, "4.2095"), "%s", here);
        }
    EXPECT(told > 20, "%d cells are hidden", told);
    keys(web, ":bug 3<Enter>");
    json_t *place = parsed(web_place(web));
    EXPECT(strcmp(json_string_value(json_object_get(place, "mistake")), "") == 0, "the hunt is given away");
    json_decref(place);
    web_free(web);
}

/* What was open stays open, and one line says why. */
static void refused_changes_nothing(void **state)
{
    static const char *const wrong[] = {
        "--model\x1fnobody\x1f", "--at\x1fnothing\x1f", "--at\x1floss[9,9]\x1f", "--step\x1f-1\x1f", "--step\x1f", "no option\x1f",
        "--text\x1f" "a <script>\x1f--model\x1f/etc/passwd\x1f", "--tour\x1fnone\x1f", "--mistake\x1fnone\x1f", "--mine\x1f/nowhere\x1f",
    };
    Web *web = opened("--model\x1ftiny\x1f--at\x1floss\x1f");
    char *before = strdup(web_grid(web, ROWS, COLS));
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        EXPECT(!web_open(web, wrong[i]), "%s is opened", wrong[i]);
        EXPECT(*web_error(web) && !strchr(web_error(web), '\n'), "\"%s\" is no line", web_error(web));
        EXPECT(strcmp(before, web_grid(web, ROWS, COLS)) == 0, "%s changed the screen", wrong[i]);
    }
    Text many = {0};
    for (int i = 0; i < 100; i++)
        text_add(&many, "--inside\x1f");
    EXPECT(!web_open(web, many.data) && strstr(web_error(web), "words"), "%s", web_error(web));
    text_free(&many);
    EXPECT(web_open(web, "--model\x1ftiny\x1f") && !*web_error(web), "%s", web_error(web));
    free(before);
    web_free(web);
}

static void keys_say_what_they_did(void **state)
{
    Web *web = opened("--model\x1ftiny\x1f--at\x1f" "block0.attention.head0.scores[2,1]\x1f");
    (void)state;
    EXPECT(web_key(web, 'n', ROWS, COLS) == 0, "a step is no jump");
    EXPECT(web_key(web, 'u', ROWS, COLS) == 0 && web_key(web, KEY_IS_ENTER, ROWS, COLS) == WEB_JUMPED, "following a use is one");
    keys(web, "qqqqqq");
    EXPECT(strstr(web_sentence(web), "close the page"), "%s", web_sentence(web));
    json_t *place = parsed(web_place(web));
    EXPECT(strchr(json_string_value(json_object_get(place, "at")), '['), "a place is a cell");
    char words[400];
    snprintf(words, sizeof words, "--model\x1ftiny\x1f--at\x1f%s\x1f", json_string_value(json_object_get(place, "at")));
    char *before = strdup(web_tables(web));
    EXPECT(web_open(web, words) && strcmp(before, web_tables(web)) == 0, "%s is not found again", words);
    EXPECT(web_click(web, 0, 0, 9, ROWS, COLS) == 0, "no such click");
    free(before);
    json_decref(place);
    web_free(web);
}

int test_web(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grid_is_the_screen),     cmocka_unit_test(hovering_lights),        cmocka_unit_test(hidden_is_not_told),
        cmocka_unit_test(refused_changes_nothing), cmocka_unit_test(keys_say_what_they_did),
    };
    return cmocka_run_group_tests_name("web", tests, NULL, NULL);
}
