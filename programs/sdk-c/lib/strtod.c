/* Floating-point numbers from text, correctly rounded for any number of digits. Source: C11, 7.22.1.3. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "builtins.h"
#include "decimal.h"

typedef struct {
    /* Bits of the significand; exponents of the smallest normal and of the largest number. */
    int32_t bits, least, largest;
} format;

static const format FLOAT = {24, -126, 127}, DOUBLE = {53, -1022, 1023}, LONG_DOUBLE = {113, -16382, 16383};

static void set_end(char **end, const char *at) {
    if (end != NULL) *end = (char *)(uintptr_t)at;
}

/* An exponent behind its letter, if there is one. Returns where it ends. */
static const char *read_exponent(const char *at, char letter, int32_t *exponent) {
    if ((*at | 32) != letter) return at;
    const char *digits = at + 1;
    int negative = *digits == '-';
    if (*digits == '-' || *digits == '+') digits++;
    if (!isdigit((unsigned char)*digits)) return at;
    int32_t value = 0;
    for (; isdigit((unsigned char)*digits); digits++) {
        if (value < 100000000) value = value * 10 + (*digits - '0');
    }
    *exponent += negative ? -value : value;
    return digits;
}

static const char *read_decimal(const char *at, const format *f, zkvm_binary *binary) {
    zkvm_decimal d;
    d.count = 0;
    d.point = 0;
    d.more = false;
    int point_seen = 0, any = 0;
    for (;; at++) {
        if (*at == '.' && !point_seen) {
            point_seen = 1;
            continue;
        }
        if (!isdigit((unsigned char)*at)) break;
        any = 1;
        if (d.count == 0 && *at == '0') {
            d.point -= point_seen;
            continue;
        }
        d.point += !point_seen;
        if (d.count < ZKVM_DECIMAL_DIGITS) d.digits[d.count++] = (uint8_t)(*at - '0');
        else d.more |= *at != '0';
    }
    if (!any) return NULL;
    at = read_exponent(at, 'e', &d.point);
    while (d.count > 0 && d.digits[d.count - 1] == 0) d.count--;
    int nonzero = d.count > 0;
    zkvm_binary_from(&d, f->bits, f->least, f->largest, binary);
    const uint32_t *m = binary->magnitude;
    if (binary->kind == ZKVM_INFINITE || (nonzero && (m[0] | m[1] | m[2] | m[3]) == 0)) errno = ERANGE;
    return at;
}

/* Digits of base 16: the bits are there, and only need rounding. */
static const char *read_hexadecimal(const char *at, const format *f, zkvm_binary *binary) {
    uint32_t *m = binary->magnitude;
    int point_seen = 0, any = 0;
    int32_t exponent = 0;
    uint32_t lost = 0;
    for (;; at++) {
        if (*at == '.' && !point_seen) {
            point_seen = 1;
            continue;
        }
        if (!isxdigit((unsigned char)*at)) break;
        any = 1;
        uint32_t digit = (uint32_t)(isdigit((unsigned char)*at) ? *at - '0' : (*at | 32) - 'a' + 10);
        if (m[3] >> 28 != 0) {
            lost |= digit;
            exponent += point_seen ? 0 : 4;
            continue;
        }
        for (int i = 3; i >= 0; i--) m[i] = m[i] << 4 | (i > 0 ? m[i - 1] >> 28 : digit);
        exponent -= point_seen ? 4 : 0;
    }
    if (!any) return NULL;
    at = read_exponent(at, 'p', &exponent);
    int32_t highest = -1;
    for (int i = 0; i < 4; i++) {
        if (m[i] != 0) highest = 32 * i + 31 - zkvm_clz32(m[i]);
    }
    if (highest < 0) return at;
    /* The weight of the lowest bit that is kept. */
    int32_t lowest = highest + exponent - f->bits + 1;
    if (lowest < f->least - f->bits + 1) lowest = f->least - f->bits + 1;
    int32_t drop = lowest - exponent;
    if (drop > 0) {
        uint32_t half = 0, below = lost;
        for (; drop > 0; drop--, exponent++) {
            below |= half;
            half = m[0] & 1;
            for (int i = 0; i < 4; i++) m[i] = m[i] >> 1 | (i < 3 ? m[i + 1] << 31 : 0);
            if ((m[0] | m[1] | m[2] | m[3] | half) == 0) {
                below |= half;
                exponent += drop - 1;
                half = 0;
                break;
            }
        }
        if (half != 0 && (below != 0 || (m[0] & 1) != 0)) {
            for (int i = 0; i < 4 && ++m[i] == 0; i++) {
            }
        }
    }
    binary->exponent = exponent;
    highest = -1;
    for (int i = 0; i < 4; i++) {
        if (m[i] != 0) highest = 32 * i + 31 - zkvm_clz32(m[i]);
    }
    if (highest + exponent > f->largest) binary->kind = ZKVM_INFINITE;
    if (highest < 0 || binary->kind == ZKVM_INFINITE) errno = ERANGE;
    return at;
}

static void parse(const char *text, char **end, const format *f, zkvm_binary *binary) {
    const char *at = text;
    *binary = (zkvm_binary){.kind = ZKVM_FINITE};
    while (isspace((unsigned char)*at)) at++;
    int negative = *at == '-';
    if (*at == '-' || *at == '+') at++;
    const char *after;
    if (strncasecmp(at, "inf", 3) == 0) {
        binary->kind = ZKVM_INFINITE;
        after = at + (strncasecmp(at, "infinity", 8) == 0 ? 8 : 3);
    } else if (strncasecmp(at, "nan", 3) == 0) {
        binary->kind = ZKVM_NAN;
        after = at + 3;
        if (*after == '(') {
            const char *inside = after + 1;
            while (isalnum((unsigned char)*inside) || *inside == '_') inside++;
            if (*inside == ')') after = inside + 1;
        }
    } else if (at[0] == '0' && (at[1] | 32) == 'x' &&
               (isxdigit((unsigned char)at[2]) || (at[2] == '.' && isxdigit((unsigned char)at[3])))) {
        after = read_hexadecimal(at + 2, f, binary);
    } else {
        after = read_decimal(at, f, binary);
    }
    if (after == NULL) {
        set_end(end, text);
        return;
    }
    binary->negative = negative;
    set_end(end, after);
}

/* The magnitude of a number with at most 64 bits, moved so that its lowest bit has the weight of a format's last place. */
static uint64_t aligned(const zkvm_binary *binary, const format *f, int32_t *exponent) {
    uint64_t m = (uint64_t)binary->magnitude[1] << 32 | binary->magnitude[0];
    *exponent = 0;
    if (m == 0) return 0;
    int32_t place = binary->exponent;
    for (; m >> (f->bits - 1) == 0 && place > f->least - f->bits + 1; place--) m <<= 1;
    for (; m >> f->bits != 0 || place < f->least - f->bits + 1; place++) m >>= 1;
    if (m >> (f->bits - 1) != 0) *exponent = place + f->bits - 1 - f->least + 1;
    return m;
}

ZKVM_WEAK double strtod(const char *text, char **end) {
    zkvm_binary binary;
    int32_t exponent;
    parse(text, end, &DOUBLE, &binary);
    uint64_t m = aligned(&binary, &DOUBLE, &exponent) & 0x000fffffffffffffu;
    if (binary.kind == ZKVM_INFINITE) exponent = 0x7ff, m = 0;
    if (binary.kind == ZKVM_NAN) exponent = 0x7ff, m = 0x0008000000000000u;
    uint64_t bits = (uint64_t)binary.negative << 63 | (uint64_t)(uint32_t)exponent << 52 | m;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

ZKVM_WEAK float strtof(const char *text, char **end) {
    zkvm_binary binary;
    int32_t exponent;
    parse(text, end, &FLOAT, &binary);
    uint32_t m = (uint32_t)aligned(&binary, &FLOAT, &exponent) & 0x007fffffu;
    if (binary.kind == ZKVM_INFINITE) exponent = 0xff, m = 0;
    if (binary.kind == ZKVM_NAN) exponent = 0xff, m = 0x00400000u;
    uint32_t bits = (uint32_t)binary.negative << 31 | (uint32_t)exponent << 23 | m;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

ZKVM_WEAK long double strtold(const char *text, char **end) {
    zkvm_binary binary;
    parse(text, end, &LONG_DOUBLE, &binary);
    uint32_t *m = binary.magnitude, exponent = 0;
    if ((m[0] | m[1] | m[2] | m[3]) != 0) {
        int32_t place = binary.exponent;
        for (; m[3] >> 16 == 0 && place > LONG_DOUBLE.least - 112; place--) {
            for (int i = 3; i >= 0; i--) m[i] = m[i] << 1 | (i > 0 ? m[i - 1] >> 31 : 0);
        }
        /* A carry of the rounding made one bit more; the lowest is zero then. */
        for (; m[3] >> 17 != 0; place++) {
            for (int i = 0; i < 4; i++) m[i] = m[i] >> 1 | (i < 3 ? m[i + 1] << 31 : 0);
        }
        if (m[3] >> 16 != 0) exponent = (uint32_t)(place + 112 + 16383);
    }
    m[3] &= 0xffff;
    if (binary.kind != ZKVM_FINITE) {
        exponent = 0x7fff;
        m[0] = m[1] = m[2] = 0;
        m[3] = binary.kind == ZKVM_NAN ? 0x8000 : 0;
    }
    m[3] |= exponent << 16 | (uint32_t)binary.negative << 31;
    long double value;
    memcpy(&value, m, sizeof value);
    return value;
}

ZKVM_WEAK double atof(const char *text) {
    return strtod(text, NULL);
}
