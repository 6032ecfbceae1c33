//! Stands between the build scripts of crates and the C compiler, so that their C code becomes code for guests.
//!
//! Beside this program is a file of the same name with the ending `.args`: the compiler, a line with `--`, arguments before
//! those of the caller, a line with `--`, and arguments behind them. Instead of a compiler it may say why there is none:
//! a line `missing` and a line of text.
//!
//! What is added for each call: folders of the crate become `/<name>-<version>`, so that the code names none of this machine.
//!
//! Each failure is added to the file that `ZKVM_C_REPORT` names, as a line of fields between tabs: the crate, its version, the
//! source, and the compiler's first error. Build scripts also call the compiler to find out what it can: cargo's failure decides
//! whether one of these lines mattered.
use std::env;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::{Command, exit};

fn main() {
    let settings = settings();
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let mut parts = settings.split("\n--\n").map(|part| part.lines().map(OsString::from).collect::<Vec<_>>());
    let head = parts.next().unwrap_or_default();
    if head.first().is_some_and(|line| line == "missing") {
        let why = head.get(1).map(|line| line.to_string_lossy().into_owned()).unwrap_or_default();
        eprintln!("{why}");
        report("missing", "");
        exit(1);
    }
    let compiler = head.into_iter().next().unwrap_or_default();
    let before = parts.next().unwrap_or_default();
    let behind = parts.next().unwrap_or_default();
    let mut command = Command::new(&compiler);
    command.args(before).args(&arguments).args(behind).args(mappings());
    match command.output() {
        Ok(output) => {
            let _ = std::io::stdout().write_all(&output.stdout);
            let _ = std::io::stderr().write_all(&output.stderr);
            if !output.status.success() {
                let messages = String::from_utf8_lossy(&output.stderr);
                let error = messages.lines().find_map(|line| line.split_once("error: ").map(|(_, text)| text));
                report(&source_of(&arguments), error.unwrap_or(""));
            }
            exit(output.status.code().unwrap_or(1));
        }
        Err(error) => {
            eprintln!("{} cannot be run: {error}", compiler.to_string_lossy());
            exit(1);
        }
    }
}

fn settings() -> String {
    let read = env::current_exe().and_then(|program| fs::read_to_string(program.with_extension("args")));
    read.unwrap_or_else(|error| {
        eprintln!("the C compiler's settings cannot be read: {error}");
        exit(1);
    })
}

/// The last mapping that fits wins, so generated sources come last.
fn mappings() -> Vec<OsString> {
    let (Some(name), Some(version)) = (env::var("CARGO_PKG_NAME").ok(), env::var("CARGO_PKG_VERSION").ok()) else {
        return Vec::new();
    };
    let crate_folder = format!("/{name}-{version}");
    let folders = [("CARGO_MANIFEST_DIR", crate_folder.clone()), ("OUT_DIR", format!("{crate_folder}/out"))];
    let mut mappings = Vec::new();
    for (variable, to) in folders {
        let Some(from) = env::var_os(variable) else { continue };
        let mut mapping = OsString::from("-ffile-prefix-map=");
        mapping.push(from);
        mapping.push("=");
        mapping.push(to);
        mappings.push(mapping);
    }
    mappings
}

/// The first argument that looks like a source.
fn source_of(arguments: &[OsString]) -> String {
    let is_source = |text: &String| {
        [".c", ".cc", ".cpp", ".cxx", ".S", ".s"].iter().any(|ending| text.ends_with(ending)) && !text.starts_with('-')
    };
    arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).find(is_source).unwrap_or_default()
}

fn report(source: &str, error: &str) {
    // Questions of the crate cc: which compiler this is, and which flags it knows.
    if source.is_empty() || ["flag_check.c", "detect_compiler_family.c"].iter().any(|name| source.contains(name)) {
        return;
    }
    let Some(file) = env::var_os("ZKVM_C_REPORT") else { return };
    let name = env::var("CARGO_PKG_NAME").unwrap_or_default();
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let line = format!("{name}\t{version}\t{source}\t{}\n", error.replace('\t', " "));
    if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(file) {
        let _ = file.write_all(line.as_bytes());
    }
}
