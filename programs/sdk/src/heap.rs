//! The allocator, from the end of .bss up to 2^30.
//!
//! Ordinarily: blocks of power-of-two size, one list of free blocks a size. Memory that is never touched costs nothing in a
//! proof, so generous rounding is free. With the feature `bump`: nothing is rounded and nothing is freed.
use crate::cell::Single;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

const LIMIT: usize = 1 << 30;

pub(crate) struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

static HEAP: Single<Heap> = Single::new(Heap::new());

/// Takes `size` bytes from `next` up. None when they would reach above the limit.
fn bump(next: &mut usize, size: usize, align: usize) -> Option<usize> {
    if *next == 0 {
        *next = heap_start();
    }
    let start = next.checked_add(align - 1)? & !(align - 1);
    let end = start.checked_add(size)?;
    if end > LIMIT {
        return None;
    }
    *next = end;
    Some(start)
}

#[cfg(not(feature = "bump"))]
use lists::Heap;

#[cfg(not(feature = "bump"))]
mod lists {
    use super::{LIMIT, bump};
    use core::alloc::Layout;
    use core::ptr;

    const SMALLEST: usize = 16;
    const CLASSES: usize = 31;

    pub(super) struct Heap {
        /// 0 until the first allocation.
        next: usize,
        /// Heads of the free lists by log2 of the block size; a free block begins with the address of the next.
        free: [usize; CLASSES],
    }

    /// Block size and log2 of it, or None when nothing of that size can exist.
    fn class_of(size: usize) -> Option<(usize, usize)> {
        if size > LIMIT {
            return None;
        }
        let block = size.max(SMALLEST).next_power_of_two();
        Some((block, block.trailing_zeros() as usize))
    }

    impl Heap {
        pub(super) const fn new() -> Self {
            Heap { next: 0, free: [0; CLASSES] }
        }

        pub(super) fn allocate(&mut self, layout: Layout) -> *mut u8 {
            let Some((block, class)) = class_of(layout.size()) else { return ptr::null_mut() };
            let head = self.free[class];
            if head != 0 && layout.align() <= SMALLEST {
                // SAFETY: a block on the free list is ours and begins with the next one's address.
                self.free[class] = unsafe { ptr::read(head as *const usize) };
                return head as *mut u8;
            }
            bump(&mut self.next, block, layout.align().max(SMALLEST)).map_or(ptr::null_mut(), |start| start as *mut u8)
        }

        /// # Safety
        /// `block` was allocated with `layout` and is not used any more.
        pub(super) unsafe fn free(&mut self, block: *mut u8, layout: Layout) {
            let Some((_, class)) = class_of(layout.size()) else { return };
            // SAFETY: blocks have at least 16 bytes and alignment 16.
            unsafe { ptr::write(block as *mut usize, self.free[class]) };
            self.free[class] = block as usize;
        }

        /// True when `block` has room for `new_size` bytes where it is.
        pub(super) fn resize(&mut self, _block: *mut u8, layout: Layout, new_size: usize) -> bool {
            new_size <= LIMIT && class_of(layout.size()) == class_of(new_size)
        }
    }
}

#[cfg(feature = "bump")]
use never_free::Heap;

#[cfg(feature = "bump")]
mod never_free {
    use super::{LIMIT, bump};
    use core::alloc::Layout;
    use core::ptr;

    pub(super) struct Heap {
        /// 0 until the first allocation.
        next: usize,
    }

    impl Heap {
        pub(super) const fn new() -> Self {
            Heap { next: 0 }
        }

        pub(super) fn allocate(&mut self, layout: Layout) -> *mut u8 {
            bump(&mut self.next, layout.size(), layout.align().max(4)).map_or(ptr::null_mut(), |start| start as *mut u8)
        }

        /// # Safety
        /// None: nothing happens.
        pub(super) unsafe fn free(&mut self, _block: *mut u8, _layout: Layout) {}

        /// True when `block` has room for `new_size` bytes where it is: it shrinks, or it is the last one and can grow.
        pub(super) fn resize(&mut self, block: *mut u8, layout: Layout, new_size: usize) -> bool {
            let start = block as usize;
            if new_size <= layout.size() {
                return true;
            }
            if start + layout.size() != self.next || new_size > LIMIT - start {
                return false;
            }
            self.next = start + new_size;
            true
        }
    }
}

unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread, and `allocate` does not come back here.
        unsafe { HEAP.get() }.allocate(layout)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above, and the caller's promises.
        unsafe { HEAP.get().free(block, layout) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above, and the caller's promises about `block`, `layout` and `new_size`.
        unsafe {
            if HEAP.get().resize(block, layout, new_size) {
                return block;
            }
            let moved = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

fn heap_start() -> usize {
    unsafe extern "C" {
        static __heap_start: u8;
    }
    &raw const __heap_start as usize
}
