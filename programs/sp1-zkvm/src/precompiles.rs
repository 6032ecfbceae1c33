//! SP1's system calls for elliptic curves, hashes and big numbers. This machine proves them as ordinary code, so the
//! functions are here to be refused by the compiler, with a message.

/// No type has this trait.
#[diagnostic::on_unimplemented(
    message = "hardhat-zkvm has no precompiles: SP1's function `syscall_...` does not exist here",
    label = "calls a precompile of SP1",
    note = "use the ordinary crate (sha2, sha3, k256, ...) instead of SP1's patched one; see docs/coming-from-sp1.md"
)]
pub trait Precompile {}

macro_rules! absent {
    ($($name:ident($($argument:ident)*))*) => { $(
        /// Not on this machine: a call does not compile.
        #[allow(non_camel_case_types, clippy::too_many_arguments)]
        pub fn $name<First: Precompile, $($argument),*>(_: First, $(_: $argument),*) {
            unreachable!("no type is a Precompile")
        }
    )* };
}

absent! {
    syscall_sha256_extend()
    syscall_sha256_compress(b)
    syscall_keccak_permute()
    syscall_poseidon2()
    syscall_ed_add(b)
    syscall_ed_decompress()
    syscall_secp256k1_add(b)
    syscall_secp256k1_double()
    syscall_secp256k1_decompress(b)
    syscall_secp256r1_add(b)
    syscall_secp256r1_double()
    syscall_secp256r1_decompress(b)
    syscall_bn254_add(b)
    syscall_bn254_double()
    syscall_bn254_fp_addmod(b)
    syscall_bn254_fp_submod(b)
    syscall_bn254_fp_mulmod(b)
    syscall_bn254_fp2_addmod(b)
    syscall_bn254_fp2_submod(b)
    syscall_bn254_fp2_mulmod(b)
    syscall_bls12381_add(b)
    syscall_bls12381_double()
    syscall_bls12381_decompress(b)
    syscall_bls12381_fp_addmod(b)
    syscall_bls12381_fp_submod(b)
    syscall_bls12381_fp_mulmod(b)
    syscall_bls12381_fp2_addmod(b)
    syscall_bls12381_fp2_submod(b)
    syscall_bls12381_fp2_mulmod(b)
    syscall_uint256_mulmod(b)
    syscall_u256x2048_mul(b c d)
    sys_bigint(b c d e)
    syscall_verify_sp1_proof(b)
}
