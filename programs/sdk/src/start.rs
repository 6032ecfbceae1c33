//! From reset to `main` to HALT.
use crate::io;
use crate::syscalls;

#[cfg(target_arch = "riscv32")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
#[unsafe(link_section = ".text._start")]
extern "C" fn _start() -> ! {
    core::arch::naked_asm!("la sp, __stack_top", "tail {start}", start = sym start);
}

/// Runs the guest's `main` (the one Rust generates around `fn main`, or the one of `entrypoint!`).
#[cfg(target_arch = "riscv32")]
extern "C" fn start() -> ! {
    unsafe extern "C" {
        fn main(argc: isize, argv: *const *const u8) -> isize;
    }
    #[cfg(target_os = "zkvm")]
    crate::std_support::install_hooks();
    // SAFETY: called once, with no arguments.
    let code = unsafe { main(0, core::ptr::null()) };
    exit(code as u32)
}

/// Ends the program with an exit code. Only code 0 can be verified on chain.
pub fn exit(code: u32) -> ! {
    io::commit_digest();
    syscalls::halt(code)
}

#[cfg(all(target_arch = "riscv32", not(target_os = "zkvm")))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    crate::eprintln!("{info}");
    exit(1)
}
