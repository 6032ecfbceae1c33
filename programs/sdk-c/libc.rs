//! The crate `libc` for guests. That of crates.io is empty for this target: it has no types and no functions. Crates with C
//! parts take C's types from it, so these are here, with the functions of the C library that need no more than they.
#![no_std]
#![allow(non_camel_case_types)]

pub use core::ffi::{
    c_char, c_double, c_float, c_int, c_long, c_longlong, c_schar, c_short, c_uchar, c_uint, c_ulong, c_ulonglong,
    c_ushort, c_void,
};

pub type int8_t = i8;
pub type int16_t = i16;
pub type int32_t = i32;
pub type int64_t = i64;
pub type uint8_t = u8;
pub type uint16_t = u16;
pub type uint32_t = u32;
pub type uint64_t = u64;
pub type size_t = usize;
pub type ssize_t = isize;
pub type ptrdiff_t = isize;
pub type intptr_t = isize;
pub type uintptr_t = usize;
pub type intmax_t = i64;
pub type uintmax_t = u64;
pub type off_t = c_long;
pub type time_t = c_longlong;

/// A file of C's `<stdio.h>`, which is only pointed to.
pub enum FILE {}

pub const EXIT_SUCCESS: c_int = 0;
pub const EXIT_FAILURE: c_int = 1;

unsafe extern "C" {
    pub fn malloc(size: size_t) -> *mut c_void;
    pub fn calloc(count: size_t, size: size_t) -> *mut c_void;
    pub fn realloc(block: *mut c_void, size: size_t) -> *mut c_void;
    pub fn free(block: *mut c_void);
    pub fn aligned_alloc(align: size_t, size: size_t) -> *mut c_void;
    pub fn posix_memalign(block: *mut *mut c_void, align: size_t, size: size_t) -> c_int;
    pub fn abort() -> !;
    pub fn exit(code: c_int) -> !;
    pub fn memcpy(to: *mut c_void, from: *const c_void, length: size_t) -> *mut c_void;
    pub fn memmove(to: *mut c_void, from: *const c_void, length: size_t) -> *mut c_void;
    pub fn memset(to: *mut c_void, value: c_int, length: size_t) -> *mut c_void;
    pub fn memcmp(left: *const c_void, right: *const c_void, length: size_t) -> c_int;
    pub fn memchr(bytes: *const c_void, value: c_int, length: size_t) -> *mut c_void;
    pub fn strlen(text: *const c_char) -> size_t;
    pub fn strnlen(text: *const c_char, limit: size_t) -> size_t;
    pub fn strcmp(left: *const c_char, right: *const c_char) -> c_int;
    pub fn strncmp(left: *const c_char, right: *const c_char, length: size_t) -> c_int;
    pub fn strchr(text: *const c_char, byte: c_int) -> *mut c_char;
    pub fn strrchr(text: *const c_char, byte: c_int) -> *mut c_char;
    pub fn strdup(text: *const c_char) -> *mut c_char;
    pub fn qsort(
        base: *mut c_void,
        count: size_t,
        size: size_t,
        compare: Option<unsafe extern "C" fn(*const c_void, *const c_void) -> c_int>,
    );
}
