//! Memory that large blocks gave back: regions in order of address, of which no two touch.

/// What a region begins with. Regions have at least 16 bytes and are aligned to 16.
struct Region {
    length: usize,
    /// Address of the next region, or 0.
    next: usize,
}

pub(super) struct Regions {
    /// Address of the lowest region, or 0.
    first: usize,
}

/// # Safety
/// `address` is that of a region of the list, or of memory that is to become one.
unsafe fn at<'a>(address: usize) -> &'a mut Region {
    // SAFETY: the caller's promise.
    unsafe { &mut *(address as *mut Region) }
}

impl Regions {
    pub(super) const fn new() -> Self {
        Regions { first: 0 }
    }

    /// Takes `length` bytes out of the lowest region that has them.
    pub(super) fn take(&mut self, length: usize, align: usize) -> Option<usize> {
        let mut link: *mut usize = &mut self.first;
        // SAFETY: every address in the list is that of a region, and `link` is the field that holds it.
        unsafe {
            while *link != 0 {
                let region = *link;
                let end = region + at(region).length;
                let start = super::align_up(region, align)?;
                if start <= end && end - start >= length {
                    let mut rest = at(region).next;
                    if start + length < end {
                        *at(start + length) = Region { length: end - start - length, next: rest };
                        rest = start + length;
                    }
                    if start > region {
                        *at(region) = Region { length: start - region, next: rest };
                    } else {
                        *link = rest;
                    }
                    return Some(start);
                }
                link = &mut at(region).next;
            }
        }
        None
    }

    /// Takes `more` bytes that begin at `start`, if they are free.
    pub(super) fn extend(&mut self, start: usize, more: usize) -> bool {
        let mut link: *mut usize = &mut self.first;
        // SAFETY: as above.
        unsafe {
            while *link != 0 && *link < start {
                link = &mut at(*link).next;
            }
            if *link != start || at(start).length < more {
                return false;
            }
            let Region { length, next } = *at(start);
            *link = next;
            if length > more {
                *at(start + more) = Region { length: length - more, next };
                *link = start + more;
            }
        }
        true
    }

    /// Adds a region, and joins it to its neighbours. Where unused memory begins at `top`, a region that reaches it goes back to
    /// it: returns the new top.
    ///
    /// # Safety
    /// Nobody uses these bytes, and they are in no region.
    pub(super) unsafe fn give(&mut self, start: usize, length: usize, top: usize) -> usize {
        let mut link: *mut usize = &mut self.first;
        let mut below: *mut usize = link;
        // SAFETY: as above.
        unsafe {
            while *link != 0 && *link < start {
                below = link;
                link = &mut at(*link).next;
            }
            let (mut begin, mut end, mut next) = (start, start + length, *link);
            if next == end {
                end += at(next).length;
                next = at(next).next;
            }
            let previous = *below;
            if previous != 0 && previous < start && previous + at(previous).length == start {
                begin = previous;
                link = below;
            }
            if end == top {
                *link = next;
                return begin;
            }
            *link = begin;
            *at(begin) = Region { length: end - begin, next };
        }
        top
    }

    /// Bytes of all regions, and of the longest.
    pub(super) fn measure(&self) -> (usize, usize) {
        let (mut total, mut longest, mut region) = (0, 0, self.first);
        while region != 0 {
            // SAFETY: as above.
            let Region { length, next } = *unsafe { at(region) };
            total += length;
            longest = length.max(longest);
            region = next;
        }
        (total, longest)
    }
}
