/* What the tests of zkvm_verify run: the first input item names what to do. */
#include <string.h>
#include <zkvm.h>

static bool is(zkvm_bytes item, const char *name) {
    return item.length == strlen(name) && memcmp(item.data, name, item.length) == 0;
}

/* Key and digest, from one item each. */
typedef struct {
    uint8_t vkey[32];
    uint8_t digest[32];
} statement;

static statement read_statement(void) {
    statement read;
    zkvm_read_exact(read.vkey, 32);
    zkvm_read_exact(read.digest, 32);
    return read;
}

/* Keys with digests behind them, as many as there are. */
static void all(void) {
    zkvm_bytes item;
    while (zkvm_try_read(&item)) {
        zkvm_span_begin("verify");
        zkvm_verify_digest(item.data, item.data + 32);
        zkvm_span_end("verify");
    }
}

static void values(void) {
    uint8_t vkey[32];
    zkvm_read_exact(vkey, 32);
    zkvm_bytes public_values = zkvm_read();
    zkvm_verify(vkey, public_values.data, public_values.length);
}

static void verify_statement(void *argument) {
    statement *given = argument;
    zkvm_verify_digest(given->vkey, given->digest);
}

int main(void) {
    zkvm_bytes mode = zkvm_read();
    if (is(mode, "all")) {
        all();
    } else if (is(mode, "values")) {
        values();
    } else if (is(mode, "unconstrained")) {
        statement given = read_statement();
        zkvm_unconstrained(verify_statement, &given);
    } else if (is(mode, "exit")) {
        statement given = read_statement();
        verify_statement(&given);
        zkvm_exit(0);
    } else if (is(mode, "panic")) {
        statement given = read_statement();
        verify_statement(&given);
        zkvm_panic("after a statement");
    } else if (is(mode, "commit")) {
        zkvm_ecall(ZKVM_COMMIT, zkvm_read_u32(), 7, 0);
    } else {
        zkvm_panic("unknown mode");
    }
    return 0;
}
