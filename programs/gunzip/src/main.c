/*
 * Proves what a gzip file (RFC 1952) holds. Input: the file. Public values, for
 * abi.decode(publicValues, (bytes32, bytes32, uint256)): sha256 of the file, sha256 of the content, length of the content.
 */
#include "crc32.h"
#include "inflate.h"
#include <zkvm.h>

enum { FLAG_CHECKSUM = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAGS_RESERVED = 0xe0 };

/* What is left of the file. */
typedef struct {
    const uint8_t *next;
    size_t length;
} file;

static const uint8_t *skip(file *rest, size_t length) {
    if (length > rest->length) zkvm_panic("the gzip file ends too early");
    const uint8_t *start = rest->next;
    rest->next += length;
    rest->length -= length;
    return start;
}

static uint32_t little_endian(const uint8_t *bytes, int length) {
    uint32_t value = 0;
    for (int i = length - 1; i >= 0; i--) value = value << 8 | bytes[i];
    return value;
}

static void skip_text(file *rest) {
    while (*skip(rest, 1) != 0) {
    }
}

static void skip_header(file *rest) {
    const uint8_t *start = rest->next;
    const uint8_t *header = skip(rest, 10);
    if (header[0] != 0x1f || header[1] != 0x8b || header[2] != 8) zkvm_panic("the input is no gzip file");
    uint8_t flags = header[3];
    if (flags & FLAGS_RESERVED) zkvm_panic("the gzip file has unknown flags");
    if (flags & FLAG_EXTRA) skip(rest, little_endian(skip(rest, 2), 2));
    if (flags & FLAG_NAME) skip_text(rest);
    if (flags & FLAG_COMMENT) skip_text(rest);
    if (flags & FLAG_CHECKSUM) {
        uint32_t found = crc32(start, (size_t)(rest->next - start)) & 0xffff;
        if (little_endian(skip(rest, 2), 2) != found) zkvm_panic("the gzip header is damaged");
    }
}

/* A file is one member or several, whose contents belong one after the other. */
static void unpack_member(file *rest, output *out) {
    skip_header(rest);
    size_t start = out->length;
    zkvm_span_begin("inflate");
    skip(rest, inflate(rest->next, rest->length, out));
    zkvm_span_end("inflate");
    const uint8_t *trailer = skip(rest, 8);
    zkvm_span_begin("crc32");
    uint32_t found = crc32(out->bytes + start, out->length - start);
    zkvm_span_end("crc32");
    if (little_endian(trailer, 4) != found) zkvm_panic("the content does not have the recorded checksum");
    if (little_endian(trailer + 4, 4) != out->length - start) zkvm_panic("the content does not have the recorded length");
}

int main(void) {
    zkvm_bytes item = zkvm_read();
    file rest = {item.data, item.length};
    output out = {NULL, 0, 0};
    do unpack_member(&rest, &out);
    while (rest.length > 0);

    uint8_t digest[32];
    zkvm_span_begin("sha256");
    zkvm_sha256(item.data, item.length, digest);
    zkvm_commit_bytes32(digest);
    zkvm_sha256(out.bytes, out.length, digest);
    zkvm_span_end("sha256");
    zkvm_commit_bytes32(digest);
    zkvm_commit_uint(out.length);
    return 0;
}
