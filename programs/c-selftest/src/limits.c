/* Memory up to its limits and beyond: blocks of the heap, and arrays on the stack whose length is an input. */
#include "limits.h"
#include <assert.h>
#include <stdlib.h>
#include <zkvm.h>

/* A table that arrays on the stack must not reach, in memory that starts as zero and in the program's data. */
static uint32_t table[1024];
static uint32_t constants[1024] = {17};

void one_block(uint32_t length) {
    uint8_t *block = malloc(length);
    block[0] = 1;
    block[length - 1] = 2;
    zkvm_printf("%u\n", (unsigned)(block[0] + block[length - 1]));
}

/* Blocks until there are no more, with the last count printed. */
void many_blocks(uint32_t length) {
    for (uint32_t count = 1;; count++) {
        uint8_t *block = malloc(length);
        assert(block[0] == 0 && block[length - 1] == 0);
        block[0] = block[length - 1] = 1;
        zkvm_printf("%u\n", (unsigned)count);
    }
}

static void write_at(volatile uint8_t *bytes, uint32_t at) {
    bytes[at] = 99;
}

static __attribute__((noinline)) void bytes_array(uint32_t length, uint32_t at) {
    uint8_t bytes[length];
    write_at(bytes, at);
}

static __attribute__((noinline)) void signed_array(int32_t length, uint32_t at) {
    uint8_t bytes[length];
    write_at(bytes, at);
}

static __attribute__((noinline)) void words_array(uint32_t length, uint32_t at) {
    uint64_t words[length];
    write_at((uint8_t *)words, at);
}

static __attribute__((noinline)) void square_array(uint32_t length, uint32_t at) {
    uint16_t square[length][length];
    write_at((uint8_t *)square, at);
}

static __attribute__((noinline)) void two_arrays(uint32_t length, uint32_t at) {
    uint8_t first[length];
    uint8_t second[length];
    write_at(second, at);
    if (length == 0) write_at(first, 0);
}

static __attribute__((noinline)) void rounds(uint32_t length, uint32_t at) {
    for (int i = 0; i < 5; i++) write_at(__builtin_alloca(length), at);
}

static __attribute__((noinline)) void fixed_array(uint32_t length, uint32_t at) {
    uint8_t small[4096], medium[16u << 20], large[25u << 20], huge[1u << 30];
    write_at(length == 0 ? small : length == 1 ? medium : length == 2 ? large : huge, at);
}

static __attribute__((noinline)) void descend(uint32_t levels, void (*array)(uint32_t, uint32_t), uint32_t length, uint32_t at) {
    volatile uint32_t frame[256];
    frame[levels % 256] = levels;
    if (levels == 0) array(length, at);
    else descend(levels - 1, array, length, at);
    assert(frame[levels % 256] == levels);
}

static void signed_entry(uint32_t length, uint32_t at) {
    signed_array((int32_t)length, at);
}

/* Kind of the array, levels of calls above it, its length, the byte that is written. Commits the sum of the tables. */
void stack_arrays(void) {
    static void (*const arrays[])(uint32_t, uint32_t) = {
        bytes_array, signed_entry, words_array, square_array, two_arrays, rounds, fixed_array,
    };
    uint32_t kind = zkvm_read_u32(), levels = zkvm_read_u32(), length = zkvm_read_u32(), at = zkvm_read_u32();
    uint8_t *block = malloc(4096);
    assert(kind < sizeof arrays / sizeof *arrays);
    descend(levels, arrays[kind], length, at);
    uint32_t sum = 0;
    for (int i = 0; i < 1024; i++) sum += table[i] + constants[i] + block[i];
    zkvm_commit_uint(sum);
}
