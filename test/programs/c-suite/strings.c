/* <string.h>, <strings.h> and <ctype.h>. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int sign(int value) {
    return (value > 0) - (value < 0);
}

int main(void) {
    char buffer[64];
    printf("[%s]", strcpy(buffer, "hello"));
    printf("[%s]", strcat(buffer, " world"));
    printf("[%s]", strncat(buffer, "!!!!", 2));
    memset(buffer, '#', sizeof buffer);
    strncpy(buffer, "ab", 5);
    printf("[%d %d %d %c]", buffer[2], buffer[3], buffer[4], buffer[5]);
    strncpy(buffer, "abcdef", 3);
    printf("[%.6s]\n", buffer);
    const char *text = "the quick brown fox, the lazy dog";
    printf("%d %d %d %d\n", (int)(strchr(text, 'q') - text), (int)(strrchr(text, 't') - text), strchr(text, 'Z') == NULL, (int)(strchr(text, 0) - text));
    printf("%d %d %d %d\n", (int)(strstr(text, "the lazy") - text), strstr(text, "cat") == NULL, (int)(strstr(text, "") - text), (int)(strstr("aaab", "aab") - "aaab" != 0));
    printf("%d %d %d %d\n", (int)strspn(text, "eht "), (int)strcspn(text, ",."), (int)(strpbrk(text, "xyz") - text), strpbrk(text, "Z") == NULL);
    printf("%d %d %d %d %d\n", sign(strcmp("a", "b")), sign(strcmp("b", "a")), sign(strcmp("", "")), sign(strcmp("a", "")), sign(strcmp("\xff", "a")));
    printf("%d %d %d\n", sign(strncmp("abc", "abd", 2)), sign(strncmp("abc", "abd", 3)), sign(strncmp("a", "a", 100)));
    printf("%d %d %d\n", sign(strcasecmp("HeLLo", "hEllO")), sign(strcasecmp("a", "B")), sign(strncasecmp("ABCx", "abcY", 3)));
    printf("%d %d\n", sign(memcmp("a\0b", "a\0c", 3)), sign(memcmp("\x80", "\x7f", 1)));
    printf("%d %d\n", (int)((const char *)memchr(text, 'k', 20) - text), memchr(text, 'k', 3) == NULL);
    printf("%d %d\n", (int)strnlen("abc", 2), (int)strnlen("abc", 9));
    char list[] = " one, two,,three ";
    char *rest;
    for (char *word = strtok_r(list, " ,", &rest); word != NULL; word = strtok_r(NULL, " ,", &rest)) printf("<%s>", word);
    char other[] = "a:b";
    printf("<%s>", strtok(other, ":"));
    printf("<%s>", strtok(NULL, ":"));
    printf("%d\n", strtok(NULL, ":") == NULL);
    char *copy = strdup("copied"), *part = strndup("copied", 3);
    printf("%s %s\n", copy, part);
    free(copy);
    free(part);
    char moving[] = "0123456789";
    memmove(moving + 2, moving, 5);
    printf("%s ", moving);
    memmove(moving, moving + 3, 6);
    printf("%s\n", moving);
    printf("%d %d\n", ffs(0), ffs(0x50));
    bzero(buffer, 4);
    printf("%d %d\n", buffer[0], bcmp("abc", "abc", 3));
    for (int c = 0; c < 256; c++) {
        int bits = !!isalnum(c) | !!isalpha(c) << 1 | !!isblank(c) << 2 | !!iscntrl(c) << 3 | !!isdigit(c) << 4 | !!isgraph(c) << 5 | !!islower(c) << 6 |
                   !!isprint(c) << 7 | !!ispunct(c) << 8 | !!isspace(c) << 9 | !!isupper(c) << 10 | !!isxdigit(c) << 11;
        printf("%x:%x:%x ", (unsigned)bits, (unsigned)tolower(c), (unsigned)toupper(c));
    }
    printf("%d\n", isdigit(-1));
    for (int length = 0; length < 40; length++) {
        for (int from = 0; from < 4; from++) {
            char source[48], target[48];
            for (int i = 0; i < 48; i++) source[i] = (char)(i * 7 + from), target[i] = 1;
            memcpy(target + 3 - from, source + from, (size_t)length);
            unsigned sum = 0;
            for (int i = 0; i < 48; i++) sum = sum * 31 + (unsigned char)target[i];
            printf("%x ", sum);
        }
    }
    puts("");
    return 0;
}
