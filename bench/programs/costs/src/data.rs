//! Reading and writing: BCS, JSON, text.
use crate::{noise, numbers, repeat};
use serde::{Deserialize, Serialize};

/// A row of the document: about a hundred bytes of JSON.
#[derive(Deserialize, Serialize)]
struct Row {
    id: u64,
    name: String,
    active: bool,
    price: f64,
    tags: Vec<String>,
}

fn rows() -> Vec<Row> {
    numbers(100)
        .into_iter()
        .map(|id| Row {
            id: id >> 20,
            name: format!("row number {}", id % 1000),
            active: id % 2 == 0,
            price: (id % 100_000) as f64 / 100.0,
            tags: vec!["first".into(), "second".into()],
        })
        .collect()
}

/// The length of the document is committed, so that the host can divide by it.
fn json() -> String {
    let text = serde_json::to_string(&rows()).expect("JSON");
    zkvm::io::commit(&(text.len() as u32));
    text
}

pub fn run(what: &str, times: u32) -> bool {
    match what {
        "json value" => {
            let text = json();
            repeat(times, |_| serde_json::from_str::<serde_json::Value>(&text).expect("JSON"));
        }
        "json struct" => {
            let text = json();
            repeat(times, |_| serde_json::from_str::<Vec<Row>>(&text).expect("JSON"));
        }
        "json write" => {
            json();
            let rows = rows();
            repeat(times, |_| serde_json::to_string(&rows).expect("JSON"));
        }
        "read_vec" => repeat(times, |_| zkvm::io::read_vec()),
        "read Vec<u8>" => repeat(times, |_| zkvm::io::read::<Vec<u8>>()),
        "read Vec<u64>" => repeat(times, |_| zkvm::io::read::<Vec<u64>>()),
        "print u64" => {
            let numbers = numbers(256);
            repeat(times, |i| numbers[i % 256].to_string());
        }
        "parse u64" => {
            let texts: Vec<String> = numbers(256).iter().map(u64::to_string).collect();
            repeat(times, |i| texts[i % 256].parse::<u64>().expect("a number"));
        }
        "print f64" => {
            let numbers = floats();
            repeat(times, |i| numbers[i % 256].to_string());
        }
        "parse f64" => {
            let texts: Vec<String> = floats().iter().map(f64::to_string).collect();
            repeat(times, |i| texts[i % 256].parse::<f64>().expect("a number"));
        }
        _ => return false,
    }
    true
}

fn floats() -> Vec<f64> {
    noise(512).chunks_exact(2).map(|pair| f64::from(pair[0]) + f64::from(pair[1]) / 256.0).collect()
}
