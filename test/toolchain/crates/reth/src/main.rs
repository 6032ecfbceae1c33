//! Seals a block with the types of reth, checks the roots in its header, and recovers who sent its transactions.
use alloy_consensus::{EthereumTxEnvelope, TxEip4844};
use alloy_rlp::Decodable;
use reth_primitives_traits::proofs::{calculate_ommers_root, calculate_withdrawals_root};
use reth_primitives_traits::{Account, SealedBlock};

type Block = alloy_consensus::Block<EthereumTxEnvelope<TxEip4844>>;

fn main() {
    let bytes = zkvm::io::read_vec();
    let mut rest = &bytes[..];
    let block: SealedBlock<Block> = SealedBlock::decode(&mut rest).expect("a block");
    assert!(rest.is_empty(), "bytes after the block");
    block.ensure_transaction_root_valid().expect("the root of the transactions");
    assert_eq!(calculate_ommers_root(&block.body().ommers), block.header().ommers_hash);
    let withdrawals = block.body().withdrawals.as_ref();
    assert_eq!(withdrawals.map(|list| calculate_withdrawals_root(list)), block.header().withdrawals_root);
    let size = block.rlp_length() as u64;
    let block = block.try_recover().expect("signatures");

    // A new account of the recipient of the first withdrawal, as it goes into the state's trie.
    let balance = withdrawals_of(&block).first().map_or(0, |withdrawal| u128::from(withdrawal.amount) * 1_000_000_000);
    let account = Account { nonce: 0, balance: alloy_primitives::U256::from(balance), bytecode_hash: None };
    let account = alloy_rlp::encode(account.into_trie_account(alloy_consensus::constants::EMPTY_ROOT_HASH));

    let senders: Vec<[u8; 20]> = block.senders().iter().map(|sender| sender.into_array()).collect();
    zkvm::io::commit_abi(&(block.hash().0, block.header().number, size, senders, zkvm::abi::Bytes(&account)));
}

fn withdrawals_of(block: &reth_primitives_traits::RecoveredBlock<Block>) -> &[alloy_eips::eip4895::Withdrawal] {
    block.body().withdrawals.as_ref().map_or(&[], |list| list.as_slice())
}
