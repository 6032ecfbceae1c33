//! What the crate `critical-section` asks of its platform, and through it many crates for small machines: a guest has one
//! thread and no interrupts, so there is nothing to keep out.
//!
//! Weak, so that an implementation of the program's own takes precedence.

#[linkage = "weak"]
#[unsafe(no_mangle)]
fn _critical_section_1_0_acquire() {}

#[linkage = "weak"]
#[unsafe(no_mangle)]
fn _critical_section_1_0_release(_state: ()) {}
