//! What tables are made of: code written once serves tables over F and over E.

use std::ops::{Add, Mul, Sub};

use crate::lanes::{ExtLanes, Lanes};
use crate::{Ext, Fp, Pair};

/// A word or a pair as it lies in memory.
pub trait Stored: Copy + Send + Sync {
    /// Several of them, to compute with.
    type Several<L: Lanes>: Value<L>;
    /// Reads the first WIDTH entries.
    fn load<L: Lanes>(entries: &[Self]) -> Self::Several<L>;
}

impl Stored for u64 {
    type Several<L: Lanes> = BaseLanes<L>;
    #[inline(always)]
    fn load<L: Lanes>(entries: &[u64]) -> BaseLanes<L> {
        BaseLanes(L::load_as_pairs(entries))
    }
}

impl Stored for Pair {
    type Several<L: Lanes> = ExtLanes<L>;
    #[inline(always)]
    fn load<L: Lanes>(entries: &[Pair]) -> ExtLanes<L> {
        ExtLanes::load(entries)
    }
}

/// Elements of F or of E, seen from E.
pub trait Value<L: Lanes>: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// Zero in every lane.
    fn zero() -> Self;
    /// The same elements in E.
    fn lift(self) -> ExtLanes<L>;
    /// The products with elements of E.
    fn scale(self, by: ExtLanes<L>) -> ExtLanes<L>;
}

/// Elements of F, lanes in the order of pairs.
#[derive(Clone, Copy)]
pub struct BaseLanes<L>(L);

impl<L: Lanes> Add for BaseLanes<L> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0.add(other.0))
    }
}

impl<L: Lanes> Sub for BaseLanes<L> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0.sub(other.0))
    }
}

impl<L: Lanes> Mul for BaseLanes<L> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(self.0.mul(other.0))
    }
}

impl<L: Lanes> Value<L> for BaseLanes<L> {
    #[inline(always)]
    fn zero() -> Self {
        Self(L::splat(0))
    }
    #[inline(always)]
    fn lift(self) -> ExtLanes<L> {
        ExtLanes {
            c0: self.0,
            c1: L::splat(Fp::ZERO.raw()),
        }
    }
    #[inline(always)]
    fn scale(self, by: ExtLanes<L>) -> ExtLanes<L> {
        by.scale(self.0)
    }
}

impl<L: Lanes> Value<L> for ExtLanes<L> {
    #[inline(always)]
    fn zero() -> Self {
        Self::splat(Ext::ZERO)
    }
    #[inline(always)]
    fn lift(self) -> ExtLanes<L> {
        self
    }
    #[inline(always)]
    fn scale(self, by: ExtLanes<L>) -> ExtLanes<L> {
        self * by
    }
}
