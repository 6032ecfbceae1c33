/* <ctype.h> in the "C" locale: ASCII. */
#include <ctype.h>
#include "builtins.h"

ZKVM_WEAK int isdigit(int c) {
    return (unsigned)c - '0' < 10;
}

ZKVM_WEAK int islower(int c) {
    return (unsigned)c - 'a' < 26;
}

ZKVM_WEAK int isupper(int c) {
    return (unsigned)c - 'A' < 26;
}

ZKVM_WEAK int isalpha(int c) {
    return ((unsigned)c | 32) - 'a' < 26;
}

ZKVM_WEAK int isalnum(int c) {
    return isalpha(c) || isdigit(c);
}

ZKVM_WEAK int isxdigit(int c) {
    return isdigit(c) || ((unsigned)c | 32) - 'a' < 6;
}

ZKVM_WEAK int isblank(int c) {
    return c == ' ' || c == '\t';
}

ZKVM_WEAK int isspace(int c) {
    return c == ' ' || (unsigned)c - '\t' < 5;
}

ZKVM_WEAK int isprint(int c) {
    return (unsigned)c - 0x20 < 0x5f;
}

ZKVM_WEAK int isgraph(int c) {
    return (unsigned)c - 0x21 < 0x5e;
}

ZKVM_WEAK int ispunct(int c) {
    return isgraph(c) && !isalnum(c);
}

ZKVM_WEAK int iscntrl(int c) {
    return (unsigned)c < 0x20 || c == 0x7f;
}

ZKVM_WEAK int isascii(int c) {
    return (unsigned)c < 0x80;
}

ZKVM_WEAK int toascii(int c) {
    return c & 0x7f;
}

ZKVM_WEAK int tolower(int c) {
    return isupper(c) ? c | 32 : c;
}

ZKVM_WEAK int toupper(int c) {
    return islower(c) ? c & ~32 : c;
}
