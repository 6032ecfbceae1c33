/*
 * Atomic operations, which compilers call where the machine has no instructions for them. There is one thread and there are
 * no interrupts, so plain reads and writes are atomic. The names belong to compilers, so the functions get them from an
 * assembler label.
 */
#include "builtins.h"
#include <stdbool.h>

#define NAMED(name) __asm__(name) ZKVM_WEAK

#define OPERATION(type, size, name, expression)                                                                        \
    type zkvm_fetch_##name##_##size(volatile type *at, type value, int order)                                          \
        NAMED("__atomic_fetch_" #name "_" #size);                                                                      \
    type zkvm_fetch_##name##_##size(volatile type *at, type value, int order) {                                        \
        (void)order;                                                                                                   \
        type old = *at;                                                                                                \
        *at = (type)(expression);                                                                                      \
        return old;                                                                                                    \
    }                                                                                                                  \
    type zkvm_sync_fetch_##name##_##size(volatile type *at, type value) NAMED("__sync_fetch_and_" #name "_" #size);    \
    type zkvm_sync_fetch_##name##_##size(volatile type *at, type value) {                                              \
        type old = *at;                                                                                                \
        *at = (type)(expression);                                                                                      \
        return old;                                                                                                    \
    }                                                                                                                  \
    type zkvm_sync_##name##_##size(volatile type *at, type value) NAMED("__sync_" #name "_and_fetch_" #size);          \
    type zkvm_sync_##name##_##size(volatile type *at, type value) {                                                    \
        type old = *at;                                                                                                \
        return *at = (type)(expression);                                                                               \
    }

#define ATOMIC(type, size)                                                                                             \
    type zkvm_load_##size(const volatile type *at, int order) NAMED("__atomic_load_" #size);                           \
    type zkvm_load_##size(const volatile type *at, int order) {                                                        \
        (void)order;                                                                                                   \
        return *at;                                                                                                    \
    }                                                                                                                  \
    void zkvm_store_##size(volatile type *at, type value, int order) NAMED("__atomic_store_" #size);                   \
    void zkvm_store_##size(volatile type *at, type value, int order) {                                                 \
        (void)order;                                                                                                   \
        *at = value;                                                                                                   \
    }                                                                                                                  \
    type zkvm_exchange_##size(volatile type *at, type value, int order) NAMED("__atomic_exchange_" #size);             \
    type zkvm_exchange_##size(volatile type *at, type value, int order) {                                              \
        (void)order;                                                                                                   \
        type old = *at;                                                                                                \
        *at = value;                                                                                                   \
        return old;                                                                                                    \
    }                                                                                                                  \
    bool zkvm_compare_exchange_##size(volatile type *at, type *expected, type wanted, int success, int failure)        \
        NAMED("__atomic_compare_exchange_" #size);                                                                     \
    bool zkvm_compare_exchange_##size(volatile type *at, type *expected, type wanted, int success, int failure) {      \
        (void)success, (void)failure;                                                                                  \
        type old = *at;                                                                                                \
        if (old != *expected) {                                                                                        \
            *expected = old;                                                                                           \
            return false;                                                                                              \
        }                                                                                                              \
        *at = wanted;                                                                                                  \
        return true;                                                                                                   \
    }                                                                                                                  \
    type zkvm_sync_val_##size(volatile type *at, type old, type wanted) NAMED("__sync_val_compare_and_swap_" #size);   \
    type zkvm_sync_val_##size(volatile type *at, type old, type wanted) {                                              \
        type before = *at;                                                                                             \
        if (before == old) *at = wanted;                                                                               \
        return before;                                                                                                 \
    }                                                                                                                  \
    bool zkvm_sync_bool_##size(volatile type *at, type old, type wanted) NAMED("__sync_bool_compare_and_swap_" #size); \
    bool zkvm_sync_bool_##size(volatile type *at, type old, type wanted) {                                             \
        if (*at != old) return false;                                                                                  \
        *at = wanted;                                                                                                  \
        return true;                                                                                                   \
    }                                                                                                                  \
    type zkvm_sync_set_##size(volatile type *at, type value) NAMED("__sync_lock_test_and_set_" #size);                 \
    type zkvm_sync_set_##size(volatile type *at, type value) {                                                         \
        type old = *at;                                                                                                \
        *at = value;                                                                                                   \
        return old;                                                                                                    \
    }                                                                                                                  \
    OPERATION(type, size, add, old + value)                                                                            \
    OPERATION(type, size, sub, old - value)                                                                            \
    OPERATION(type, size, and, old & value)                                                                            \
    OPERATION(type, size, or, old | value)                                                                             \
    OPERATION(type, size, xor, old ^ value)                                                                            \
    OPERATION(type, size, nand, ~(old & value))

ATOMIC(uint8_t, 1)
ATOMIC(uint16_t, 2)
ATOMIC(uint32_t, 4)
ATOMIC(uint64_t, 8)

bool zkvm_is_lock_free(size_t size, const volatile void *at) NAMED("__atomic_is_lock_free");
bool zkvm_is_lock_free(size_t size, const volatile void *at) {
    (void)at;
    return size == 1 || size == 2 || size == 4 || size == 8;
}

void zkvm_synchronize(void) NAMED("__sync_synchronize");
void zkvm_synchronize(void) {
}
