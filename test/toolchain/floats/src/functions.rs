//! The functions of `f32` and `f64` by name, for guest and host alike.
use std::hint::black_box;

/// Operands of a function: three 64-bit words as bits of floats or as integers, of which it uses what it needs.
type Words = [u64; 3];

/// Appends the result.
enum Function {
    OfWords(fn(Words, &mut Vec<u8>)),
    OfText(fn(&str, &mut Vec<u8>)),
}

/// Applies a function to each of the operands: 24 bytes each, or lines of text. A result is its length (u16, little-endian)
/// and its bytes: floats as bits, integers little-endian, text.
pub fn apply(name: &str, operands: &[u8]) -> Vec<u8> {
    let (_, function) = table().into_iter().find(|(known, _)| *known == name).expect("a function of the table");
    let mut results = Vec::new();
    let mut result = Vec::new();
    let mut finish = |result: &mut Vec<u8>| {
        results.extend_from_slice(&(result.len() as u16).to_le_bytes());
        results.append(result);
    };
    match function {
        Function::OfWords(call) => {
            for operand in operands.chunks_exact(24) {
                let word = |i: usize| u64::from_le_bytes(operand[8 * i..8 * i + 8].try_into().expect("eight bytes"));
                call(black_box([word(0), word(1), word(2)]), &mut result);
                finish(&mut result);
            }
        }
        Function::OfText(call) => {
            for line in std::str::from_utf8(operands).expect("text").lines() {
                call(black_box(line), &mut result);
                finish(&mut result);
            }
        }
    }
    results
}

/// All names, one a line.
#[allow(dead_code)]
pub fn names() -> String {
    table().into_iter().map(|(name, _)| format!("{name}\n")).collect()
}

/// What a function gives, as bytes.
trait Give {
    fn give(self, out: &mut Vec<u8>);
}

macro_rules! give_numbers {
    ($($kind:ty)*) => { $(
        impl Give for $kind {
            fn give(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
    )* };
}
give_numbers!(f32 f64 u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);

impl Give for bool {
    fn give(self, out: &mut Vec<u8>) {
        out.push(u8::from(self));
    }
}

impl Give for String {
    fn give(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl Give for Option<std::cmp::Ordering> {
    fn give(self, out: &mut Vec<u8>) {
        out.push(self.map_or(9, |ordering| ordering as i8 as u8));
    }
}

impl<A: Give, B: Give> Give for (A, B) {
    fn give(self, out: &mut Vec<u8>) {
        self.0.give(out);
        self.1.give(out);
    }
}

/// Entries of the table for one type of floats: names begin with the type's name, then as docs/floats.md has it.
macro_rules! functions {
    ($table:ident, $float:ident, $bits:ident) => {
        functions!(@unary $table, $float, $bits:
            "-x" = |x| -x, "abs" = |x| x.abs(), "signum" = |x| x.signum(), "recip" = |x| x.recip(),
            "sqrt" = |x| x.sqrt(), "floor" = |x| x.floor(), "ceil" = |x| x.ceil(), "trunc" = |x| x.trunc(),
            "round" = |x| x.round(), "round_ties_even" = |x| x.round_ties_even(), "fract" = |x| x.fract(),
            "to_degrees" = |x| x.to_degrees(), "to_radians" = |x| x.to_radians(),
            "next_up" = |x| x.next_up(), "next_down" = |x| x.next_down(),
            "exp" = |x| x.exp(), "exp2" = |x| x.exp2(), "exp_m1" = |x| x.exp_m1(),
            "ln" = |x| x.ln(), "log2" = |x| x.log2(), "log10" = |x| x.log10(), "ln_1p" = |x| x.ln_1p(),
            "cbrt" = |x| x.cbrt(), "sin" = |x| x.sin(), "cos" = |x| x.cos(), "tan" = |x| x.tan(),
            "sin_cos" = |x| x.sin_cos(), "asin" = |x| x.asin(), "acos" = |x| x.acos(), "atan" = |x| x.atan(),
            "sinh" = |x| x.sinh(), "cosh" = |x| x.cosh(), "tanh" = |x| x.tanh(),
            "asinh" = |x| x.asinh(), "acosh" = |x| x.acosh(), "atanh" = |x| x.atanh(),
            "as u8" = |x| x as u8, "as u16" = |x| x as u16, "as u32" = |x| x as u32, "as u64" = |x| x as u64,
            "as u128" = |x| x as u128, "as i8" = |x| x as i8, "as i16" = |x| x as i16,
            "as i32" = |x| x as i32, "as i64" = |x| x as i64, "as i128" = |x| x as i128,
            "is_nan" = |x| x.is_nan(), "is_infinite" = |x| x.is_infinite(), "is_finite" = |x| x.is_finite(),
            "is_normal" = |x| x.is_normal(), "is_subnormal" = |x| x.is_subnormal(),
            "is_sign_negative" = |x| x.is_sign_negative(), "is_sign_positive" = |x| x.is_sign_positive(),
            "classify" = |x| x.classify() as u8,
            "{}" = |x| format!("{x}"), "{:.3}" = |x| format!("{x:.3}"), "{:+.20}" = |x| format!("{x:+.20}"),
            "{:?}" = |x| format!("{x:?}"), "{:e}" = |x| format!("{x:e}"), "{:.5e}" = |x| format!("{x:.5e}"),
        );
        functions!(@binary $table, $float, $bits:
            "+" = |x, y| x + y, "-" = |x, y| x - y, "*" = |x, y| x * y, "/" = |x, y| x / y, "%" = |x, y| x % y,
            "==" = |x, y| x == y, "!=" = |x, y| x != y, "<" = |x, y| x < y, "<=" = |x, y| x <= y, ">" = |x, y| x > y,
            ">=" = |x, y| x >= y, "partial_cmp" = |x, y| x.partial_cmp(&y), "total_cmp" = |x, y| Some(x.total_cmp(&y)),
            "min" = |x, y| x.min(y), "max" = |x, y| x.max(y), "copysign" = |x, y| x.copysign(y),
            "midpoint" = |x, y| x.midpoint(y), "div_euclid" = |x, y| x.div_euclid(y),
            "rem_euclid" = |x, y| x.rem_euclid(y), "powf" = |x, y| x.powf(y), "log" = |x, y| x.log(y),
            "hypot" = |x, y| x.hypot(y), "atan2" = |x, y| x.atan2(y),
        );
        functions!(@words $table, $float:
            "mul_add" = |words, out| {
                let [x, y, z] = words.map(|word| $float::from_bits(word as $bits));
                x.mul_add(y, z).give(out);
            },
            // `clamp` panics where the bounds are in the wrong order or a NaN.
            "clamp" = |words, out| {
                let [x, y, z] = words.map(|word| $float::from_bits(word as $bits));
                if y <= z { x.clamp(y, z).give(out) }
            },
            "powi" = |words, out| $float::from_bits(words[0] as $bits).powi(words[1] as i32).give(out),
            "u8 as" = |words, out| (words[0] as u8 as $float).give(out),
            "u16 as" = |words, out| (words[0] as u16 as $float).give(out),
            "u32 as" = |words, out| (words[0] as u32 as $float).give(out),
            "u64 as" = |words, out| (words[0] as $float).give(out),
            "u128 as" = |words, out| (wide(words) as $float).give(out),
            "i8 as" = |words, out| (words[0] as i8 as $float).give(out),
            "i16 as" = |words, out| (words[0] as i16 as $float).give(out),
            "i32 as" = |words, out| (words[0] as i32 as $float).give(out),
            "i64 as" = |words, out| (words[0] as i64 as $float).give(out),
            "i128 as" = |words, out| (wide(words) as i128 as $float).give(out),
        );
        $table.push((concat!(stringify!($float), " parse"), Function::OfText(|text, out| match text.parse::<$float>() {
            Ok(value) => value.give(out),
            Err(error) => error.to_string().give(out),
        })));
    };
    (@unary $table:ident, $float:ident, $bits:ident: $($name:literal = |$x:ident| $value:expr,)*) => {
        functions!(@words $table, $float: $($name = |words, out| {
            let $x = $float::from_bits(words[0] as $bits);
            ($value).give(out);
        },)*);
    };
    (@binary $table:ident, $float:ident, $bits:ident: $($name:literal = |$x:ident, $y:ident| $value:expr,)*) => {
        functions!(@words $table, $float: $($name = |words, out| {
            let ($x, $y) = ($float::from_bits(words[0] as $bits), $float::from_bits(words[1] as $bits));
            ($value).give(out);
        },)*);
    };
    (@words $table:ident, $float:ident: $($name:literal = |$words:ident, $out:ident| $body:expr,)*) => { $(
        $table.push((concat!(stringify!($float), " ", $name), Function::OfWords(|$words, $out| $body)));
    )* };
}

/// The first two words as one number.
fn wide(words: Words) -> u128 {
    u128::from(words[0]) | u128::from(words[1]) << 64
}

fn table() -> Vec<(&'static str, Function)> {
    let mut table = Vec::new();
    functions!(table, f32, u32);
    functions!(table, f64, u64);
    functions!(@unary table, f32, u32: "as f64" = |x| x as f64,);
    functions!(@unary table, f64, u64: "as f32" = |x| x as f32,);
    table
}
