/* <string.h> and <strings.h>. memcpy, memmove, memset, memcmp and strlen of C programs are in zkvm.h. */
#include <string.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include "builtins.h"
#include <ctype.h>

/* In these loops a compiler must not see the function itself. */
#if defined(__clang__)
#define LIBRARY ZKVM_WEAK __attribute__((no_builtin))
#else
#define LIBRARY ZKVM_WEAK __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

LIBRARY size_t strlen(const char *text) {
    const char *end = text;
    while (*end != 0) end++;
    return (size_t)(end - text);
}

LIBRARY size_t strnlen(const char *text, size_t limit) {
    size_t length = 0;
    while (length < limit && text[length] != 0) length++;
    return length;
}

LIBRARY int strcmp(const char *left, const char *right) {
    for (; *left != 0 && *left == *right; left++) right++;
    return (unsigned char)*left - (unsigned char)*right;
}

LIBRARY int strncmp(const char *left, const char *right, size_t length) {
    for (; length > 0 && *left != 0 && *left == *right; length--) left++, right++;
    return length == 0 ? 0 : (unsigned char)*left - (unsigned char)*right;
}

LIBRARY int strcasecmp(const char *left, const char *right) {
    for (; *left != 0 && tolower((unsigned char)*left) == tolower((unsigned char)*right); left++) right++;
    return tolower((unsigned char)*left) - tolower((unsigned char)*right);
}

LIBRARY int strncasecmp(const char *left, const char *right, size_t length) {
    for (; length > 0 && *left != 0; length--, left++, right++) {
        if (tolower((unsigned char)*left) != tolower((unsigned char)*right)) break;
    }
    return length == 0 ? 0 : tolower((unsigned char)*left) - tolower((unsigned char)*right);
}

LIBRARY int strcoll(const char *left, const char *right) {
    return strcmp(left, right);
}

LIBRARY size_t strxfrm(char *to, const char *from, size_t size) {
    size_t length = strlen(from);
    if (length < size) strcpy(to, from);
    return length;
}

LIBRARY char *stpcpy(char *to, const char *from) {
    while ((*to = *from) != 0) to++, from++;
    return to;
}

LIBRARY char *strcpy(char *to, const char *from) {
    for (char *at = to; (*at = *from) != 0; at++) from++;
    return to;
}

LIBRARY char *strncpy(char *to, const char *from, size_t length) {
    size_t i = 0;
    for (; i < length && from[i] != 0; i++) to[i] = from[i];
    for (; i < length; i++) to[i] = 0;
    return to;
}

LIBRARY char *stpncpy(char *to, const char *from, size_t length) {
    strncpy(to, from, length);
    return to + strnlen(to, length);
}

LIBRARY size_t strlcpy(char *to, const char *from, size_t size) {
    size_t length = strlen(from);
    if (size > 0) {
        size_t count = length < size ? length : size - 1;
        memcpy(to, from, count);
        to[count] = 0;
    }
    return length;
}

LIBRARY size_t strlcat(char *to, const char *from, size_t size) {
    size_t used = strnlen(to, size);
    return used + strlcpy(to + used, from, size - used);
}

LIBRARY char *strcat(char *to, const char *from) {
    strcpy(to + strlen(to), from);
    return to;
}

LIBRARY char *strncat(char *to, const char *from, size_t length) {
    char *end = to + strlen(to);
    for (; length > 0 && *from != 0; length--) *end++ = *from++;
    *end = 0;
    return to;
}

LIBRARY char *strchr(const char *text, int byte) {
    for (;; text++) {
        if (*text == (char)byte) return (char *)(uintptr_t)text;
        if (*text == 0) return NULL;
    }
}

LIBRARY char *strchrnul(const char *text, int byte) {
    while (*text != 0 && *text != (char)byte) text++;
    return (char *)(uintptr_t)text;
}

LIBRARY char *strrchr(const char *text, int byte) {
    const char *found = NULL;
    for (;; text++) {
        if (*text == (char)byte) found = text;
        if (*text == 0) return (char *)(uintptr_t)found;
    }
}

LIBRARY char *index(const char *text, int byte) {
    return strchr(text, byte);
}

LIBRARY char *rindex(const char *text, int byte) {
    return strrchr(text, byte);
}

LIBRARY size_t strspn(const char *text, const char *set) {
    size_t length = 0;
    while (text[length] != 0 && strchr(set, text[length]) != NULL) length++;
    return length;
}

LIBRARY size_t strcspn(const char *text, const char *set) {
    size_t length = 0;
    while (text[length] != 0 && strchr(set, text[length]) == NULL) length++;
    return length;
}

LIBRARY char *strpbrk(const char *text, const char *set) {
    text += strcspn(text, set);
    return *text == 0 ? NULL : (char *)(uintptr_t)text;
}

LIBRARY char *strstr(const char *text, const char *part) {
    size_t length = strlen(part);
    for (; ; text++) {
        if (strncmp(text, part, length) == 0) return (char *)(uintptr_t)text;
        if (*text == 0) return NULL;
    }
}

LIBRARY char *strtok_r(char *text, const char *separators, char **rest) {
    if (text == NULL) text = *rest;
    text += strspn(text, separators);
    if (*text == 0) {
        *rest = text;
        return NULL;
    }
    char *end = text + strcspn(text, separators);
    *rest = *end == 0 ? end : end + 1;
    *end = 0;
    return text;
}

LIBRARY char *strtok(char *text, const char *separators) {
    static char *rest = (char *)"";
    return strtok_r(text, separators, &rest);
}

LIBRARY char *strndup(const char *text, size_t limit) {
    size_t length = strnlen(text, limit);
    char *copy = malloc(length + 1);
    if (copy == NULL) return NULL;
    memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

LIBRARY char *strdup(const char *text) {
    return strndup(text, SIZE_MAX);
}

LIBRARY void *memchr(const void *bytes, int value, size_t length) {
    const unsigned char *at = bytes;
    for (; length > 0; at++, length--) {
        if (*at == (unsigned char)value) return (void *)(uintptr_t)at;
    }
    return NULL;
}

LIBRARY void *memrchr(const void *bytes, int value, size_t length) {
    const unsigned char *at = bytes;
    while (length > 0) {
        if (at[--length] == (unsigned char)value) return (void *)(uintptr_t)(at + length);
    }
    return NULL;
}

LIBRARY void *memmem(const void *bytes, size_t length, const void *part, size_t count) {
    const unsigned char *at = bytes;
    for (; length >= count; at++, length--) {
        if (memcmp(at, part, count) == 0) return (void *)(uintptr_t)at;
    }
    return NULL;
}

LIBRARY void *memccpy(void *to, const void *from, int stop, size_t length) {
    unsigned char *out = to;
    const unsigned char *in = from;
    for (; length > 0; length--) {
        if ((*out++ = *in++) == (unsigned char)stop) return out;
    }
    return NULL;
}

LIBRARY void *mempcpy(void *to, const void *from, size_t length) {
    memcpy(to, from, length);
    return (char *)to + length;
}

LIBRARY int bcmp(const void *left, const void *right, size_t length) {
    return memcmp(left, right, length);
}

LIBRARY void bcopy(const void *from, void *to, size_t length) {
    memmove(to, from, length);
}

LIBRARY void bzero(void *to, size_t length) {
    memset(to, 0, length);
}

/* A compiler must not leave it out because nobody reads the bytes again. */
LIBRARY void explicit_bzero(void *to, size_t length) {
    memset(to, 0, length);
    __asm__ volatile("" : : "r"(to) : "memory");
}

LIBRARY int ffs(int value) {
    uint32_t bits = (uint32_t)value;
    return bits == 0 ? 0 : 32 - zkvm_clz32(bits & -bits);
}

LIBRARY char *strerror(int number) {
    switch (number) {
    case 0: return (char *)"Success";
    case ENOENT: return (char *)"No such file or directory";
    case ENOMEM: return (char *)"Cannot allocate memory";
    case EINVAL: return (char *)"Invalid argument";
    case EDOM: return (char *)"Numerical argument out of domain";
    case ERANGE: return (char *)"Numerical result out of range";
    default: return (char *)"Unknown error";
    }
}
