/* The conversions of printf for floating point, exact to any number of digits. Source: C11, 7.21.6.1. */
#include "builtins.h"
#include "decimal.h"
#include "format.h"
#include <string.h>

/* Text is put together in pieces, since a number may have thousands of digits: here they are counted before any is written. */
typedef struct {
    const zkvm_decimal *decimal;
    /* Digits before the point (of %f) or 1, and behind it. */
    int32_t whole, behind;
    /* Place of the first digit behind the point, as an index into the digits; may be negative. */
    int32_t first;
    bool point;
    char exponent[8];
} number_text;

static char digit_at(const zkvm_decimal *decimal, int32_t index) {
    return (char)('0' + (index >= 0 && index < decimal->count ? decimal->digits[index] : 0));
}

static void repeat(zkvm_sink *sink, char byte, size_t count) {
    for (; count > 0; count--) zkvm_put(sink, &byte, 1);
}

static void write_digits(zkvm_sink *sink, const zkvm_decimal *decimal, int32_t from, int32_t count) {
    char block[32];
    int32_t used = 0;
    for (int32_t i = 0; i < count; i++) {
        block[used++] = digit_at(decimal, from + i);
        if (used == (int32_t)sizeof block) {
            zkvm_put(sink, block, (size_t)used);
            used = 0;
        }
    }
    zkvm_put(sink, block, (size_t)used);
}

static void write_number(zkvm_sink *sink, const zkvm_conversion_spec *spec, const char *sign, const number_text *text) {
    size_t length = strlen(sign) + (size_t)text->whole + text->point + (size_t)text->behind + strlen(text->exponent);
    size_t width = (size_t)spec->width, padding = width > length ? width - length : 0;
    if (!spec->left && !spec->zero) repeat(sink, ' ', padding);
    zkvm_put(sink, sign, strlen(sign));
    if (!spec->left && spec->zero) repeat(sink, '0', padding);
    write_digits(sink, text->decimal, text->first - text->whole, text->whole);
    if (text->point) zkvm_put(sink, ".", 1);
    write_digits(sink, text->decimal, text->first, text->behind);
    zkvm_put(sink, text->exponent, strlen(text->exponent));
    if (spec->left) repeat(sink, ' ', padding);
}

/* A letter, a sign and at least `least` digits. */
static void write_exponent(char *out, char letter, int32_t exponent, int least) {
    char digits[6];
    int count = 0;
    uint32_t rest = exponent < 0 ? -(uint32_t)exponent : (uint32_t)exponent;
    for (; rest != 0 || count < least; rest /= 10) digits[count++] = (char)('0' + rest % 10);
    *out++ = letter;
    *out++ = exponent < 0 ? '-' : '+';
    while (count > 0) *out++ = digits[--count];
    *out = 0;
}

static void format_decimal(zkvm_sink *sink, const zkvm_conversion_spec *spec, const char *sign, const zkvm_binary *binary) {
    zkvm_decimal decimal;
    zkvm_decimal_of(binary, &decimal);
    int upper = spec->letter < 'a';
    char kind = (char)(spec->letter | 0x20);
    int32_t precision = spec->precision < 0 ? 6 : spec->precision;
    number_text text = {.decimal = &decimal, .exponent = ""};
    int trims = kind == 'g' && !spec->alternate;
    if (kind == 'g') {
        if (precision == 0) precision = 1;
        zkvm_decimal_round(&decimal, precision);
        int32_t exponent = decimal.count == 0 ? 0 : decimal.point - 1;
        /* From here on what remains is written out: the rounding is done. */
        if (exponent < -4 || exponent >= precision) kind = 'e', precision--;
        else kind = 'f', precision -= exponent + 1;
        int32_t used = kind == 'e' ? decimal.count - 1 : decimal.count - decimal.point;
        if (trims && precision > used) precision = used < 0 ? 0 : used;
    } else {
        zkvm_decimal_round(&decimal, kind == 'e' ? precision + 1 : decimal.point + precision);
    }
    if (kind == 'e') {
        text.whole = 1;
        text.first = 1;
        write_exponent(text.exponent, upper ? 'E' : 'e', decimal.count == 0 ? 0 : decimal.point - 1, 2);
    } else {
        text.whole = decimal.point > 0 ? decimal.point : 1;
        text.first = decimal.point;
    }
    text.behind = precision;
    text.point = precision > 0 || spec->alternate;
    write_number(sink, spec, sign, &text);
}

/* The highest four bits that are set, or one bit for a normal double, before the point, as usual on other systems. */
static void format_hexadecimal(zkvm_sink *sink, const zkvm_conversion_spec *spec, const char *sign, zkvm_binary *binary,
                               int is_double) {
    int upper = spec->letter == 'A';
    const char *letters = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    uint32_t *m = binary->magnitude;
    /* Digits behind the point: 13 for double, 28 for long double. */
    int places = is_double ? 13 : 28, exponent = binary->exponent + 4 * places;
    int isZero = (m[0] | m[1] | m[2] | m[3]) == 0;
    if (isZero) exponent = 0;
    char digits[32];
    for (int i = 0; i <= places; i++) digits[i] = (char)(m[(places - i) / 8] >> 4 * ((places - i) % 8) & 15);
    int behind = spec->precision < 0 ? places : spec->precision;
    if (behind < places) {
        int next = digits[behind + 1], more = 0;
        for (int i = behind + 2; i <= places; i++) more |= digits[i];
        int up = next > 8 || (next == 8 && (more != 0 || (digits[behind] & 1) != 0));
        for (int i = behind; up && i >= 0; i--) {
            digits[i]++;
            up = digits[i] == 16 && i > 0;
            if (up) digits[i] = 0;
        }
    } else if (spec->precision < 0) {
        while (behind > 0 && digits[behind] == 0) behind--;
    }
    char text[32];
    char prefix[4];
    char tail[10];
    size_t length = 0;
    text[length++] = letters[(int)digits[0]];
    if (behind > 0 || spec->alternate) text[length++] = '.';
    int shown = behind < places ? behind : places;
    for (int i = 1; i <= shown; i++) text[length++] = letters[(int)digits[i]];
    strcpy(prefix, sign);
    strcat(prefix, upper ? "0X" : "0x");
    write_exponent(tail, upper ? 'P' : 'p', exponent, 1);
    size_t zeros = (size_t)(behind - shown);
    size_t whole = strlen(prefix) + length + zeros + strlen(tail), width = (size_t)spec->width;
    size_t padding = width > whole ? width - whole : 0;
    if (!spec->left && !spec->zero) repeat(sink, ' ', padding);
    zkvm_put(sink, prefix, strlen(prefix));
    if (!spec->left && spec->zero) repeat(sink, '0', padding);
    zkvm_put(sink, text, length);
    repeat(sink, '0', zeros);
    zkvm_put(sink, tail, strlen(tail));
    if (spec->left) repeat(sink, ' ', padding);
}

static void format_binary(zkvm_sink *sink, const zkvm_conversion_spec *spec, zkvm_binary *binary, int is_double) {
    const char *sign = binary->negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    if (binary->kind != ZKVM_FINITE) {
        const char *names[] = {"inf", "INF", "nan", "NAN"};
        zkvm_conversion_spec plain = *spec;
        plain.zero = 0;
        zkvm_pad(sink, &plain, sign, names[(binary->kind == ZKVM_NAN ? 2 : 0) + (spec->letter < 'a')], 3);
    } else if ((spec->letter | 0x20) == 'a') {
        format_hexadecimal(sink, spec, sign, binary, is_double);
    } else {
        format_decimal(sink, spec, sign, binary);
    }
}

void zkvm_format_double(zkvm_sink *sink, const zkvm_conversion_spec *spec, double value) {
    zkvm_binary binary;
    zkvm_binary_of_double(value, &binary);
    format_binary(sink, spec, &binary, 1);
}

void zkvm_format_float(zkvm_sink *sink, const zkvm_conversion_spec *spec, long double value) {
    zkvm_binary binary;
    zkvm_binary_of(value, &binary);
    format_binary(sink, spec, &binary, 0);
}
