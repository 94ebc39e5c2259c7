//! Sums of products, reduced once at the end.
//!
//! A product of words takes 128 bits and its reduction costs more than the product; a sum of many keeps a third word of
//! carries instead. Any words may enter, canonical or not; up to 2^64 products fit.

use crate::{Ext, Fp, Pair, fp, pair, reduce};

/// A sum of products of two words.
#[derive(Clone, Copy, Default)]
pub struct ProductSum {
    low: u128,
    carries: u64,
}

impl ProductSum {
    /// Adds a * b.
    #[inline]
    pub fn add(&mut self, a: u64, b: u64) {
        // Two words multiply to less than 2^128.
        let (low, carry) = self.low.overflowing_add(u128::from(a).wrapping_mul(u128::from(b)));
        self.low = low;
        self.carries = self.carries.wrapping_add(u64::from(carry));
    }

    /// Adds another sum.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        let (low, carry) = self.low.overflowing_add(other.low);
        self.low = low;
        self.carries = self.carries.wrapping_add(other.carries).wrapping_add(u64::from(carry));
    }

    /// The sum modulo p; 2^128 = -2^32 there.
    #[inline]
    pub fn finish(&self) -> Fp {
        reduce(self.low) - fp(self.carries) * fp(1 << 32)
    }
}

/// A sum of elements of E times words.
#[derive(Clone, Copy, Default)]
pub struct ScaledSum([ProductSum; 2]);

impl ScaledSum {
    /// Adds a * b for a in E and b in F.
    #[inline]
    pub fn add(&mut self, a: Pair, b: u64) {
        self.0[0].add(a[0], b);
        self.0[1].add(a[1], b);
    }

    /// Adds another sum.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        self.0[0].merge(&other.0[0]);
        self.0[1].merge(&other.0[1]);
    }

    /// The sum in E.
    #[inline]
    pub fn finish(&self) -> Ext {
        Ext::new([self.0[0].finish(), self.0[1].finish()])
    }
}

/// A sum of products in E: (a0 + a1 X)(b0 + b1 X) = a0 b0 + 7 a1 b1 + (a0 b1 + a1 b0) X, each kind of product on its own.
#[derive(Clone, Copy, Default)]
pub struct ExtSum {
    constant: ProductSum,
    square: ProductSum,
    cross: ProductSum,
}

impl ExtSum {
    /// Adds a * b.
    #[inline]
    pub fn add(&mut self, a: Pair, b: Pair) {
        self.constant.add(a[0], b[0]);
        self.square.add(a[1], b[1]);
        self.cross.add(a[0], b[1]);
        self.cross.add(a[1], b[0]);
    }

    /// Adds a * b for elements already loaded.
    #[inline]
    pub fn add_ext(&mut self, a: Ext, b: Ext) {
        self.add(pair(a), pair(b));
    }

    /// Adds another sum.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        self.constant.merge(&other.constant);
        self.square.merge(&other.square);
        self.cross.merge(&other.cross);
    }

    /// The sum in E.
    #[inline]
    pub fn finish(&self) -> Ext {
        Ext::new([
            self.constant.finish() + self.square.finish() * fp(7),
            self.cross.finish(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PrimeCharacteristicRing, ext, word};

    #[test]
    fn many_largest_products_do_not_overflow() {
        let mut sum = ProductSum::default();
        let mut expected = Fp::ZERO;
        for _ in 0..1000 {
            sum.add(u64::MAX, u64::MAX);
            expected += fp(u64::MAX) * fp(u64::MAX);
        }
        let half = sum;
        sum.merge(&half);
        assert_eq!(word(sum.finish()), word(expected.double()));
    }

    #[test]
    fn sums_in_the_extension_agree_with_one_product_at_a_time() {
        let values: Vec<Pair> = (0..50u64).map(|i| [u64::MAX - i * i, i << 57]).collect();
        let (mut sum, mut scaled) = (ExtSum::default(), ScaledSum::default());
        let (mut expected, mut expected_scaled) = (Ext::ZERO, Ext::ZERO);
        for (a, b) in values.iter().zip(values.iter().rev()) {
            sum.add(*a, *b);
            scaled.add(*a, b[0]);
            expected += ext(*a) * ext(*b);
            expected_scaled += ext(*a) * fp(b[0]);
        }
        assert_eq!(pair(sum.finish()), pair(expected));
        assert_eq!(pair(scaled.finish()), pair(expected_scaled));
    }
}
