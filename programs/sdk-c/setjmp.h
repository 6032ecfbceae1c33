/* <setjmp.h> */
#ifndef ZKVM_SETJMP_H
#define ZKVM_SETJMP_H

/* ra, sp and s0 to s11. */
typedef unsigned int jmp_buf[14];
typedef jmp_buf sigjmp_buf;

int setjmp(jmp_buf environment) __attribute__((returns_twice));
int _setjmp(jmp_buf environment) __attribute__((returns_twice));
void longjmp(jmp_buf environment, int value) __attribute__((noreturn));
void _longjmp(jmp_buf environment, int value) __attribute__((noreturn));

#define sigsetjmp(environment, save) setjmp(environment)
#define siglongjmp(environment, value) longjmp(environment, value)

#endif
