/* One token on its way; see follow_token.h. */
#include "follow_token.h"

#include <math.h>
#include <string.h>

Way way_begin(const Looking *looking, int position)
{
    int next = id_behind(looking, position);
    return (Way){.looking = looking, .position = position,
                 .target = next >= 0 ? next : likeliest(looking, looking->inside->logits, position)};
}

static double length_of_row(const Looking *looking, int value, int row)
{
    double sum = 0;
    for (int c = 0; c < tape_value(looking->tape, value)->cols; c++)
        sum += look_at(looking, value, row, c) * look_at(looking, value, row, c);
    return sqrt(sum);
}

static const HeadLook *head_called(const Looking *looking, const char *name)
{
    for (int h = 0; h < looking->inside->head_count; h++)
        if (strcmp(looking->inside->heads[h].name, name) == 0)
            return &looking->inside->heads[h];
    return NULL;
}

static void tell_part(const Way *way, const AddedPart *part, WayLine *line)
{
    const Looking *looking = way->looking;
    const HeadLook *head = part->kind == PART_HEAD ? head_called(looking, part->name) : NULL;
    *line = (WayLine){.part = part, .value = part->added, .row = way->position, .looks_at = -1,
                      .length = length_of_row(looking, part->added, way->position),
                      .logit = look_at(looking, part->logits, way->position, way->target)};
    if (part->kind != PART_BIAS)
        line->value = part->at;
    if (head) {
        line->looks_at = likeliest(looking, head->weights, way->position);
        line->weight = look_at(looking, head->weights, way->position, line->looks_at);
    }
}

static void tell_level(const Way *way, const Level *level, WayLine *line)
{
    int says = likeliest(way->looking, level->logits, way->position);
    *line = (WayLine){.level = level, .value = level->probabilities, .row = way->position, .col = says, .looks_at = -1,
                      .says = says,
                      .probability = look_at(way->looking, level->probabilities, way->position, says)};
}

bool way_next(Way *way, WayLine *line)
{
    const Inside *inside = way->looking->inside;
    const Level *level = way->level < inside->level_count ? &inside->levels[way->level] : NULL;
    const AddedPart *part = way->part < inside->part_count ? &inside->parts[way->part] : NULL;
    if (part && part->kind == PART_CONSTANT)
        part = NULL;
    if (!level && !part)
        return false;
    /* Parts stand before the level that they make. */
    if (part && (!level || part->at <= level->stream)) {
        tell_part(way, part, line);
        way->part++;
    } else {
        tell_level(way, level, line);
        way->level++;
    }
    return true;
}

void way_line_text(const Way *way, const WayLine *line, int digits, Text *out)
{
    char name[120], number[NUMBER_SIZE], token[TOLD_SIZE];
    if (digits > 2)
        digits = 2;
    if (line->level) {
        text_add(out, "= %-17s says %s %s", short_part(line->level->name, name, sizeof name),
                 token_of(way->looking, line->says, token), number_text(number, line->probability, digits));
        return;
    }
    text_add(out, "+ %-13s %6s", short_part(line->part->name, name, sizeof name),
             number_text(number, line->length, digits));
    text_add(out, " %7s", number_signed(number, line->logit, digits));
    if (line->looks_at >= 0)
        text_add(out, "  at %d %s %s", line->looks_at, token_at(way->looking, line->looks_at, token),
                 number_text(number, line->weight, digits));
}
