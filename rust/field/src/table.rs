//! What tables are made of: code written once serves tables over F and over E.

use std::ops::{Add, AddAssign, Mul, MulAssign, Sub};

use crate::{Ext, Fp, Pair};

/// A word or a pair as it lies in memory.
pub trait Stored: Copy + Send + Sync {
    /// The field element it stands for.
    type Value: Value;
    /// Reads the element.
    fn load(self) -> Self::Value;
}

impl Stored for u64 {
    type Value = Fp;
    #[inline(always)]
    fn load(self) -> Fp {
        Fp::new(self)
    }
}

impl Stored for Pair {
    type Value = Ext;
    #[inline(always)]
    fn load(self) -> Ext {
        Ext::load(self)
    }
}

/// An element of F or of E, seen from E.
pub trait Value:
    Copy + Send + Sync + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + AddAssign + MulAssign
{
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// The same element in E.
    fn lift(self) -> Ext;
    /// Its product with an element of E.
    fn scale(self, by: Ext) -> Ext;
}

impl Value for Fp {
    const ZERO: Self = Self::ZERO;
    const ONE: Self = Self::ONE;
    #[inline(always)]
    fn lift(self) -> Ext {
        self.into()
    }
    #[inline(always)]
    fn scale(self, by: Ext) -> Ext {
        by * self
    }
}

impl Value for Ext {
    const ZERO: Self = Self::ZERO;
    const ONE: Self = Self::ONE;
    #[inline(always)]
    fn lift(self) -> Ext {
        self
    }
    #[inline(always)]
    fn scale(self, by: Ext) -> Ext {
        self * by
    }
}
