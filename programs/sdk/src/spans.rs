//! Named stretches of a program whose cycles the host counts.
use crate::syscalls::{SPAN, write};

/// Longest name that a span can have, in bytes; what is beyond is cut, if need be in the middle of a character.
const MAX_NAME: usize = 255;

/// A running span. It ends when it is dropped.
#[must_use = "a span ends when it is dropped: give it a name, as in `let _span = ...`"]
pub struct Span<'a>(End<'a>);

enum End<'a> {
    /// `-` and the name.
    Marked(&'static str),
    Name(&'a str),
}

/// Starts a span: `zkvm execute` shows how many cycles passed between here and the drop of the returned value, summed over
/// all spans of the same name. The proof does not see it. [`span!`](crate::span!) does the same with fewer cycles when the
/// name is a literal.
pub fn span(name: &str) -> Span<'_> {
    mark(b'+', name);
    Span(End::Name(name))
}

/// For [`span!`](crate::span!): the name with `+` and with `-` in front.
#[doc(hidden)]
#[inline(always)]
pub fn marked(start: &'static str, end: &'static str) -> Span<'static> {
    write(SPAN, start.as_bytes());
    Span(End::Marked(end))
}

impl Drop for Span<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        match self.0 {
            End::Marked(end) => write(SPAN, end.as_bytes()),
            End::Name(name) => mark(b'-', name),
        }
    }
}

fn mark(sign: u8, name: &str) {
    let mut bytes = [sign; MAX_NAME + 1];
    let length = name.len().min(MAX_NAME);
    bytes[1..=length].copy_from_slice(&name.as_bytes()[..length]);
    write(SPAN, &bytes[..=length]);
}

/// Counts the cycles from here to the end of the scope: `let _span = zkvm::span!("hashing");`. See [`span`].
#[macro_export]
macro_rules! span {
    ($name:literal) => {
        $crate::spans::marked(concat!("+", $name), concat!("-", $name))
    };
}
