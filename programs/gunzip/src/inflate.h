/* Decompression of DEFLATE data (RFC 1951). Everything that is wrong with the data is a panic. */
#ifndef INFLATE_H
#define INFLATE_H

#include <stddef.h>
#include <stdint.h>

/* A growing buffer. */
typedef struct {
    uint8_t *bytes;
    size_t length;
    size_t capacity;
} output;

/* Decompresses the stream that begins at `in`, appends it to `out`, and returns how many bytes of `in` it took. */
size_t inflate(const uint8_t *in, size_t length, output *out);

#endif
