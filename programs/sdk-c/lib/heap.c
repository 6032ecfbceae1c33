/*
 * malloc for C parts of Rust programs: blocks of the program's one heap, with their length in the 16 bytes before them. C
 * programs have that of zkvm.h, which comes first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "builtins.h"

/* Of the guest crate; null where there is no room. Alignments are powers of two. */
void *zkvm_allocate(size_t size, size_t align);
void zkvm_deallocate(void *block, size_t size, size_t align);
void *zkvm_reallocate(void *block, size_t size, size_t align, size_t wanted);

enum { HEADER = 16 };

/* Length and alignment of the whole block, header included. */
typedef struct {
    size_t size, align;
} header;

static header *header_of(void *block) {
    return (header *)((char *)block - sizeof(header));
}

/* Where the header of a block begins in what was allocated: more than 16 bytes before for larger alignments. */
static size_t room_before(size_t align) {
    return align < HEADER ? HEADER : align;
}

static void *allocate(size_t length, size_t align) {
    size_t before = room_before(align), size;
    if (__builtin_add_overflow(length, before, &size)) size = SIZE_MAX;
    char *start = size == SIZE_MAX ? NULL : zkvm_allocate(size, before);
    if (start == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    void *block = start + before;
    *header_of(block) = (header){size, before};
    return block;
}

ZKVM_WEAK void *malloc(size_t length) {
    return allocate(length, HEADER);
}

ZKVM_WEAK void *calloc(size_t count, size_t length) {
    size_t total;
    if (__builtin_mul_overflow(count, length, &total)) total = SIZE_MAX;
    void *block = allocate(total, HEADER);
    /* Blocks are used again, so what is in them is not zero. */
    return block == NULL ? NULL : memset(block, 0, total);
}

ZKVM_WEAK void free(void *block) {
    if (block == NULL) return;
    header head = *header_of(block);
    zkvm_deallocate((char *)block - head.align, head.size, head.align);
}

ZKVM_WEAK void *realloc(void *block, size_t length) {
    if (block == NULL) return malloc(length);
    header head = *header_of(block);
    size_t size;
    if (__builtin_add_overflow(length, head.align, &size)) size = SIZE_MAX;
    char *start = size == SIZE_MAX ? NULL : zkvm_reallocate((char *)block - head.align, head.size, head.align, size);
    if (start == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    block = start + head.align;
    header_of(block)->size = size;
    return block;
}

ZKVM_WEAK void *aligned_alloc(size_t align, size_t length) {
    return allocate(length, align);
}

ZKVM_WEAK void *memalign(size_t align, size_t length) {
    return allocate(length, align);
}

ZKVM_WEAK int posix_memalign(void **block, size_t align, size_t length) {
    *block = allocate(length, align);
    return *block == NULL ? ENOMEM : 0;
}
