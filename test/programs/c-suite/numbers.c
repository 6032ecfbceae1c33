/* Numbers from text, and integers of <stdlib.h>. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const integers[] = {
    "0", "42", "-42", "+7", "  12abc", "0x1F", "0X1f", "0x", "0xg", "017", "08", "z", "zz", "", "-", "+", " ",
    "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "-1", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
    "-18446744073709551615", "99999999999999999999999", "1010", "7f", "\t\n\v\f\r 5",
};
static const int bases[] = {0, 2, 8, 10, 16, 36, 37, 1};

static const char *const reals[] = {
    "0", "-0", "1", "1.5", ".5", "5.", ".", "1e5", "1e", "1e+", "1E-5", "-1.25e+2x", "inf", "-INFINITY", "infinite", "nan", "NaN(12)", "nan(1 2)",
    "0.1", "0.2", "0.3", "3.14159265358979323846264338327950288", "1e308", "1.8e308", "1e309", "1e-308", "5e-324", "4e-324", "2e-324",
    "2.4703282292062327208e-324", "2.4703282292062328e-324", "1e-400", "2.2250738585072011e-308", "2.2250738585072014e-308", "1.7976931348623157e308",
    "1.7976931348623158e308", "1.7976931348623159e308", "9007199254740993", "9007199254740992.99999999999999999", "9007199254740993.00000000000000001",
    "123456789012345678901234567890", "0x1p3", "0x1.8p1", "0x.8", "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0", "0x1p-1074", "0x1p-1075", "0x1.8p-1075",
    "0x1p1024", "0xp1", "0x", "1e99999999999", "1e-99999999999", "0e99999999999", "0.0000000000000000000000000000000000000000001e43", "8.5", "1e23", "8.41e21",
    "6.631236846766476e-316", "3.518437208883201171875e13", "62.5364939768271845828", "8.10109172351e-10", "1.50000000000000011102230246251565", "  12",
    "16777217", "16777217.0000001", "3.4028235677973366e38", "3.4028234e38", "1.4e-45", "0.7e-45", "1.17549435e-38",
};

int main(void) {
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        for (size_t k = 0; k < sizeof bases / sizeof *bases; k++) {
            const char *text = integers[i];
            char *end = (char *)text;
            errno = 0;
            long long a = strtoll(text, &end, bases[k]);
            int error_a = errno, used_a = (int)(end - text);
            errno = 0;
            unsigned long long b = strtoull(text, &end, bases[k]);
            printf("%d %lld %d %d %llu %d\n", bases[k], a, used_a, error_a, b, errno);
            if (bases[k] == 37 || bases[k] == 1) continue;
            printf("%lld %llu\n", (long long)strtoimax(text, NULL, bases[k]), (unsigned long long)strtoumax(text, NULL, bases[k]));
        }
        printf("%lld\n", atoll(integers[i]));
    }
    printf("%d %d %d\n", atoi("12"), atoi(" -13x"), atoi("x"));
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        char *end = NULL;
        errno = 0;
        double value = strtod(reals[i], &end);
        int used = (int)(end - reals[i]);
        /* Whether a subnormal result is an error is up to the library. */
        int error = value == 0 || value > 1e308 ? errno : 0;
        float narrow = strtof(reals[i], &end);
        if (value == value) printf("%s: %a %d %d %a %.17g\n", reals[i], value, used, error, narrow, atof(reals[i]));
        else printf("%s: nan %d\n", reals[i], used);
    }
    char text[32];
    for (int i = 0; i < 300; i++) {
        double value = strtod("1.2345678901234567", NULL);
        for (int k = 0; k < i; k++) value *= 7.1;
        snprintf(text, sizeof text, "%.17g", value);
        if (strtod(text, NULL) != value) printf("%s is not read back\n", text);
    }
    div_t d = div(-7, 2);
    lldiv_t l = lldiv(-7000000000000ll, 20);
    printf("%d %d %lld %lld %d %lld\n", d.quot, d.rem, l.quot, l.rem, abs(-5), llabs(-5000000000ll));
    return 0;
}
