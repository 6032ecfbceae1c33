//! Proves the median of signed prices: enough different reporters of a known set, all of them fresh, for one pair, one chain
//! and one contract.
//!
//! Public values: `abi.encode(bytes32 domain, bytes32 policy, bytes32 pair, uint128 median, uint64 asOf, uint32 count)`.
mod report;

use report::{Report, Subject, keccak};
use serde::Deserialize;
use zkvm::abi;

/// Whom a contract believes, and when.
#[derive(Deserialize)]
struct Policy {
    /// Fewest reports.
    threshold: u32,
    /// Greatest age of a report in seconds, seen from `as_of`.
    max_age: u64,
    /// Addresses of those who may report, in ascending order.
    reporters: Vec<[u8; 20]>,
}

#[derive(Deserialize)]
struct Input {
    policy: Policy,
    chain_id: u64,
    /// The contract that the reports are for.
    contract: [u8; 20],
    /// As in `ETH/USD`.
    pair: String,
    /// Time for which the price is proved, in seconds since 1970. The contract compares it with the time of the block.
    as_of: u64,
    /// In the order of the reporters.
    reports: Vec<Report>,
}

fn main() {
    let input: Input = zkvm::io::read();
    let subject = Subject::new(input.chain_id, &input.contract, &input.pair);
    let prices = accepted_prices(&input, &subject);
    let count = prices.len() as u32;
    let Subject { domain, pair, .. } = subject;
    zkvm::io::commit_abi(&(domain, input.policy.hash(), pair, median(prices), input.as_of, count));
}

impl Policy {
    /// `keccak256(abi.encode(uint32 threshold, uint64 maxAge, address[] reporters))`.
    fn hash(&self) -> [u8; 32] {
        keccak(&abi::encode(&(self.threshold, self.max_age, self.reporters.as_slice())))
    }

    fn check(&self) {
        assert!(self.threshold > 0, "the threshold is zero");
        // Soundness: an address that stands twice in the list could report twice.
        let is_ascending = self.reporters.is_sorted_by(|first, second| first < second);
        assert!(is_ascending, "the reporters are not in ascending order, each once");
    }
}

/// The prices of all reports, each of which must be acceptable.
fn accepted_prices(input: &Input, subject: &Subject) -> Vec<u128> {
    let Input { policy, as_of, reports, .. } = input;
    policy.check();
    let (count, threshold) = (reports.len(), policy.threshold);
    assert!(count >= threshold as usize, "{count} reports, fewer than the threshold of {threshold}");
    // Soundness: ascending positions are different reporters, since the addresses differ.
    for pair in reports.windows(2) {
        let [first, second] = [&pair[0], &pair[1]].map(|report| report.reporter);
        assert!(first != second, "reporter {first} reports twice");
        assert!(first < second, "the report of reporter {second} comes after that of {first}");
    }
    for report in reports {
        let Report { reporter, time, price, .. } = *report;
        let Some(address) = policy.reporters.get(reporter as usize) else { panic!("there is no reporter {reporter}") };
        assert!(time <= *as_of, "the report of reporter {reporter} is from the future");
        assert!(as_of - time <= policy.max_age, "the report of reporter {reporter} is too old");
        let signer = report.signer(&subject.report_hash(price, time));
        assert!(signer.as_ref() == Some(address), "the report of reporter {reporter} is not signed by them");
    }
    reports.iter().map(|report| report.price).collect()
}

/// The price in the middle; of an even number of prices the mean of the two in the middle, rounded down.
fn median(mut prices: Vec<u128>) -> u128 {
    prices.sort_unstable();
    let middle = prices.len() / 2;
    if prices.len() % 2 == 1 { prices[middle] } else { prices[middle - 1].midpoint(prices[middle]) }
}
