#include "inflate.h"
#include <zkvm.h>

enum {
    MAX_BITS = 15,
    /* Codes of up to so many bits are found by one look into a table. */
    FAST_BITS = 10,
    LITERALS = 288,
    DISTANCES = 32,
    END_OF_BLOCK = 256,
};

/* ---- Bits, least significant first. ---- */

typedef struct {
    const uint8_t *next;
    const uint8_t *end;
    /* Bits that were taken from `next` and not used yet, and how many. */
    uint32_t held;
    uint32_t count;
    /* Zero bytes that were held after the end, so that a code near the end can be looked up. */
    uint32_t beyond;
} reader;

/* Makes at least `count` bits held; up to 25. */
static inline void hold(reader *bits, uint32_t count) {
    while (bits->count < count) {
        if (bits->next < bits->end) bits->held |= (uint32_t)*bits->next++ << bits->count;
        else bits->beyond++;
        bits->count += 8;
    }
}

static inline void drop(reader *bits, uint32_t count) {
    bits->held >>= count;
    bits->count -= count;
    if (bits->count < 8 * bits->beyond) zkvm_panic("the compressed data ends too early");
}

static uint32_t take(reader *bits, uint32_t count) {
    hold(bits, count);
    uint32_t value = bits->held & ((1u << count) - 1);
    drop(bits, count);
    return value;
}

/* ---- Huffman codes. ---- */

typedef struct {
    /* For the next FAST_BITS bits: symbol * 16 + length of its code, or 0 when the code is longer. */
    uint16_t fast[1 << FAST_BITS];
    /* Number of codes by length, and all symbols by length, then by value. */
    uint16_t count[MAX_BITS + 1];
    uint16_t symbols[LITERALS];
} code;

static uint32_t reversed(uint32_t bits, uint32_t length) {
    uint32_t result = 0;
    for (; length > 0; length--, bits >>= 1) result = result << 1 | (bits & 1);
    return result;
}

/* Fills `table` from the code lengths of `number` symbols. If `sparse`, the code may have one symbol of one bit, or none. */
static void make_code(code *table, const uint8_t *lengths, uint32_t number, bool sparse) {
    memset(table->count, 0, sizeof table->count);
    memset(table->fast, 0, sizeof table->fast);
    for (uint32_t i = 0; i < number; i++) table->count[lengths[i]]++;
    uint32_t used = number - table->count[0];
    table->count[0] = 0;

    int32_t left = 1;
    uint32_t next[MAX_BITS + 1], place[MAX_BITS + 1];
    uint32_t first = 0, index = 0;
    for (uint32_t length = 1; length <= MAX_BITS; length++) {
        left = 2 * left - table->count[length];
        if (left < 0) zkvm_panic("a Huffman code has too many symbols");
        first *= 2;
        next[length] = first;
        place[length] = index;
        first += table->count[length];
        index += table->count[length];
    }
    if (left > 0 && !(sparse && used == table->count[1])) zkvm_panic("a Huffman code is incomplete");

    for (uint32_t symbol = 0; symbol < number; symbol++) {
        uint32_t length = lengths[symbol];
        if (length == 0) continue;
        table->symbols[place[length]++] = (uint16_t)symbol;
        uint32_t bits = next[length]++;
        if (length > FAST_BITS) continue;
        for (uint32_t at = reversed(bits, length); at < 1 << FAST_BITS; at += 1u << length) {
            table->fast[at] = (uint16_t)(symbol << 4 | length);
        }
    }
}

static uint32_t decode_long(reader *bits, const code *table) {
    uint32_t held = bits->held, value = 0, first = 0, index = 0;
    for (uint32_t length = 1; length <= MAX_BITS; length++, held >>= 1) {
        value = value << 1 | (held & 1);
        first *= 2;
        if (value - first < table->count[length]) {
            drop(bits, length);
            return table->symbols[index + value - first];
        }
        index += table->count[length];
        first += table->count[length];
    }
    zkvm_panic("the compressed data has bits that are no code");
}

static inline uint32_t decode(reader *bits, const code *table) {
    hold(bits, MAX_BITS);
    uint32_t entry = table->fast[bits->held & ((1 << FAST_BITS) - 1)];
    if (entry == 0) return decode_long(bits, table);
    drop(bits, entry & 15);
    return entry >> 4;
}

/* ---- Blocks. ---- */

static void reserve(output *out, size_t more) {
    if (out->length + more <= out->capacity) return;
    /* The buffer is the last block of the heap, so that it grows in place. */
    out->capacity = 2 * (out->length + more) + 4096;
    out->bytes = realloc(out->bytes, out->capacity);
}

static void stored_block(reader *bits, output *out) {
    take(bits, bits->count % 8);
    uint32_t length = take(bits, 16);
    if ((take(bits, 16) ^ length) != 0xffff) zkvm_panic("a stored block's length is damaged");
    reserve(out, length);
    for (; length > 0 && bits->count > 0; length--) out->bytes[out->length++] = (uint8_t)take(bits, 8);
    if (length > (size_t)(bits->end - bits->next)) zkvm_panic("the compressed data ends too early");
    memcpy(out->bytes + out->length, bits->next, length);
    out->length += length;
    bits->next += length;
}

/* Lengths and distances: a base by symbol, and the number of bits that are added to it. */
static const uint16_t LENGTH_BASE[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                         31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t LENGTH_BITS[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                        2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t DISTANCE_BASE[30] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                           193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

static void copy_back(output *out, uint32_t distance, uint32_t length) {
    if (distance > out->length) zkvm_panic("the compressed data refers to bytes before its beginning");
    reserve(out, length);
    uint8_t *to = out->bytes + out->length;
    out->length += length;
    /* Byte by byte: source and target may overlap, to repeat what was just written. */
    for (const uint8_t *from = to - distance; length > 0; length--) *to++ = *from++;
}

static void compressed_block(reader *bits, output *out, const code *literals, const code *distances) {
    for (;;) {
        uint32_t symbol = decode(bits, literals);
        if (symbol < END_OF_BLOCK) {
            reserve(out, 1);
            out->bytes[out->length++] = (uint8_t)symbol;
            continue;
        }
        if (symbol == END_OF_BLOCK) return;
        symbol -= END_OF_BLOCK + 1;
        if (symbol >= 29) zkvm_panic("the compressed data has an unknown length");
        uint32_t length = LENGTH_BASE[symbol] + take(bits, LENGTH_BITS[symbol]);
        symbol = decode(bits, distances);
        if (symbol >= 30) zkvm_panic("the compressed data has an unknown distance");
        uint32_t extra = symbol < 4 ? 0 : symbol / 2 - 1;
        copy_back(out, DISTANCE_BASE[symbol] + take(bits, extra), length);
    }
}

static void fixed_codes(code *literals, code *distances) {
    uint8_t lengths[LITERALS];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    make_code(literals, lengths, LITERALS, false);
    memset(lengths, 5, DISTANCES);
    make_code(distances, lengths, DISTANCES, false);
}

static void dynamic_codes(reader *bits, code *literals, code *distances) {
    static const uint8_t ORDER[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint32_t number = take(bits, 5) + 257, number_of_distances = take(bits, 5) + 1, number_of_lengths = take(bits, 4) + 4;
    if (number > 286 || number_of_distances > 30) zkvm_panic("a block has too many symbols");
    uint8_t lengths[LITERALS + DISTANCES] = {0};
    for (uint32_t i = 0; i < number_of_lengths; i++) lengths[ORDER[i]] = (uint8_t)take(bits, 3);
    /* The code of the lengths is read before the code of the literals is made, so both use one table. */
    make_code(literals, lengths, 19, false);
    uint32_t all = number + number_of_distances;
    for (uint32_t i = 0; i < all;) {
        uint32_t symbol = decode(bits, literals);
        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        if (symbol == 16 && i == 0) zkvm_panic("a block repeats a length before there is one");
        uint8_t value = symbol == 16 ? lengths[i - 1] : 0;
        uint32_t times = symbol == 16 ? 3 + take(bits, 2) : symbol == 17 ? 3 + take(bits, 3) : 11 + take(bits, 7);
        if (times > all - i) zkvm_panic("a block has more code lengths than symbols");
        for (; times > 0; times--) lengths[i++] = value;
    }
    if (lengths[END_OF_BLOCK] == 0) zkvm_panic("a block cannot end");
    make_code(literals, lengths, number, true);
    make_code(distances, lengths + number, number_of_distances, true);
}

size_t inflate(const uint8_t *in, size_t length, output *out) {
    reader bits = {.next = in, .end = in + length, .held = 0, .count = 0, .beyond = 0};
    static code literals, distances;
    bool last;
    do {
        last = take(&bits, 1);
        switch (take(&bits, 2)) {
        case 0: stored_block(&bits, out); break;
        case 1:
            fixed_codes(&literals, &distances);
            compressed_block(&bits, out, &literals, &distances);
            break;
        case 2:
            dynamic_codes(&bits, &literals, &distances);
            compressed_block(&bits, out, &literals, &distances);
            break;
        default: zkvm_panic("a block has an unknown type");
        }
    } while (!last);
    /* Whole bytes that are held and were not needed. */
    return (size_t)(bits.next - in) - (bits.count / 8 - bits.beyond);
}
