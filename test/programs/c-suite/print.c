/* printf and its relatives. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int collect(char *text, size_t size, const char *format, ...) {
    va_list values;
    va_start(values, format);
    int count = vsnprintf(text, size, format, values);
    va_end(values);
    return count;
}

static const double numbers[] = {
    0.0,    -0.0,   1.0,     -1.0,   0.5,     1.5,     2.5,      0.1,      1e-5,      9.9999e-5, 123456.0, 1234567.0,
    1e15, 1e16, 1e21, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 3.14159265358979,
    0.05, 0.25, 0.75, 0.125, 2.675, 1e100, 4.35, 0.000123456789, 100.0, 1099511627776.0, 8.5, 9.5, 0.09999999,
};

int main(void) {
    printf("%d|%5d|%-5d|%05d|%+d|% d|%.3d|%8.3d|%-8.3d|%08.3d\n", 42, 42, 42, 42, 42, 42, 42, 42, 42, 42);
    printf("%d|%5d|%-5d|%05d|%+d|% d|%.3d|%8.3d|%i\n", -42, -42, -42, -42, -42, -42, -42, -42, -2147483647 - 1);
    printf("%u|%x|%X|%o|%#x|%#X|%#o|%#010x|%#x|%#o|%.0d|%.0x|%#.0o\n", 3000000000u, 0xbeefu, 0xbeefu, 8u, 255u, 255u, 8u, 255u, 0u, 0u, 0, 0u, 0u);
    printf("%hhd|%hhu|%hd|%hu|%lld|%llu|%llx|%jd|%zu\n", 300, 300, 70000, 70000, -9223372036854775807ll - 1, 18446744073709551615ull,
           0x0123456789abcdefull, (intmax_t)-5, (size_t)7);
    printf("%" PRId64 "|%" PRIu32 "|%" PRIx64 "|%" PRId8 "|%" PRIX32 "\n", INT64_C(-7), UINT32_C(7), UINT64_C(255), (int8_t)-3, (uint32_t)0xabcdef);
    printf("%c|%3c|%-3c|%s|%10s|%-10s|%.2s|%10.2s|%-10.2s|%%\n", 'a', 'b', 'c', "text", "text", "text", "text", "text", "text");
    printf("%*d|%-*d|%*d|%.*d|%.*s|%.*f\n", 6, 42, 6, 42, -6, 42, 4, 42, 2, "text", -1, 1.5);
    int so_far = 0;
    printf("abc%n", &so_far);
    printf("%d\n", so_far);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        double x = numbers[i];
        printf("%f %.0f %.1f %.3f %.10f %e %.0e %.2e %.15e %g %.0g %.3g %.17g %#g %#.0f %#.0e\n", x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x);
        printf("[%15.3f] [%-15.3f] [%015.3f] [%+.2f] [% .2f] [%+g] [%15g] [%-15e] [%015g] [%E] [%G]\n", x, x, x, x, x, x, x, x, x, x, x);
        printf("%a %.0a %.1a %.5a %.20a %A [%25a] [%-25a] [%025a] %#.0a\n", x, x, x, x, x, x, x, x, x, x);
    }
    printf("%f %g %e %.3g\n", 999999.5, 999999.5, 9999999.5, 9995.0);
    printf("%.40f\n%.100e\n%.60g\n", 0.1, 1e-300, 1.0 / 3);
    printf("%f %F %e %g %5f|%-5f|%05f %+f\n", INFINITY, INFINITY, -INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY);
    printf("%d %d\n", isnan(NAN) != 0, isinf(-INFINITY) != 0);
    char text[20];
    int count = snprintf(text, sizeof text, "%s %d %.2f", "a longer text", 12345, 6.789);
    printf("%d [%s]\n", count, text);
    count = snprintf(NULL, 0, "%d", 1234567);
    printf("%d\n", count);
    count = collect(text, 5, "%s", "abcdefgh");
    printf("%d [%s] %d\n", count, text, (int)strlen(text));
    count = sprintf(text, "%03d-%x", 7, 255);
    printf("%d [%s]\n", count, text);
    puts("puts");
    putchar('x');
    putchar('\n');
    fputs("fputs\n", stdout);
    fputc('y', stdout);
    putc('\n', stdout);
    fprintf(stdout, "%s %d\n", "fprintf", 3);
    fwrite("fwrite\nmore", 1, 7, stdout);
    fflush(stdout);
    return 0;
}
