//! A program with a C part, which the crate cc compiles; the first item names what to do.
use libc::{c_char, c_double, c_int, size_t};
use std::ffi::CStr;

unsafe extern "C" {
    fn mix(bytes: *const u8, length: size_t) -> u32;
    fn sorted(bytes: *const u8, length: size_t) -> *mut c_char;
    fn release(text: *mut c_char);
    fn counted() -> c_int;
    fn half_of(value: c_double) -> c_double;
    fn say(text: *const c_char);
    fn fail(how: c_int);
}

fn main() {
    let mode: String = String::from_utf8(zkvm::io::read_vec()).unwrap();
    let item = zkvm::io::read_vec();
    match mode.as_str() {
        "mix" => zkvm::io::commit_abi(&(unsafe { mix(item.as_ptr(), item.len()) },)),
        "sorted" => {
            // Blocks of both languages in turn, many times: C's come from the same heap and go back to it.
            for round in 0..200 {
                let kept: Vec<u8> = item.repeat(round % 5 + 1);
                let text = unsafe { sorted(kept.as_ptr(), kept.len()) };
                let expected = unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned();
                if round == 199 {
                    println!("{expected}");
                }
                // A block may be given back by either language.
                if round % 2 == 0 {
                    unsafe { release(text) };
                } else {
                    unsafe { libc::free(text.cast()) };
                }
            }
        }
        "counted" => println!("{} {} {}", unsafe { counted() }, unsafe { counted() }, unsafe { counted() }),
        "half" => println!("{}", unsafe { half_of(7.0) } * 2.5),
        "say" => {
            println!("from Rust");
            unsafe { say(c"from C".as_ptr()) };
        }
        "exit" => {
            zkvm::io::commit_slice(&item);
            unsafe { fail(0) };
        }
        "assert" => unsafe { fail(1) },
        "abort" => unsafe { fail(2) },
        _ => unreachable!(),
    }
}
