/* <strings.h>. */
#ifndef ZKVM_STRINGS_H
#define ZKVM_STRINGS_H

#include <stddef.h>

int strcasecmp(const char *left, const char *right);
int strncasecmp(const char *left, const char *right, size_t length);
int bcmp(const void *left, const void *right, size_t length);
void bcopy(const void *from, void *to, size_t length);
void bzero(void *to, size_t length);
char *index(const char *text, int byte);
char *rindex(const char *text, int byte);
int ffs(int value);

#endif
