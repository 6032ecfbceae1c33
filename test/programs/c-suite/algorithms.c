/* qsort, bsearch, setjmp, atexit, allocation, recursion, function pointers. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned seed = 1;

static unsigned next(void) {
    return seed = seed * 1664525u + 1013904223u;
}

static int by_value(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

typedef struct {
    char name[7];
    short key;
} record;

static int by_key(const void *a, const void *b) {
    return ((const record *)a)->key - ((const record *)b)->key;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static jmp_buf place;

static void deeper(int depth) {
    if (depth == 0) longjmp(place, 42);
    deeper(depth - 1);
}

static void last(void) {
    puts("last");
}

static void first(void) {
    puts("first");
}

static int ackermann(int m, int n) {
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

int main(int argc, char **argv) {
    (void)argc, (void)argv;
    int values[200];
    for (int count = 0; count < 200; count += 13) {
        for (int i = 0; i < count; i++) values[i] = (int)(next() >> 8) % 100 - 50;
        qsort(values, (size_t)count, sizeof *values, by_value);
        for (int i = 1; i < count; i++) {
            if (values[i - 1] > values[i]) puts("not sorted");
        }
        int key = values[count / 2];
        if (count > 0) {
            int *found = bsearch(&key, values, (size_t)count, sizeof *values, by_value);
            printf("%d ", found != NULL && *found == key);
        }
        key = 1000;
        printf("%d ", bsearch(&key, values, (size_t)count, sizeof *values, by_value) == NULL);
    }
    record records[30];
    for (int i = 0; i < 30; i++) {
        records[i].key = (short)((i * 17) % 30);
        snprintf(records[i].name, sizeof records[i].name, "r%d", records[i].key);
    }
    qsort(records, 30, sizeof *records, by_key);
    for (int i = 0; i < 30; i++) printf("%s ", records[i].name);
    const char *words[] = {"pear", "apple", "fig", "banana", "cherry"};
    qsort(words, 5, sizeof *words, by_text);
    for (int i = 0; i < 5; i++) printf("%s ", words[i]);
    puts("");
    volatile int kept = 5;
    int came = setjmp(place);
    if (came == 0) {
        kept = 6;
        deeper(20);
    }
    printf("%d %d\n", came, kept);
    int again = setjmp(place);
    if (again == 0) longjmp(place, 0);
    printf("%d\n", again);
    int *grown = NULL;
    for (int i = 0; i < 1000; i++) {
        if ((i & (i - 1)) == 0) grown = realloc(grown, sizeof *grown * (size_t)(i == 0 ? 1 : 2 * i));
        grown[i] = i * i;
    }
    long long sum = 0;
    for (int i = 0; i < 1000; i++) sum += grown[i];
    free(grown);
    int *zeros = calloc(50, sizeof *zeros);
    for (int i = 0; i < 50; i++) sum += zeros[i];
    free(zeros);
    char *aligned = aligned_alloc(256, 512);
    printf("%lld %d\n", sum, (int)((size_t)aligned % 256));
    free(aligned);
    printf("%d\n", ackermann(2, 9));
    int n = (int)(next() % 5) + 10;
    int table[n][n];
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) table[i][k] = i ^ k;
    }
    int total = 0;
    for (int i = 0; i < n; i++) total += table[i][n - 1 - i];
    printf("%d\n", total);
    static void *const labels[] = {&&one, &&two, &&end};
    int steps = 0;
    goto *labels[steps];
one:
    steps++;
    goto *labels[steps];
two:
    steps++;
    goto *labels[steps];
end:
    printf("%d\n", steps);
    atexit(last);
    atexit(first);
    srand(7);
    int r = rand();
    srand(7);
    printf("%d %d\n", r == rand(), r >= 0);
    return 3;
}
