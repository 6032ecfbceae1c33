//! Crates made for several threads, on the one thread of a guest: each must give what it gives elsewhere.
use core::sync::atomic::{AtomicBool, AtomicI8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use rayon::prelude::*;
use std::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, OnceLock, RwLock, mpsc};

static COUNTER: AtomicU64 = AtomicU64::new(u64::MAX);
static LAZY: LazyLock<u64> = LazyLock::new(|| 10);
static CELL: OnceLock<u64> = OnceLock::new();
static ONCE: once_cell::sync::Lazy<u64> = once_cell::sync::Lazy::new(|| 11);
static SPIN: spin::Mutex<u64> = spin::Mutex::new(12);
static PARKING: parking_lot::Mutex<u64> = parking_lot::const_mutex(13);
static SECTION: critical_section::Mutex<core::cell::Cell<u64>> =
    critical_section::Mutex::new(core::cell::Cell::new(14));
lazy_static::lazy_static! {
    static ref STATIC: u64 = 15;
}

fn main() {
    let what = zkvm::io::read_vec();
    let values: Vec<u64> = match what.as_slice() {
        b"atomics" => atomics(),
        b"locks" => locks(),
        b"collections" => collections(),
        b"section" => section(),
        b"rayon" => rayon(),
        b"thread" => vec![std::thread::spawn(|| 1).join().expect("a result")],
        other => panic!("no such mode: {other:?}"),
    };
    zkvm::io::commit(&values);
}

fn atomics() -> Vec<u64> {
    let small = (AtomicBool::new(false), AtomicI8::new(-128), AtomicU16::new(65_535));
    let word = AtomicU32::new(5);
    let wide = portable_atomic::AtomicU128::new(u128::MAX);
    let float = portable_atomic::AtomicF64::new(1.5);
    vec![
        COUNTER.fetch_add(2, Ordering::SeqCst),
        COUNTER.load(Ordering::Acquire),
        COUNTER.compare_exchange(1, 1 << 40, Ordering::AcqRel, Ordering::Relaxed).expect("the value"),
        COUNTER.compare_exchange(1, 7, Ordering::AcqRel, Ordering::Relaxed).expect_err("another value"),
        COUNTER.fetch_max(1 << 41, Ordering::Relaxed),
        u64::from(small.0.fetch_nand(true, Ordering::SeqCst)),
        u64::from(small.0.load(Ordering::SeqCst)),
        small.1.fetch_sub(1, Ordering::SeqCst) as u64,
        small.1.load(Ordering::SeqCst) as u64,
        u64::from(small.2.fetch_add(2, Ordering::SeqCst)),
        u64::from(small.2.swap(9, Ordering::SeqCst)),
        u64::from(word.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |x| Some(x * x)).expect("a value")),
        u64::from(word.load(Ordering::SeqCst)),
        (wide.fetch_sub(1, Ordering::SeqCst) >> 64) as u64,
        wide.load(Ordering::SeqCst) as u64,
        float.fetch_add(0.25, Ordering::SeqCst).to_bits(),
        float.load(Ordering::SeqCst).to_bits(),
    ]
}

fn locks() -> Vec<u64> {
    let shared = Arc::new((Mutex::new(1), Condvar::new(), RwLock::new(2)));
    let again = Arc::clone(&shared);
    *again.0.lock().expect("a lock") += 1;
    *again.2.write().expect("a lock") += 1;
    again.1.notify_all();
    assert!(Barrier::new(1).wait().is_leader());
    let (sender, receiver) = mpsc::channel();
    sender.send(16).expect("a receiver");
    *SPIN.lock() += 100;
    *PARKING.lock() += 100;
    let swap = arc_swap::ArcSwap::from_pointee(17);
    swap.store(Arc::new(18));
    vec![
        Arc::strong_count(&shared) as u64,
        *shared.0.lock().expect("a lock"),
        *shared.2.read().expect("a lock"),
        *LAZY,
        *CELL.get_or_init(|| 19),
        *ONCE,
        *SPIN.lock(),
        *PARKING.lock(),
        *STATIC,
        receiver.recv().expect("a value"),
        **swap.load(),
    ]
}

fn collections() -> Vec<u64> {
    let map = dashmap::DashMap::new();
    for i in 0..100u64 {
        map.insert(i, i * i);
    }
    let queue = crossbeam::queue::ArrayQueue::new(4);
    let deque = crossbeam::queue::SegQueue::new();
    queue.push(20).expect("room");
    deque.push(21);
    let (sender, receiver) = crossbeam::channel::bounded(2);
    sender.send(22).expect("room");
    let future = async { futures::join!(async { 23 }, async { 24 }) };
    let (a, b) = futures::executor::block_on(future);
    let counts = AtomicUsize::new(0);
    map.iter().for_each(|_| _ = counts.fetch_add(1, Ordering::Relaxed));
    vec![
        *map.get(&7).expect("an entry"),
        counts.into_inner() as u64,
        queue.pop().expect("a value"),
        deque.pop().expect("a value"),
        receiver.recv().expect("a value"),
        a,
        b,
    ]
}

fn section() -> Vec<u64> {
    let before = critical_section::with(|token| SECTION.borrow(token).replace(30));
    let nested = critical_section::with(|_| critical_section::with(|token| SECTION.borrow(token).get()));
    vec![before, nested]
}

fn rayon() -> Vec<u64> {
    let squares: u64 = (0..1000u64).into_par_iter().map(|x| x * x).sum();
    let mut numbers: Vec<u64> = (0..1000).map(|i| i * 7919 % 1009).collect();
    numbers.par_sort_unstable();
    let (a, b) = rayon::join(|| 40, || 41);
    vec![squares, numbers[500], a, b]
}
