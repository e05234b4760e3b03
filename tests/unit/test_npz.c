/* The .npz archive, read back from its end as every program does that opens one: the end record, the directory, the
 * members that it points to, the arrays in them (APPNOTE 6.3, 4.3). The directory is believed in nothing. */
#include "support.h"

#include "tiny_model/primitive.h"
#include "tracer/output/npz.h"

#include <stdio.h>
#include <string.h>

enum { END = 22, ENTRY = 46, HEADER = 30, SHARED = 26 };

static unsigned long number_at(const Text *archive, size_t at, int bytes)
{
    unsigned long number = 0;
    EXPECT(at + (size_t)bytes <= archive->length, "%zu is behind the end", at);
    for (int i = bytes - 1; i >= 0; i--)
        number = number << 8 | (unsigned char)archive->data[at + (size_t)i];
    return number;
}

/* CRC-32, four bits at a time: the table is the sixteen remainders. */
static unsigned long crc_of(const char *bytes, size_t length)
{
    static const unsigned long table[] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    unsigned long crc = 0xffffffff;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        crc = table[(crc ^ byte) & 15] ^ crc >> 4;
        crc = table[(crc ^ byte >> 4) & 15] ^ crc >> 4;
    }
    return crc ^ 0xffffffff;
}

/* The bytes behind an array's header are the value's numbers, and the header tells its shape. */
static void expect_array(const char *bytes, size_t size, const Value *value, const char *name)
{
    char shape[60], told[200];
    size_t numbers = cells_of(value) * sizeof(double);
    EXPECT(size > numbers + 10 && memcmp(bytes, "\x93NUMPY\x01", 7) == 0, "%s: %zu bytes", name, size);
    size_t header = 10 + (unsigned char)bytes[8] + 256u * (unsigned char)bytes[9];
    snprintf(shape, sizeof shape, "'shape': (%d, %d)", value->rows, value->cols);
    snprintf(told, sizeof told, "%.*s", (int)header - 10, bytes + 10);
    EXPECT(header + numbers == size && strstr(told, shape), "%s: %s, not %s", name, told, shape);
    EXPECT(memcmp(bytes + header, value->data, numbers) == 0, "%s: other numbers", name);
}

static void the_directory_leads_to_every_value(void **state)
{
    (void)state;
    Session session;
    Text archive = {0};
    open_model(&session, "tiny", NULL, 0);
    const Names *names = &session.names;
    EXPECT(npz_write(names, &archive), "it is not written");
    EXPECT(crc_of("123456789", 9) == 0xcbf43926, "the check value of CRC-32");
    size_t end = archive.length - END, at = number_at(&archive, end + 16, 4);
    EXPECT(number_at(&archive, end, 4) == 0x06054b50 && number_at(&archive, end + 20, 2) == 0, "no end record");
    EXPECT((int)number_at(&archive, end + 8, 2) == names->count && (int)number_at(&archive, end + 10, 2) == names->count, "%lu entries", number_at(&archive, end + 8, 2));
    EXPECT(at + number_at(&archive, end + 12, 4) == end, "the directory does not end where its end record begins");
    size_t next = 0;
    for (int id = 0; id < names->count; id++) {
        char wanted[300];
        int length = snprintf(wanted, sizeof wanted, "%s.npy", name_of(names, id));
        size_t header = number_at(&archive, at + 42, 4), size = number_at(&archive, at + 20, 4);
        EXPECT(number_at(&archive, at, 4) == 0x02014b50 && number_at(&archive, header, 4) == 0x04034b50, "entry %d: no signature", id);
        EXPECT(header == next, "%s: at %zu, not %zu", wanted, header, next);
        EXPECT(memcmp(archive.data + at + 6, archive.data + header + 4, SHARED) == 0, "%s: directory and header differ", wanted);
        EXPECT((int)number_at(&archive, at + 28, 2) == length && memcmp(archive.data + at + ENTRY, wanted, (size_t)length) == 0, "%s: another name in the directory", wanted);
        EXPECT(memcmp(archive.data + header + HEADER, wanted, (size_t)length) == 0, "%s: another name", wanted);
        for (size_t zero = at + 30; zero < at + 42; zero++)
            EXPECT(archive.data[zero] == 0, "%s: byte %zu of its entry", wanted, zero - at);
        const char *file = archive.data + header + HEADER + length;
        EXPECT(size == number_at(&archive, at + 24, 4) && crc_of(file, size) == number_at(&archive, at + 16, 4), "%s: the check sum", wanted);
        expect_array(file, size, tape_value(&session.run.tape, id), wanted);
        next = header + HEADER + (size_t)length + size;
        at += ENTRY + (size_t)length;
    }
    EXPECT(at == end && names->count > 100, "%d entries end at %zu", names->count, at);
    text_free(&archive);
    session_close(&session);
}

int test_npz(void)
{
    TestList list = {0};
    tests_add(&list, the_directory_leads_to_every_value, NULL, "npz: the directory leads to every value");
    return tests_run(&list, "npz");
}
