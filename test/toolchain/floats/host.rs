//! On the host: the same functions, compiled by the same compiler for this machine. Compiled by rustc alone.
//!
//! The argument is the function's name; the operands come from stdin, the results go to stdout.
use std::io::{Read, Write, stdin, stdout};

#[path = "src/functions.rs"]
mod functions;

fn main() -> std::io::Result<()> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let mut operands = Vec::new();
    stdin().read_to_end(&mut operands)?;
    stdout().write_all(&functions::apply(&name, &operands))
}
