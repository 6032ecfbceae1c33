//! Executes Ethereum transactions in revm, one after the other on the same state, and commits what each did.
use revm::context::result::{ExecutionResult, Output};
use revm::context::{Context, TxEnv};
use revm::database::{CacheDB, EmptyDB};
use revm::primitives::hardfork::SpecId;
use revm::primitives::{Address, TxKind, U256, keccak256};
use revm::state::AccountInfo;
use revm::{DatabaseRef, ExecuteCommitEvm, MainBuilder, MainContext};
use zkvm::abi;

#[derive(serde::Deserialize)]
struct Input {
    /// Balances before the first transaction.
    accounts: Vec<([u8; 20], u128)>,
    transactions: Vec<Transaction>,
    /// Slots whose values are to be committed at the end.
    slots: Vec<([u8; 20], [u8; 32])>,
}

#[derive(serde::Deserialize)]
struct Transaction {
    from: [u8; 20],
    /// Empty: creates a contract.
    to: Option<[u8; 20]>,
    nonce: u64,
    value: u128,
    gas_limit: u64,
    data: Vec<u8>,
}

fn main() {
    let input: Input = zkvm::io::read();
    let mut database = CacheDB::new(EmptyDB::new());
    for (address, balance) in &input.accounts {
        database.insert_account_info(
            Address::from(*address),
            AccountInfo { balance: U256::from(*balance), ..Default::default() },
        );
    }
    let mut evm = Context::mainnet()
        .modify_cfg_chained(|configuration| configuration.set_spec_and_mainnet_gas_params(SpecId::PRAGUE))
        .with_db(database)
        .build_mainnet();
    let results: Vec<_> = input
        .transactions
        .into_iter()
        .map(|transaction| result_of(evm.transact_commit(environment(transaction)).expect("a valid transaction")))
        .collect();
    let values: Vec<[u8; 32]> = input
        .slots
        .iter()
        .map(|(address, slot)| {
            let database = &evm.ctx.journaled_state.database;
            let value = database.storage_ref(Address::from(*address), U256::from_be_bytes(*slot));
            value.expect("a value").to_be_bytes()
        })
        .collect();
    let results: Vec<_> = results.iter().map(Done::values).collect();
    zkvm::io::commit_abi(&(results, values));
}

/// What a transaction did.
struct Done {
    success: bool,
    gas: u64,
    /// What it returned, the new contract's address, or why it ended.
    output: Vec<u8>,
    /// Hash of the topics and data of its logs.
    logs: [u8; 32],
}

impl Done {
    fn values(&self) -> (bool, u64, abi::Bytes<'_>, [u8; 32]) {
        (self.success, self.gas, abi::Bytes(&self.output), self.logs)
    }
}

fn environment(transaction: Transaction) -> TxEnv {
    TxEnv::builder()
        .caller(Address::from(transaction.from))
        .kind(transaction.to.map_or(TxKind::Create, |to| TxKind::Call(Address::from(to))))
        .nonce(transaction.nonce)
        .value(U256::from(transaction.value))
        .gas_limit(transaction.gas_limit)
        .data(transaction.data.into())
        .build()
        .expect("a transaction")
}

fn result_of(result: ExecutionResult) -> Done {
    let success = result.is_success();
    let gas = result.tx_gas_used();
    let logs: Vec<u8> = result
        .logs()
        .iter()
        .flat_map(|log| log.topics().iter().flat_map(|topic| topic.0).chain(log.data.data.iter().copied()))
        .collect();
    let output = match result {
        ExecutionResult::Success { output: Output::Create(_, Some(address)), .. } => address.to_vec(),
        ExecutionResult::Success { output, .. } => output.into_data().to_vec(),
        ExecutionResult::Revert { output, .. } => output.to_vec(),
        ExecutionResult::Halt { reason, .. } => format!("{reason:?}").into_bytes(),
    };
    Done { success, gas, output, logs: keccak256(logs).0 }
}
