/* <complex.h>: parts of complex numbers. Sums, products and quotients are the compiler's. */
#ifndef ZKVM_COMPLEX_H
#define ZKVM_COMPLEX_H

#define complex _Complex
#define _Complex_I (__extension__ 1.0iF)
#define I _Complex_I

#ifdef __clang__
#define CMPLX(x, y) ((_Complex double){x, y})
#define CMPLXF(x, y) ((_Complex float){x, y})
#else
#define CMPLX(x, y) __builtin_complex((double)(x), (double)(y))
#define CMPLXF(x, y) __builtin_complex((float)(x), (float)(y))
#endif

#define creal(z) __real__((_Complex double)(z))
#define crealf(z) __real__((_Complex float)(z))
#define cimag(z) __imag__((_Complex double)(z))
#define cimagf(z) __imag__((_Complex float)(z))
#define conj(z) (~(_Complex double)(z))
#define conjf(z) (~(_Complex float)(z))

#endif
