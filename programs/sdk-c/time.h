/* <time.h>: types alone. There is no time in a proof, so a program that asks for it does not link. */
#ifndef ZKVM_TIME_H
#define ZKVM_TIME_H

#include <stddef.h>

typedef long long time_t;
typedef long clock_t;
#define CLOCKS_PER_SEC 1000000L

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

struct tm {
    int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};

time_t time(time_t *into);
clock_t clock(void);
double difftime(time_t end, time_t start);
struct tm *gmtime(const time_t *time);
struct tm *localtime(const time_t *time);
time_t mktime(struct tm *time);
size_t strftime(char *__restrict text, size_t size, const char *__restrict format, const struct tm *__restrict time);

#endif
