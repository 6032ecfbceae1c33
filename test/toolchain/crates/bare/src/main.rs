//! Crates for machines without atomics, without the standard library. Commits one word after the other.
#![no_std]
#![no_main]

use core::sync::atomic::Ordering;
use portable_atomic::{AtomicU32, AtomicU64};
use portable_atomic_util::Arc;

zkvm::entrypoint!(main);

static WORD: AtomicU32 = AtomicU32::new(5);
static WIDE: AtomicU64 = AtomicU64::new(u64::MAX);
static SPIN: spin::Mutex<u32> = spin::Mutex::new(12);
static ONCE: once_cell::sync::Lazy<u32> = once_cell::sync::Lazy::new(|| 11);
static SECTION: critical_section::Mutex<core::cell::Cell<u32>> =
    critical_section::Mutex::new(core::cell::Cell::new(14));

fn main() {
    zkvm::io::commit(&WORD.fetch_add(2, Ordering::SeqCst));
    zkvm::io::commit(&WORD.compare_exchange(7, 9, Ordering::SeqCst, Ordering::SeqCst).unwrap_or(99));
    zkvm::io::commit(&(WIDE.fetch_add(3, Ordering::SeqCst) as u32));
    zkvm::io::commit(&(WIDE.load(Ordering::SeqCst) as u32));
    *SPIN.lock() += 1;
    zkvm::io::commit(&*SPIN.lock());
    zkvm::io::commit(&*ONCE);
    let arc = Arc::new(33u32);
    let again = Arc::clone(&arc);
    zkvm::io::commit(&(*again + Arc::strong_count(&arc) as u32));
    zkvm::io::commit(&critical_section::with(|token| SECTION.borrow(token).replace(30)));
    let mut queue: heapless::spsc::Queue<u32, 4> = heapless::spsc::Queue::new();
    queue.enqueue(21).expect("room");
    zkvm::io::commit(&queue.dequeue().expect("a value"));
}
