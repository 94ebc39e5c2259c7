//! Sums of products, reduced once at the end.
//!
//! A product of words takes 128 bits, and its reduction costs more than itself; a sum of many keeps a third word of
//! carries instead. Any words may enter, canonical or not; fewer than 2^31 products fit.

use crate::{Ext, Fp, Pair};

/// A sum of products of two words.
#[derive(Clone, Copy, Default)]
pub struct ProductSum {
    low: u128,
    carries: u64,
}

impl ProductSum {
    /// Adds a * b.
    #[inline(always)]
    pub fn add(&mut self, a: u64, b: u64) {
        // Two words multiply to less than 2^128.
        let (low, carry) = self.low.overflowing_add((a as u128).wrapping_mul(b as u128));
        self.low = low;
        self.carries = self.carries.wrapping_add(carry as u64);
    }

    /// Adds another sum.
    #[inline(always)]
    pub fn merge(&mut self, other: &Self) {
        let (low, carry) = self.low.overflowing_add(other.low);
        self.low = low;
        self.carries = self.carries.wrapping_add(other.carries).wrapping_add(carry as u64);
    }

    /// The sum modulo p.
    #[inline(always)]
    pub fn finish(&self) -> Fp {
        Fp::reduce(self.low, self.carries)
    }
}

/// A sum of elements of E times words.
#[derive(Clone, Copy, Default)]
pub struct ScaledSum([ProductSum; 2]);

impl ScaledSum {
    /// Adds a * b for a in E and b in F.
    #[inline(always)]
    pub fn add(&mut self, a: Pair, b: u64) {
        self.0[0].add(a[0], b);
        self.0[1].add(a[1], b);
    }

    /// The sum in E.
    #[inline(always)]
    pub fn finish(&self) -> Ext {
        Ext::new(self.0[0].finish(), self.0[1].finish())
    }
}

/// A sum of products in E: (a0 + a1 X)(b0 + b1 X) = a0 b0 + 7 a1 b1 + (a0 b1 + a1 b0) X, each kind of product apart.
#[derive(Clone, Copy, Default)]
pub struct ExtSum {
    constant: ProductSum,
    square: ProductSum,
    linear: ProductSum,
}

impl ExtSum {
    /// Adds a * b.
    #[inline(always)]
    pub fn add(&mut self, a: Ext, b: Ext) {
        let ([a0, a1], [b0, b1]) = (a.raw(), b.raw());
        self.constant.add(a0, b0);
        self.square.add(a1, b1);
        self.linear.add(a0, b1);
        self.linear.add(a1, b0);
    }

    /// Adds another sum.
    #[inline(always)]
    pub fn merge(&mut self, other: &Self) {
        self.constant.merge(&other.constant);
        self.square.merge(&other.square);
        self.linear.merge(&other.linear);
    }

    /// The sum in E.
    #[inline(always)]
    pub fn finish(&self) -> Ext {
        Ext::new(
            self.constant.finish() + self.square.finish().times_seven(),
            self.linear.finish(),
        )
    }
}
