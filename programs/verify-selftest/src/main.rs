//! What the tests of `zkvm::verify` run: the first input item names what to do.
use core::arch::asm;
use zkvm::{io, syscalls};

type Bytes32 = [u8; 32];

fn bytes32() -> Bytes32 {
    let mut bytes = [0; 32];
    io::read_slice(&mut bytes);
    bytes
}

fn words() -> [u32; 8] {
    let bytes = bytes32();
    core::array::from_fn(|i| u32::from_le_bytes(bytes[4 * i..4 * i + 4].try_into().unwrap()))
}

/// Pairs of key and digest, as many as there are.
fn verify_all() {
    while let Some(item) = io::try_read_vec() {
        let (vkey, digest) = item.split_at(32);
        let _span = zkvm::span("verify");
        zkvm::verify_digest(vkey.try_into().unwrap(), digest.try_into().unwrap());
    }
}

/// HALT itself, without the library's end.
fn raw_halt(code: u32) -> ! {
    // SAFETY: touches no memory, and does not return.
    unsafe { asm!("ecall", in("t0") 0, in("a0") code, options(noreturn, nostack)) }
}

fn raw_commit(index: u32, word: u32) {
    // SAFETY: touches no memory.
    unsafe { asm!("ecall", in("t0") 0x10, inlateout("a0") index => _, in("a1") word, in("a2") 0, options(nostack)) };
}

/// The digest of no public values, word by word.
fn commit_empty_digest() {
    let digest: Bytes32 = [
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae,
        0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ];
    for (index, bytes) in digest.chunks_exact(4).enumerate() {
        syscalls::commit(index as u32, u32::from_le_bytes(bytes.try_into().unwrap()));
    }
}

fn main() {
    let mode = String::from_utf8(io::read_vec()).unwrap();
    match mode.as_str() {
        "all" => verify_all(),
        "values" => zkvm::verify(&bytes32(), &io::read_vec()),
        "elements" => zkvm::verify_elements(&words(), &bytes32()),
        "sp1" => sp1_zkvm::lib::verify::verify_sp1_proof(&words(), &bytes32()),
        "unconstrained" => {
            let (vkey, digest) = (bytes32(), bytes32());
            zkvm::unconstrained_block(|| zkvm::verify_digest(&vkey, &digest));
        }
        "halt" => {
            zkvm::verify_digest(&bytes32(), &bytes32());
            commit_empty_digest();
            raw_halt(0)
        }
        "exit" => {
            zkvm::verify_digest(&bytes32(), &bytes32());
            zkvm::exit(0)
        }
        "panic" => {
            zkvm::verify_digest(&bytes32(), &bytes32());
            panic!("after a statement")
        }
        "commit" => syscalls::commit(io::read(), 7),
        "raw-commit" => raw_commit(io::read(), io::read()),
        "raw-message" => syscalls::write(syscalls::VERIFY, &io::read_vec()),
        other => panic!("no mode {other}"),
    }
}
