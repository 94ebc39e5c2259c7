//! The challenge field E = F[X]/(X^2 - 7).

use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, MulAssign, Sub, SubAssign};

use crate::{Fp, ProductSum};

/// An element of E as its two canonical coefficients in memory.
pub type Pair = [u64; 2];

/// The element c0 + c1 X of E.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ext {
    c0: Fp,
    c1: Fp,
}

impl Ext {
    /// Zero.
    pub const ZERO: Self = Self::new(Fp::ZERO, Fp::ZERO);
    /// One.
    pub const ONE: Self = Self::new(Fp::ONE, Fp::ZERO);

    /// The element c0 + c1 X.
    #[inline(always)]
    pub const fn new(c0: Fp, c1: Fp) -> Self {
        Self { c0, c1 }
    }

    /// Reads a pair of words, each modulo p.
    #[inline(always)]
    pub const fn load([c0, c1]: Pair) -> Self {
        Self::new(Fp::new(c0), Fp::new(c1))
    }

    /// The canonical pair.
    #[inline(always)]
    pub const fn pair(self) -> Pair {
        [self.c0.word(), self.c1.word()]
    }

    /// A pair congruent to the element, as it is held.
    #[inline(always)]
    pub const fn raw(self) -> Pair {
        [self.c0.raw(), self.c1.raw()]
    }

    /// The two coefficients.
    #[inline(always)]
    pub const fn coefficients(self) -> [Fp; 2] {
        [self.c0, self.c1]
    }

    /// Twice the element.
    #[inline(always)]
    pub fn double(self) -> Self {
        self + self
    }
}

impl From<Fp> for Ext {
    #[inline(always)]
    fn from(c0: Fp) -> Self {
        Self::new(c0, Fp::ZERO)
    }
}

impl Add for Ext {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self::new(self.c0 + other.c0, self.c1 + other.c1)
    }
}

impl Sub for Ext {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self::new(self.c0 - other.c0, self.c1 - other.c1)
    }
}

impl Mul for Ext {
    type Output = Self;
    /// A factor used many times belongs on the right, where seven times its second coefficient is found once.
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let [a0, a1] = self.raw();
        let [b0, b1] = other.raw();
        let (mut constant, mut linear) = (ProductSum::default(), ProductSum::default());
        constant.add(a0, b0);
        constant.add(a1, other.c1.times_seven().raw());
        linear.add(a0, b1);
        linear.add(a1, b0);
        Self::new(constant.finish(), linear.finish())
    }
}

impl Mul<Fp> for Ext {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Fp) -> Self {
        Self::new(self.c0 * other, self.c1 * other)
    }
}

impl AddAssign for Ext {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Ext {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for Ext {
    #[inline(always)]
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

impl Sum for Ext {
    fn sum<I: Iterator<Item = Self>>(elements: I) -> Self {
        elements.fold(Self::ZERO, |sum, element| sum + element)
    }
}
