/*
 * Guest side of the zkVM for C11, in one file: start, input, public values, output, heap, exit. No C library is needed.
 *
 * Include it wherever it is used. Exactly one unit of a program holds the functions: `zkvm build` compiles this header
 * once more with ZKVM_IMPLEMENTATION defined; with a build of your own, define it before one of your includes.
 *
 *     #include <zkvm.h>
 *
 *     int main(void) {
 *         zkvm_bytes item = zkvm_read();
 *         zkvm_commit_uint(item.length);
 *         return 0;
 *     }
 *
 * The program ends with what main returns; only 0 can be verified on chain. There is no time, no
 * environment and no true randomness. Constructors (`__attribute__((constructor))`) do not run.
 */
#ifndef ZKVM_H
#define ZKVM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if !defined(__riscv) || __riscv_xlen != 32 || defined(__riscv_compressed) || defined(__riscv_flen)
#error "zkvm.h is for -march=rv32im -mabi=ilp32"
#endif

/* ---- Input: a list of items, each a string of bytes. Every read takes the next item whole. ---- */

/* An input item. `data` is aligned to 16 bytes. */
typedef struct {
    uint8_t *data;
    size_t length;
} zkvm_bytes;

/* Takes the next item; false when all are read. */
bool zkvm_try_read(zkvm_bytes *item);

/* Takes the next item; panics when all are read. */
zkvm_bytes zkvm_read(void);

/* Takes the next item into `buffer`; panics unless it has exactly `length` bytes. */
void zkvm_read_exact(void *buffer, size_t length);

/* Takes the next item as an integer of 4 or 8 little-endian bytes (BCS u32 and u64); panics at any other length. */
uint32_t zkvm_read_u32(void);
uint64_t zkvm_read_u64(void);

/* ---- Public values: one stream of bytes, whose sha256 is what the proof is about. ---- */

/* Appends bytes. */
void zkvm_commit(const void *bytes, size_t length);

/*
 * Each appends one word of 32 bytes, as Solidity's abi.encode does for values of fixed size: a uint, a bytes32, an address
 * of 20 bytes. Three words in a row are read by abi.decode(publicValues, (uint256, bytes32, address)).
 */
void zkvm_commit_uint(uint64_t value);
void zkvm_commit_bytes32(const uint8_t value[32]);
void zkvm_commit_address(const uint8_t value[20]);

/* ---- Output, for the host to show; not part of the proof. ---- */

void zkvm_print(const char *text);
void zkvm_eprint(const char *text);

/*
 * Formats to stdout or stderr: %d %i %u %x %X %p %c %s %%, with l, ll and z, a width, and the flags 0 and -. What else
 * stands behind a percent sign is a panic.
 */
void zkvm_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void zkvm_eprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- The end. ---- */

/* Ends the program. Only code 0 can be verified on chain. */
_Noreturn void zkvm_exit(int code);

/* Prints "panicked at file:line" and the message to stderr and ends with code 1, which can be proved. */
#define zkvm_panic(message) zkvm_panic_at(__FILE__, __LINE__, message)

/* Panics unless the condition holds. It is there in every build: a condition on the input is part of what is proved. */
#define zkvm_assert(condition) ((condition) ? (void)0 : zkvm_panic("assertion failed: " #condition))

_Noreturn void zkvm_panic_at(const char *file, int line, const char *message);

/* ---- Hashing: SHA-256 (FIPS 180-4). ---- */

typedef struct {
    uint32_t state[8];
    uint8_t block[64];
    uint64_t length;
} zkvm_sha256_state;

void zkvm_sha256_start(zkvm_sha256_state *hash);
void zkvm_sha256_update(zkvm_sha256_state *hash, const void *bytes, size_t length);
void zkvm_sha256_finish(zkvm_sha256_state *hash, uint8_t digest[32]);

/* The three in one. */
void zkvm_sha256(const void *bytes, size_t length, uint8_t digest[32]);

/* ---- Reliance on other proofs. ---- */

/*
 * Returns if a program with the verifying key `vkey` (the bytes32 of `zkvm vkey`) ended with exit code 0 and committed these
 * public values. If this is not so, the running program has no proof that anybody accepts, whatever it does afterwards. A key
 * that is an input is one of the prover's choice: compare it with a constant, or commit it.
 *
 * The host refuses to go on without a proof of the statement (`zkvm prove --proof`), and in code outside the proof. Panics if
 * `vkey` is no verifying key: bits above 247, or an element of 2^31 - 2^24 + 1 or more.
 */
void zkvm_verify(const uint8_t vkey[32], const void *public_values, size_t length);

/* The same for who has the sha256 of the public values, all 256 bits of it. */
void zkvm_verify_digest(const uint8_t vkey[32], const uint8_t public_digest[32]);

/* ---- System calls. ---- */

enum {
    ZKVM_HALT = 0x00,
    ZKVM_WRITE = 0x02,
    ZKVM_COMMIT = 0x10,
    ZKVM_HINT_LEN = 0xf0,
    ZKVM_HINT_READ = 0xf1,
    ZKVM_HINT_READ_BYTES = 1 << 14, /* the most that one call reads */
    ZKVM_STDOUT = 1,
    ZKVM_STDERR = 2,
    ZKVM_HINTS = 4,
    ZKVM_PUBLIC_VALUES = 13,
    ZKVM_SPAN = 0x7a01,
    ZKVM_ENTER_UNCONSTRAINED = 0x7a02,
    ZKVM_LEAVE_UNCONSTRAINED = 0x7a03,
    ZKVM_VERIFY = 0x7a04,
};

/* A system call of any number: number in t0, arguments in a0 to a2, result in a0. */
static inline uint32_t zkvm_raw_ecall(uint32_t number, uint32_t first, uint32_t second, uint32_t third) {
    register uint32_t t0 __asm__("t0") = number;
    register uint32_t a0 __asm__("a0") = first;
    register uint32_t a1 __asm__("a1") = second;
    register uint32_t a2 __asm__("a2") = third;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(t0), "r"(a1), "r"(a2) : "memory");
    return a0;
}

/*
 * The same, but for COMMIT of the words above 7: these are the chain of verified statements, which zkvm_verify commits.
 * Soundness: an index of the prover's choice would put another chain in the place of the true one.
 */
static inline uint32_t zkvm_ecall(uint32_t number, uint32_t first, uint32_t second, uint32_t third) {
    if (number == ZKVM_COMMIT && first > 7) zkvm_panic("the digest of the public values has words 0 to 7");
    return zkvm_raw_ecall(number, first, second, third);
}

/* Writes bytes to a descriptor. */
static inline void zkvm_write(uint32_t descriptor, const void *bytes, size_t length) {
    zkvm_ecall(ZKVM_WRITE, descriptor, (uint32_t)(uintptr_t)bytes, length);
}

/* ---- Named stretches whose cycles `zkvm execute` shows. The name is a string literal. ---- */

#define zkvm_span_begin(name) zkvm_write(ZKVM_SPAN, "+" name, sizeof("+" name) - 1)
#define zkvm_span_end(name) zkvm_write(ZKVM_SPAN, "-" name, sizeof("-" name) - 1)

/* ---- Code outside the proof. ---- */

/*
 * Runs function(argument) outside the proof. It costs no proving time, and everything it changes is undone when it
 * returns, except its output and its hints. It passes results on with zkvm_hint.
 *
 * A dishonest prover can put any bytes in place of the hints: the program must check what it reads.
 */
void zkvm_unconstrained(void (*function)(void *argument), void *argument);

/* Queues bytes as an input item, to be read before the remaining input. */
static inline void zkvm_hint(const void *bytes, size_t length) {
    zkvm_write(ZKVM_HINTS, bytes, length);
}

/* ---- What compilers emit calls to, and the heap (also under the names <string.h>, <stdlib.h>, <assert.h>). ---- */

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *left, const void *right, size_t length);
void *memchr(const void *bytes, int value, size_t length);
size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t length);

/* Without a C library a compiler takes these for any functions, unless told: with it, a copy of four bytes is a load. */
#define memcpy(to, from, length) __builtin_memcpy(to, from, length)
#define memmove(to, from, length) __builtin_memmove(to, from, length)
#define memset(to, value, length) __builtin_memset(to, value, length)
#define memcmp(left, right, length) __builtin_memcmp(left, right, length)
#define strlen(text) __builtin_strlen(text)

/*
 * Nothing is ever freed: untouched memory costs nothing. Aligned to 16 bytes, and 16 bytes go in front of each block. All
 * blocks together may have 758 MiB, less what statics take that start as zero. Panics beyond; never returns a null pointer.
 */
void *malloc(size_t length);
void *calloc(size_t count, size_t length);
void *realloc(void *block, size_t length);
void free(void *block);
void *aligned_alloc(size_t align, size_t length);
void *memalign(size_t align, size_t length);
int posix_memalign(void **block, size_t align, size_t length);

_Noreturn void abort(void);

#endif /* ZKVM_H */

#ifdef ZKVM_IMPLEMENTATION
#ifndef ZKVM_IMPLEMENTED
#define ZKVM_IMPLEMENTED

/* A program that brings a function of this kind gets its own. */
#define ZKVM_WEAK __attribute__((weak))

/* Compilers turn loops that copy or fill into calls of memcpy and memset, which must not happen inside these. */
#if defined(__clang__)
#define ZKVM_LIBRARY ZKVM_WEAK __attribute__((no_builtin))
#else
#define ZKVM_LIBRARY ZKVM_WEAK __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

/* For words inside memory of any type. */
typedef uint32_t __attribute__((may_alias)) zkvm_word;

#define ZKVM_MEMORY_END 0x40000000u

/* The memory map of link.ld. */
#define ZKVM_STACK_BYTES 0x00800000u
extern uint8_t __stack_top[], __heap_start[], __heap_end[];

/* ---- Start and end. ---- */

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "  la sp, __stack_top\n"
        "  la tp, __tls_start\n"
        "  tail zkvm_start\n"
        ".size _start, . - _start\n"
        ".popsection\n");

/* main under another name, since a program may declare it with or without arguments. There are none. */
int zkvm_main(int count, char **arguments) __asm__("main");

/* Of the C library, with the functions of atexit, and null in programs that use neither. */
_Noreturn __attribute__((weak)) void exit(int code);

_Noreturn __attribute__((used)) void zkvm_start(void) {
    char *none = NULL;
    int code = zkvm_main(0, &none);
    if (exit != NULL) exit(code);
    zkvm_exit(code);
}

/* Hash of everything committed so far. */
static zkvm_sha256_state zkvm_digest = {
    .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
};

_Noreturn void zkvm_exit(int code) {
    union {
        uint8_t bytes[32];
        uint32_t words[8];
    } digest;
    zkvm_sha256_finish(&zkvm_digest, digest.bytes);
    for (uint32_t i = 0; i < 8; i++) zkvm_ecall(ZKVM_COMMIT, i, digest.words[i], 0);
    zkvm_ecall(ZKVM_HALT, (uint32_t)code, 0, 0);
    for (;;) {
    }
}

_Noreturn ZKVM_WEAK void abort(void) {
    zkvm_panic("abort was called");
}

/*
 * `zkvm build` calls this in front of every array on the stack whose length is known only now, where the compiler cannot
 * check it. An array that does not fit ends the program as any other overflow of the stack does: by an access below it.
 */
void zkvm_stack_check(uint32_t count, uint32_t size) {
    uintptr_t bottom = (uintptr_t)__stack_top - ZKVM_STACK_BYTES;
    /* The stack pointer may be outside already, with nothing touched there yet. */
    uintptr_t room = (uintptr_t)__builtin_frame_address(0) - bottom;
    if (room <= ZKVM_STACK_BYTES && (size == 0 || count <= room / size)) return;
    __asm__ volatile("addi sp, %0, -16\n\tsw zero, 0(sp)" : : "r"(bottom) : "memory");
    __builtin_unreachable();
}

_Noreturn void zkvm_panic_at(const char *file, int line, const char *message) {
    zkvm_eprintf("panicked at %s:%d:\n%s\n", file, line, message);
    zkvm_exit(1);
}

/* ---- Input. ---- */

bool zkvm_try_read(zkvm_bytes *item) {
    uint32_t length = zkvm_ecall(ZKVM_HINT_LEN, 0, 0, 0);
    if (length == UINT32_MAX) return false;
    /* Soundness: the length is the prover's word. Unchecked, one near 2^32 would round to a short buffer below. */
    if (length > ZKVM_MEMORY_END) zkvm_panic("input item is too long");
    uint32_t padded = (length + 3) & ~3u;
    item->data = malloc(padded);
    item->length = length;
    /* An item of no bytes is read as well, so that the next one becomes the current one. */
    uint32_t done = 0;
    do {
        uint32_t piece = padded - done < ZKVM_HINT_READ_BYTES ? padded - done : ZKVM_HINT_READ_BYTES;
        zkvm_ecall(ZKVM_HINT_READ, (uint32_t)(uintptr_t)item->data + done, piece, 0);
        done += piece;
    } while (done < padded);
    return true;
}

zkvm_bytes zkvm_read(void) {
    zkvm_bytes item;
    if (!zkvm_try_read(&item)) zkvm_panic("no input item left");
    return item;
}

void zkvm_read_exact(void *buffer, size_t length) {
    zkvm_bytes item = zkvm_read();
    if (item.length != length) {
        zkvm_eprintf("input item has %zu bytes, expected %zu\n", item.length, length);
        zkvm_panic("input item of a wrong length");
    }
    memcpy(buffer, item.data, length);
}

uint32_t zkvm_read_u32(void) {
    uint32_t value;
    zkvm_read_exact(&value, sizeof value);
    return value;
}

uint64_t zkvm_read_u64(void) {
    uint64_t value;
    zkvm_read_exact(&value, sizeof value);
    return value;
}

/* ---- Public values. ---- */

void zkvm_commit(const void *bytes, size_t length) {
    zkvm_write(ZKVM_PUBLIC_VALUES, bytes, length);
    zkvm_sha256_update(&zkvm_digest, bytes, length);
}

/* A word of 32 bytes whose last ones are given, most significant first. */
static void zkvm_commit_right(const uint8_t *bytes, size_t length) {
    uint8_t word[32] = {0};
    memcpy(word + 32 - length, bytes, length);
    zkvm_commit(word, 32);
}

void zkvm_commit_uint(uint64_t value) {
    uint8_t bytes[8];
    for (int i = 7; i >= 0; i--, value >>= 8) bytes[i] = (uint8_t)value;
    zkvm_commit_right(bytes, 8);
}

void zkvm_commit_bytes32(const uint8_t value[32]) {
    zkvm_commit(value, 32);
}

void zkvm_commit_address(const uint8_t value[20]) {
    zkvm_commit_right(value, 20);
}

/* ---- Reliance on other proofs: docs/guest-abi.md, "Verified statements". ---- */

/* Generated by npm run generate -- guests, up to the end mark. Do not edit. */
/* Added in the first full rounds. */
static const int32_t zkvm_chain_first[64] = {
    -516581729, -246564116, 300655816, 847876302, -172490665, -821208861, 158450169, -484500916,
    -249951068, 351226090, 287057949, -123298731, 238356786, 852024975, -811360398, -801891464,
    1007661028, -332254189, 331914158, 974260758, 625311058, 932419861, -696615156, 583624216,
    133212500, 359559822, -994597656, -705663409, 798248640, 177542721, 450741670, -861201032,
    -1052987581, -931345073, 506968891, 198604500, -218374629, 856193140, -145601225, -27788300,
    112556929, 827971453, -286985627, -819716341, 648092924, 837736348, -205916437, 213115176,
    -728513928, 573131608, -22469144, -230806771, -928104466, 897097282, -499995221, 41410563,
    109420968, 660050831, -245126421, -1045974857, -592647534, -549269351, 659144176, 822546017,
};
/* Added in the partial rounds, less p. */
static const int32_t zkvm_chain_partial[20] = {
    -1813381823, -1555023782, -1816980199, -382294953, -1705008985, -1201683053, -1375200764, -705630157,
    -673185717, -1562814599, -1810237257, -1131167935, -2118502784, -1997921512, -911092747, -732564214,
    -1913379043, -1615602675, -1327345409, -1915780414,
};
/* K of the partial rounds. */
static const int32_t zkvm_chain_cube[20] = {
    33554430, 234616816, -1058811985, -511756594, -1019380597, 276462075, -572602211, 373607431,
    -439149407, -734739635, -967293177, 628373474, -793476975, -413182550, 204579998, 266824590,
    48230667, 66729095, -117965938, 739126370,
};
/* Added in the last full rounds. */
static const int32_t zkvm_chain_last[64] = {
    875193366, 850246939, 1007189789, 289632023, 70674036, -130474212, 1043928958, -436256600,
    725516977, -331588956, 430293798, 799363775, -375703130, 572118462, 551903256, -883972691,
    -451872589, -223032022, -1054220245, -1045503844, -118395689, 233298902, 797340319, -1036785455,
    -145479727, 573571038, 994391060, 711607486, -838937301, 511640377, 512803212, 209564856,
    -223724088, 393110451, -150909409, 714356744, -468509600, -210926375, -925985685, 900102101,
    -768952897, 140420797, 287020544, -823172102, 220411446, 1025615978, 386981084, -745881525,
    554426280, -435232804, -891101773, 294182719, -325826805, -611492650, 206005749, -630381927,
    843727439, -254205460, -852699060, 789973862, 826491935, -1057644669, -469101597, -313039216,
};
/* Capacity of the hash. */
static const int32_t zkvm_chain_capacity[8] = {
    -261285819, -87913751, 993813310, -488493852, -884532429, -1032269183, -887088491, 224352732,
};
/* R over g at the end. */
#define ZKVM_CHAIN_UNSCALE (-330119530)
/* 2^16 R: the weight of upper halves. */
#define ZKVM_CHAIN_UPPER (134085624)
/* R^2. */
#define ZKVM_CHAIN_TO_MONTGOMERY (402124772)
/* End of what is generated. */

/*
 * Poseidon2 over KoalaBear, width 16, as programs/sdk/src/verify/poseidon2.rs has it, which says why no sum overflows. An
 * element x is x 2^32 mod p, as any number of 32 bits with sign.
 */
#define ZKVM_CHAIN_P 0x7f000001
#define ZKVM_CHAIN_SHIFT 12

/* The upper word of a product, in one instruction: compilers take four where a factor is a constant. */
static inline int32_t zkvm_chain_high(int32_t a, int32_t b) {
    int32_t word;
    __asm__("mulh %0, %1, %2" : "=r"(word) : "r"(a), "r"(b));
    return word;
}

/* a b / 2^32; 0x81000001 is 1 / p modulo 2^32. */
static inline int32_t zkvm_chain_product(int32_t a, int32_t b) {
    int32_t quotient = (int32_t)((uint32_t)a * (uint32_t)b * 0x81000001u);
    return zkvm_chain_high(a, b) - zkvm_chain_high(quotient, ZKVM_CHAIN_P);
}

/* x / 2^k for 8 <= k <= 24. */
static inline int32_t zkvm_chain_shifted(int32_t x, int k) {
    return (x >> k) - zkvm_chain_high((int32_t)((uint32_t)x << (32 - k)), ZKVM_CHAIN_P);
}

/* 3 x / 2^12. */
static inline int32_t zkvm_chain_thrice(int32_t x) {
    int32_t factor = 3 << (32 - ZKVM_CHAIN_SHIFT);
    return zkvm_chain_high(x, factor) - zkvm_chain_high((int32_t)((uint32_t)x * (uint32_t)factor), ZKVM_CHAIN_P);
}

/* M4 = circ(2, 3, 1, 1). */
static inline void zkvm_chain_mix(int32_t lanes[4]) {
    int32_t a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3];
    int32_t left = a + b, right = c + d;
    int32_t with_b = left + right + b, with_d = left + right + d;
    lanes[0] = with_b + left;
    lanes[1] = with_b + 2 * c;
    lanes[2] = with_d + right;
    lanes[3] = with_d + 2 * a;
}

/* circ(2 M4, M4, M4, M4) on the cubes of lanes with constants added; on the lanes as they are where there are none. */
static inline void zkvm_chain_external(int32_t state[16], const int32_t *constants) {
    int32_t upper[16], lower[16], upper_sums[4] = {0}, lower_sums[4] = {0};
    for (int i = 0; i < 16; i += 4) {
        for (int j = 0; j < 4; j++) {
            int32_t x = state[i + j];
            if (constants != NULL) {
                x += constants[i + j];
                x = zkvm_chain_product(zkvm_chain_product(x, x), x);
            }
            upper[i + j] = x >> 16;
            lower[i + j] = x & 0xffff;
        }
        zkvm_chain_mix(upper + i);
        zkvm_chain_mix(lower + i);
        for (int j = 0; j < 4; j++) {
            upper_sums[j] += upper[i + j];
            lower_sums[j] += lower[i + j];
        }
    }
    for (int i = 0; i < 16; i++) {
        int32_t high = zkvm_chain_product(upper[i] + upper_sums[i & 3], ZKVM_CHAIN_UPPER);
        state[i] = high + (lower[i] + lower_sums[i & 3]);
    }
}

static void zkvm_chain_full_rounds(int32_t state[16], const int32_t constants[64]) {
    for (int round = 0; round < 64; round += 16) zkvm_chain_external(state, constants + round);
}

/* J + diag(-2, 1, 2, 1/2, 3, 4, -1/2, -3, -4, 2^-8, 1/8, 2^-24, -2^-8, -1/8, -1/16, -2^-24), all of it over 2^12. */
static inline void zkvm_chain_partial_round(int32_t s[16], int32_t constant, int32_t k) {
    int32_t x = s[0] + (constant + (s[0] < 0 ? ZKVM_CHAIN_P : 0));
    s[0] = zkvm_chain_product(zkvm_chain_product(zkvm_chain_product(x, x), x), k);
    int32_t upper = 0, lower = 0;
    for (int i = 0; i < 16; i++) {
        upper += s[i] >> ZKVM_CHAIN_SHIFT;
        lower += s[i] & ((1 << ZKVM_CHAIN_SHIFT) - 1);
    }
    int32_t sum = upper + zkvm_chain_shifted(lower, ZKVM_CHAIN_SHIFT);
    s[0] = sum - zkvm_chain_shifted(s[0], ZKVM_CHAIN_SHIFT - 1);
    s[1] = sum + zkvm_chain_shifted(s[1], ZKVM_CHAIN_SHIFT);
    s[2] = sum + zkvm_chain_shifted(s[2], ZKVM_CHAIN_SHIFT - 1);
    s[3] = sum + zkvm_chain_shifted(s[3], ZKVM_CHAIN_SHIFT + 1);
    s[4] = sum + zkvm_chain_thrice(s[4]);
    s[5] = sum + zkvm_chain_shifted(s[5], ZKVM_CHAIN_SHIFT - 2);
    s[6] = sum - zkvm_chain_shifted(s[6], ZKVM_CHAIN_SHIFT + 1);
    s[7] = sum - zkvm_chain_thrice(s[7]);
    s[8] = sum - zkvm_chain_shifted(s[8], ZKVM_CHAIN_SHIFT - 2);
    s[9] = sum + zkvm_chain_shifted(s[9], ZKVM_CHAIN_SHIFT + 8);
    s[10] = sum + zkvm_chain_shifted(s[10], ZKVM_CHAIN_SHIFT + 3);
    s[11] = sum + zkvm_chain_shifted(zkvm_chain_shifted(s[11], 24), ZKVM_CHAIN_SHIFT);
    s[12] = sum - zkvm_chain_shifted(s[12], ZKVM_CHAIN_SHIFT + 8);
    s[13] = sum - zkvm_chain_shifted(s[13], ZKVM_CHAIN_SHIFT + 3);
    s[14] = sum - zkvm_chain_shifted(s[14], ZKVM_CHAIN_SHIFT + 4);
    s[15] = sum - zkvm_chain_shifted(zkvm_chain_shifted(s[15], 24), ZKVM_CHAIN_SHIFT);
}

/* Element i of the key, which is a sum of e_i 2^(31 i). */
static uint32_t zkvm_chain_key_element(const uint8_t vkey[32], int i) {
    /* The five bytes in which its 31 bits are; the first byte of the key is the most significant one. */
    uint64_t bytes = 0;
    for (int k = 4; k >= 0; k--) bytes = bytes << 8 | vkey[31 - (31 * i / 8 + k)];
    return (uint32_t)(bytes >> 31 * i % 8) & 0x7fffffff;
}

/* The chain over everything verified so far. */
static uint32_t zkvm_chain[8];

void zkvm_verify_digest(const uint8_t vkey[32], const uint8_t public_digest[32]) {
    /* Chain, key, limbs of the digest: 32 elements in four blocks. */
    uint32_t elements[32];
    union {
        uint32_t key[8];
        uint8_t bytes[64];
    } message;
    if (vkey[0] != 0) zkvm_panic("this is no verifying key: it has more than 248 bits");
    for (int i = 0; i < 8; i++) {
        uint32_t element = zkvm_chain_key_element(vkey, i);
        /* Soundness: hashed modulo p, another key with the same chain would be found by adding p. */
        if (element >= ZKVM_CHAIN_P) zkvm_panic("this is no verifying key: an element is not below the modulus");
        elements[i] = zkvm_chain[i];
        elements[8 + i] = message.key[i] = element;
    }
    memcpy(message.bytes + 32, public_digest, 32);
    for (int i = 0; i < 16; i++) elements[16 + i] = public_digest[2 * i] | (uint32_t)public_digest[2 * i + 1] << 8;
    zkvm_write(ZKVM_VERIFY, message.bytes, sizeof message);
    int32_t state[16];
    for (int i = 0; i < 8; i++) state[8 + i] = zkvm_chain_capacity[i];
    for (int block = 0; block < 32; block += 8) {
        for (int i = 0; i < 8; i++) {
            state[i] = zkvm_chain_product((int32_t)elements[block + i], ZKVM_CHAIN_TO_MONTGOMERY);
        }
        zkvm_chain_external(state, NULL);
        zkvm_chain_full_rounds(state, zkvm_chain_first);
        for (int i = 0; i < 20; i++) zkvm_chain_partial_round(state, zkvm_chain_partial[i], zkvm_chain_cube[i]);
        for (int i = 0; i < 16; i++) state[i] = zkvm_chain_shifted(state[i], ZKVM_CHAIN_SHIFT);
        zkvm_chain_full_rounds(state, zkvm_chain_last);
        for (int i = 0; i < 16; i++) state[i] = zkvm_chain_product(state[i], ZKVM_CHAIN_UNSCALE);
    }
    for (int i = 0; i < 8; i++) {
        int32_t element = zkvm_chain_product(state[i], 1);
        zkvm_chain[i] = (uint32_t)(element < 0 ? element + ZKVM_CHAIN_P : element);
    }
    /* Soundness: before anything else can happen. A program that halts by whatever way has committed all it relied on. */
    for (uint32_t i = 0; i < 8; i++) zkvm_raw_ecall(ZKVM_COMMIT, 8 + i, zkvm_chain[i], 0);
}

void zkvm_verify(const uint8_t vkey[32], const void *public_values, size_t length) {
    uint8_t digest[32];
    zkvm_sha256(public_values, length, digest);
    zkvm_verify_digest(vkey, digest);
}

/* ---- Output. ---- */

void zkvm_print(const char *text) {
    zkvm_write(ZKVM_STDOUT, text, strlen(text));
}

void zkvm_eprint(const char *text) {
    zkvm_write(ZKVM_STDERR, text, strlen(text));
}

/* Writes `text` at the right of `width` columns, or at the left. Zeros go between a sign and the digits. */
static void zkvm_padded(uint32_t descriptor, const char *text, size_t length, size_t width, char fill, bool left) {
    size_t padding = width > length ? width - length : 0;
    if (!left && fill == '0' && length > 0 && *text == '-') {
        zkvm_write(descriptor, text, 1);
        text++;
        length--;
    }
    if (left) zkvm_write(descriptor, text, length);
    for (size_t i = 0; i < padding; i++) zkvm_write(descriptor, left ? " " : &fill, 1);
    if (!left) zkvm_write(descriptor, text, length);
}

/* The digits of a number in base 10 or 16, written backwards from `end`. Returns where they begin. */
static char *zkvm_digits(char *end, uint64_t value, uint32_t base, bool upper) {
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    do {
        *--end = digits[value % base];
        value /= base;
    } while (value != 0);
    return end;
}

/* Everything between a percent sign and its letter. */
typedef struct {
    size_t width;
    int longs;
    char fill;
    bool left;
} zkvm_conversion;

static const char *zkvm_parse_conversion(const char *at, zkvm_conversion *conversion) {
    *conversion = (zkvm_conversion){.width = 0, .longs = 0, .fill = ' ', .left = false};
    for (; *at == '0' || *at == '-'; at++) {
        if (*at == '-') conversion->left = true;
        else conversion->fill = '0';
    }
    for (; *at >= '0' && *at <= '9'; at++) conversion->width = conversion->width * 10 + (size_t)(*at - '0');
    for (; *at == 'l' || *at == 'z'; at++) conversion->longs += *at == 'l';
    if (conversion->left) conversion->fill = ' ';
    return at;
}

static void zkvm_vprintf(uint32_t descriptor, const char *format, va_list values) {
    for (;;) {
        size_t plain = 0;
        while (format[plain] != 0 && format[plain] != '%') plain++;
        if (plain > 0) zkvm_write(descriptor, format, plain);
        format += plain;
        if (*format == 0) return;
        zkvm_conversion conversion;
        format = zkvm_parse_conversion(format + 1, &conversion);
        char kind = *format;
        if (kind != 0) format++;
        char buffer[24];
        char *end = buffer + sizeof buffer;
        char *text = end;
        if (kind == 's') {
            const char *string = va_arg(values, const char *);
            zkvm_padded(descriptor, string, strlen(string), conversion.width, ' ', conversion.left);
            continue;
        }
        if (kind == 'd' || kind == 'i') {
            int64_t value = conversion.longs > 1 ? va_arg(values, int64_t) : va_arg(values, int32_t);
            text = zkvm_digits(end, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, false);
            if (value < 0) *--text = '-';
        } else if (kind == 'u' || kind == 'x' || kind == 'X') {
            uint64_t value = conversion.longs > 1 ? va_arg(values, uint64_t) : va_arg(values, uint32_t);
            text = zkvm_digits(end, value, kind == 'u' ? 10 : 16, kind == 'X');
        } else if (kind == 'p') {
            text = zkvm_digits(end, (uintptr_t)va_arg(values, void *), 16, false);
            *--text = 'x';
            *--text = '0';
        } else if (kind == 'c') {
            *--text = (char)va_arg(values, int);
        } else if (kind == '%') {
            *--text = '%';
        } else {
            zkvm_panic("zkvm_printf: unknown conversion");
        }
        zkvm_padded(descriptor, text, (size_t)(end - text), conversion.width, conversion.fill, conversion.left);
    }
}

void zkvm_printf(const char *format, ...) {
    va_list values;
    va_start(values, format);
    zkvm_vprintf(ZKVM_STDOUT, format, values);
    va_end(values);
}

void zkvm_eprintf(const char *format, ...) {
    va_list values;
    va_start(values, format);
    zkvm_vprintf(ZKVM_STDERR, format, values);
    va_end(values);
}

/* ---- Code outside the proof. ---- */

typedef struct {
    void (*function)(void *argument);
    void *argument;
} zkvm_block;

static void zkvm_run_block(zkvm_block *block) {
    block->function(block->argument);
    zkvm_write(ZKVM_LEAVE_UNCONSTRAINED, NULL, 0);
}

void zkvm_unconstrained(void (*function)(void *argument), void *argument) {
    zkvm_block block = {function, argument};
    uint32_t call[2] = {(uint32_t)(uintptr_t)zkvm_run_block, (uint32_t)(uintptr_t)&block};
    zkvm_write(ZKVM_ENTER_UNCONSTRAINED, call, sizeof call);
}

/* ---- SHA-256. ---- */

static const uint32_t zkvm_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t zkvm_rotate(uint32_t value, uint32_t count) {
    return value >> count | value << (32 - count);
}

static inline uint32_t zkvm_big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* One round on variables that the caller names in turn, so that nothing has to be moved. */
#define ZKVM_ROUND(a, b, c, d, e, f, g, h, i)                                                                          \
    do {                                                                                                               \
        uint32_t s1 = zkvm_rotate(e, 6) ^ zkvm_rotate(e, 11) ^ zkvm_rotate(e, 25);                                      \
        uint32_t t1 = h + s1 + (g ^ (e & (f ^ g))) + zkvm_sha256_constants[i] + w[i];                                  \
        uint32_t s0 = zkvm_rotate(a, 2) ^ zkvm_rotate(a, 13) ^ zkvm_rotate(a, 22);                                      \
        d += t1;                                                                                                       \
        h = t1 + s0 + ((a & b) | (c & (a | b)));                                                                       \
    } while (0)

static void zkvm_sha256_compress(uint32_t state[8], const uint8_t *block) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) w[i] = zkvm_big_endian(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = zkvm_rotate(w[i - 15], 7) ^ zkvm_rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = zkvm_rotate(w[i - 2], 17) ^ zkvm_rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i += 8) {
        ZKVM_ROUND(a, b, c, d, e, f, g, h, i);
        ZKVM_ROUND(h, a, b, c, d, e, f, g, i + 1);
        ZKVM_ROUND(g, h, a, b, c, d, e, f, i + 2);
        ZKVM_ROUND(f, g, h, a, b, c, d, e, i + 3);
        ZKVM_ROUND(e, f, g, h, a, b, c, d, i + 4);
        ZKVM_ROUND(d, e, f, g, h, a, b, c, i + 5);
        ZKVM_ROUND(c, d, e, f, g, h, a, b, i + 6);
        ZKVM_ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void zkvm_sha256_start(zkvm_sha256_state *hash) {
    *hash = (zkvm_sha256_state){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
    };
}

void zkvm_sha256_update(zkvm_sha256_state *hash, const void *data, size_t length) {
    const uint8_t *bytes = data;
    size_t used = hash->length % 64;
    hash->length += length;
    if (used > 0) {
        size_t count = length < 64 - used ? length : 64 - used;
        memcpy(hash->block + used, bytes, count);
        if (used + count < 64) return;
        zkvm_sha256_compress(hash->state, hash->block);
        bytes += count;
        length -= count;
    }
    for (; length >= 64; bytes += 64, length -= 64) zkvm_sha256_compress(hash->state, bytes);
    memcpy(hash->block, bytes, length);
}

void zkvm_sha256_finish(zkvm_sha256_state *hash, uint8_t digest[32]) {
    size_t used = hash->length % 64;
    hash->block[used] = 0x80;
    memset(hash->block + used + 1, 0, 63 - used);
    if (used >= 56) {
        zkvm_sha256_compress(hash->state, hash->block);
        memset(hash->block, 0, 64);
    }
    uint64_t bits = hash->length * 8;
    for (int i = 63; i >= 56; i--, bits >>= 8) hash->block[i] = (uint8_t)bits;
    zkvm_sha256_compress(hash->state, hash->block);
    for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - i % 4 * 8));
}

void zkvm_sha256(const void *bytes, size_t length, uint8_t digest[32]) {
    zkvm_sha256_state hash;
    zkvm_sha256_start(&hash);
    zkvm_sha256_update(&hash, bytes, length);
    zkvm_sha256_finish(&hash, digest);
}

/* ---- Memory. (The names are in parentheses because they are macros too.) Words where both sides are aligned alike, bytes elsewhere. ---- */

ZKVM_LIBRARY void *(memcpy)(void *restrict to, const void *restrict from, size_t length) {
    uint8_t *out = to;
    const uint8_t *in = from;
    if ((((uintptr_t)out ^ (uintptr_t)in) & 3) == 0) {
        for (; length > 0 && ((uintptr_t)out & 3) != 0; length--) *out++ = *in++;
        for (; length >= 32; out += 32, in += 32, length -= 32) {
            const zkvm_word *source = (const zkvm_word *)in;
            zkvm_word *target = (zkvm_word *)out;
            zkvm_word a = source[0], b = source[1], c = source[2], d = source[3];
            zkvm_word e = source[4], f = source[5], g = source[6], h = source[7];
            target[0] = a, target[1] = b, target[2] = c, target[3] = d;
            target[4] = e, target[5] = f, target[6] = g, target[7] = h;
        }
        for (; length >= 4; out += 4, in += 4, length -= 4) *(zkvm_word *)out = *(const zkvm_word *)in;
    }
    for (; length > 0; length--) *out++ = *in++;
    return to;
}

ZKVM_LIBRARY void *(memmove)(void *to, const void *from, size_t length) {
    uint8_t *out = to;
    const uint8_t *in = from;
    /* From the low end upwards is right unless the target begins inside the source. */
    if ((uintptr_t)out - (uintptr_t)in >= length) {
        if ((((uintptr_t)out ^ (uintptr_t)in) & 3) == 0) {
            for (; length > 0 && ((uintptr_t)out & 3) != 0; length--) *out++ = *in++;
            for (; length >= 4; out += 4, in += 4, length -= 4) *(zkvm_word *)out = *(const zkvm_word *)in;
        }
        for (; length > 0; length--) *out++ = *in++;
        return to;
    }
    out += length;
    in += length;
    if ((((uintptr_t)out ^ (uintptr_t)in) & 3) == 0) {
        for (; length > 0 && ((uintptr_t)out & 3) != 0; length--) *--out = *--in;
        for (; length >= 4; length -= 4) {
            out -= 4;
            in -= 4;
            *(zkvm_word *)out = *(const zkvm_word *)in;
        }
    }
    for (; length > 0; length--) *--out = *--in;
    return to;
}

ZKVM_LIBRARY void *(memset)(void *to, int value, size_t length) {
    uint8_t *out = to;
    uint8_t byte = (uint8_t)value;
    uint32_t word = byte * 0x01010101u;
    for (; length > 0 && ((uintptr_t)out & 3) != 0; length--) *out++ = byte;
    for (; length >= 16; out += 16, length -= 16) {
        zkvm_word *target = (zkvm_word *)out;
        target[0] = word, target[1] = word, target[2] = word, target[3] = word;
    }
    for (; length >= 4; out += 4, length -= 4) *(zkvm_word *)out = word;
    for (; length > 0; length--) *out++ = byte;
    return to;
}

ZKVM_LIBRARY int (memcmp)(const void *left, const void *right, size_t length) {
    const uint8_t *a = left;
    const uint8_t *b = right;
    if ((((uintptr_t)a | (uintptr_t)b) & 3) == 0) {
        for (; length >= 4 && *(const zkvm_word *)a == *(const zkvm_word *)b; length -= 4) a += 4, b += 4;
    }
    for (; length > 0; length--, a++, b++) {
        if (*a != *b) return *a - *b;
    }
    return 0;
}

ZKVM_LIBRARY size_t (strlen)(const char *text) {
    const char *end = text;
    while (*end != 0) end++;
    return (size_t)(end - text);
}

ZKVM_LIBRARY int strcmp(const char *left, const char *right) {
    for (; *left != 0 && *left == *right; left++) right++;
    return (uint8_t)*left - (uint8_t)*right;
}

ZKVM_LIBRARY int strncmp(const char *left, const char *right, size_t length) {
    for (; length > 0 && *left != 0 && *left == *right; length--) left++, right++;
    return length == 0 ? 0 : (uint8_t)*left - (uint8_t)*right;
}

ZKVM_LIBRARY void *memchr(const void *bytes, int value, size_t length) {
    const uint8_t *at = bytes;
    for (; length > 0; at++, length--) {
        if (*at == (uint8_t)value) return (void *)(uintptr_t)at;
    }
    return NULL;
}

/* ---- Heap: from the end of .bss up to the text. In front of each block, in 16 bytes, is its length. ---- */

/* End of the last block, 0 until there is one. */
static uintptr_t zkvm_heap_end;

static _Noreturn void zkvm_out_of_memory(size_t length, uintptr_t start) {
    size_t rest = start < (uintptr_t)__heap_end ? (uintptr_t)__heap_end - start : 0;
    size_t all = (uintptr_t)__heap_end - (uintptr_t)__heap_start;
    zkvm_eprintf("out of memory: asked for %zu bytes, %zu of %zu are free\n", length, rest, all);
    zkvm_exit(1);
}

ZKVM_WEAK void *malloc(size_t length) {
    if (zkvm_heap_end == 0) zkvm_heap_end = (uintptr_t)__heap_start;
    uintptr_t start = ((zkvm_heap_end + 15) & ~(uintptr_t)15) + 16;
    if (start > (uintptr_t)__heap_end || length > (uintptr_t)__heap_end - start) zkvm_out_of_memory(length, start);
    zkvm_heap_end = start + length;
    *(size_t *)(start - sizeof(size_t)) = length;
    return (void *)start;
}

/* Memory starts as zero and nothing is used twice, so there is nothing to clear. */
ZKVM_WEAK void *calloc(size_t count, size_t length) {
    size_t total;
    if (__builtin_mul_overflow(count, length, &total)) zkvm_panic("out of memory: asked for more than 4 GiB");
    return malloc(total);
}

ZKVM_WEAK void *realloc(void *block, size_t length) {
    if (block == NULL) return malloc(length);
    size_t *header = (size_t *)((uintptr_t)block - sizeof(size_t));
    size_t old = *header;
    if ((uintptr_t)block + old == zkvm_heap_end && length >= old) {
        if (length > (uintptr_t)__heap_end - (uintptr_t)block) zkvm_out_of_memory(length, (uintptr_t)block);
        zkvm_heap_end = (uintptr_t)block + length;
        *header = length;
        return block;
    }
    if (length <= old) return block;
    void *moved = malloc(length);
    memcpy(moved, block, old);
    return moved;
}

ZKVM_WEAK void free(void *block) {
    (void)block;
}

/* The length stands before the block as with malloc, so that realloc finds it. */
ZKVM_WEAK void *aligned_alloc(size_t align, size_t length) {
    if (align <= 16) return malloc(length);
    if (length > ZKVM_MEMORY_END || align > ZKVM_MEMORY_END) zkvm_panic("out of memory");
    uintptr_t start = ((uintptr_t)malloc(length + align) + align - 1) & ~(uintptr_t)(align - 1);
    *(size_t *)(start - sizeof(size_t)) = length;
    return (void *)start;
}

ZKVM_WEAK void *memalign(size_t align, size_t length) {
    return aligned_alloc(align, length);
}

ZKVM_WEAK int posix_memalign(void **block, size_t align, size_t length) {
    *block = aligned_alloc(align, length);
    return 0;
}

/* ---- Arithmetic that RV32IM has no instruction for and compilers call: 64-bit division and shifts, bit counts. ---- */

ZKVM_WEAK int __popcountsi2(uint32_t value) {
    value -= value >> 1 & 0x55555555;
    value = (value & 0x33333333) + (value >> 2 & 0x33333333);
    value = (value + (value >> 4)) & 0x0f0f0f0f;
    return (int)(value * 0x01010101 >> 24);
}

ZKVM_WEAK int __popcountdi2(uint64_t value) {
    return __popcountsi2((uint32_t)value) + __popcountsi2((uint32_t)(value >> 32));
}

/* Of zero the counts of zeros are undefined. */
ZKVM_WEAK int __clzsi2(uint32_t value) {
    for (uint32_t shift = 1; shift < 32; shift *= 2) value |= value >> shift;
    return __popcountsi2(~value);
}

ZKVM_WEAK int __ctzsi2(uint32_t value) {
    return __popcountsi2(~value & (value - 1));
}

ZKVM_WEAK int __clzdi2(uint64_t value) {
    return value >> 32 != 0 ? __clzsi2((uint32_t)(value >> 32)) : 32 + __clzsi2((uint32_t)value);
}

ZKVM_WEAK int __ctzdi2(uint64_t value) {
    return (uint32_t)value != 0 ? __ctzsi2((uint32_t)value) : 32 + __ctzsi2((uint32_t)(value >> 32));
}

/* (high * 2^32 + low) / divisor, for high < divisor. Source: Knuth, The Art of Computer Programming 4.3.1, D; digits of 16 bits. */
static uint32_t zkvm_divide_two_by_one(uint32_t high, uint32_t low, uint32_t divisor, uint32_t *remainder) {
    uint32_t shift = (uint32_t)__clzsi2(divisor);
    divisor <<= shift;
    if (shift > 0) {
        high = high << shift | low >> (32 - shift);
        low <<= shift;
    }
    uint32_t d1 = divisor >> 16, d0 = divisor & 0xffff;
    uint32_t quotient[2];
    for (int i = 0; i < 2; i++) {
        uint32_t digit = i == 0 ? low >> 16 : low & 0xffff;
        uint32_t q = high / d1, rest = high % d1;
        while (q > 0xffff || q * d0 > (rest << 16 | digit)) {
            q--;
            rest += d1;
            if (rest > 0xffff) break;
        }
        high = (high << 16 | digit) - q * divisor;
        quotient[i] = q;
    }
    *remainder = high >> shift;
    return quotient[0] << 16 | quotient[1];
}

/* Division by zero gives all ones and the dividend, as the processor's own instruction does for words. */
ZKVM_WEAK uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder) {
    uint32_t n1 = (uint32_t)(dividend >> 32), n0 = (uint32_t)dividend;
    uint32_t d1 = (uint32_t)(divisor >> 32), d0 = (uint32_t)divisor;
    uint64_t quotient, rest;
    if (divisor == 0) {
        quotient = UINT64_MAX;
        rest = dividend;
    } else if (d1 == 0 && n1 == 0) {
        quotient = n0 / d0;
        rest = n0 % d0;
    } else if (d1 == 0) {
        uint32_t low_rest;
        uint32_t low = zkvm_divide_two_by_one(n1 % d0, n0, d0, &low_rest);
        quotient = (uint64_t)(n1 / d0) << 32 | low;
        rest = low_rest;
    } else {
        /* The quotient has 32 bits: estimate it from the upper half of the normalised divisor, at most one too large. */
        uint32_t shift = (uint32_t)__clzsi2(d1);
        uint32_t top = shift == 0 ? d1 : d1 << shift | d0 >> (32 - shift);
        uint64_t half = dividend >> 1;
        uint32_t unused;
        uint32_t estimate = zkvm_divide_two_by_one((uint32_t)(half >> 32), (uint32_t)half, top, &unused) >> (31 - shift);
        if (estimate > 0) estimate--;
        quotient = estimate;
        rest = dividend - quotient * divisor;
        if (rest >= divisor) {
            quotient++;
            rest -= divisor;
        }
    }
    if (remainder != NULL) *remainder = rest;
    return quotient;
}

ZKVM_WEAK uint64_t __udivdi3(uint64_t dividend, uint64_t divisor) {
    return __udivmoddi4(dividend, divisor, NULL);
}

ZKVM_WEAK uint64_t __umoddi3(uint64_t dividend, uint64_t divisor) {
    uint64_t rest;
    __udivmoddi4(dividend, divisor, &rest);
    return rest;
}

static uint64_t zkvm_magnitude(int64_t value) {
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

ZKVM_WEAK int64_t __divdi3(int64_t dividend, int64_t divisor) {
    uint64_t quotient = __udivmoddi4(zkvm_magnitude(dividend), zkvm_magnitude(divisor), NULL);
    return (int64_t)((dividend < 0) != (divisor < 0) ? -quotient : quotient);
}

ZKVM_WEAK int64_t __moddi3(int64_t dividend, int64_t divisor) {
    uint64_t rest;
    __udivmoddi4(zkvm_magnitude(dividend), zkvm_magnitude(divisor), &rest);
    return (int64_t)(dividend < 0 ? -rest : rest);
}

/* For -Os. Counts are 0 to 63. */
ZKVM_WEAK uint64_t __ashldi3(uint64_t value, int count) {
    uint32_t low = (uint32_t)value, high = (uint32_t)(value >> 32);
    if (count >= 32) return (uint64_t)(low << (count - 32)) << 32;
    if (count == 0) return value;
    return (uint64_t)(high << count | low >> (32 - count)) << 32 | low << count;
}

ZKVM_WEAK uint64_t __lshrdi3(uint64_t value, int count) {
    uint32_t low = (uint32_t)value, high = (uint32_t)(value >> 32);
    if (count >= 32) return high >> (count - 32);
    if (count == 0) return value;
    return (uint64_t)(high >> count) << 32 | (low >> count | high << (32 - count));
}

ZKVM_WEAK int64_t __ashrdi3(int64_t value, int count) {
    uint32_t low = (uint32_t)value, high = (uint32_t)((uint64_t)value >> 32);
    uint32_t sign = value < 0 ? UINT32_MAX : 0;
    if (count >= 32) return (int64_t)((uint64_t)sign << 32 | (uint32_t)((int32_t)high >> (count - 32)));
    if (count == 0) return value;
    return (int64_t)((uint64_t)(uint32_t)((int32_t)high >> count) << 32 | (low >> count | high << (32 - count)));
}

ZKVM_WEAK uint32_t __bswapsi2(uint32_t value) {
    return value << 24 | (value & 0xff00) << 8 | (value >> 8 & 0xff00) | value >> 24;
}

ZKVM_WEAK uint64_t __bswapdi2(uint64_t value) {
    return (uint64_t)__bswapsi2((uint32_t)value) << 32 | __bswapsi2((uint32_t)(value >> 32));
}

#endif /* ZKVM_IMPLEMENTED */
#endif /* ZKVM_IMPLEMENTATION */
