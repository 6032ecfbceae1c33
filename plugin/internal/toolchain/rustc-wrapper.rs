//! Stands between cargo and rustc, so that a program's bytes do not depend on where its sources lie.
//!
//! Cargo calls `rustc-wrapper rustc <arguments>`. Three things change, everything else is passed on:
//!
//! - `-C metadata=<hash>`: cargo's hash covers absolute paths of path dependencies and of the standard library's source.
//!   From it follow symbol names, type ids and the order of functions. It is replaced by a hash of what identifies a crate.
//! - `--remap-path-prefix`: the crate's own folders become `/<name>-<version>`, as seen in panic messages.
//! - Crates that ask the operating system for random numbers are compiled as they document it for a machine that has none,
//!   see `without_randomness`.
//!
//! The name and version of a crate that does not compile are added to the file that `ZKVM_FAILED_CRATES` names.
//!
//! A program is linked with the C library of guests where a crate may have C code, see `run`.
//!
//! Cargo keeps its own file names, so its bookkeeping is not touched.
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::process::{Command, ExitStatus, exit};

fn main() {
    let mut args: Vec<OsString> = env::args_os().skip(1).collect();
    if args.is_empty() {
        eprintln!("rustc-wrapper: expected the compiler and its arguments");
        exit(1);
    }
    let rustc = args.remove(0);
    if let (Some(name), Some(version)) = (variable("CARGO_PKG_NAME"), variable("CARGO_PKG_VERSION")) {
        let identity = identity(&args, &name, &version);
        for arg in args.iter_mut() {
            if arg.to_str().is_some_and(|text| text.starts_with("metadata=")) {
                *arg = format!("metadata={identity:016x}").into();
            }
        }
        without_randomness(&mut args, &name, &version);
        let crate_folder = format!("/{name}-{version}");
        // The last mapping that fits wins, so generated sources come last. All of these stand before cargo's arguments, among
        // which is the mapping of the standard library's source.
        let folders = [
            (env::current_dir().ok().map(OsString::from), crate_folder.clone()),
            (env::var_os("CARGO_MANIFEST_DIR"), crate_folder.clone()),
            (env::var_os("OUT_DIR"), format!("{crate_folder}/out")),
        ];
        let mut mappings = Vec::new();
        for (from, to) in folders {
            let Some(mut mapping) = from else { continue };
            mapping.push("=");
            mapping.push(to);
            mappings.extend(["--remap-path-prefix".into(), mapping]);
        }
        args.splice(0..0, mappings);
    }
    match run(&rustc, &mut args) {
        Ok(status) => {
            if !status.success() {
                note_failure(&args);
            }
            exit(status.code().unwrap_or(1))
        }
        Err(error) => {
            eprintln!("rustc-wrapper: {} cannot be run: {error}", rustc.to_string_lossy());
            exit(1);
        }
    }
}

/// Runs the compiler. A program for guests is linked with the C library that `ZKVM_C_LIBRARY` names, if any; messages about a
/// program that does not link are added to the file that `ZKVM_C_REPORT` names.
///
/// The crate libc, which is empty for guests, is compiled from the file that `ZKVM_LIBC` names. That of the standard library
/// stays as it is.
fn run(rustc: &OsStr, args: &mut Vec<OsString>) -> io::Result<ExitStatus> {
    let is_libc =
        value_of(args, "--crate-name") == Some("libc") && !args.iter().any(|arg| arg == "feature=\"rustc-dep-of-std\"");
    if let (true, Some(file)) = (is_guest(args) && is_libc, env::var_os("ZKVM_LIBC")) {
        let is_source = |arg: &&mut OsString| arg.to_str().is_some_and(|text| text.ends_with("lib.rs"));
        if let Some(source) = args.iter_mut().find(is_source) {
            *source = file;
        }
    }
    if !is_guest(args) || value_of(args, "--crate-type") != Some("bin") {
        return Command::new(rustc).args(&*args).status();
    }
    if let Some(library) = env::var_os("ZKVM_C_LIBRARY") {
        // Behind everything else, so that what Rust brings is taken first.
        let mut argument = OsString::from("-Clink-arg=");
        argument.push(library);
        args.push(argument);
    }
    let output = Command::new(rustc).args(&*args).stdout(std::process::Stdio::inherit()).output()?;
    io::stderr().write_all(&output.stderr)?;
    let messages = String::from_utf8_lossy(&output.stderr);
    if let (true, Some(file)) = (messages.contains("undefined symbol: "), env::var_os("ZKVM_C_REPORT")) {
        OpenOptions::new().create(true).append(true).open(file)?.write_all(&output.stderr)?;
    }
    Ok(output.status)
}

/// Changes how some crates are compiled for a guest. None of this needs a line in a program's Cargo.toml:
///
/// - getrandom calls the functions of the guest crate, by the backend that it documents as `custom`: a feature in 0.2, a
///   `cfg` from 0.3 on, left alone where the program's own flags choose a backend. 0.1 has no such backend; its feature
///   `dummy` makes every call an error.
/// - ahash takes fixed seeds instead of asking getrandom for them, by its feature `no-rng` in place of `runtime-rng`: like those
///   of the standard library, its maps work and are the same in every run.
fn without_randomness(args: &mut Vec<OsString>, name: &str, version: &str) {
    if !is_guest(args) || value_of(args, "--crate-name") != Some(name) {
        return;
    }
    let minor = version.split('.').take(2).collect::<Vec<_>>().join(".");
    let added = match (name, minor.as_str()) {
        ("getrandom", "0.1") => "feature=\"dummy\"",
        ("getrandom", "0.2") => "feature=\"custom\"",
        ("getrandom", _) if !args.iter().any(|arg| arg.to_string_lossy().contains("getrandom_backend=")) => {
            "getrandom_backend=\"custom\""
        }
        ("ahash", _) => {
            if let Some(feature) = args.iter_mut().find(|arg| *arg == "feature=\"runtime-rng\"") {
                *feature = "feature=\"no-rng\"".into();
            }
            return;
        }
        _ => return,
    };
    args.extend(["--cfg".into(), added.into()]);
}

/// Adds a crate to the list of those that do not compile. Calls that are not cargo's own are questions of build scripts,
/// which may be answered by a failure.
fn note_failure(args: &[OsString]) {
    let is_of_cargo = args.iter().any(|arg| arg.to_string_lossy().starts_with("--json="));
    let names = (variable("CARGO_PKG_NAME"), variable("CARGO_PKG_VERSION"), variable("ZKVM_FAILED_CRATES"));
    if let (true, (Some(name), Some(version), Some(list))) = (is_of_cargo, names) {
        // A list that cannot be written makes the message shorter, nothing else.
        let _ = OpenOptions::new()
            .create(true)
            .append(true)
            .open(list)
            .and_then(|mut file| file.write_all(format!("{name} {version}\n").as_bytes()));
    }
}

/// Whether this compiles for a guest, not for this machine.
fn is_guest(args: &[OsString]) -> bool {
    value_of(args, "--target").is_some_and(|target| target.starts_with("riscv32im-"))
}

/// The argument after the given one.
fn value_of<'a>(args: &'a [OsString], flag: &str) -> Option<&'a str> {
    let at = args.iter().position(|arg| arg == flag)?;
    args.get(at + 1)?.to_str()
}

/// A hash of what makes this compilation differ from others of the same program: package, crate, kind, features, target.
fn identity(args: &[OsString], package: &str, version: &str) -> u64 {
    let mut hash = Fnv::new();
    hash.add(package);
    hash.add(version);
    for (i, arg) in args.iter().enumerate() {
        let value = args.get(i + 1).and_then(|next| next.to_str()).unwrap_or("");
        match arg.to_str() {
            // A path to a target file would depend on the machine; our targets have names.
            Some(flag @ ("--crate-name" | "--crate-type" | "--cfg" | "--target" | "--edition")) => {
                hash.add(flag);
                hash.add(value);
            }
            Some("--test") => hash.add("--test"),
            _ => {}
        }
    }
    hash.0
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// The 64-bit FNV-1a hash: here it names things and protects nothing.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a string and its end.
    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
