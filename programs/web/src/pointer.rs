//! Finds the value that a JSON pointer (RFC 6901) names, in one pass over the document.
//!
//! All of the document must be valid JSON. A name that occurs twice in an object has no agreed meaning (RFC 8259, section 4):
//! some readers take the first value, some the last. Therefore the pointer must not pass through such a name. Elsewhere in the
//! document repeated names do not matter, because the answer does not depend on them.
use core::fmt;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The text of the value that `pointer` names in `document`, as it stands there.
pub fn find<'a>(document: &'a str, pointer: &str) -> &'a str {
    let names = names(pointer);
    let mut reader = serde_json::Deserializer::from_str(document);
    let found = Value { names: &names }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match found {
        Ok(value) => value.get(),
        Err(reason) => panic!("{pointer:?} cannot be read: {reason}"),
    }
}

/// The names in a pointer, unescaped: `~1` stands for `/` and `~0` for `~`.
fn names(pointer: &str) -> Vec<String> {
    let mut parts = pointer.split('/');
    assert!(parts.next() == Some(""), "the pointer {pointer:?} does not begin with a slash");
    parts
        .map(|part| unescape(part).unwrap_or_else(|| panic!("the pointer {pointer:?} has a ~ without 0 or 1")))
        .collect()
}

fn unescape(part: &str) -> Option<String> {
    let mut name = String::with_capacity(part.len());
    let mut characters = part.chars();
    while let Some(character) = characters.next() {
        name.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(name)
}

/// Reads a value and returns the one inside it that the names lead to.
#[derive(Clone, Copy)]
struct Value<'p> {
    names: &'p [String],
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = &'de RawValue;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        match self.names {
            [] => <&RawValue>::deserialize(reader),
            [name, rest @ ..] => reader.deserialize_any(Inside { name, rest: Value { names: rest } }),
        }
    }
}

/// Reads an object or an array that must have a member `name`.
struct Inside<'p> {
    name: &'p str,
    rest: Value<'p>,
}

impl<'de> Visitor<'de> for Inside<'_> {
    type Value = &'de RawValue;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "an object or array with a member {:?}", self.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(is_it) = members.next_key_seed(IsName(self.name))? {
            if !is_it {
                members.next_value::<IgnoredAny>()?;
            // Soundness: see the top of this file.
            } else if found.replace(members.next_value_seed(self.rest)?).is_some() {
                return Err(A::Error::custom(format_args!("an object has the name {:?} twice", self.name)));
            }
        }
        found.ok_or_else(|| A::Error::custom(format_args!("no object member {:?}", self.name)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let position = position(self.name)
            .ok_or_else(|| A::Error::custom(format_args!("{:?} is no position in an array", self.name)))?;
        let missing = || A::Error::custom(format_args!("no array element {position}"));
        for _ in 0..position {
            elements.next_element::<IgnoredAny>()?.ok_or_else(missing)?;
        }
        let found = elements.next_element_seed(self.rest)?.ok_or_else(missing)?;
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found)
    }
}

/// A position as RFC 6901 writes it: decimal digits without leading zeros.
fn position(name: &str) -> Option<usize> {
    let position: usize = name.parse().ok()?;
    (position.to_string() == name).then_some(position)
}

/// Reads an object's name and tells whether it is this one.
struct IsName<'p>(&'p str);

impl<'de> DeserializeSeed<'de> for IsName<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<bool, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for IsName<'_> {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}
