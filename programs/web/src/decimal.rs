//! Exact decimal numbers, without floating point.

/// The number in `text`, written as JSON writes numbers, times 10^`places`. An error when that is no integer or does not fit
/// in 128 bits: nothing is rounded.
pub fn scaled(text: &str, places: u32) -> Result<i128, &'static str> {
    const NO_NUMBER: &str = "it is written differently";
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let (is_negative, whole) = whole.strip_prefix('-').map_or((false, whole), |rest| (true, rest));
    let is_canonical = whole == "0" || !whole.starts_with('0');
    if !is_canonical || !is_digits(whole) || !is_digits(fraction) {
        return Err(NO_NUMBER);
    }
    let (is_small, exponent) = match exponent.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    if !is_digits(exponent) {
        return Err(NO_NUMBER);
    }
    let exponent = exponent.parse::<i32>().map_err(|_| "its exponent is too large")?;

    // digits * 10^power is the result.
    let fraction = fraction.trim_end_matches('0');
    let mut digits: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        let grown = digits.checked_mul(10).and_then(|digits| digits.checked_add(i128::from(digit - b'0')));
        digits = grown.ok_or("it has too many digits")?;
    }
    if digits == 0 {
        return Ok(0);
    }
    let exponent = i64::from(exponent) * if is_small { -1 } else { 1 };
    let mut power = exponent + i64::from(places) - fraction.len() as i64;
    while power < 0 {
        if digits % 10 != 0 {
            return Err("it has more");
        }
        digits /= 10;
        power += 1;
    }
    while power > 0 {
        digits = digits.checked_mul(10).ok_or("it is too large")?;
        power -= 1;
    }
    Ok(if is_negative { -digits } else { digits })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
