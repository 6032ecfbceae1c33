//! Blocks one behind the other; nothing is rounded and nothing is freed.
use super::{Room, align_up, heap_end, heap_start};
use core::alloc::Layout;

pub(super) struct Heap {
    /// 0 until the first allocation.
    next: usize,
}

impl Heap {
    pub(super) const fn new() -> Self {
        Heap { next: 0 }
    }

    pub(super) fn allocate(&mut self, layout: Layout) -> Option<usize> {
        let unused = if self.next == 0 { heap_start() } else { self.next };
        let start = align_up(unused, layout.align().max(4))?;
        let end = start.checked_add(layout.size())?;
        if end > heap_end() {
            return None;
        }
        self.next = end;
        Some(start)
    }

    /// # Safety
    /// None: nothing happens.
    pub(super) unsafe fn free(&mut self, _block: usize, _layout: Layout) {}

    /// True when `block` has room for `new_size` bytes where it is: it shrinks, or it is the last one and can grow.
    ///
    /// # Safety
    /// `block` was allocated with `layout`.
    pub(super) unsafe fn resize(&mut self, block: usize, layout: Layout, new_size: usize) -> bool {
        if new_size <= layout.size() {
            return true;
        }
        if block + layout.size() != self.next || new_size > heap_end() - block {
            return false;
        }
        self.next = block + new_size;
        true
    }

    pub(super) fn room(&self) -> Room {
        let unused = heap_end() - if self.next == 0 { heap_start() } else { self.next };
        Room { total: unused, longest: unused }
    }
}
