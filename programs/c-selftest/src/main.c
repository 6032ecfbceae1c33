/* What the tests of zkvm.h run: the first input item names what to do. */
#include "limits.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm.h>

static bool is(zkvm_bytes item, const char *name) {
    return item.length == strlen(name) && memcmp(item.data, name, item.length) == 0;
}

/* Commits all items as they come, each in pieces of 1, 2, 3, ... bytes. */
static void echo(void) {
    zkvm_bytes item;
    while (zkvm_try_read(&item)) {
        for (size_t at = 0, piece = 1; at < item.length; at += piece, piece++) {
            zkvm_commit(item.data + at, piece < item.length - at ? piece : item.length - at);
        }
    }
}

static void integers(void) {
    uint32_t small = zkvm_read_u32();
    uint64_t large = zkvm_read_u64();
    uint8_t bytes[5];
    zkvm_read_exact(bytes, sizeof bytes);
    zkvm_commit(&small, sizeof small);
    zkvm_commit(&large, sizeof large);
    zkvm_commit(bytes, sizeof bytes);
}

static void abi(void) {
    uint64_t number = zkvm_read_u64();
    uint8_t hash[32], address[20];
    zkvm_read_exact(hash, 32);
    zkvm_read_exact(address, 20);
    zkvm_commit_uint(number);
    zkvm_commit_bytes32(hash);
    zkvm_commit_address(address);
}

/* Pairs of 64-bit numbers: quotients and remainders, unsigned and signed. */
static void divide(void) {
    zkvm_bytes item = zkvm_read();
    for (const uint64_t *pair = (const uint64_t *)item.data; (const uint8_t *)pair < item.data + item.length; pair += 2) {
        uint64_t results[4] = {
            pair[0] / pair[1],
            pair[0] % pair[1],
            (uint64_t)((int64_t)pair[0] / (int64_t)pair[1]),
            (uint64_t)((int64_t)pair[0] % (int64_t)pair[1]),
        };
        zkvm_commit(results, sizeof results);
    }
}

/* What some compilers call and others write out. */
uint64_t __ashldi3(uint64_t value, int count);
uint64_t __lshrdi3(uint64_t value, int count);
int64_t __ashrdi3(int64_t value, int count);
int __popcountdi2(uint64_t value);
int __clzdi2(uint64_t value);
int __ctzdi2(uint64_t value);
uint64_t __bswapdi2(uint64_t value);

static void bits(void) {
    zkvm_bytes item = zkvm_read();
    for (const uint64_t *value = (const uint64_t *)item.data; (const uint8_t *)value < item.data + item.length; value++) {
        for (int count = 0; count < 64; count++) {
            uint64_t shifted[3] = {
                __ashldi3(*value, count),
                __lshrdi3(*value, count),
                (uint64_t)__ashrdi3((int64_t)*value, count),
            };
            zkvm_commit(shifted, sizeof shifted);
        }
        uint64_t counts[4] = {
            (uint64_t)__popcountdi2(*value),
            (uint64_t)__clzdi2(*value),
            (uint64_t)__ctzdi2(*value),
            __bswapdi2(*value),
        };
        zkvm_commit(counts, sizeof counts);
    }
}

/* Steps on a buffer of 256 bytes: what to do, target, source, length. */
static void memory(void) {
    uint8_t *buffer = malloc(256);
    zkvm_bytes steps = zkvm_read();
    for (size_t i = 0; i < 256; i++) buffer[i] = (uint8_t)i;
    for (const uint8_t *step = steps.data; step < steps.data + steps.length; step += 4) {
        uint8_t *to = buffer + step[1], *from = buffer + step[2];
        size_t length = step[3];
        int sign = 0;
        switch (step[0]) {
        case 0: assert(memcpy(to, from, length) == to); break;
        case 1: assert(memmove(to, from, length) == to); break;
        case 2: assert(memset(to, step[2], length) == to); break;
        default:
            sign = memcmp(to, from, length);
            buffer[0] = (uint8_t)(sign < 0 ? 1 : sign > 0 ? 2 : 3);
        }
        zkvm_commit(buffer, 256);
    }
}

static void strings(void) {
    char text[] = "one\0two";
    assert(strlen(text) == 3 && strlen("") == 0);
    assert(strcmp("abc", "abc") == 0 && strcmp("abc", "abd") < 0 && strcmp("abc", "ab") > 0 && strcmp("\x80", "a") > 0);
    assert(strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0 && strncmp("ab", "ab", 9) == 0);
    assert(memchr(text, 't', sizeof text) == text + 4 && memchr(text, 't', 4) == NULL);
}

/* The hash of the second item, given in pieces whose length is the first item. */
static void hash(void) {
    uint32_t piece = zkvm_read_u32();
    zkvm_bytes item = zkvm_read();
    zkvm_sha256_state state;
    uint8_t digest[32], again[32];
    zkvm_sha256_start(&state);
    for (size_t at = 0; at < item.length; at += piece) {
        zkvm_sha256_update(&state, item.data + at, piece < item.length - at ? piece : item.length - at);
    }
    zkvm_sha256_finish(&state, digest);
    zkvm_sha256(item.data, item.length, again);
    assert(memcmp(digest, again, 32) == 0);
    zkvm_commit_bytes32(digest);
}

static void print(void) {
    zkvm_print("plain\n");
    zkvm_eprint("error\n");
    zkvm_printf("%d %i %u %x %X %c %s %%\n", -7, 2147483647, 4000000000u, 0xbeefu, 0xbeefu, 'z', "text");
    zkvm_printf("%lld %llu %llx %ld %zu\n", (long long)INT64_MIN, 18446744073709551615ull, 0x123456789abcdefull, -5l, (size_t)9);
    zkvm_printf("[%5d|%-5d|%05d|%5s|%-5s|%02x|%3c]\n", -42, -42, -42, "ab", "ab", 10u, 'c');
    zkvm_printf("%p\n", (void *)0x1234);
    zkvm_eprintf("%s\n", "");
}

static void heap(void) {
    uint8_t *first = malloc(10);
    memset(first, 1, 10);
    uint8_t *grown = realloc(first, 1000);
    assert(grown == first && grown[9] == 1);
    uint8_t *second = calloc(10, 10);
    for (int i = 0; i < 100; i++) assert(second[i] == 0);
    uint8_t *moved = realloc(first, 2000);
    assert(moved != first && moved[0] == 1 && moved[9] == 1 && ((uintptr_t)moved & 15) == 0);
    assert(realloc(moved, 5) == moved && realloc(NULL, 1) > (void *)moved);
    free(second);
    /* Half of the memory is there, and costs nothing as long as nobody touches it. */
    uint8_t *large = malloc(1u << 29);
    large[(1u << 29) - 1] = 1;
}

/* A square root is found outside the proof; what comes back is checked. */
static void find_root(void *argument) {
    uint32_t n = *(uint32_t *)argument, root = 0;
    while ((root + 1) * (root + 1) <= n) root++;
    *(uint32_t *)argument = 0;
    zkvm_hint(&root, sizeof root);
    zkvm_hint("second", 6);
}

static void unconstrained(void) {
    uint32_t n = zkvm_read_u32(), before = n;
    zkvm_span_begin("root");
    zkvm_unconstrained(find_root, &n);
    zkvm_span_end("root");
    zkvm_assert(n == before);
    uint32_t root = zkvm_read_u32();
    zkvm_assert(root < 65536 && root * root <= n && n < (root + 1) * (root + 1));
    zkvm_commit(&root, sizeof root);
    zkvm_bytes note = zkvm_read();
    zkvm_commit(note.data, note.length);
    zkvm_commit(&(uint32_t){zkvm_read_u32()}, 4);
}

int main(void) {
    zkvm_bytes mode = zkvm_read();
    if (is(mode, "echo")) echo();
    else if (is(mode, "integers")) integers();
    else if (is(mode, "abi")) abi();
    else if (is(mode, "divide")) divide();
    else if (is(mode, "bits")) bits();
    else if (is(mode, "memory")) memory();
    else if (is(mode, "strings")) strings();
    else if (is(mode, "hash")) hash();
    else if (is(mode, "print")) print();
    else if (is(mode, "heap")) heap();
    else if (is(mode, "unconstrained")) unconstrained();
    else if (is(mode, "read")) zkvm_read();
    else if (is(mode, "code")) return (int)zkvm_read_u32();
    else if (is(mode, "exit")) exit(EXIT_FAILURE + 4);
    else if (is(mode, "abort")) abort();
    else if (is(mode, "assert")) assert(mode.length == 0);
    else if (is(mode, "bad format")) {
        const char *format = "%q";
        zkvm_printf(format, 0);
    } else if (is(mode, "too much")) malloc(1u << 30);
    else if (is(mode, "one block")) one_block(zkvm_read_u32());
    else if (is(mode, "many blocks")) many_blocks(zkvm_read_u32());
    else if (is(mode, "stack")) stack_arrays();
    else if (is(mode, "much too much")) calloc(1u << 20, 1u << 20);
    else zkvm_panic("unknown mode");
    return 0;
}
