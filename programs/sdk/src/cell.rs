//! Static state of a machine that has one thread and no interrupts.
use core::cell::UnsafeCell;

/// A static cell. References handed out by `get` must not overlap in time.
pub(crate) struct Single<T>(UnsafeCell<T>);

// SAFETY: the machine has one thread and no interrupts.
unsafe impl<T> Sync for Single<T> {}

impl<T> Single<T> {
    pub(crate) const fn new(value: T) -> Self {
        Single(UnsafeCell::new(value))
    }

    /// # Safety
    /// No other reference to the content may be alive.
    #[allow(clippy::mut_from_ref)]
    pub(crate) unsafe fn get(&self) -> &mut T {
        // SAFETY: the caller promises exclusive use.
        unsafe { &mut *self.0.get() }
    }
}
