#include "crc32.h"

/* Remainders of all bytes, made at the first use: cheaper than proving a kilobyte more of the program's image. */
static uint32_t table[256];

static void make_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t rest = byte;
        for (int i = 0; i < 8; i++) rest = rest >> 1 ^ (0xedb88320u & -(rest & 1));
        table[byte] = rest;
    }
}

uint32_t crc32(const uint8_t *bytes, size_t length) {
    if (table[1] == 0) make_table();
    uint32_t rest = UINT32_MAX;
    for (size_t i = 0; i < length; i++) rest = rest >> 8 ^ table[(rest ^ bytes[i]) & 0xff];
    return ~rest;
}
