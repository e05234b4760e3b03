/* Classes of sentences, from lines whose class is known; see question.h. */
#include "question.h"

#include "tiny_model/likeness.h"
#include "tiny_model/primitive.h"
#include "tiny_model/record.h"
#include "tiny_model/rules/rule.h"

#include <stdlib.h>
#include <string.h>

/* --- reading --- */

static int class_of(Sentences *sentences, const char *label)
{
    int class = 0;
    while (class < sentences->class_count && strcmp(sentences->labels[class], label) != 0)
        class++;
    if (class == sentences->class_count)
        sentences->labels[sentences->class_count++] = label;
    return class;
}

bool sentences_take_classes(Sentences *sentences, const char *path, Error *error)
{
    sentences->classes = malloc((size_t)sentences->count * sizeof *sentences->classes);
    sentences->labels = malloc((size_t)sentences->count * sizeof *sentences->labels);
    if (!sentences->classes || !sentences->labels)
        return error_memory(error);
    for (int i = 0; i < sentences->count; i++) {
        char *line = (char *)sentences->lines[i], *tab = strchr(line, '\t');
        if (!tab || tab == line || tab[1 + strspn(tab + 1, " \t")] == '\0')
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%s\": \"%.40s\" is no line of a class, a tab and a text", path, line);
        *tab = '\0';
        sentences->classes[i] = class_of(sentences, line);
        sentences->lines[i] = tab + 1;
    }
    return sentences->class_count > 1 ||
           error_set(error, EXIT_USED_WRONGLY, "\"%s\" has only the class \"%.40s\"; it takes two", path,
                     sentences->labels[0]);
}

/* --- recording --- */

static int classes_leaf(Tape *tape, const Question *question, short lines, short class)
{
    const Sentences *sentences = question->sentences;
    double *numbers = tape_room(tape, sentences->count, 1);
    for (int i = 0; numbers && i < sentences->count; i++)
        numbers[i] = sentences->classes[i];
    return tape_leaf(tape, KIND_INPUT, "classes", (Shape){sentences->count, 1, lines, AXIS_NONE, class}, numbers);
}

/* All lines but one. */
static int others_leaf(Tape *tape, int count, int without, short lines)
{
    double *ids = tape_room(tape, 1, count - 1);
    for (int i = 0; ids && i < count - 1; i++)
        ids[i] = i + (i >= without);
    return tape_leaf(tape, KIND_INPUT, "others", (Shape){1, count - 1, .counts = lines}, ids);
}

/* Every line as a query to all others. */
static int leave_each_out(Tape *tape, const Question *question, int rows, int classes)
{
    int count = question->sentences->count, *shares = tape_ints(tape, count, -1);
    short lines = tape_value(tape, rows)->row_axis;
    for (int i = 0; i < count; i++) {
        tape_begin(tape, "line", i, NULL);
        int others = others_leaf(tape, count, i, lines);
        int there = gather_rows(tape, HERE("rows"), rows, others);
        int known = gather_rows(tape, HERE("known"), classes, others);
        shares[i] = likeness_neighbours(tape, there, likeness_row(tape, "row", rows, i), known, question->k).shares;
        tape_end(tape);
    }
    Label answer = label_with_axes(HERE("answer"), lines, AXIS_NONE, AXIS_NONE);
    return stack(tape, &answer, shares, count);
}

static void record_neighbours(Tape *tape, Question *question, int classes)
{
    Classing *to = &question->classing;
    if (to->query < 0) {
        to->answer = leave_each_out(tape, question, to->rows, classes);
        return;
    }
    Neighbours found = likeness_neighbours(tape, to->rows, to->query, classes, question->k);
    to->answer = found.shares;
    to->distance = found.distance;
    to->nearest = found.nearest;
}

/* One question for each class: this one, or any other? */
static void record_logistic(Tape *tape, Question *question, int classes, short class)
{
    Classing *to = &question->classing;
    Label targets = label_with_axes(HERE("y"), tape_value(tape, to->rows)->row_axis, class, AXIS_NONE);
    int y = one_hot(tape, &targets, transpose(tape, HERE("class_ids"), classes), question->sentences->class_count);
    Logistic of = likeness_logistic(tape, to->rows, y, question->rate, question->steps);
    to->loss = of.loss;
    to->answer = likeness_probability(tape, of, to->query < 0 ? to->rows : to->query);
}

void question_classes(Tape *tape, Question *question, int table, int counts, int query)
{
    const Sentences *sentences = question->sentences;
    Classing *to = &question->classing;
    short class = tape_axis(tape, (Axis){"class", sentences->class_count, sentences->labels, false});
    *to = (Classing){-1, -1, -1, -1, -1, -1};
    int means = likeness_texts(tape, table, counts, &query, question->inverse);
    to->rows = unit_rows(tape, "rows", means);
    to->query = query < 0 ? -1 : unit_rows(tape, "query_unit", query);
    int classes = classes_leaf(tape, question, tape_value(tape, to->rows)->row_axis, class);
    if (question->asking == ASK_NEIGHBOURS)
        record_neighbours(tape, question, classes);
    else
        record_logistic(tape, question, classes, class);
}
