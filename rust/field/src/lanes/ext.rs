//! Elements of E in lanes.

use std::ops::{Add, Mul, Sub};

use super::Lanes;
use crate::{Ext, Pair};

/// Elements of E side by side: their coefficients apart. Pairs of 2 WIDTH words lie in an order of their own, which
/// `load` and `store` share.
#[derive(Clone, Copy)]
pub struct ExtLanes<L> {
    /// The constant coefficients.
    pub c0: L,
    /// The coefficients of X.
    pub c1: L,
}

impl<L: Lanes> ExtLanes<L> {
    #[inline(always)]
    fn new([c0, c1]: [L; 2]) -> Self {
        Self { c0, c1 }
    }

    /// The same element in every lane.
    #[inline(always)]
    pub fn splat(element: Ext) -> Self {
        let [c0, c1] = element.raw();
        Self {
            c0: L::splat(c0),
            c1: L::splat(c1),
        }
    }

    /// Reads the first WIDTH pairs.
    #[inline(always)]
    pub fn load(pairs: &[Pair]) -> Self {
        let words = pairs[..L::WIDTH].as_flattened();
        let (c0, c1) = L::load(words).unzip(L::load(&words[L::WIDTH..]));
        Self { c0, c1 }
    }

    /// Writes the first WIDTH pairs, canonical.
    #[inline(always)]
    pub fn store(self, pairs: &mut [Pair]) {
        let words = pairs[..L::WIDTH].as_flattened_mut();
        let (first, second) = self.c0.canonical().unzip(self.c1.canonical());
        first.store(words);
        second.store(&mut words[L::WIDTH..]);
    }

    /// Reads the first WIDTH rows of four pairs.
    #[inline(always)]
    pub fn load_rows(rows: &[[Pair; 4]]) -> [Self; 4] {
        let [p, q, s, t] = L::load_rows(rows);
        [Self::new(p), Self::new(q), Self::new(s), Self::new(t)]
    }

    /// Writes the first WIDTH rows of two pairs, canonical.
    #[inline(always)]
    pub fn store_rows(p: Self, q: Self, rows: &mut [[Pair; 2]]) {
        L::store_rows(rows, [p.c0, p.c1], [q.c0, q.c1]);
    }

    /// The products with elements of F.
    #[inline(always)]
    pub fn scale(self, other: L) -> Self {
        Self {
            c0: self.c0.mul(other),
            c1: self.c1.mul(other),
        }
    }

    /// The sum of all lanes.
    #[inline(always)]
    pub fn total(self) -> Ext {
        let mut pairs = [[0; 2]; 8];
        self.store(&mut pairs);
        pairs[..L::WIDTH].iter().map(|pair| Ext::load(*pair)).sum()
    }
}

impl<L: Lanes> Add for ExtLanes<L> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self {
            c0: self.c0.add(other.c0),
            c1: self.c1.add(other.c1),
        }
    }
}

impl<L: Lanes> Sub for ExtLanes<L> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self {
            c0: self.c0.sub(other.c0),
            c1: self.c1.sub(other.c1),
        }
    }
}

impl<L: Lanes> Mul for ExtLanes<L> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self::new(L::mul_ext([self.c0, self.c1], [other.c0, other.c1]))
    }
}
