/*
 * Products and quotients of complex numbers, which compilers call. Source: C11, annex G.5.1: where the plain formula gives
 * NaN although an infinity or a zero decides the result, it is found again from the signs.
 */
#include "builtins.h"

#define isinf_(x) __builtin_isinf(x)
#define isnan_(x) __builtin_isnan(x)

#define COMPLEX(type, multiply, divide, copysign_, fabs_, ilogb_, scalbn_)                                                 \
    ZKVM_WEAK _Complex type multiply(type a, type b, type c, type d) {                                                     \
        type ac = a * c, bd = b * d, ad = a * d, bc = b * c;                                                              \
        type x = ac - bd, y = ad + bc;                                                                                    \
        if (isnan_(x) && isnan_(y)) {                                                                                     \
            int again = 0;                                                                                                \
            if (isinf_(a) || isinf_(b)) {                                                                                 \
                a = copysign_(isinf_(a) ? 1 : 0, a), b = copysign_(isinf_(b) ? 1 : 0, b);                                 \
                if (isnan_(c)) c = copysign_(0, c);                                                                       \
                if (isnan_(d)) d = copysign_(0, d);                                                                       \
                again = 1;                                                                                                \
            }                                                                                                             \
            if (isinf_(c) || isinf_(d)) {                                                                                 \
                c = copysign_(isinf_(c) ? 1 : 0, c), d = copysign_(isinf_(d) ? 1 : 0, d);                                 \
                if (isnan_(a)) a = copysign_(0, a);                                                                       \
                if (isnan_(b)) b = copysign_(0, b);                                                                       \
                again = 1;                                                                                                \
            }                                                                                                             \
            if (!again && (isinf_(ac) || isinf_(bd) || isinf_(ad) || isinf_(bc))) {                                       \
                if (isnan_(a)) a = copysign_(0, a);                                                                       \
                if (isnan_(b)) b = copysign_(0, b);                                                                       \
                if (isnan_(c)) c = copysign_(0, c);                                                                       \
                if (isnan_(d)) d = copysign_(0, d);                                                                       \
                again = 1;                                                                                                \
            }                                                                                                             \
            if (again) x = (type)__builtin_inf() * (a * c - b * d), y = (type)__builtin_inf() * (a * d + b * c);          \
        }                                                                                                                 \
        return from_parts_##type(x, y);                                                                                   \
    }                                                                                                                     \
    ZKVM_WEAK _Complex type divide(type a, type b, type c, type d) {                                                       \
        int scale = 0;                                                                                                    \
        type larger = fabs_(c) > fabs_(d) || isnan_(d) ? fabs_(c) : fabs_(d);                                             \
        if (larger > 0 && !isinf_(larger)) {                                                                              \
            scale = ilogb_(larger);                                                                                       \
            c = scalbn_(c, -scale), d = scalbn_(d, -scale);                                                               \
        }                                                                                                                 \
        type denominator = c * c + d * d;                                                                                 \
        type x = scalbn_((a * c + b * d) / denominator, -scale), y = scalbn_((b * c - a * d) / denominator, -scale);      \
        if (isnan_(x) && isnan_(y)) {                                                                                     \
            if (denominator == 0 && (!isnan_(a) || !isnan_(b))) {                                                         \
                x = copysign_((type)__builtin_inf(), c) * a, y = copysign_((type)__builtin_inf(), c) * b;                 \
            } else if ((isinf_(a) || isinf_(b)) && !isinf_(c) && !isnan_(c) && !isinf_(d) && !isnan_(d)) {                \
                a = copysign_(isinf_(a) ? 1 : 0, a), b = copysign_(isinf_(b) ? 1 : 0, b);                                 \
                x = (type)__builtin_inf() * (a * c + b * d), y = (type)__builtin_inf() * (b * c - a * d);                 \
            } else if (isinf_(larger) && !isinf_(a) && !isnan_(a) && !isinf_(b) && !isnan_(b)) {                          \
                c = copysign_(isinf_(c) ? 1 : 0, c), d = copysign_(isinf_(d) ? 1 : 0, d);                                 \
                x = 0 * (a * c + b * d), y = 0 * (b * c - a * d);                                                         \
            }                                                                                                             \
        }                                                                                                                 \
        return from_parts_##type(x, y);                                                                                   \
    }

static _Complex float from_parts_float(float x, float y) {
    union {
        float parts[2];
        _Complex float whole;
    } both = {{x, y}};
    return both.whole;
}

static _Complex double from_parts_double(double x, double y) {
    union {
        double parts[2];
        _Complex double whole;
    } both = {{x, y}};
    return both.whole;
}

int ilogb(double value);
int ilogbf(float value);
double scalbn(double value, int power);
float scalbnf(float value, int power);

COMPLEX(float, __mulsc3, __divsc3, __builtin_copysignf, __builtin_fabsf, ilogbf, scalbnf)
COMPLEX(double, __muldc3, __divdc3, __builtin_copysign, __builtin_fabs, ilogb, scalbn)
