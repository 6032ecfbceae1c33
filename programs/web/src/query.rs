//! Queries: a type, one space, a JSON pointer. The type says what the value must be and how it is encoded.
//!
//! | query | value in the document | public value |
//! |---|---|---|
//! | `string /a/b` | a string | `abi.encode(string)`, escapes resolved |
//! | `bool /a/b` | `true` or `false` | `abi.encode(bool)` |
//! | `fixed8 /a/b` | a number, or a string that is one | `abi.encode(int256)`: the number times 10^8, exactly |
//!
//! A value of another type is refused, so a contract that compares the query knows how to decode the value.
use crate::{decimal, pointer};
use zkvm::abi;

/// Most decimal places of `fixed`: 10^38 is the last power of ten below 2^127.
const MAX_DECIMALS: u32 = 38;

/// Looks up a query and returns the value as `abi.encode` of its type.
#[zkvm::cycle_tracker]
pub fn answer(body: &str, query: &str) -> Vec<u8> {
    let Some((kind, path)) = query.split_once(' ') else {
        panic!("the query {query:?} is not a type, a space and a pointer")
    };
    let value = pointer::find(body, path);
    let text = || serde_json::from_str::<String>(value).ok();
    match kind {
        "string" => match text() {
            Some(text) => abi::encode(&(text,)),
            None => panic!("{path:?} is no string"),
        },
        "bool" => match value {
            "true" => abi::encode(&(true,)),
            "false" => abi::encode(&(false,)),
            _ => panic!("{path:?} is neither true nor false"),
        },
        _ => {
            let Some(places) = kind.strip_prefix("fixed").and_then(decimal_places) else {
                panic!("{kind:?} is no type of a query: expected string, bool, or fixed0 to fixed{MAX_DECIMALS}")
            };
            // APIs often give decimal numbers as strings, to keep them exact.
            let number = text().unwrap_or_else(|| value.into());
            match decimal::scaled(&number, places) {
                Ok(integer) => abi::encode(&(integer,)),
                Err(reason) => panic!("{path:?} cannot be a number with {places} decimal places: {reason}"),
            }
        }
    }
}

/// `0` to `38`, written in one way.
fn decimal_places(text: &str) -> Option<u32> {
    let places: u32 = text.parse().ok().filter(|&places| places <= MAX_DECIMALS)?;
    (places.to_string() == text).then_some(places)
}
