/* Integers from text, and the integer arithmetic of <stdlib.h> and <inttypes.h>. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include "builtins.h"

/* Reads sign, prefix and digits. `limit` bounds the magnitude, `negative_limit` that behind a minus sign. */
static uint64_t parse(const char *text, char **end, int base, uint64_t limit, uint64_t negative_limit, int *negative) {
    const char *at = text;
    *negative = 0;
    if (end != NULL) *end = (char *)(uintptr_t)text;
    if (base != 0 && (base < 2 || base > 36)) {
        errno = EINVAL;
        return 0;
    }
    while (isspace((unsigned char)*at)) at++;
    if (*at == '-' || *at == '+') *negative = *at++ == '-';
    if ((base == 0 || base == 16) && at[0] == '0' && (at[1] | 32) == 'x' && isxdigit((unsigned char)at[2])) {
        at += 2;
        base = 16;
    } else if (base == 0) {
        base = *at == '0' ? 8 : 10;
    }
    const char *first = at;
    uint64_t value = 0, most = *negative ? negative_limit : limit;
    int overflow = 0;
    for (;; at++) {
        int digit = isdigit((unsigned char)*at) ? *at - '0' : isalpha((unsigned char)*at) ? (*at | 32) - 'a' + 10 : 99;
        if (digit >= base) break;
        if (overflow || value > (most - (uint64_t)digit) / (uint64_t)base || most < (uint64_t)digit) overflow = 1;
        else value = value * (uint64_t)base + (uint64_t)digit;
    }
    if (at != first && end != NULL) *end = (char *)(uintptr_t)at;
    if (!overflow) return value;
    errno = ERANGE;
    return most;
}

ZKVM_WEAK long long strtoll(const char *text, char **end, int base) {
    int negative;
    uint64_t value = parse(text, end, base, LLONG_MAX, (uint64_t)LLONG_MAX + 1, &negative);
    return (long long)(negative ? -value : value);
}

ZKVM_WEAK long strtol(const char *text, char **end, int base) {
    int negative;
    uint64_t value = parse(text, end, base, LONG_MAX, (uint64_t)LONG_MAX + 1, &negative);
    return (long)(negative ? -value : value);
}

/* A negative number is the unsigned one modulo 2^n, and so is what does not fit: the largest, whatever the sign. */
ZKVM_WEAK unsigned long long strtoull(const char *text, char **end, int base) {
    int negative, before = errno;
    errno = 0;
    uint64_t value = parse(text, end, base, ULLONG_MAX, ULLONG_MAX, &negative);
    int overflow = errno == ERANGE;
    if (errno == 0) errno = before;
    return negative && !overflow ? -value : value;
}

ZKVM_WEAK unsigned long strtoul(const char *text, char **end, int base) {
    int negative, before = errno;
    errno = 0;
    uint64_t value = parse(text, end, base, ULONG_MAX, ULONG_MAX, &negative);
    int overflow = errno == ERANGE;
    if (errno == 0) errno = before;
    return (unsigned long)(negative && !overflow ? -value : value);
}

ZKVM_WEAK intmax_t strtoimax(const char *text, char **end, int base) {
    return strtoll(text, end, base);
}

ZKVM_WEAK uintmax_t strtoumax(const char *text, char **end, int base) {
    return strtoull(text, end, base);
}

ZKVM_WEAK int atoi(const char *text) {
    return (int)strtol(text, NULL, 10);
}

ZKVM_WEAK long atol(const char *text) {
    return strtol(text, NULL, 10);
}

ZKVM_WEAK long long atoll(const char *text) {
    return strtoll(text, NULL, 10);
}

ZKVM_WEAK int abs(int value) {
    return value < 0 ? -value : value;
}

ZKVM_WEAK long labs(long value) {
    return value < 0 ? -value : value;
}

ZKVM_WEAK long long llabs(long long value) {
    return value < 0 ? -value : value;
}

ZKVM_WEAK intmax_t imaxabs(intmax_t value) {
    return value < 0 ? -value : value;
}

ZKVM_WEAK div_t div(int dividend, int divisor) {
    return (div_t){dividend / divisor, dividend % divisor};
}

ZKVM_WEAK ldiv_t ldiv(long dividend, long divisor) {
    return (ldiv_t){dividend / divisor, dividend % divisor};
}

ZKVM_WEAK lldiv_t lldiv(long long dividend, long long divisor) {
    return (lldiv_t){dividend / divisor, dividend % divisor};
}

ZKVM_WEAK imaxdiv_t imaxdiv(intmax_t dividend, intmax_t divisor) {
    return (imaxdiv_t){dividend / divisor, dividend % divisor};
}
