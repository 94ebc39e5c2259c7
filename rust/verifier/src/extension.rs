//! E = F[X] / (X^2 - 7) (1.2).

use crate::field::Fp;
use std::ops::{Add, Mul, Neg, Sub};

/// An element a + bX of E.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ext {
    /// The constant coefficient.
    pub a: Fp,
    /// The coefficient of X.
    pub b: Fp,
}

impl Ext {
    /// Zero.
    pub const ZERO: Self = Self {
        a: Fp::ZERO,
        b: Fp::ZERO,
    };
    /// One.
    pub const ONE: Self = Self {
        a: Fp::ONE,
        b: Fp::ZERO,
    };

    /// a + bX.
    #[must_use]
    pub fn new(a: Fp, b: Fp) -> Self {
        Self { a, b }
    }

    /// An integer.
    #[must_use]
    pub fn from_i64(value: i64) -> Self {
        Fp::from_i64(value).into()
    }

    /// X times this element: (a + bX) X = 7b + aX.
    #[must_use]
    pub fn times_x(self) -> Self {
        Self::new(Fp::from_u64(7) * self.b, self.a)
    }

    /// An element of F times this element.
    #[must_use]
    pub fn scale(self, by: Fp) -> Self {
        Self::new(self.a * by, self.b * by)
    }

    /// 1 / self = (a - bX) / (a^2 - 7 b^2); zero for zero.
    #[must_use]
    pub fn inverse(self) -> Self {
        let norm = self.a * self.a - Fp::from_u64(7) * self.b * self.b;
        Self::new(self.a, -self.b).scale(norm.inverse())
    }
}

impl From<Fp> for Ext {
    fn from(a: Fp) -> Self {
        Self::new(a, Fp::ZERO)
    }
}

impl Add for Ext {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.a + other.a, self.b + other.b)
    }
}

impl Sub for Ext {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.a - other.a, self.b - other.b)
    }
}

impl Neg for Ext {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.a, -self.b)
    }
}

impl Mul for Ext {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let seven = Fp::from_u64(7);
        Self::new(
            self.a * other.a + seven * (self.b * other.b),
            self.a * other.b + self.b * other.a,
        )
    }
}
