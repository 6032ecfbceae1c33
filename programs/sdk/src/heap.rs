//! The allocator: blocks of power-of-two size, one free list a size, bumped from the end of .bss up to 2^30. Memory that
//! is never touched costs nothing in a proof, so generous rounding is free.
use crate::cell::Single;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{self, null_mut};

const SMALLEST: usize = 16;
const LIMIT: usize = 1 << 30;
const CLASSES: usize = 31;

struct Heap {
    /// 0 until the first allocation.
    next: usize,
    /// Heads of the free lists by log2 of the block size; a free block begins with the address of the next.
    free: [usize; CLASSES],
}

static HEAP: Single<Heap> = Single::new(Heap { next: 0, free: [0; CLASSES] });

pub(crate) struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// Block size and log2 of it, or None when nothing of that size can exist.
fn class_of(size: usize) -> Option<(usize, usize)> {
    if size > LIMIT {
        return None;
    }
    let block = size.max(SMALLEST).next_power_of_two();
    Some((block, block.trailing_zeros() as usize))
}

impl Heap {
    fn allocate(&mut self, size: usize, align: usize) -> *mut u8 {
        let Some((block, class)) = class_of(size) else { return null_mut() };
        let head = self.free[class];
        if head != 0 && align <= SMALLEST {
            // SAFETY: a block on the free list is ours and begins with the next one's address.
            self.free[class] = unsafe { ptr::read(head as *const usize) };
            return head as *mut u8;
        }
        if self.next == 0 {
            self.next = heap_start();
        }
        let align = align.max(SMALLEST);
        let start = (self.next + align - 1) & !(align - 1);
        if start > LIMIT || block > LIMIT - start {
            return null_mut();
        }
        self.next = start + block;
        start as *mut u8
    }
}

unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread, and `allocate` does not come back here.
        unsafe { HEAP.get() }.allocate(layout.size(), layout.align())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some((_, class)) = class_of(layout.size()) else { return };
        // SAFETY: as above; blocks have at least 16 bytes and alignment 16.
        unsafe {
            let heap = HEAP.get();
            ptr::write(block as *mut usize, heap.free[class]);
            heap.free[class] = block as usize;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if class_of(layout.size()) == class_of(new_size) && new_size <= LIMIT {
            return block;
        }
        // SAFETY: the caller's promises about `block`, `layout` and `new_size`.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

#[cfg(target_arch = "riscv32")]
fn heap_start() -> usize {
    unsafe extern "C" {
        static __heap_start: u8;
    }
    &raw const __heap_start as usize
}

#[cfg(not(target_arch = "riscv32"))]
fn heap_start() -> usize {
    unimplemented!("the heap exists on the zkVM only")
}
