/* The passages of the tutorial: every step has one that really is about it, whatever the model; every comment in a
 * chapter is met by some step; the numbers are those of the run. */
#include "chapters.h"
#include "screens.h"

#include "tiny_model/rules/rule.h"
#include "tracer/article/passage.h"
#include "tracer/base/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the passage of a step has to speak of: by phase, rule (or name of the frame) and, where given, label. */
static const struct {
    Phase phase;
    const char *rule, *label, *word;
} SPOKEN[] = {
    {PHASE_FORWARD, "tokenizer", "words", "split"},          {PHASE_FORWARD, "tokenizer", "tokens", "ids"},
    {PHASE_FORWARD, "tokenizer", "targets", "targets"},      {PHASE_FORWARD, "embedding", "token", "looked up"},
    {PHASE_FORWARD, "embedding", "position", "added"},       {PHASE_FORWARD, "embedding", "embedding", "position_embedding"},
    {PHASE_FORWARD, "layer_norm", "mean", "Mean"},           {PHASE_FORWARD, "layer_norm", "centered", "subtract the mean"},
    {PHASE_FORWARD, "layer_norm", "squared", "square"},      {PHASE_FORWARD, "layer_norm", "variance_eps", "eps"},
    {PHASE_FORWARD, "layer_norm", "std", "standard deviation"}, {PHASE_FORWARD, "layer_norm", "normalized", "Divide"},
    {PHASE_FORWARD, "layer_norm", "scaled", "gamma"},        {PHASE_FORWARD, "layer_norm", "norm", "beta"},
    {PHASE_FORWARD, "layer_norm", "final_norm", "beta"},
    {PHASE_FORWARD, "layer_norm", NULL, "norm"},             {PHASE_FORWARD, "Q", NULL, "dot product"},
    {PHASE_FORWARD, "K", NULL, "keys"},                      {PHASE_FORWARD, "V", NULL, "values"},
    {PHASE_FORWARD, "scores", NULL, "query of *saw* and the key of *cat*"}, {PHASE_FORWARD, "scaled", NULL, "√d_k"},
    {PHASE_FORWARD, "masked", NULL, "minus infinity"},       {PHASE_FORWARD, "softmax", "max", "largest"},
    {PHASE_FORWARD, "softmax", "shifted", "Subtract"},       {PHASE_FORWARD, "softmax", "exp", "e to that power"},
    {PHASE_FORWARD, "softmax", NULL, "Divide by the sum"},   {PHASE_FORWARD, "weighted_sum", NULL, "Multiply the value of each word by its share"},
    {PHASE_FORWARD, "concat_heads", NULL, "side by side"},   {PHASE_FORWARD, "attention.output", NULL, "W_O"},
    {PHASE_FORWARD, "mlp.hidden", NULL, "W_1"},              {PHASE_FORWARD, "mlp.output", NULL, "W_2"},
    {PHASE_FORWARD, "mlp.residual", NULL, "adds them to the stream"}, {PHASE_FORWARD, "residual", NULL, "The model adds"},
    {PHASE_FORWARD, "block0.output", NULL, "copy"},          {PHASE_FORWARD, "logits", NULL, "head.W"},
    {PHASE_FORWARD, "gelu_tanh", "tanh", "tanh"},            {PHASE_FORWARD, "gelu_tanh", NULL, "gate"},
    {PHASE_FORWARD, "cross_entropy", "probabilities", "probabilities"}, {PHASE_FORWARD, "cross_entropy", "exp", "softmax"},
    {PHASE_FORWARD, "cross_entropy", "log_sum", "log"},      {PHASE_FORWARD, "cross_entropy", NULL, "probabilit"},
    {PHASE_FORWARD, "mean", NULL, "mean of the four"},       {PHASE_BACKWARD, "mean", NULL, "a quarter"},
    {PHASE_BACKWARD, "backward", NULL, "if the loss grows by one"}, {PHASE_BACKWARD, "cross_entropy", NULL, "minus one"},
    {PHASE_BACKWARD, "logits", NULL, "head.W.grad"},         {PHASE_BACKWARD, "attention.norm", "sum of contributions", "six messages"},
    {PHASE_BACKWARD, "embedding", "sum of contributions", "add where they meet"},
    {PHASE_BACKWARD, "residual", "sum of contributions", "effects add up"},
    {PHASE_BACKWARD, "embedding", "dE", "scatter-add"},      {PHASE_BACKWARD, "embedding", "dP", "position_embedding.grad"},
    {PHASE_BACKWARD, "residual", NULL, "*both* of its inputs, unchanged"}, {PHASE_BACKWARD, "layer_norm", "dgamma", "dgamma"},
    {PHASE_BACKWARD, "layer_norm", "dgamma_parts", "dy ⊙ n"}, {PHASE_BACKWARD, "layer_norm", "dbeta", "dbeta"},
    {PHASE_BACKWARD, "layer_norm", NULL, "three paths"},     {PHASE_BACKWARD, "pass", NULL, "unchanged"},
    {PHASE_BACKWARD, "linear", "dx", "dx = dy Wᵀ"},          {PHASE_BACKWARD, "linear", "dW", "dW = xᵀ dy"},
    {PHASE_BACKWARD, "linear", "db", "a bias is added"},     {PHASE_BACKWARD, "gelu_tanh", NULL, "slope"},
    {PHASE_BACKWARD, "concat_heads", NULL, "columns 0 to 2"}, {PHASE_BACKWARD, "weighted_sum", "dA", "dA = dO Vᵀ"},
    {PHASE_BACKWARD, "weighted_sum", "dV", "dV"},            {PHASE_BACKWARD, "softmax", NULL, "Subtract it from each gradient"},
    {PHASE_BACKWARD, "masked", NULL, "replaced by −∞"},      {PHASE_BACKWARD, "scaled", NULL, "divided by √d_k too"},
    {PHASE_BACKWARD, "scores", NULL, "dK = dSᵀ Q"},          {PHASE_UPDATE, "gradient_norm", NULL, "root of the sum of squares"},
    {PHASE_UPDATE, "clipping", NULL, "limit"},               {PHASE_UPDATE, "clipped", NULL, "same factor"},
    {PHASE_UPDATE, "*", "m", "running mean of the gradients"}, {PHASE_UPDATE, "*", "v", "running mean of their squares"},
    {PHASE_UPDATE, "*", "m_hat", "bias correction"},         {PHASE_UPDATE, "*", "v_hat", "bias correction"},
    {PHASE_UPDATE, "*", "denominator", "eps"},               {PHASE_UPDATE, "*", "direction", "√v_hat + eps"},
    {PHASE_UPDATE, "*", "next", "decays"},
};
enum { SPOKEN_COUNT = sizeof SPOKEN / sizeof *SPOKEN };

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return tail <= length && strcmp(text + length - tail, end) == 0;
}

/* The first row of the table for a step, or -1. */
static int row_of(const Tape *tape, const Step *step)
{
    const Frame *frame = &tape->frames[step->frame];
    for (int i = 0; i < SPOKEN_COUNT; i++) {
        const char *rule = SPOKEN[i].rule;
        bool named = (frame->rule && strcmp(frame->rule->name, rule) == 0) || strcmp(frame->name, rule) == 0 || ends_with(frame->path, rule) ||
                     strcmp(rule, "*") == 0;
        if (SPOKEN[i].phase == step->phase && named && (!SPOKEN[i].label || strcmp(SPOKEN[i].label, step->label) == 0))
            return i;
    }
    return -1;
}

static Text text_of(const Passage *passage, const Session *session, int marked)
{
    Text text = {0};
    Error error = {0};
    EXPECT(passage_text(passage, session, marked, DEFAULT_DIGITS, &text, &error), "%s", error.text);
    return text;
}

static void every_step_is_spoken_of(void **state)
{
    Session session;
    Passages *passages = all_passages();
    bool met[SPOKEN_COUNT] = {false};
    (void)state;
    open_model(&session, "tiny", NULL, 0);
    const Tape *tape = &session.run.tape;
    for (int i = 0; i < tape->step_count; i++) {
        const Step *step = &tape->steps[i];
        const Passage *passage = passage_of(passages, &session, step->frame, i);
        int row = row_of(tape, step);
        EXPECT(passage && row >= 0, "step %d, %s, has no passage or no row in the table", i, step->label);
        Text text = text_of(passage, &session, step->output);
        EXPECT(strstr(text.data, SPOKEN[row].word), "step %d, %s: \"%s\" is not in chapter %d, %s:\n%s", i, step->label, SPOKEN[row].word,
               passage->chapter->number, passage->section, text.data);
        met[row] = true;
        text_free(&text);
    }
    for (int i = 0; i < SPOKEN_COUNT; i++)
        EXPECT(met[i], "no step is row %d of the table, %s", i, SPOKEN[i].word);
    session_close(&session);
    passages_free(passages);
}

/* By a comment that names it, not by the beginning of a chapter; frames likewise. */
static void every_place_has_a_comment(void **state)
{
    Session session;
    Passages *passages = all_passages();
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    for (int i = 0; i < tape->step_count; i++) {
        const Passage *passage = passage_of(passages, &session, tape->steps[i].frame, i);
        EXPECT(passage && *passage->places, "no comment names step %d, %s, frame %s", i, tape->steps[i].label,
               tape->frames[tape->steps[i].frame].name);
    }
    for (int i = 0; i < tape->frame_count; i++) {
        const Passage *passage = passage_of(passages, &session, i, -1);
        EXPECT(passage && *passage->places, "no comment names the frame %s", tape->frames[i].name);
    }
    session_close(&session);
    passages_free(passages);
}

static void mark_met(const Passages *passages, const char *model, bool *met)
{
    Session session;
    open_model(&session, model, NULL, 0);
    const Tape *tape = &session.run.tape;
    /* That there is one at all is judged above. */
    for (int i = 0; i < tape->step_count + tape->frame_count; i++) {
        bool step = i < tape->step_count;
        const Passage *passage = step ? passage_of(passages, &session, tape->steps[i].frame, i)
                                      : passage_of(passages, &session, i - tape->step_count, -1);
        if (passage)
            met[passage - passages->passages] = true;
    }
    session_close(&session);
}

static void every_comment_is_met(void **state)
{
    Passages *passages = all_passages();
    bool *met = calloc((size_t)passages->count, sizeof *met);
    (void)state;
    EXPECT(met, "out of memory");
    for (int i = 0; i < small_presets(); i++)
        mark_met(passages, PRESETS[i].name, met);
    for (int i = 1; i <= 39; i++) {
        char model[PATH_SIZE];
        snprintf(model, sizeof model, "golden/reference/m%02d", i);
        mark_met(passages, model, met);
    }
    static const char *const others[] = {"golden/reference/p03", "tutorial/exercises/adapters.json", "tutorial/exercises/average.json",
                                         "tutorial/exercises/padded.json", "tutorial/texts/preference.json"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        mark_met(passages, others[i], met);
    for (int i = 0; i < passages->count; i++)
        EXPECT(met[i] || !*passages->passages[i].places, "chapter %d: nothing is \"%s\"", passages->passages[i].chapter->number,
               passages->passages[i].places);
    free(met);
    passages_free(passages);
}

static void numbers_are_the_runs(void **state)
{
    static const struct {
        const char *model;
        int step;
    } runs[] = {{"tiny", 0}, {"tiny", 3}, {"by-hand", 0}};
    Passages *passages = all_passages();
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        Session session;
        char number[NUMBER_SIZE];
        open_model(&session, runs[i].model, NULL, runs[i].step);
        const Value *weights = tape_value(&session.run.tape, value_called(&session, "block0.attention.head0.weights"));
        int step = weights->producer, frame = session.run.tape.steps[step].frame;
        const Passage *passage = passage_of(passages, &session, frame, step);
        Text text = text_of(passage, &session, session.run.tape.steps[weights->producer].output);
        bool tiny = strcmp(runs[i].model, "tiny") == 0;
        const char *wanted = tiny ? number_text(number, cell_of(weights, 2, 0), DEFAULT_DIGITS) : "0.5410";
        EXPECT(strstr(text.data, wanted), "%s, step %d: %s is not in\n%s", runs[i].model, runs[i].step, wanted, text.data);
        EXPECT(strstr(text.data, ":block0.attention.head0.weights\n"), "the table is not told by its name");
        EXPECT(strstr(text.data, "`tracer render attention block0.head0`"), "the picture is not told by its command");
        EXPECT(strchr(text.data, PASSAGE_MARK), "the step's own numbers are not marked");
        EXPECT(!strstr(text.data, "{{") && !strstr(text.data, "<!--"), "something is left of a reference:\n%s", text.data);
        text_free(&text);
        session_close(&session);
    }
    passages_free(passages);
}

/* A reference below {{run}} is another run's and stays as it was printed. */
static void other_runs_stay(void **state)
{
    static char markdown[] = "a <!--{{loss}}-->1<!--/--> <!--{{run --model tiny --step 9}}--><!--/--><!--{{loss}}-->2<!--/-->"
                             "<!--{{run --model tiny}}--><!--/--> <!--{{loss %.1f}}-->3<!--/--> <!--{{no.such}}-->4<!--/-->"
                             "<!--{{run --model by-hand}}--><!--/--><!--{{run --step 1}}--><!--/--> <!--{{loss}}-->5<!--/-->"
                             "<!--{{run}}--><!--/--> <!--{{loss %.1f}}-->6<!--/-->";
    Passage passage = {.markdown = markdown};
    Session session;
    (void)state;
    open_model(&session, "tiny", NULL, 0);
    Text text = text_of(&passage, &session, value_called(&session, "embedding"));
    EXPECT(strcmp(text.data, "a 2.2849 2 2.3 4 5 2.3") == 0, "%s", text.data);
    text_free(&text);
    passage.other_run = true;
    text = text_of(&passage, &session, value_called(&session, "loss"));
    EXPECT(strcmp(text.data, "a \x06""1 \x06""2 \x06""2.3 4 \x06""5 \x06""2.3") == 0, "%s", text.data);
    text_free(&text);
    session_close(&session);
}

static void the_place_that_says_most_wins(void **state)
{
    static const struct {
        const char *value, *says;
    } cases[] = {
        {"block0.attention.head0.softmax.exp", "exp"},     {"block0.attention.head0.softmax.max", "rule"},
        {"block0.attention.head1.softmax.sum", "rule"},    {"block0.attention.head0.scores", "head"},
        {"block0.attention.concat", "whole"},              {"block0.attention.norm.mean", "whole"},
        {"block0.attention.head0.Q", "Q"},                 {"head.W.m", "any"},
        {"block0.attention.head0.masked.grad", "beginning"},    {"embedding.token", "whole"},
    };
    static const char markdown[] =
        "# 7. Made\n\nbeginning\n\n## One\n<!-- step: forward -->\nwhole\n\n<!-- step: forward softmax -->\nrule\n"
        "<!-- step: forward softmax: exp, other -->\nexp\n```console\n$ typed\nanswered\n```\n## Two\nnothing\n"
        "<!-- step: forward head; forward head.Q: nothing -->\nhead\n<!-- step: backward masked; update * -->\nany\n"
        "<!-- step: forward head.Q -->\nQ\n```\n<!-- step: forward concat -->\n```\n";
    Passages *passages = made_passages(markdown);
    Session session;
    (void)state;
    open_model(&session, "tiny", NULL, 0);
    const Tape *tape = &session.run.tape;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int step = tape_value(tape, value_called(&session, cases[i].value))->producer;
        const Passage *passage = passage_of(passages, &session, tape->steps[step].frame, step);
        EXPECT(passage && strstr(passage->markdown, cases[i].says), "%s: %s", cases[i].value, passage ? passage->markdown : "nothing");
        EXPECT(!strstr(passage->markdown, "nothing") && !strstr(passage->markdown, "answered"), "%s: %s", cases[i].value, passage->markdown);
    }
    session_close(&session);
    passages_free(passages);
}

/* What is written wrongly is read as far as it goes. */
static void malformed_chapters(void **state)
{
    static const char *const chapters[] = {
        "", "#", "##\n", "# 7. A\n##", "<!-- step:", "<!-- step:\n", "<!-- step: forward\nx\n-->\n", "<!-- step: ;;:,: ; forward : , ;\n-->",
        "# 7. A\n```\n<!-- step: forward -->\n", "<!-- step: forward -->\n<!--{{run", "<!-- step: forward -->\n<!--{{loss}}-->1",
        "<!-- step: forward aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: b -->\n",
        "# 7. A\n<!-- step: forward softmax -->\nb <!--{{run ",
    };
    Session session;
    (void)state;
    open_model(&session, "tiny", NULL, 0);
    for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++) {
        Passages *passages = made_passages(chapters[i]);
        for (int frame = 0; frame < session.run.tape.frame_count; frame += 7) {
            const Passage *passage = passage_of(passages, &session, frame, -1);
            Text text = {0};
            Error error = {0};
            bool filled = !passage || passage_text(passage, &session, 0, DEFAULT_DIGITS, &text, &error);
            EXPECT(filled || error.code == EXIT_USED_WRONGLY, "chapter %zu: %s", i, error.text);
            text_free(&text);
        }
        passages_free(passages);
    }
    session_close(&session);
}

int test_passage(void)
{
    TestList list = {0};
    tests_add(&list, every_step_is_spoken_of, NULL, "every step is spoken of");
    tests_add_models(&list, every_place_has_a_comment, "every place has a comment");
    tests_add(&list, every_comment_is_met, NULL, "every comment is met");
    tests_add(&list, numbers_are_the_runs, NULL, "numbers are the run's");
    tests_add(&list, other_runs_stay, NULL, "other runs stay");
    tests_add(&list, the_place_that_says_most_wins, NULL, "the place that says most wins");
    tests_add(&list, malformed_chapters, NULL, "malformed chapters");
    return tests_run(&list, "passage");
}
