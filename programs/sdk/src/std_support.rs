//! What the standard library of `riscv32im-risc0-zkvm-elf` expects from its platform: hooks and `sys_*` symbols.
use crate::cell::Single;
use crate::io;
use crate::syscalls;
use alloc::vec::Vec;
use std::alloc::GlobalAlloc;
use std::boxed::Box;

/// Panics and failed allocations end with a message and exit code 1 instead of an illegal instruction.
pub(crate) fn install_hooks() {
    std::panic::set_hook(Box::new(|info| {
        crate::eprintln!("{info}");
        crate::exit(1)
    }));
    std::alloc::set_alloc_error_hook(|layout| crate::heap::out_of_memory(layout));
}

#[unsafe(no_mangle)]
extern "C" fn sys_panic(message: *const u8, length: usize) -> ! {
    // SAFETY: the standard library passes a valid string.
    syscalls::write(syscalls::STDERR, unsafe { core::slice::from_raw_parts(message, length) });
    crate::exit(1)
}

#[unsafe(no_mangle)]
extern "C" fn sys_halt() -> ! {
    crate::exit(0)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sys_alloc_aligned(bytes: usize, align: usize) -> *mut u8 {
    match core::alloc::Layout::from_size_align(bytes, align) {
        // SAFETY: our allocator allows size 0.
        Ok(layout) => unsafe { crate::heap::Allocator.alloc(layout) },
        Err(_) => core::ptr::null_mut(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sys_alloc_words(words: usize) -> *mut u32 {
    // SAFETY: as above.
    unsafe { sys_alloc_aligned(words * 4, 4).cast() }
}

/// State of the fixed sequence behind "random" numbers; for hash map seeds, never for secrets.
static SEED: Single<u32> = Single::new(0x9e37_79b9);

#[unsafe(no_mangle)]
unsafe extern "C" fn sys_rand(buffer: *mut u32, words: usize) {
    for i in 0..words {
        // SAFETY: one thread; the caller passes a buffer of `words` words.
        unsafe {
            let seed = SEED.get();
            // xorshift32 (Marsaglia 2003): period 2^32 - 1, never 0.
            *seed ^= *seed << 13;
            *seed ^= *seed >> 17;
            *seed ^= *seed << 5;
            *buffer.add(i) = *seed;
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sys_write(descriptor: u32, bytes: *const u8, length: usize) {
    // SAFETY: the standard library passes a valid slice. Only descriptors 1 and 2 come from it.
    syscalls::write(descriptor, unsafe { core::slice::from_raw_parts(bytes, length) });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sys_log(message: *const u8, length: usize) {
    // SAFETY: as in `sys_write`.
    unsafe { sys_write(syscalls::STDERR, message, length) }
}

/// Input items not yet read through stdin: the current one and how much of it is read.
static STDIN: Single<(Vec<u8>, usize)> = Single::new((Vec::new(), 0));

/// Standard input is the concatenation of the remaining input items.
#[unsafe(no_mangle)]
unsafe extern "C" fn sys_read(_descriptor: u32, buffer: *mut u8, length: usize) -> usize {
    // SAFETY: one thread; nothing below comes back here.
    let (item, used) = unsafe { STDIN.get() };
    while *used == item.len() {
        match io::try_read_vec() {
            Some(next) => (*item, *used) = (next, 0),
            None => return 0,
        }
    }
    let count = length.min(item.len() - *used);
    // SAFETY: the caller passes a buffer of `length` bytes.
    unsafe { core::ptr::copy_nonoverlapping(item.as_ptr().add(*used), buffer, count) };
    *used += count;
    count
}

/// The environment is empty.
#[unsafe(no_mangle)]
extern "C" fn sys_getenv(_out: *mut u32, _words: usize, _name: *const u8, _length: usize) -> usize {
    usize::MAX
}

/// There are no arguments.
#[unsafe(no_mangle)]
extern "C" fn sys_argc() -> usize {
    0
}

#[unsafe(no_mangle)]
extern "C" fn sys_argv(_out: *mut u32, _words: usize, _index: usize) -> usize {
    0
}

/// Time does not exist.
#[unsafe(no_mangle)]
extern "C" fn sys_cycle_count() -> usize {
    0
}
