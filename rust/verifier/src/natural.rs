//! Natural numbers of any size: as little as the exact ledger needs.

use std::cmp::Ordering;

/// A natural number: base 2^64, lowest digit first, no zero digit at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Natural {
    digits: Vec<u64>,
}

impl From<u128> for Natural {
    fn from(value: u128) -> Self {
        Self {
            digits: vec![value as u64, (value >> 64) as u64],
        }
        .trimmed()
    }
}

impl Natural {
    fn trimmed(mut self) -> Self {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        self
    }

    /// self + other.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let digit = |n: &Self, k: usize| u128::from(n.digits.get(k).copied().unwrap_or(0));
        let mut carry = 0_u128;
        let mut digits = Vec::new();
        for k in 0..=self.digits.len().max(other.digits.len()) {
            let sum = digit(self, k) + digit(other, k) + carry;
            digits.push(sum as u64);
            carry = sum >> 64;
        }
        Self { digits }.trimmed()
    }

    /// self * other.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let mut digits = vec![0_u64; self.digits.len() + other.digits.len()];
        for (i, &x) in self.digits.iter().enumerate() {
            let mut carry = 0_u128;
            for (j, &y) in other.digits.iter().enumerate() {
                let sum = u128::from(x) * u128::from(y) + u128::from(digits[i + j]) + carry;
                digits[i + j] = sum as u64;
                carry = sum >> 64;
            }
            digits[i + other.digits.len()] = carry as u64;
        }
        Self { digits }.trimmed()
    }

    /// The product of these factors.
    #[must_use]
    pub fn product(factors: &[&Self]) -> Self {
        factors.iter().fold(Self::from(1), |out, factor| out.times(factor))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.digits.len().cmp(&other.digits.len());
        length.then_with(|| self.digits.iter().rev().cmp(other.digits.iter().rev()))
    }
}

#[cfg(test)]
mod tests {
    use super::Natural;

    #[test]
    fn arithmetic_agrees_with_small_numbers_and_carries() {
        let top = Natural::from(u128::MAX);
        // (2^128 - 1)^2 + 2 (2^128 - 1) + 1 = 2^256 = (2^64)^4
        let square = top.times(&top).plus(&top).plus(&top).plus(&Natural::from(1));
        let word = Natural::from(1 << 64);
        assert_eq!(square, Natural::product(&[&word, &word, &word, &word]));
        assert!(top < square && Natural::from(0) < Natural::from(1));
        assert_eq!(Natural::from(6).times(&Natural::from(7)), Natural::from(42));
        assert_eq!(Natural::from(0).times(&top), Natural::from(0));
    }
}
