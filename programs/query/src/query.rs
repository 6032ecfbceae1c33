//! `SELECT column, SUM(amount), COUNT(*) WHERE region IN (...) AND product IN (...) AND amount BETWEEN min AND max
//! GROUP BY column`.
use crate::table::Row;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub struct Query {
    /// Regions that count, in ascending order; empty for all.
    regions: Vec<String>,
    /// Products that count, in ascending order; empty for all.
    products: Vec<String>,
    /// Smallest and greatest amount that counts.
    min_amount: u128,
    max_amount: u128,
    group_by: Column,
}

/// The column whose values make the groups; its number is public as `uint8`.
#[derive(Clone, Copy, Deserialize)]
enum Column {
    Region,
    Product,
}

/// Name, sum of the amounts, number of rows.
pub type Group<'a> = (&'a str, u128, u64);

impl Query {
    /// Panics unless this is the one way to write the query. Then a contract can compare queries by their hash.
    pub fn check(&self) {
        for (kind, names) in [("regions", &self.regions), ("products", &self.products)] {
            let is_ascending = names.is_sorted_by(|first, second| first < second);
            assert!(is_ascending, "the {kind} of the query are not in ascending order, each once");
        }
        assert!(self.min_amount <= self.max_amount, "the query's smallest amount is above its greatest");
    }

    /// The groups in ascending order of the bytes of their names. A group without rows is not there. Rows that are equal
    /// count each.
    #[zkvm::cycle_tracker]
    pub fn answer<'a>(&self, rows: &[Row<'a>]) -> Vec<Group<'a>> {
        let mut groups: BTreeMap<&str, (u128, u64)> = BTreeMap::new();
        for row in rows.iter().filter(|row| self.counts(row)) {
            let name = match self.group_by {
                Column::Region => row.region,
                Column::Product => row.product,
            };
            let (sum, count) = groups.entry(name).or_default();
            let Some(total) = sum.checked_add(row.amount) else {
                panic!("the sum of {name:?} does not fit in 128 bits")
            };
            *sum = total;
            *count += 1;
        }
        groups.into_iter().map(|(name, (sum, count))| (name, sum, count)).collect()
    }

    fn counts(&self, row: &Row) -> bool {
        let is_listed = |names: &[String], name: &str| {
            names.is_empty() || names.binary_search_by(|listed| listed.as_str().cmp(name)).is_ok()
        };
        (self.min_amount..=self.max_amount).contains(&row.amount)
            && is_listed(&self.regions, row.region)
            && is_listed(&self.products, row.product)
    }

    /// The query for the public values.
    pub fn public(&self) -> (&[String], &[String], u128, u128, u8) {
        (&self.regions, &self.products, self.min_amount, self.max_amount, self.group_by as u8)
    }
}
