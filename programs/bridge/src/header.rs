//! Block headers of Ethereum.
use alloy_primitives::{B256, keccak256};
use alloy_rlp::{Decodable, Error, Header, Result};

// Positions of fields in a header. Later forks only append fields.
const STATE_ROOT: usize = 3;
const NUMBER: usize = 8;
const TIMESTAMP: usize = 11;
/// Fields of a header before the first fork that added one.
const FEWEST_FIELDS: usize = 15;

/// What the program needs of a header.
pub struct BlockHeader {
    pub hash: B256,
    /// Root of the state after the block.
    pub state_root: B256,
    pub number: u64,
    /// Seconds since 1970.
    pub timestamp: u64,
}

impl BlockHeader {
    /// Reads a header in RLP, of whatever fork.
    #[zkvm::cycle_tracker]
    pub fn read(rlp: &[u8]) -> Result<BlockHeader> {
        let fields = fields(rlp)?;
        Ok(BlockHeader {
            hash: keccak256(rlp),
            state_root: exactly(fields[STATE_ROOT])?,
            number: exactly(fields[NUMBER])?,
            timestamp: exactly(fields[TIMESTAMP])?,
        })
    }
}

/// The encoded fields of a header: at least `FEWEST_FIELDS`.
fn fields(rlp: &[u8]) -> Result<Vec<&[u8]>> {
    let mut rest = rlp;
    let mut payload = Header::decode_bytes(&mut rest, true)?;
    if !rest.is_empty() {
        return Err(Error::Custom("there are bytes after the header"));
    }
    let mut fields = Vec::new();
    while !payload.is_empty() {
        let start = payload;
        Header::decode_bytes(&mut payload, false)?;
        fields.push(&start[..start.len() - payload.len()]);
    }
    if fields.len() < FEWEST_FIELDS {
        return Err(Error::Custom("a header has at least 15 fields"));
    }
    Ok(fields)
}

/// Decodes a field that must be a `T` and nothing more.
fn exactly<T: Decodable>(field: &[u8]) -> Result<T> {
    alloy_rlp::decode_exact(field)
}
