/* qsort and bsearch. The sort is a heapsort: no recursion, no memory, and never more than n log n comparisons. */
#include <stdlib.h>
#include "builtins.h"

static void exchange(unsigned char *a, unsigned char *b, size_t size) {
    if (((uintptr_t)a & 3) == 0 && ((uintptr_t)b & 3) == 0) {
        for (; size >= 4; size -= 4, a += 4, b += 4) {
            uint32_t __attribute__((may_alias)) *x = (void *)a, *y = (void *)b;
            uint32_t kept = *x;
            *x = *y;
            *y = kept;
        }
    }
    for (; size > 0; size--, a++, b++) {
        unsigned char kept = *a;
        *a = *b;
        *b = kept;
    }
}

/* Lets the item at `root` sink until none of its children is larger. */
static void sink(unsigned char *items, size_t root, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) return;
        if (child + 1 < count && compare(items + child * size, items + (child + 1) * size) < 0) child++;
        if (compare(items + root * size, items + child * size) >= 0) return;
        exchange(items + root * size, items + child * size, size);
        root = child;
    }
}

ZKVM_WEAK void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    unsigned char *items = base;
    if (size == 0) return;
    for (size_t root = count / 2; root > 0; root--) sink(items, root - 1, count, size, compare);
    for (; count > 1; count--) {
        exchange(items, items + (count - 1) * size, size);
        sink(items, 0, count - 1, size, compare);
    }
}

ZKVM_WEAK void *bsearch(const void *key, const void *base, size_t count, size_t size,
                        int (*compare)(const void *, const void *)) {
    const unsigned char *items = base;
    while (count > 0) {
        const unsigned char *middle = items + count / 2 * size;
        int order = compare(key, middle);
        if (order == 0) return (void *)(uintptr_t)middle;
        if (order > 0) items = middle + size, count -= count / 2 + 1;
        else count /= 2;
    }
    return NULL;
}
