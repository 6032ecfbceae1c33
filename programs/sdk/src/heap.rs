//! The allocator. Its memory lies between .bss and the program's text: 758 MiB, less what .bss takes.
//!
//! Promised: one block may have all that is free, and so may many, each rounded up to a multiple of 16 bytes, from 1 KiB up to
//! 64 KiB by a quarter at most. What large blocks give back serves any block, what small ones give back those of their size.
//!
//! With the feature `bump` nothing is freed.
use crate::cell::Single;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

#[cfg(not(feature = "bump"))]
mod blocks;
#[cfg(not(feature = "bump"))]
mod regions;
#[cfg(not(feature = "bump"))]
use blocks::Heap;

#[cfg(feature = "bump")]
mod never_free;
#[cfg(feature = "bump")]
use never_free::Heap;

pub(crate) struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

static HEAP: Single<Heap> = Single::new(Heap::new());

/// Free memory in bytes: all of it, and the longest piece.
struct Room {
    total: usize,
    longest: usize,
}

unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread, and `allocate` does not come back here.
        unsafe { HEAP.get() }.allocate(layout).map_or(ptr::null_mut(), |start| start as *mut u8)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above, and the caller's promises.
        unsafe { HEAP.get().free(block as usize, layout) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above, and the caller's promises about `block`, `layout` and `new_size`.
        unsafe {
            if HEAP.get().resize(block as usize, layout, new_size) {
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

/// Ends the program after an allocation that failed and was not asked about.
pub(crate) fn out_of_memory(layout: Layout) -> ! {
    // SAFETY: one thread, and `room` does not come back here.
    let Room { total, longest } = unsafe { HEAP.get() }.room();
    let (asked, heap) = (layout.size(), heap_end() - heap_start());
    if asked <= total {
        crate::eprintln!("out of memory: asked for {asked} bytes, {total} of {heap} are free, {longest} in one piece");
    } else {
        crate::eprintln!("out of memory: asked for {asked} bytes, {total} of {heap} are free");
    }
    crate::exit(1)
}

/// `address` rounded up to a multiple of `align`, a power of two. None above 2^32.
fn align_up(address: usize, align: usize) -> Option<usize> {
    Some(address.checked_add(align - 1)? & !(align - 1))
}

fn heap_start() -> usize {
    unsafe extern "C" {
        static __heap_start: u8;
    }
    &raw const __heap_start as usize
}

fn heap_end() -> usize {
    unsafe extern "C" {
        static __heap_end: u8;
    }
    &raw const __heap_end as usize
}
