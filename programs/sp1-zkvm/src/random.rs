//! "Random" numbers for crates that use getrandom 0.2: the machine's fixed sequence, which everybody knows. SP1 does the same.

unsafe extern "C" {
    /// Of the crate zkvm.
    fn sys_rand(buffer: *mut u32, words: usize);
}

fn fill(buffer: &mut [u8]) -> Result<(), getrandom::Error> {
    for bytes in buffer.chunks_mut(4) {
        let mut word = 0u32;
        // SAFETY: room for one word.
        unsafe { sys_rand(&raw mut word, 1) };
        bytes.copy_from_slice(&word.to_le_bytes()[..bytes.len()]);
    }
    Ok(())
}

getrandom::register_custom_getrandom!(fill);
