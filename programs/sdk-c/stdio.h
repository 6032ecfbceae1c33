/*
 * <stdio.h>: see README.md for what there is. Files are declared, so that code which can also use them compiles; a program
 * that does use them does not link.
 */
#ifndef ZKVM_STDIO_H
#define ZKVM_STDIO_H

#include <stdarg.h>
#include <stddef.h>

typedef struct zkvm_file FILE;
typedef long fpos_t;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;
#define stdin stdin
#define stdout stdout
#define stderr stderr

#define EOF (-1)
#define BUFSIZ 1024
#define FILENAME_MAX 256
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

int printf(const char *__restrict format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *__restrict file, const char *__restrict format, ...) __attribute__((format(printf, 2, 3)));
int sprintf(char *__restrict text, const char *__restrict format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *__restrict text, size_t size, const char *__restrict format, ...) __attribute__((format(printf, 3, 4)));
int vprintf(const char *__restrict format, va_list values);
int vfprintf(FILE *__restrict file, const char *__restrict format, va_list values);
int vsprintf(char *__restrict text, const char *__restrict format, va_list values);
int vsnprintf(char *__restrict text, size_t size, const char *__restrict format, va_list values);
int sscanf(const char *__restrict text, const char *__restrict format, ...) __attribute__((format(scanf, 2, 3)));

int puts(const char *text);
int putchar(int byte);
int putc(int byte, FILE *file);
int fputc(int byte, FILE *file);
int fputs(const char *__restrict text, FILE *__restrict file);
size_t fwrite(const void *__restrict items, size_t size, size_t count, FILE *__restrict file);
int fflush(FILE *file);
int ferror(FILE *file);
void perror(const char *text);

FILE *fopen(const char *__restrict path, const char *__restrict mode);
FILE *fdopen(int descriptor, const char *mode);
int fclose(FILE *file);
size_t fread(void *__restrict items, size_t size, size_t count, FILE *__restrict file);
int fgetc(FILE *file);
int getc(FILE *file);
int getchar(void);
char *fgets(char *__restrict text, int size, FILE *__restrict file);
int feof(FILE *file);
int fileno(FILE *file);
int fseek(FILE *file, long offset, int origin);
long ftell(FILE *file);
void rewind(FILE *file);
int remove(const char *path);
int rename(const char *from, const char *to);
int setvbuf(FILE *__restrict file, char *__restrict buffer, int mode, size_t size);

#endif
