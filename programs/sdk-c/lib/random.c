/* rand: the same numbers in every run. Whoever makes a proof knows them, so they are of no use for anything secret. */
#include <stdlib.h>
#include "builtins.h"

static uint64_t state = 1;

ZKVM_WEAK void srand(unsigned int seed) {
    state = seed;
}

/* The upper bits of a linear congruential generator. Source: Knuth, The Art of Computer Programming 3.3.4 (MMIX). */
ZKVM_WEAK int rand(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)(state >> 33);
}

ZKVM_WEAK int rand_r(unsigned int *seed) {
    uint32_t value = *seed * 1103515245u + 12345u;
    *seed = value;
    return (int)(value >> 1);
}
