//! Maps of a thousand entries, sorting, memory.
use crate::{numbers, repeat};
use std::collections::{BTreeMap, HashMap};

/// Entries of a map, elements of a list.
const ENTRIES: usize = 1000;

pub fn run(what: &str, times: u32) -> bool {
    let keys = numbers(ENTRIES + times as usize);
    let pairs = || keys[..ENTRIES].iter().map(|key| (*key, *key));
    match what {
        "BTreeMap insert" => {
            let mut map: BTreeMap<u64, u64> = pairs().collect();
            repeat(times, |i| map.insert(keys[ENTRIES + i], 1));
        }
        "BTreeMap get" => {
            let map: BTreeMap<u64, u64> = pairs().collect();
            repeat(times, |i| map.get(&keys[i]));
        }
        "HashMap insert" => {
            let mut map: HashMap<u64, u64> = pairs().collect();
            map.reserve(times as usize);
            repeat(times, |i| map.insert(keys[ENTRIES + i], 1));
        }
        "HashMap get" => {
            let map: HashMap<u64, u64> = pairs().collect();
            repeat(times, |i| map.get(&keys[i]));
        }
        "sort" => {
            let lists: Vec<Vec<u64>> = (0..times).map(|_| keys[..ENTRIES].to_vec()).collect();
            let mut lists = lists.into_iter();
            repeat(times, |_| {
                let mut list = lists.next().expect("a list");
                list.sort_unstable();
                list
            });
        }
        "Box" => repeat(times, |i| drop(core::hint::black_box(Box::new(i)))),
        "copy" => {
            let from = vec![1u8; 4096];
            let mut to = vec![0u8; 4096];
            repeat(times, |_| core::hint::black_box(&mut to).copy_from_slice(core::hint::black_box(&from)));
        }
        _ => return false,
    }
    true
}
