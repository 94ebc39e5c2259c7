//! Long lists of numbers in a JSON text, read in one pass.
//!
//! Whatever is not plainly such a list is left to a whole parser, which also says what is wrong with it.

/// A list of numbers: the place of its brackets in the text, and what they hold.
#[derive(Debug, PartialEq)]
pub struct NumberList {
    /// Where the opening bracket stands.
    pub start: usize,
    /// Where the text goes on after the closing one.
    pub end: usize,
    /// The numbers, each the float64 nearest to what is written.
    pub numbers: Vec<f64>,
}

/// Finds the lists of at least `least` numbers and nothing else, outside of strings, in the order of the text.
pub fn number_lists(text: &[u8], least: usize) -> Vec<NumberList> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(byte) = text.get(at) {
        at = match byte {
            b'"' => string_end(text, at + 1),
            b'[' => match list(text, at + 1) {
                Some((numbers, end)) if numbers.len() >= least => {
                    found.push(NumberList {
                        start: at,
                        end,
                        numbers,
                    });
                    end
                }
                _ => at + 1,
            },
            _ => at + 1,
        };
    }
    found
}

/// Where a string ends whose first character is at `at`.
fn string_end(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at) {
            None => return at,
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// Numbers up to a closing bracket, and where the text goes on.
fn list(text: &[u8], mut at: usize) -> Option<(Vec<f64>, usize)> {
    let mut numbers = Vec::new();
    loop {
        let (number, after) = number(text, blanks_end(text, at))?;
        numbers.push(number);
        let separator = blanks_end(text, after);
        at = separator + 1;
        match text.get(separator)? {
            b',' => {}
            b']' => return Some((numbers, at)),
            _ => return None,
        }
    }
}

fn blanks_end(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// Digits of an integer that a float64 holds exactly.
const EXACT: usize = 15;
/// Digits of an integer that i64 holds; longer ones are for the whole parser to judge.
const INTEGER: usize = 18;

/// A finite number, and where the text goes on.
fn number(text: &[u8], start: usize) -> Option<(f64, usize)> {
    let negative = text.get(start) == Some(&b'-');
    let first = start + usize::from(negative);
    let mut value = 0u64;
    let mut at = first;
    while let Some(digit @ b'0'..=b'9') = text.get(at) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        at += 1;
    }
    let digits = at - first;
    if digits == 0 || (digits > 1 && text[first] == b'0') {
        return None;
    }
    let rest = &text[at..];
    if digits <= EXACT && rest.first_chunk() == Some(b".0") && matches!(rest.get(2), Some(b',' | b']')) {
        let value = value as f64;
        return Some((if negative { -value } else { value }, at + 2));
    }
    if !matches!(rest.first(), Some(b'.' | b'e' | b'E')) {
        let value = if digits <= INTEGER { value as i64 } else { return None };
        return Some(((if negative { -value } else { value }) as f64, at));
    }
    if text[at] == b'.' {
        at = digits_end(text, at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at = digits_end(text, at + 1 + sign)?;
    }
    let value: f64 = str::from_utf8(&text[start..at]).ok()?.parse().ok()?;
    value.is_finite().then_some((value, at))
}

/// Where one digit or more end.
fn digits_end(text: &[u8], start: usize) -> Option<usize> {
    let digits = text
        .get(start..)?
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    (digits > 0).then_some(start + digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Option<Vec<f64>> {
        let mut found = number_lists(text.as_bytes(), 1);
        let list = found.pop()?;
        assert!(found.is_empty());
        assert_eq!((list.start, list.end), (0, text.len()));
        Some(list.numbers)
    }

    #[test]
    fn numbers_are_those_that_rust_reads() {
        let text = "[ 1, -2.0,3.25,\n-0.0 ,1e3,1E-2,12.5e+1,0,1234567890123456.0,0.1,999999999999999999,5e-324 ]";
        let expected: Vec<f64> = text[1..text.len() - 1]
            .split(',')
            .map(|number| number.trim().parse().unwrap())
            .collect();
        let found = numbers(text).unwrap();
        assert_eq!(found, expected);
        assert!(found[3].is_sign_negative());
    }

    #[test]
    fn what_is_not_plainly_a_list_of_numbers_is_left_alone() {
        for text in [
            "[]",
            "[01]",
            "[-01]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[+1]",
            "[-]",
            "[1.]",
            "[.5]",
            "[1e]",
            "[1e+]",
            "[NaN]",
            "[1e400]",
            "[1234567890123456789]",
            "[true]",
            "[null]",
            "[\"1\"]",
            "[1,\"1\"]",
            "[1",
            "[",
            "[1,",
            "[1.0",
            "[1.0e",
            "[1\u{b},2]",
            "[0x1]",
            "[1_0]",
            "{}",
            "\"[1]\"",
            "\"\\\"[1]\"",
            "\"[1]",
            "\"\\",
            "",
        ] {
            assert_eq!(numbers(text), None, "{text}");
        }
    }

    #[test]
    fn lists_are_found_in_order_and_only_long_ones() {
        let found = number_lists(br#"{"[9,9]": [1, 2], "b": [[3, 4], [5], 6, "\"", [7, 8]]}"#, 2);
        let found: Vec<_> = found.iter().map(|list| list.numbers.as_slice()).collect();
        assert_eq!(found, [[1.0, 2.0], [3.0, 4.0], [7.0, 8.0]]);
    }
}
