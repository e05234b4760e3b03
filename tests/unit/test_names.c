/* References: from what a user types to a value, a row, a column or a cell. */
#include "support.h"

#include "tracer/session/short_names.h"

#include "tracer/base/nearest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEAD "block0.attention.head0."

typedef struct {
    const char *text, *name;
    int row, col;
} Legal;

static void expect_reference(const Session *session, const Legal *wanted)
{
    Reference found;
    Error error = {0};
    EXPECT(reference_parse(&session->names, wanted->text, &found, &error), "%s: %s", wanted->text, error.text);
    EXPECT(strcmp(name_of(&session->names, found.value), wanted->name) == 0, "%s is %s", wanted->text,
           name_of(&session->names, found.value));
    EXPECT(found.row == wanted->row && found.col == wanted->col, "%s is [%d,%d]", wanted->text, found.row, found.col);
}

/* tiny: the cat saw the dog; vocabulary <PAD> <BOS> <EOS> the cat dog bird saw and. */
static void legal(void **state)
{
    (void)state;
    static const Legal cases[] = {
        {"logits", "logits", ALL, ALL}, {"  logits  ", "logits", ALL, ALL}, {"logits[1,2]", "logits", 1, 2},
        {"logits[4,8]", "logits", 4, 8}, {"logits[1,:]", "logits", 1, ALL}, {"logits[:,2]", "logits", ALL, 2},
        {"logits[:,:]", "logits", ALL, ALL}, {"logits[ 1 , 2 ] ", "logits", 1, 2}, {"logits [1,2]", "logits", 1, 2},
        {HEAD "weights[saw,cat]", HEAD "weights", 2, 1},
        {HEAD "weights[dog,\"saw\"]", HEAD "weights", 4, 2}, {HEAD "weights[cat,0]", HEAD "weights", 1, 0},
        {"logits[cat,dog]", "logits", 1, 5}, {"logits[cat,<EOS>]", "logits", 1, 2}, {"logits[dog,the]", "logits", 4, 3},
        {"token_embedding[bird,0]", "token_embedding", 6, 0}, {"head.W[0,bird]", "head.W", 0, 6},
        {"token_embedding.grad[the,:]", "token_embedding.grad", 3, ALL}, {"head.W.next[:,saw]", "head.W.next", ALL, 7},
        {HEAD "scores.grad[saw,cat]", HEAD "scores.grad", 2, 1}, {"loss.per_token[saw,0]", "loss.per_token", 2, 0},
        {"embedding[cat,5]", "embedding", 1, 5}, {"loss", "loss", ALL, ALL},
    };
    Session session;
    open_model(&session, "tiny", NULL, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_reference(&session, &cases[i]);
    session_close(&session);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "no value"}, {"logit", "\"logits\""}, {"Logits", "\"logits\""},
        {"logits[", "NAME[row,column]"}, {"logits[1]", "NAME[row,column]"}, {"logits[1,2", "NAME[row,column]"},
        {"logits[1,2]x", "NAME[row,column]"}, {"logits[,]", "NAME[row,column]"}, {"logits[1,]", "NAME[row,column]"},
        {"logits[1,2,3]", "column"}, {"logits[\"cat,1]", "NAME[row,column]"}, {"logits[5,0]", "0 to 4"},
        {"logits[0,9]", "0 to 8"}, {"logits[-1,0]", "0 to 4"}, {"logits[99999999999999999999,0]", "0 to 4"},
        {"logits[cow,0]", "\"cow\""}, {"logits[the,0]", "rows 0 and 3"}, {HEAD "weights[saw,the]", "columns 0 and 3"},
        {"logits[\"1\",0]", "\"1\""}, {"embedding[cat,cat]", "\"cat\""}, {"logits[-,0]", "\"-\""},
        {"logits[1.0,0]", "\"1.0\""},
        {"block0.mlp.W_1[cat,0]", "\"cat\""}, {"a\nb\033[2J", "a\\x0ab\\x1b[2J"}, {"]", "no value"}, {"[0,0]", "no value"},
    };
    Session session;
    open_model(&session, "tiny", NULL, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Reference found;
        Error error = {0};
        EXPECT(!reference_parse(&session.names, cases[i].text, &found, &error), "accepted: %s", cases[i].text);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
    }
    session_close(&session);
}

static void cells_only(void **state)
{
    (void)state;
    static const char *const not_cells[] = {"logits", "logits[1,:]", "logits[:,1]", "logits[:,:]"};
    Session session;
    Reference found;
    open_model(&session, "tiny", NULL, 0);
    for (size_t i = 0; i < sizeof not_cells / sizeof *not_cells; i++) {
        Error error = {0};
        EXPECT(!reference_parse_cell(&session.names, not_cells[i], &found, &error), "accepted: %s", not_cells[i]);
        expect_error(&error, EXIT_USED_WRONGLY, "5 x 9");
    }
    Error error = {0};
    EXPECT(reference_parse_cell(&session.names, "loss", &found, &error) && found.row == 0 && found.col == 0, "loss: %s",
           error.text);
    EXPECT(reference_parse_cell(&session.names, "logits[cat,1]", &found, &error) && found.row == 1, "%s", error.text);
    session_close(&session);
}

/* A token of digits stands for itself only in quotes. */
static void digits_as_tokens(void **state)
{
    (void)state;
    static const char json[] = "{\"text\": \"7 0 x,y 3\", \"add_bos\": false, \"add_eos\": false}";
    static const Legal cases[] = {{"logits[\"7\",0]", "logits", 0, 0}, {"logits[3,0]", "logits", 3, 0},
                                  {"logits[\"3\",0]", "logits", 3, 0}, {"logits[\"0\",\"7\"]", "logits", 1, 3},
                                  {"logits[\"x,y\",1]", "logits", 2, 1}};
    char path[PATH_SIZE + 8];
    Session session;
    Error error = {0};
    temporary_file(path, json, sizeof json - 1);
    RunOptions options = {.model = path};
    EXPECT(session_open(&session, &options, &error), "%s", error.text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_reference(&session, &cases[i]);
    session_close(&session);
    remove(path);
}

/* Every cell's own text names it. */
static void cells_name_themselves(void **state)
{
    Session session;
    char text[300];
    open_model(&session, *state, NULL, 0);
    for (int id = 0; id < session.names.count; id++) {
        const Value *value = tape_value(&session.run.tape, id);
        int row = value->rows - 1, col = value->cols / 2;
        Reference found;
        Error error = {0};
        cell_text(&session.names, id, row, col, text, sizeof text);
        EXPECT(reference_parse_cell(&session.names, text, &found, &error), "%s: %s", text, error.text);
        EXPECT(found.value == id && found.row == row && found.col == col, "%s is another cell", text);
        EXPECT(name_find(&session.names, name_of(&session.names, id)) == id, "%s is not found", text);
    }
    EXPECT(name_find(&session.names, "") < 0 && name_find(&session.names, "logi") < 0 &&
               name_find(&session.names, "logitss") < 0, "a name that is none is found");
    session_close(&session);
}

static void nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"logits", "logs", "weights", "block0.attention.head0.weights", "scores"};
    Nearest found = {0};
    char text[NEAREST_TEXT];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        nearest_offer(&found, "weigts", names[i]);
    EXPECT(found.count >= 1 && strcmp(found.names[0], "weights") == 0, "the nearest is %s", found.names[0]);
    const char *answer = nearest_text(&found, text, "nothing");
    EXPECT(strncmp(answer, "did you mean \"weights\"", 22) == 0 && answer[strlen(answer) - 1] == '?', "%s", answer);
    found = (Nearest){0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        nearest_offer(&found, "zzzzzz", names[i]);
    assert_string_equal(nearest_text(&found, text, "nothing"), "nothing");
    char long_names[5][600];
    for (int i = 0; i < 5; i++) {
        memset(long_names[i], 'a', sizeof long_names[i] - 1);
        long_names[i][0] = (char)('a' + i);
        long_names[i][sizeof long_names[i] - 1] = '\0';
        nearest_offer(&found, long_names[0], long_names[i]);
        nearest_offer(&found, long_names[0], long_names[0]);
    }
    EXPECT(strcmp(found.names[0], long_names[0]) == 0 && strcmp(found.names[1], long_names[0]) != 0, "a name is offered twice");
    EXPECT(found.count == NEAREST_COUNT && strlen(nearest_text(&found, text, "")) < NEAREST_TEXT, "it does not fit");
}

/* How many letters may be others: of three one, of four two, half of those of a word, but no more than 2 and a third. */
static void nearest_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *near, *far;
    } cases[] = {
        {"abc", "abx", "axx"}, {"abcd", "abxx", "axxx"}, {"abcdef", "abcxxx", "abxxxx"}, {"abcdefg", "abcxxxx", "abxxxxx"},
        {"abcdefghijkl", "abcdefxxxxxx", "abcdexxxxxxx"}, {"abcdefghijklmno", "abcdefghxxxxxxx", "abcdefgxxxxxxxx"},
        {"abcd", "long.way.abcx", "long.way.abxx"}, {"abcdefgh", "way.abcdexxx", "way.abcdxxxx"},
        {"abcde.fgh", "way.to.abcxx.fgx", "way.to.abxxx.fgx"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Nearest found = {0};
        nearest_offer(&found, cases[i].wanted, cases[i].far);
        EXPECT(found.count == 0, "\"%s\" is offered for \"%s\"", cases[i].far, cases[i].wanted);
        nearest_offer(&found, cases[i].wanted, cases[i].near);
        EXPECT(found.count == 1, "\"%s\" is not offered for \"%s\"", cases[i].near, cases[i].wanted);
    }
    static const char *const offered[] = {"abcdxx", "abcdey", "abcdxy", "abcdeF", "abcxxx", "abcdef"};
    Nearest best = {0};
    for (size_t i = 0; i < sizeof offered / sizeof *offered; i++)
        nearest_offer(&best, "abcdef", offered[i]);
    EXPECT(best.count == NEAREST_COUNT && best.names[0] == offered[5] && best.names[1] == offered[1] && best.names[2] == offered[3],
           "%s, %s, %s", best.names[0], best.names[1], best.names[2]);
}

/* A slip in any part of a name, parts left out and parts too many come to the name that was meant. */
static void nearest_by_parts(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *meant;
    } cases[] = {
        {"blokc0.head1", "\"block0.attention.head1.K\", \"block0.attention.head1.Q\", \"block0.attention.head1.V\""},
        {"blokc0.attention.head0.weights", "did you mean \"" HEAD "weights\""}, {"block0.head0.weights", "did you mean \"" HEAD "weights\""},
        {"blck0.head0.wieghts", "did you mean \"" HEAD "weights\""}, {"head1.wieghts", "did you mean \"block0.attention.head1.weights\""},
        {"blok0.mlp.W1", "did you mean \"block0.mlp.W_1\""}, {"los", "did you mean \"loss\""},
        {"model.block0.mlp.W_1", "did you mean \"block0.mlp.W_1\""}, {"x", "tracer names"}, {"zzzz", "tracer names"}, {"zz.zz.zz", "tracer names"},
        {"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p", "tracer names"}, {"....................", "tracer names"},
    };
    Session session;
    open_model(&session, "tiny", NULL, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Reference found;
        Error error = {0};
        EXPECT(!reference_parse(&session.names, cases[i].wanted, &found, &error), "accepted: %s", cases[i].wanted);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].meant);
    }
    session_close(&session);
}

/* The end of a name: near a place what lies there, else the first on the tape; where different things end so, none. */
static void short_names(void **state)
{
    (void)state;
    static const struct {
        const char *text, *near, *name;
        int row, col, fits;
    } cases[] = {
        {"scores[2,1]", NULL, HEAD "scores", 2, 1, 2}, {"scores[saw,cat]", "block0.attention.head1.W_V", "block0.attention.head1.scores", 2, 1, 2},
        {"head1.scores", NULL, "block0.attention.head1.scores", ALL, ALL, 1}, {"K", "block0.mlp.W_1", HEAD "K", ALL, ALL, 2},
        {"output", "block0.mlp.W_1", "block0.mlp.output", ALL, ALL, 5}, {"output", HEAD "W_Q", HEAD "output", ALL, ALL, 5},
        {"W_Q.grad", NULL, HEAD "W_Q.grad", ALL, ALL, 2},
        {"W_1.grad[0,:]", NULL, "block0.mlp.W_1.grad", 0, ALL, 1}, {HEAD "scores[2,1]", NULL, HEAD "scores", 2, 1, 0},
    };
    static const struct {
        const char *text, *says;
    } refused[] = {
        {"output", "block0.attention.output, block0.mlp.output, block0.output"}, {"utput", "did you mean"}, {"grad", "several"},
        {"wights[2,cat]", "\"" HEAD "weights[2,cat]\""}, {"scores[9,0]", "0 to 4"}, {".scores", "no value"},
    };
    Session session;
    open_model(&session, "tiny", NULL, 0);
    const Tape *tape = &session.run.tape;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Reference found;
        Error error = {0};
        int near = -1;
        for (int frame = 0; cases[i].near && frame < tape->frame_count && near < 0; frame++)
            near = strncmp(tape->frames[frame].path, cases[i].near, strlen(tape->frames[frame].path)) == 0 &&
                           strlen(tape->frames[frame].path) + 4 >= strlen(cases[i].near) ? frame : -1;
        EXPECT(!cases[i].near || near >= 0, "no frame at %s", cases[i].near);
        EXPECT(reference_parse_near(&session.names, cases[i].text, near, &found, &error), "%s: %s", cases[i].text, error.text);
        EXPECT(strcmp(name_of(&session.names, found.value), cases[i].name) == 0 && found.row == cases[i].row && found.col == cases[i].col && found.fits == cases[i].fits,
               "%s is %s[%d,%d], %d fit", cases[i].text, name_of(&session.names, found.value), found.row, found.col, found.fits);
        char said[200];
        EXPECT((*short_name_said(&session.names, found, said, sizeof said) != '\0') == (cases[i].fits > 0), "said: %s", said);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        Reference found;
        Error error = {0};
        EXPECT(!reference_parse(&session.names, refused[i].text, &found, &error), "accepted: %s", refused[i].text);
        expect_error(&error, EXIT_USED_WRONGLY, refused[i].says);
    }
    session_close(&session);
}

/* Ids and code points are told with what they stand for; quantities are not. */
static void numbers_told(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double number;
        const char *told;
    } cases[] = {
        {"text", 116, "116 t"}, {"text", 32, "32 \" \""}, {"text", 0x6c34, "27700 水"}, {"tokenizer.words", 0, "0"},
        {"vocabulary", 10, "10 \\x0a"}, {"tokens", 4, "4 cat"}, {"targets", 5, "5 dog"}, {"tokens", 9, "9"}, {"tokens", -1, "-1"},
        {"tokens", 0.5, "0.5000"}, {"positions", 2, "2"}, {"logits", 4, "4.0000"}, {"token_embedding.m_before", 0, "0.0000"},
        {"text", INFINITY, "inf"}, {"text", 1e300, "1.00e+300"}, {"tokens", NAN, "nan"},
    };
    Session session;
    char told[TOLD_SIZE];
    open_model(&session, "tiny", NULL, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int value = name_find(&session.names, cases[i].name);
        EXPECT(value >= 0, "no %s", cases[i].name);
        number_told(&session.names, value, cases[i].number, 4, false, told);
        EXPECT(strcmp(told, cases[i].told) == 0, "%s: \"%s\", not \"%s\"", cases[i].name, told, cases[i].told);
    }
    session_close(&session);
}

int test_names(void)
{
    TestList list = {0};
    tests_add(&list, legal, NULL, "values, slices, cells, tokens");
    tests_add(&list, refused, NULL, "what is no reference is answered");
    tests_add(&list, cells_only, NULL, "where only a cell will do");
    tests_add(&list, digits_as_tokens, NULL, "tokens of digits");
    tests_add(&list, nearest, NULL, "the nearest names");
    tests_add(&list, nearest_bounds, NULL, "the nearest names, how near");
    tests_add(&list, short_names, NULL, "short names");
    tests_add(&list, nearest_by_parts, NULL, "the nearest names, part by part");
    tests_add(&list, numbers_told, NULL, "ids and code points are told with what they stand for");
    tests_add_models(&list, cells_name_themselves, "cells name themselves");
    return tests_run(&list, "names");
}
