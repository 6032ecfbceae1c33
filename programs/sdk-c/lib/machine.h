/* What the library needs of the machine: system calls (docs/guest-abi.md), and two functions that each language brings. */
#ifndef ZKVM_MACHINE_H
#define ZKVM_MACHINE_H

#include <stddef.h>
#include <stdint.h>

enum { MACHINE_STDOUT = 1, MACHINE_STDERR = 2 };

static inline void machine_write(uint32_t descriptor, const void *bytes, size_t length) {
    register uint32_t t0 __asm__("t0") = 2;
    register uint32_t a0 __asm__("a0") = descriptor;
    register uint32_t a1 __asm__("a1") = (uint32_t)(uintptr_t)bytes;
    register uint32_t a2 __asm__("a2") = length;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(t0), "r"(a1), "r"(a2) : "memory");
}

/* Commits the hash of the public values and halts: of zkvm.h in C programs, of the guest crate in Rust programs. */
void zkvm_exit(int code) __attribute__((noreturn));

/* Prints where and why, and ends with code 1. */
void zkvm_panic_at(const char *file, int line, const char *message) __attribute__((noreturn));

#endif
