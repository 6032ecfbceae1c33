/* <string.h>: see README.md for what there is. Names are in parentheses because zkvm.h makes macros of some. */
#ifndef ZKVM_STRING_H
#define ZKVM_STRING_H

#include <stddef.h>

void *(memcpy)(void *__restrict to, const void *__restrict from, size_t length);
void *(memmove)(void *to, const void *from, size_t length);
void *(memset)(void *to, int value, size_t length);
int (memcmp)(const void *left, const void *right, size_t length);
void *memchr(const void *bytes, int value, size_t length);
void *memrchr(const void *bytes, int value, size_t length);
void *memmem(const void *bytes, size_t length, const void *part, size_t count);
void *memccpy(void *__restrict to, const void *__restrict from, int stop, size_t length);
void *mempcpy(void *__restrict to, const void *__restrict from, size_t length);
size_t (strlen)(const char *text);
size_t strnlen(const char *text, size_t limit);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t length);
int strcoll(const char *left, const char *right);
size_t strxfrm(char *__restrict to, const char *__restrict from, size_t size);
char *strcpy(char *__restrict to, const char *__restrict from);
char *strncpy(char *__restrict to, const char *__restrict from, size_t length);
char *stpcpy(char *__restrict to, const char *__restrict from);
char *stpncpy(char *__restrict to, const char *__restrict from, size_t length);
size_t strlcpy(char *__restrict to, const char *__restrict from, size_t size);
size_t strlcat(char *__restrict to, const char *__restrict from, size_t size);
char *strcat(char *__restrict to, const char *__restrict from);
char *strncat(char *__restrict to, const char *__restrict from, size_t length);
char *strchr(const char *text, int byte);
char *strchrnul(const char *text, int byte);
char *strrchr(const char *text, int byte);
size_t strspn(const char *text, const char *set);
size_t strcspn(const char *text, const char *set);
char *strpbrk(const char *text, const char *set);
char *strstr(const char *text, const char *part);
char *strtok(char *__restrict text, const char *__restrict separators);
char *strtok_r(char *__restrict text, const char *__restrict separators, char **__restrict rest);
char *strdup(const char *text);
char *strndup(const char *text, size_t limit);
char *strerror(int number);
void explicit_bzero(void *to, size_t length);

#include <strings.h>

#endif
