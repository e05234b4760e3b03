/* A ZIP archive of .npy files; see npz.h. PKWARE's APPNOTE 6.3, sections 4.3 and 4.4. */
#include "npz.h"

#include "tables.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 65535, NEW_YEAR_1980 = 0x21 };

typedef struct {
    uint32_t crc, size, offset;
} Member;

/* CRC-32 as in ISO 3309. */
static uint32_t crc_of(const char *bytes, size_t length)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void put_number(Text *out, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        char byte = (char)(number >> (8 * i));
        text_put(out, &byte, 1);
    }
}

/* The fields that a member's own header and its entry in the directory share. */
static void put_fields(Text *out, const Member *member, size_t name_length)
{
    put_number(out, 20, 2);            /* version 2.0 */
    put_number(out, 0x800, 2);         /* the name is UTF-8 */
    put_number(out, 0, 2);             /* stored */
    put_number(out, 0, 2);             /* midnight */
    put_number(out, NEW_YEAR_1980, 2); /* of the first day that the format knows */
    put_number(out, member->crc, 4);
    put_number(out, member->size, 4);
    put_number(out, member->size, 4);
    put_number(out, (uint32_t)name_length, 2);
    put_number(out, 0, 2);             /* nothing extra */
}

static void put_member(Text *out, const char *name, const Text *file, Member *member)
{
    *member = (Member){.crc = crc_of(file->data, file->length), .size = (uint32_t)file->length,
                       .offset = (uint32_t)out->length};
    put_number(out, 0x04034b50, 4);
    put_fields(out, member, strlen(name) + 4);
    text_add(out, "%s.npy", name);
    text_put(out, file->data, file->length);
}

static void put_directory(Text *out, const Names *names, const Member *members)
{
    size_t begin = out->length;
    for (int id = 0; id < names->count; id++) {
        put_number(out, 0x02014b50, 4);
        put_number(out, 20, 2);
        put_fields(out, &members[id], strlen(name_of(names, id)) + 4);
        put_number(out, 0, 2);  /* no comment */
        put_number(out, 0, 2);  /* first disk */
        put_number(out, 0, 2);  /* binary */
        put_number(out, 0, 4);
        put_number(out, members[id].offset, 4);
        text_add(out, "%s.npy", name_of(names, id));
    }
    size_t size = out->length - begin;
    put_number(out, 0x06054b50, 4);
    put_number(out, 0, 4);
    put_number(out, (uint32_t)names->count, 2);
    put_number(out, (uint32_t)names->count, 2);
    put_number(out, (uint32_t)size, 4);
    put_number(out, (uint32_t)begin, 4);
    put_number(out, 0, 2);
}

bool npz_write(const Names *names, Text *out)
{
    Member *members = calloc((size_t)names->count + 1, sizeof *members);
    bool fits = members && names->count <= MOST_FILES;
    for (int id = 0; fits && id < names->count; id++) {
        const Value *value = tape_value(names->tape, id);
        Text file = {0};
        npy_write(value->data, value->rows, value->cols, (size_t)value->cols, &file);
        out->failed = out->failed || file.failed;
        fits = !out->failed && out->length + file.length < UINT32_MAX - 4096;
        if (fits)
            put_member(out, name_of(names, id), &file, &members[id]);
        text_free(&file);
    }
    if (fits)
        put_directory(out, names, members);
    free(members);
    return fits && !out->failed;
}
