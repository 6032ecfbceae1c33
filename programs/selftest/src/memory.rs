//! Frames of any size, the heap up to its end, and waiting for what can never come.
use std::alloc::{Layout, alloc, dealloc, realloc};
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

static TABLE: [AtomicU32; 4096] = [const { AtomicU32::new(0x1111_1111) }; 4096];

/// Writes to one byte of an array of N bytes on the stack.
#[inline(never)]
fn frame<const N: usize>(at: usize) -> u8 {
    let mut bytes = [const { MaybeUninit::<u8>::uninit() }; N];
    *black_box(&mut bytes)[at].write(at as u8)
}

#[inline(never)]
fn descend(levels: u32, frame: fn(usize) -> u8, at: usize) -> u32 {
    let room = black_box([levels; 256]);
    let below = if levels == 0 { frame(at).into() } else { descend(levels - 1, frame, at) };
    below + room[(levels % 256) as usize] - levels
}

/// Commits the byte that was written in the frame, and the sum of a static table that nobody writes.
pub fn frames() {
    const M: usize = 1 << 20;
    let frames: [fn(usize) -> u8; 14] = [
        frame::<1>,
        frame::<4096>,
        frame::<{ 8 * M - 65536 }>,
        frame::<{ 8 * M }>,
        frame::<{ 8 * M + 4096 }>,
        frame::<{ 16 * M }>,
        frame::<{ 24 * M }>,
        frame::<{ 24 * M + 131_072 }>,
        frame::<{ 25 * M }>,
        frame::<{ 32 * M }>,
        frame::<{ 512 * M }>,
        frame::<{ 1024 * M }>,
        frame::<{ 1536 * M }>,
        frame::<{ 2047 * M }>,
    ];
    let (size, levels, at): (u32, u32, u32) = (zkvm::io::read(), zkvm::io::read(), zkvm::io::read());
    let byte = descend(levels, black_box(frames)[size as usize], at as usize);
    let sum = TABLE.iter().map(|word| word.load(Relaxed)).fold(0, u32::wrapping_add);
    zkvm::io::commit_abi(&(byte, sum));
}

/// One block of as many bytes as the input says.
pub fn one_block() {
    let size = zkvm::io::read::<u32>() as usize;
    let mut block = Vec::<u8>::with_capacity(size);
    let ends = black_box(&mut block).spare_capacity_mut();
    ends[0].write(1);
    let byte = *ends[size - 1].write(2);
    // Printing needs memory as well.
    drop(block);
    println!("{byte}");
}

/// Blocks of as many bytes as the input says until there are no more, each with its number at both ends; then all are checked
/// and freed, twice.
pub fn many_blocks() {
    let layout = Layout::from_size_align(zkvm::io::read::<u32>() as usize, 4).unwrap();
    let last = layout.size() / 4 - 1;
    for _ in 0..2 {
        let mut count = 0;
        let mut newest: *mut u32 = std::ptr::null_mut();
        // SAFETY: every block has room for four words; the second holds the address of the block before.
        unsafe {
            loop {
                let block = alloc(layout).cast::<u32>();
                if block.is_null() {
                    break;
                }
                count += 1;
                block.write(count);
                block.add(1).write(newest as u32);
                block.add(last).write(count);
                newest = block;
            }
            println!("{count}");
            while !newest.is_null() {
                assert_eq!((newest.read(), newest.add(last).read()), (count, count));
                let before = newest.add(1).read() as *mut u32;
                dealloc(newest.cast(), layout);
                (newest, count) = (before, count - 1);
            }
        }
        assert_eq!(count, 0);
    }
}

/// A vector that grows by an eighth until memory ends.
pub fn growing() {
    let mut bytes = vec![7u8; 1 << 20];
    while bytes.try_reserve_exact(bytes.len() / 8).is_ok() {
        // SAFETY: never read but at the start.
        unsafe { bytes.set_len(bytes.capacity()) };
    }
    assert!(bytes[..1 << 20].iter().all(|&byte| byte == 7));
    println!("{}", bytes.len());
}

/// Allocates, resizes and frees blocks of all sizes at random; every block keeps what was written to its ends.
pub fn random_blocks() {
    let mut state = zkvm::io::read::<u32>() | 1;
    let mut random = move |below: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % below
    };
    let mut blocks: Vec<(*mut u8, Layout, u8)> = Vec::new();
    let check = |&(block, layout, tag): &(*mut u8, Layout, u8)| {
        // SAFETY: both ends were written.
        let ends = unsafe { (block.read(), block.add(layout.size() - 1).read()) };
        assert!(ends == (tag, tag) && (block as usize).is_multiple_of(layout.align()), "{layout:?} at {block:?}");
    };
    let mark = |block: *mut u8, layout: Layout, tag: u8| {
        // SAFETY: the block has `layout`.
        unsafe { (block.write(tag), block.add(layout.size() - 1).write(tag)) };
        (block, layout, tag)
    };
    for round in 0..4000u32 {
        let largest = [16, 300, 5000, 70_000, 200_000, 1_000_000][random(6) as usize];
        let size = 1 + random(largest) as usize;
        if blocks.len() < 30 || (blocks.len() < 60 && random(2) == 0) {
            let align = 1 << if random(8) == 0 { random(14) } else { random(5) };
            let layout = Layout::from_size_align(size, align).unwrap();
            // SAFETY: the size is not 0.
            let block = unsafe { alloc(layout) };
            assert!(!block.is_null(), "no room for {layout:?} in round {round}");
            blocks.push(mark(block, layout, round as u8));
            continue;
        }
        let (block, layout, tag) = blocks.swap_remove(random(blocks.len() as u32) as usize);
        check(&(block, layout, tag));
        // SAFETY: the block has `layout`, and only its first byte is read after it was resized.
        unsafe {
            if random(2) == 0 {
                dealloc(block, layout);
                continue;
            }
            let moved = realloc(block, layout, size);
            assert!(!moved.is_null() && moved.read() == tag, "{layout:?} to {size} in round {round}");
            blocks.push(mark(moved, Layout::from_size_align(size, layout.align()).unwrap(), tag));
        }
    }
    blocks.iter().for_each(check);
    println!("{}", blocks.len());
}

static FLAG: AtomicBool = AtomicBool::new(false);

/// What would wait for another thread.
#[expect(clippy::empty_loop)]
pub fn wait() {
    use std::sync::{Barrier, Condvar, Mutex, Once, RwLock, mpsc};
    let mutex = Mutex::new(0);
    match zkvm::io::read::<u32>() {
        0 => loop {},
        1 => {
            while !FLAG.load(Relaxed) {
                std::hint::spin_loop();
            }
        }
        2 => {
            while FLAG.compare_exchange(true, false, Relaxed, Relaxed).is_err() {
                std::thread::yield_now();
            }
        }
        3 => poll_for_ever(),
        4 => std::thread::park(),
        5 => drop(Condvar::new().wait(mutex.lock().unwrap())),
        6 => {
            let _held = mutex.lock().unwrap();
            println!("{}", mutex.lock().unwrap());
        }
        7 => {
            let (sender, receiver) = mpsc::channel::<u32>();
            println!("{:?}", receiver.recv());
            drop(sender);
        }
        8 => std::thread::sleep(std::time::Duration::from_millis(1)),
        9 => drop(Barrier::new(2).wait()),
        10 => {
            let lock = RwLock::new(0);
            let _held = lock.read().unwrap();
            println!("{:?}", lock.write().unwrap());
        }
        11 => {
            while !FLAG.load(Relaxed) {
                std::thread::park();
            }
        }
        12 => {
            static ONCE: Once = Once::new();
            ONCE.call_once(|| ONCE.call_once(|| ()));
        }
        _ => std::thread::scope(|scope| drop(scope.spawn(|| ()))),
    }
}

/// An executor of futures without a reactor, and a future that is never ready.
fn poll_for_ever() {
    use std::future::{Future, pending};
    use std::pin::pin;
    use std::task::{Context, Waker};
    let mut never = pin!(pending::<()>());
    while never.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {}
}
