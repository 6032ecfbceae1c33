/* <math.h>: see README.md for which functions there are. The others are declared, and a program that uses them does not link. */
#ifndef ZKVM_MATH_H
#define ZKVM_MATH_H

typedef float float_t;
typedef double double_t;

#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define HUGE_VAL __builtin_huge_val()
#define HUGE_VALF __builtin_huge_valf()
#define HUGE_VALL __builtin_huge_vall()
#define FP_NAN 0
#define FP_INFINITE 1
#define FP_ZERO 2
#define FP_SUBNORMAL 3
#define FP_NORMAL 4
#define FP_ILOGB0 (-2147483647 - 1)
#define FP_ILOGBNAN 2147483647
#define MATH_ERRNO 1
#define MATH_ERREXCEPT 2
#define math_errhandling MATH_ERRNO

#define M_E 2.71828182845904523536
#define M_LOG2E 1.44269504088896340736
#define M_LOG10E 0.43429448190325182765
#define M_LN2 0.69314718055994530942
#define M_LN10 2.30258509299404568402
#define M_PI 3.14159265358979323846
#define M_PI_2 1.57079632679489661923
#define M_PI_4 0.78539816339744830962
#define M_1_PI 0.31830988618379067154
#define M_2_PI 0.63661977236758134308
#define M_2_SQRTPI 1.12837916709551257390
#define M_SQRT2 1.41421356237309504880
#define M_SQRT1_2 0.70710678118654752440

#define fpclassify(x) __builtin_fpclassify(FP_NAN, FP_INFINITE, FP_NORMAL, FP_SUBNORMAL, FP_ZERO, x)
#define isfinite(x) __builtin_isfinite(x)
#define isinf(x) __builtin_isinf_sign(x)
#define isnan(x) __builtin_isnan(x)
#define isnormal(x) __builtin_isnormal(x)
#define signbit(x) (__builtin_signbit(x) != 0)
#define isgreater(x, y) __builtin_isgreater(x, y)
#define isgreaterequal(x, y) __builtin_isgreaterequal(x, y)
#define isless(x, y) __builtin_isless(x, y)
#define islessequal(x, y) __builtin_islessequal(x, y)
#define islessgreater(x, y) __builtin_islessgreater(x, y)
#define isunordered(x, y) __builtin_isunordered(x, y)

#define ZKVM_MATH1(name)                                                                                               \
    double name(double);                                                                                               \
    float name##f(float);                                                                                              \
    long double name##l(long double);
#define ZKVM_MATH2(name)                                                                                               \
    double name(double, double);                                                                                       \
    float name##f(float, float);                                                                                       \
    long double name##l(long double, long double);

/* Here. */
ZKVM_MATH1(fabs) ZKVM_MATH1(floor) ZKVM_MATH1(ceil) ZKVM_MATH1(trunc) ZKVM_MATH1(round) ZKVM_MATH1(rint)
ZKVM_MATH1(nearbyint) ZKVM_MATH1(roundeven) ZKVM_MATH1(logb) ZKVM_MATH1(sqrt)
ZKVM_MATH2(copysign) ZKVM_MATH2(fmax) ZKVM_MATH2(fmin) ZKVM_MATH2(fdim) ZKVM_MATH2(fmod) ZKVM_MATH2(remainder)
ZKVM_MATH2(nextafter)
int ilogb(double);
int ilogbf(float);
double ldexp(double, int);
float ldexpf(float, int);
double scalbn(double, int);
float scalbnf(float, int);
double scalbln(double, long);
double frexp(double, int *);
float frexpf(float, int *);
double modf(double, double *);
float modff(float, float *);
long lround(double);
long lroundf(float);
long long llround(double);
long long llroundf(float);
long lrint(double);
long lrintf(float);
long long llrint(double);
long long llrintf(float);
double nan(const char *);
float nanf(const char *);
int finite(double);

/* Declared only. */
ZKVM_MATH1(acos) ZKVM_MATH1(asin) ZKVM_MATH1(atan) ZKVM_MATH1(cos) ZKVM_MATH1(sin) ZKVM_MATH1(tan) ZKVM_MATH1(acosh)
ZKVM_MATH1(asinh) ZKVM_MATH1(atanh) ZKVM_MATH1(cosh) ZKVM_MATH1(sinh) ZKVM_MATH1(tanh) ZKVM_MATH1(exp) ZKVM_MATH1(exp2)
ZKVM_MATH1(expm1) ZKVM_MATH1(log) ZKVM_MATH1(log10) ZKVM_MATH1(log1p) ZKVM_MATH1(log2) ZKVM_MATH1(cbrt) ZKVM_MATH1(erf)
ZKVM_MATH1(erfc) ZKVM_MATH1(lgamma) ZKVM_MATH1(tgamma)
ZKVM_MATH2(atan2) ZKVM_MATH2(hypot) ZKVM_MATH2(pow)
double fma(double, double, double);
float fmaf(float, float, float);

#undef ZKVM_MATH1
#undef ZKVM_MATH2

#endif
