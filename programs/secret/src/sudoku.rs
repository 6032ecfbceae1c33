//! Sudoku: 9 x 9 cells, in every row, column and box of 3 x 3 each digit from 1 to 9 once.

const SIDE: usize = 9;
const BOX: usize = 3;

/// Digits row by row; 0 is an empty cell.
pub struct Grid([u8; SIDE * SIDE]);

impl Grid {
    /// Reads 81 digits. There is one text for a grid, so that a contract can compare texts.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut cells = [0; SIDE * SIDE];
        if text.len() != cells.len() {
            return Err(format!("has {} bytes, not 81", text.len()));
        }
        for (index, (cell, byte)) in cells.iter_mut().zip(text.bytes()).enumerate() {
            if !byte.is_ascii_digit() {
                return Err(format!("has no digit in {}", place(index)));
            }
            *cell = byte - b'0';
        }
        Ok(Grid(cells))
    }

    /// Checks that this is a full grid by the rules and has all digits of the puzzle where the puzzle has them.
    pub fn check_solves(&self, puzzle: &Grid) -> Result<(), String> {
        // One bit a digit: which digits each row, column and box has so far.
        let mut seen = [[0u16; SIDE]; 3];
        for (index, (&digit, &clue)) in self.0.iter().zip(&puzzle.0).enumerate() {
            if digit == 0 {
                return Err(format!("is empty in {}", place(index)));
            }
            if clue != 0 && clue != digit {
                return Err(format!("has {digit} in {}, where the puzzle has {clue}", place(index)));
            }
            let (row, column) = (index / SIDE, index % SIDE);
            let units = [("row", row), ("column", column), ("box", row / BOX * BOX + column / BOX)];
            for ((kind, unit), seen) in units.into_iter().zip(&mut seen) {
                let bit = 1 << digit;
                if seen[unit] & bit != 0 {
                    return Err(format!("has {digit} twice in {kind} {}", unit + 1));
                }
                // Soundness: nine different digits from 1 to 9 in nine cells are all of them.
                seen[unit] |= bit;
            }
        }
        Ok(())
    }
}

fn place(index: usize) -> String {
    format!("row {}, column {}", index / SIDE + 1, index % SIDE + 1)
}
