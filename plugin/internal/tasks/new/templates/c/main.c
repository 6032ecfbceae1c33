/*
 * Proves that somebody knows two factors of a number, without showing them. Replace it by what you want to prove.
 *
 * Public values: `abi.encode(uint64 product)`.
 */
#include <zkvm.h>

int main(void) {
    /* One input item of two numbers in little endian. Whoever proves chooses it, and nobody else sees it. */
    uint32_t factors[2];
    zkvm_read_exact(factors, sizeof factors);
    /* A failed assertion ends the program with exit code 1, and no contract accepts a proof of that. */
    zkvm_assert(factors[0] > 1 && factors[1] > 1);
    uint64_t product = (uint64_t)factors[0] * factors[1];
    zkvm_printf("%llu has a divisor\n", (unsigned long long)product);
    zkvm_commit_uint(product);
    return 0;
}
