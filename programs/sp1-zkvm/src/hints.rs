//! How a program ends whose input or hint is not what it must be: with exit code 3, so that a prover who gives a wrong one
//! cannot make it look like a panic.
use core::fmt::Arguments;

/// Exit code of a wrong input or hint.
const INVALID_HINT: u32 = 3;

/// Ends the program with exit code 3.
pub fn halt_invalid_hint() -> ! {
    zkvm::exit(INVALID_HINT)
}

/// Says what is wrong and ends the program with exit code 3.
#[cold]
pub(crate) fn invalid_hint(reason: Arguments<'_>) -> ! {
    zkvm::eprintln!("invalid prover hint: {reason}");
    halt_invalid_hint()
}

/// For the macro `invalid_hint!`.
#[doc(hidden)]
pub fn __invalid_hint(reason: Arguments<'_>) -> ! {
    invalid_hint(reason)
}

/// Ends the program with exit code 3, and a message that is formatted as by `panic!`.
#[macro_export]
macro_rules! invalid_hint {
    () => {
        $crate::lib::halt_invalid_hint()
    };
    ($($message:tt)*) => {
        $crate::lib::__invalid_hint(::core::format_args!($($message)*))
    };
}
