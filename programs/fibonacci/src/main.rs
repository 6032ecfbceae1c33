//! Proves that the public values (n, fib(n - 1), fib(n)) belong together, modulo 2^32.

/// Returns fib(n - 1) and fib(n) modulo 2^32; fib(-1) counts as 1, so that n = 0 gives (1, 0).
fn fibonacci(n: u32) -> (u32, u32) {
    let mut previous: u32 = 1;
    let mut current: u32 = 0;
    for _ in 0..n {
        let next = previous.wrapping_add(current);
        previous = current;
        current = next;
    }
    (previous, current)
}

fn main() {
    let n: u32 = zkvm::io::read();
    let (previous, current) = fibonacci(n);
    zkvm::io::commit_abi(&(n, previous, current));
}
