//! Small blocks in classes with a list of free ones each; large blocks rounded to 16 bytes, their memory used again by any.
use super::regions::Regions;
use super::{Room, align_up, heap_end, heap_start};
use core::alloc::Layout;
use core::ptr;

/// Every block is a multiple of this long, and aligned to it.
const GRAIN: usize = 16;
/// Up to here there is a class for each multiple of GRAIN.
const FINE: usize = 1024;
/// Up to here four classes for each doubling.
const SMALL: usize = 65536;
const CLASSES: usize = FINE / GRAIN + 1 + 24;

pub(super) struct Heap {
    /// Memory from here up was never used, or given back. 0 until the first allocation.
    next: usize,
    regions: Regions,
    /// Heads of the lists of free small blocks by class; a free block begins with the address of the next.
    free: [usize; CLASSES],
}

/// How long the block for `size` bytes is, and its class if it is small. None when nothing of that size can exist.
fn block_of(size: usize) -> Option<(usize, Option<usize>)> {
    if size <= FINE {
        let grains = size.div_ceil(GRAIN).max(1);
        return Some((grains * GRAIN, Some(grains)));
    }
    if size > SMALL {
        return Some((align_up(size, GRAIN)?, None));
    }
    let mut shift = 8;
    while (size - 1) >> shift >= 8 {
        shift += 1;
    }
    // 4 to 7: the quarter of the doubling.
    let quarter = (size - 1) >> shift;
    Some(((quarter + 1) << shift, Some(FINE / GRAIN + 1 + 4 * (shift - 8) + quarter - 4)))
}

impl Heap {
    pub(super) const fn new() -> Self {
        Heap { next: 0, regions: Regions::new(), free: [0; CLASSES] }
    }

    pub(super) fn allocate(&mut self, layout: Layout) -> Option<usize> {
        let (length, class) = block_of(layout.size())?;
        let align = layout.align().max(GRAIN);
        let Some(class) = class else {
            return self.regions.take(length, align).or_else(|| self.bump(length, align));
        };
        let head = self.free[class];
        if head != 0 && align == GRAIN {
            // SAFETY: a block on the free list is ours and begins with the next one's address.
            self.free[class] = unsafe { ptr::read(head as *const usize) };
            return Some(head);
        }
        self.bump(length, align).or_else(|| self.regions.take(length, align))
    }

    /// Takes memory that was never used.
    fn bump(&mut self, length: usize, align: usize) -> Option<usize> {
        if self.next == 0 {
            self.next = heap_start();
        }
        let start = align_up(self.next, align)?;
        let end = start.checked_add(length)?;
        if end > heap_end() {
            return None;
        }
        let gap = self.next;
        self.next = end;
        if start > gap {
            // SAFETY: nobody has the memory in front of an aligned block.
            unsafe { self.regions.give(gap, start - gap, end) };
        }
        Some(start)
    }

    /// # Safety
    /// `block` was allocated with `layout` and is not used any more.
    pub(super) unsafe fn free(&mut self, block: usize, layout: Layout) {
        let Some((length, class)) = block_of(layout.size()) else { return };
        // SAFETY: blocks have at least 16 bytes, and the caller gives this one up.
        unsafe {
            match class {
                Some(class) => {
                    ptr::write(block as *mut usize, self.free[class]);
                    self.free[class] = block;
                }
                None => self.next = self.regions.give(block, length, self.next),
            }
        }
    }

    /// Makes a block longer or shorter where it is; false when it has to move.
    ///
    /// # Safety
    /// `block` was allocated with `layout`; when it becomes shorter, its end is not used any more.
    pub(super) unsafe fn resize(&mut self, block: usize, layout: Layout, new_size: usize) -> bool {
        let (Some((old, class)), Some((new, _))) = (block_of(layout.size()), block_of(new_size)) else { return false };
        let end = block + old;
        if new <= old {
            if new < old && class.is_none() {
                // SAFETY: the caller gives up the end of a large block.
                self.next = unsafe { self.regions.give(block + new, old - new, self.next) };
            }
            return new == old || class.is_none();
        }
        if end != self.next {
            return self.regions.extend(end, new - old);
        }
        let fits = new <= heap_end() - block;
        if fits {
            self.next = block + new;
        }
        fits
    }

    /// What a large block could have. Free small blocks do not count.
    pub(super) fn room(&self) -> Room {
        let unused = heap_end() - if self.next == 0 { heap_start() } else { self.next };
        let (total, longest) = self.regions.measure();
        Room { total: total + unused, longest: longest.max(unused) }
    }
}
