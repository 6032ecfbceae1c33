//! Proves two pieces of knowledge without showing them: a solution of a sudoku, and 32 bytes with a given sha256.
//!
//! Public values: `abi.encode(address claimant, string puzzle, bytes32 secretHash)`.
mod sudoku;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use sudoku::Grid;

#[derive(Deserialize)]
struct Input {
    /// Who makes the claim.
    claimant: [u8; 20],
    /// 81 digits, row by row; 0 is an empty cell.
    puzzle: String,
    /// 81 digits from 1 to 9. Private.
    solution: String,
    /// Private.
    secret: [u8; 32],
}

fn main() {
    let Input { claimant, puzzle, solution, secret } = zkvm::io::read();
    check_solution(&puzzle, &solution);
    let secret_hash: [u8; 32] = Sha256::digest(secret).into();
    // Soundness: nothing is computed from the claimant. It is public so that a proof, once seen, is of no use to anybody else.
    zkvm::io::commit_abi(&(claimant, puzzle, secret_hash));
}

#[zkvm::cycle_tracker]
fn check_solution(puzzle: &str, solution: &str) {
    let [puzzle, solution] = [("puzzle", puzzle), ("solution", solution)]
        .map(|(name, text)| Grid::parse(text).unwrap_or_else(|reason| panic!("the {name} {reason}")));
    solution.check_solves(&puzzle).unwrap_or_else(|reason| panic!("the solution {reason}"));
}
