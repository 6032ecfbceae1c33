/* The printf family's engine: conversions of integers, strings and characters. Source: C11, 7.21.6.1. */
#include "format.h"
#include "builtins.h"
#include <limits.h>
#include <string.h>

void zkvm_put(zkvm_sink *sink, const char *text, size_t length) {
    if (length > 0) sink->write(sink, text, length);
    sink->total += length;
}

static void fill(zkvm_sink *sink, char byte, size_t count) {
    char block[16];
    memset(block, byte, sizeof block);
    for (; count > sizeof block; count -= sizeof block) zkvm_put(sink, block, sizeof block);
    zkvm_put(sink, block, count);
}

void zkvm_pad(zkvm_sink *sink, const zkvm_conversion_spec *spec, const char *prefix, const char *text, size_t length) {
    size_t before = strlen(prefix), width = (size_t)spec->width;
    size_t padding = width > before + length ? width - before - length : 0;
    if (!spec->left && !spec->zero) fill(sink, ' ', padding);
    zkvm_put(sink, prefix, before);
    if (!spec->left && spec->zero) fill(sink, '0', padding);
    zkvm_put(sink, text, length);
    if (spec->left) fill(sink, ' ', padding);
}

static void format_integer(zkvm_sink *sink, zkvm_conversion_spec *spec, uint64_t magnitude, int negative) {
    uint32_t base = spec->letter == 'o' ? 8 : spec->letter == 'x' || spec->letter == 'X' || spec->letter == 'p' ? 16 : 10;
    const char *digits = spec->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char buffer[24];
    char *end = buffer + sizeof buffer, *text = end;
    uint64_t rest = magnitude;
    for (; rest >> 32 != 0; rest /= base) *--text = digits[rest % base];
    for (uint32_t low = (uint32_t)rest; low != 0; low /= base) *--text = digits[low % base];
    const char *prefix = "";
    if (spec->letter == 'd' || spec->letter == 'i') {
        prefix = negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    } else if (spec->letter == 'p' || (spec->alternate && base == 16 && magnitude != 0)) {
        prefix = spec->letter == 'X' ? "0X" : "0x";
    }
    size_t length = (size_t)(end - text);
    size_t least = spec->precision < 0 ? 1 : (size_t)spec->precision;
    if (spec->alternate && base == 8 && length >= least) least = length + 1;
    if (magnitude == 0 && spec->alternate && base == 8) least = spec->precision > 1 ? (size_t)spec->precision : 1;
    if (spec->precision >= 0) spec->zero = 0;
    if (length >= least) {
        zkvm_pad(sink, spec, prefix, text, length);
        return;
    }
    /* Zeros up to the precision stand between the prefix and the digits, inside the padding. */
    size_t zeros = least - length, whole = strlen(prefix) + least, width = (size_t)spec->width;
    size_t padding = width > whole ? width - whole : 0;
    if (!spec->left && !spec->zero) fill(sink, ' ', padding);
    zkvm_put(sink, prefix, strlen(prefix));
    if (!spec->left && spec->zero) fill(sink, '0', padding);
    fill(sink, '0', zeros);
    zkvm_put(sink, text, length);
    if (spec->left) fill(sink, ' ', padding);
}

/* Reads everything behind a percent sign; a star takes its number from the arguments. */
static const char *parse(const char *at, zkvm_conversion_spec *spec, va_list *values) {
    *spec = (zkvm_conversion_spec){.precision = -1};
    for (;; at++) {
        if (*at == '-') spec->left = 1;
        else if (*at == '+') spec->plus = 1;
        else if (*at == ' ') spec->space = 1;
        else if (*at == '#') spec->alternate = 1;
        else if (*at == '0') spec->zero = 1;
        else break;
    }
    if (*at == '*') {
        spec->width = va_arg(*values, int);
        if (spec->width < 0) spec->left = 1, spec->width = -spec->width;
        at++;
    } else {
        for (; *at >= '0' && *at <= '9'; at++) spec->width = spec->width * 10 + (*at - '0');
    }
    if (*at == '.') {
        at++;
        if (*at == '*') {
            spec->precision = va_arg(*values, int);
            at++;
        } else {
            spec->precision = 0;
            for (; *at >= '0' && *at <= '9'; at++) spec->precision = spec->precision * 10 + (*at - '0');
        }
    }
    if (strchr("hljztL", *at) != NULL && *at != 0) {
        spec->length = *at == 'L' ? 'q' : *at;
        at++;
        if (spec->length == 'h' && *at == 'h') spec->length = 'H', at++;
        else if (spec->length == 'l' && *at == 'l') spec->length = 'L', at++;
    }
    spec->letter = *at;
    if (spec->left) spec->zero = 0;
    return *at == 0 ? at : at + 1;
}

static void store_count(const zkvm_conversion_spec *spec, size_t count, void *at) {
    switch (spec->length) {
    case 'H': *(signed char *)at = (signed char)count; break;
    case 'h': *(short *)at = (short)count; break;
    case 'L':
    case 'j': *(long long *)at = (long long)count; break;
    default: *(int *)at = (int)count;
    }
}

static void format_signed(zkvm_sink *sink, zkvm_conversion_spec *spec, va_list *values) {
    int64_t value;
    switch (spec->length) {
    case 'L':
    case 'j': value = va_arg(*values, long long); break;
    case 'H': value = (signed char)va_arg(*values, int); break;
    case 'h': value = (short)va_arg(*values, int); break;
    default: value = va_arg(*values, int);
    }
    format_integer(sink, spec, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
}

static void format_unsigned(zkvm_sink *sink, zkvm_conversion_spec *spec, va_list *values) {
    uint64_t value;
    switch (spec->length) {
    case 'L':
    case 'j': value = va_arg(*values, unsigned long long); break;
    case 'H': value = (unsigned char)va_arg(*values, unsigned int); break;
    case 'h': value = (unsigned short)va_arg(*values, unsigned int); break;
    default: value = va_arg(*values, unsigned int);
    }
    format_integer(sink, spec, value, 0);
}

int zkvm_format(zkvm_sink *sink, const char *format, va_list arguments) {
    va_list values;
    va_copy(values, arguments);
    sink->total = 0;
    while (*format != 0) {
        size_t plain = 0;
        while (format[plain] != 0 && format[plain] != '%') plain++;
        zkvm_put(sink, format, plain);
        format += plain;
        if (*format == 0) break;
        zkvm_conversion_spec spec;
        const char *start = format;
        format = parse(format + 1, &spec, &values);
        switch (spec.letter) {
        case 'd':
        case 'i': format_signed(sink, &spec, &values); break;
        case 'u':
        case 'o':
        case 'x':
        case 'X': format_unsigned(sink, &spec, &values); break;
        case 'p': format_integer(sink, &spec, (uintptr_t)va_arg(values, void *), 0); break;
        case 'c': {
            char byte = (char)va_arg(values, int);
            spec.zero = 0;
            zkvm_pad(sink, &spec, "", &byte, 1);
            break;
        }
        case 's': {
            const char *text = va_arg(values, const char *);
            if (text == NULL) text = "(null)";
            size_t length = spec.precision < 0 ? strlen(text) : strnlen(text, (size_t)spec.precision);
            spec.zero = 0;
            zkvm_pad(sink, &spec, "", text, length);
            break;
        }
        case 'n': store_count(&spec, sink->total, va_arg(values, void *)); break;
        case 'a':
        case 'A':
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
            if (spec.length == 'q') zkvm_format_float(sink, &spec, va_arg(values, long double));
            else zkvm_format_double(sink, &spec, va_arg(values, double));
            break;
        case '%': zkvm_put(sink, "%", 1); break;
        default: zkvm_put(sink, start, (size_t)(format - start));
        }
    }
    va_end(values);
    return sink->total > INT_MAX ? -1 : (int)sink->total;
}
