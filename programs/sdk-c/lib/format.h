/* The engine of the printf family. */
#ifndef ZKVM_FORMAT_H
#define ZKVM_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Where formatted text goes. */
typedef struct zkvm_sink zkvm_sink;
struct zkvm_sink {
    void (*write)(zkvm_sink *sink, const char *text, size_t length);
    /* Everything that was formatted so far. */
    size_t total;
};

/* Everything of one conversion between the percent sign and its letter. */
typedef struct {
    int left, plus, space, alternate, zero;
    int width;
    /* Negative: none given. */
    int precision;
    /* 'H' for hh, 'h', 'l', 'L' for ll, 'j', 'z', 't', 'q' for L; 0 for none. */
    char length;
    char letter;
} zkvm_conversion_spec;

/* Formats as C11 7.21.6.1 says, in the "C" locale. Returns the number of bytes, or -1 when there are more than an int holds. */
int zkvm_format(zkvm_sink *sink, const char *format, va_list values);

/* Writes `count` bytes with the padding of a conversion: `prefix` stands before zeros that fill. */
void zkvm_pad(zkvm_sink *sink, const zkvm_conversion_spec *spec, const char *prefix, const char *text, size_t length);

void zkvm_put(zkvm_sink *sink, const char *text, size_t length);

/* The conversions a e f g and their capitals. */
void zkvm_format_float(zkvm_sink *sink, const zkvm_conversion_spec *spec, long double value);
void zkvm_format_double(zkvm_sink *sink, const zkvm_conversion_spec *spec, double value);

#endif
