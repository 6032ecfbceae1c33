/* <stdio.h>: formatted text into memory, to stdout and to stderr. Nothing is buffered, and there are no files. */
#include <stdio.h>
#include "builtins.h"
#include "format.h"
#include "machine.h"
#include <errno.h>
#include <string.h>

struct zkvm_file {
    uint32_t descriptor;
};

static struct zkvm_file output = {MACHINE_STDOUT}, errors = {MACHINE_STDERR};
ZKVM_WEAK FILE *const stdout = &output;
ZKVM_WEAK FILE *const stderr = &errors;

/* Text for a descriptor is collected, so that a formatted line is one system call and not one for each of its parts. */
typedef struct {
    zkvm_sink sink;
    uint32_t descriptor;
    size_t used;
    char text[256];
} file_sink;

static void flush(file_sink *out) {
    if (out->used > 0) machine_write(out->descriptor, out->text, out->used);
    out->used = 0;
}

static void write_file(zkvm_sink *sink, const char *text, size_t length) {
    file_sink *out = (file_sink *)sink;
    if (out->used + length > sizeof out->text) flush(out);
    if (length > sizeof out->text) {
        machine_write(out->descriptor, text, length);
        return;
    }
    memcpy(out->text + out->used, text, length);
    out->used += length;
}

typedef struct {
    zkvm_sink sink;
    char *next, *end;
} memory_sink;

static void write_memory(zkvm_sink *sink, const char *text, size_t length) {
    memory_sink *out = (memory_sink *)sink;
    size_t room = (size_t)(out->end - out->next), count = length < room ? length : room;
    memcpy(out->next, text, count);
    out->next += count;
}

ZKVM_WEAK int vfprintf(FILE *file, const char *format, va_list values) {
    file_sink out = {.sink.write = write_file, .descriptor = file->descriptor};
    int count = zkvm_format(&out.sink, format, values);
    flush(&out);
    return count;
}

ZKVM_WEAK int vsnprintf(char *text, size_t size, const char *format, va_list values) {
    char none;
    /* The last byte is for the zero. A size beyond the memory, as vsprintf gives, ends with it. */
    char *start = size == 0 ? &none : text;
    size_t room = size == 0 ? 0 : size - 1;
    if (room > UINTPTR_MAX - (uintptr_t)start) room = UINTPTR_MAX - (uintptr_t)start;
    memory_sink out = {.sink.write = write_memory, .next = start, .end = start + room};
    int count = zkvm_format(&out.sink, format, values);
    if (size > 0) *out.next = 0;
    return count;
}

ZKVM_WEAK int vsprintf(char *text, const char *format, va_list values) {
    return vsnprintf(text, SIZE_MAX, format, values);
}

ZKVM_WEAK int vprintf(const char *format, va_list values) {
    return vfprintf(stdout, format, values);
}

ZKVM_WEAK int printf(const char *format, ...) {
    va_list values;
    va_start(values, format);
    int count = vfprintf(stdout, format, values);
    va_end(values);
    return count;
}

ZKVM_WEAK int fprintf(FILE *file, const char *format, ...) {
    va_list values;
    va_start(values, format);
    int count = vfprintf(file, format, values);
    va_end(values);
    return count;
}

ZKVM_WEAK int snprintf(char *text, size_t size, const char *format, ...) {
    va_list values;
    va_start(values, format);
    int count = vsnprintf(text, size, format, values);
    va_end(values);
    return count;
}

ZKVM_WEAK int sprintf(char *text, const char *format, ...) {
    va_list values;
    va_start(values, format);
    int count = vsnprintf(text, SIZE_MAX, format, values);
    va_end(values);
    return count;
}

ZKVM_WEAK int fputs(const char *text, FILE *file) {
    machine_write(file->descriptor, text, strlen(text));
    return 0;
}

ZKVM_WEAK int puts(const char *text) {
    fputs(text, stdout);
    fputs("\n", stdout);
    return 0;
}

ZKVM_WEAK int fputc(int byte, FILE *file) {
    char value = (char)byte;
    machine_write(file->descriptor, &value, 1);
    return (unsigned char)value;
}

ZKVM_WEAK int putc(int byte, FILE *file) {
    return fputc(byte, file);
}

ZKVM_WEAK int putchar(int byte) {
    return fputc(byte, stdout);
}

ZKVM_WEAK size_t fwrite(const void *items, size_t size, size_t count, FILE *file) {
    if (size == 0) return 0;
    if (count > 0) machine_write(file->descriptor, items, size * count);
    return count;
}

/* There is nothing that waits to be written. */
ZKVM_WEAK int fflush(FILE *file) {
    (void)file;
    return 0;
}

ZKVM_WEAK int ferror(FILE *file) {
    (void)file;
    return 0;
}

ZKVM_WEAK void perror(const char *text) {
    if (text != NULL && *text != 0) fprintf(stderr, "%s: ", text);
    fprintf(stderr, "%s\n", strerror(errno));
}
