//! The rules of transfers.
use crate::state::{Account, Tree, hex};
use crate::transfer::Transfer;

/// Bytes of a transfer in the data of a batch.
const DATA_BYTES: usize = 80;

/// Applies all transfers in their order and gives the fees to the operator. Returns the data of the batch: from it and the old
/// state everybody can compute the new one. On an error the state is left half changed.
pub fn apply(
    state: &mut Tree,
    domain: &[u8; 32],
    operator: &[u8; 20],
    transfers: &[Transfer],
) -> Result<Vec<u8>, String> {
    let mut data = Vec::with_capacity(DATA_BYTES * transfers.len());
    let mut fees = 0;
    for (index, transfer) in transfers.iter().enumerate() {
        let from = apply_one(state, domain, transfer).map_err(|reason| format!("transfer {index}: {reason}"))?;
        fees = add(fees, transfer.fee).ok_or("the fees do not fit in 128 bits")?;
        let Transfer { to, amount, fee, nonce, .. } = transfer;
        // abi.encodePacked(address from, address to, uint128 amount, uint128 fee, uint64 nonce)
        data.extend([&from[..], to, &amount.to_be_bytes(), &fee.to_be_bytes(), &nonce.to_be_bytes()].concat());
    }
    if fees > 0 {
        receive(state, operator, fees)?;
    }
    Ok(data)
}

/// Applies a transfer, except for its fee, which the sender has lost. Returns the sender.
fn apply_one(state: &mut Tree, domain: &[u8; 32], transfer: &Transfer) -> Result<[u8; 20], String> {
    let Transfer { to, amount, fee, nonce, .. } = transfer;
    let from = transfer.signer(domain).ok_or("the signature is not valid")?;
    let account = state.account(&from)?.ok_or_else(|| format!("the sender {} has no account", hex(&from)))?;
    // Soundness: a transfer is applied once, because the nonce that it names passes.
    if *nonce != account.nonce {
        return Err(format!("its nonce is {nonce}, that of the sender {}", account.nonce));
    }
    if *amount == 0 {
        return Err("the amount is zero".to_owned());
    }
    let cost = add(*amount, *fee).ok_or("amount and fee do not fit in 128 bits")?;
    if account.balance < cost {
        return Err(format!("it costs {cost}, the sender has {}", account.balance));
    }
    account.balance -= cost;
    account.nonce = account.nonce.checked_add(1).ok_or("the sender has used all nonces")?;
    receive(state, to, *amount)?;
    Ok(from)
}

/// Adds to a balance. The account is made if there is none.
fn receive(state: &mut Tree, address: &[u8; 20], amount: u128) -> Result<(), String> {
    let Account { balance, .. } = state.account_or_new(address)?;
    *balance =
        add(*balance, amount).ok_or_else(|| format!("the balance of {} does not fit in 128 bits", hex(address)))?;
    Ok(())
}

fn add(a: u128, b: u128) -> Option<u128> {
    a.checked_add(b)
}
