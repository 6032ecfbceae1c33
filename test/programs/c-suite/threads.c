/* Thread-local variables: initialised, zero, static, in several alignments, through pointers; and atomic operations. */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

_Thread_local int one = 1;
_Thread_local int zero;
static _Thread_local long long wide = 0x123456789abcdefll;
static __thread char text[20] = "text";
static _Thread_local double real = 2.5;
_Thread_local _Alignas(64) int aligned[20];
_Thread_local int *pointer;
static __thread struct {
    char a;
    short b;
    int c;
} record = {1, 2, 3};

int *address_of_zero(void);
extern _Thread_local int one;

__attribute__((noinline)) int *address_of_zero(void) {
    return &zero;
}

static int counter(void) {
    static _Thread_local int count;
    return ++count;
}

int main(void) {
    printf("%d %d %llx %s %g %d\n", one, zero, wide, text, real, (int)((uintptr_t)aligned % 64));
    *address_of_zero() = 7;
    pointer = &one;
    *pointer += 4;
    for (int i = 0; i < 20; i++) {
        if (aligned[i] != 0) puts("not zero");
        aligned[i] = i;
    }
    record.c += record.a + record.b;
    counter();
    counter();
    printf("%d %d %d %d %d\n", one, zero, aligned[19], record.c, counter());
    static atomic_int shared = 5;
    static _Atomic uint64_t large = 1ull << 40;
    static atomic_uchar small = 250;
    int before = atomic_fetch_add(&shared, 3);
    uint64_t large_before = atomic_fetch_sub(&large, 1);
    int small_before = atomic_fetch_add(&small, 10);
    printf("%d %d %llx %llx ", before, atomic_load(&shared), (unsigned long long)large_before, (unsigned long long)atomic_load(&large));
    printf("%d %d ", small_before, atomic_load(&small));
    int expected = 1;
    bool first = atomic_compare_exchange_strong(&shared, &expected, 100);
    printf("%d %d %d ", first, expected, atomic_load(&shared));
    bool second = atomic_compare_exchange_strong(&shared, &expected, 100);
    printf("%d %d ", second, atomic_load(&shared));
    printf("%d ", atomic_exchange(&shared, 9));
    atomic_fetch_or(&shared, 0x70);
    atomic_fetch_and(&shared, 0x3f);
    atomic_fetch_xor(&shared, 0xff);
    printf("%d ", atomic_load(&shared));
    static int plain;
    __sync_fetch_and_add(&plain, 5);
    __sync_synchronize();
    int kept = __sync_val_compare_and_swap(&plain, 5, 6);
    printf("%d %d\n", kept, __sync_add_and_fetch(&plain, 1));
    return one + zero;
}
