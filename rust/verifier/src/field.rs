//! F, the integers modulo p = 2^64 - 2^32 + 1 (1.1), and the points of its codes (1.7).

use std::ops::{Add, Mul, Neg, Sub};

/// The modulus.
pub const P: u64 = 0xffff_ffff_0000_0001;

/// An element of F, always canonical: < p.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fp(u64);

impl Fp {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(1);

    /// The element with this canonical value, or nothing.
    #[must_use]
    pub fn canonical(value: u64) -> Option<Self> {
        (value < P).then_some(Self(value))
    }

    /// A nonnegative integer modulo p.
    #[must_use]
    pub fn from_u64(value: u64) -> Self {
        Self(if value >= P { value - P } else { value })
    }

    /// An integer modulo p: -v stands for p - v.
    #[must_use]
    pub fn from_i64(value: i64) -> Self {
        let magnitude = Self::from_u64(value.unsigned_abs());
        if value < 0 { -magnitude } else { magnitude }
    }

    /// The canonical value.
    #[must_use]
    pub fn value(self) -> u64 {
        self.0
    }

    /// self^exponent.
    #[must_use]
    pub fn pow(self, mut exponent: u64) -> Self {
        let (mut base, mut out) = (self, Self::ONE);
        while exponent > 0 {
            if exponent & 1 == 1 {
                out = out * base;
            }
            base = base * base;
            exponent >>= 1;
        }
        out
    }

    /// 1 / self; zero for zero.
    #[must_use]
    pub fn inverse(self) -> Self {
        self.pow(P - 2)
    }
}

/// Reduce modulo p with 2^64 = 2^32 - 1 and 2^96 = -1.
fn reduce(value: u128) -> u64 {
    let (low, high) = (value as u64, (value >> 64) as u64);
    let (high_high, high_low) = (high >> 32, high & 0xffff_ffff);
    let sum = u128::from(low) + u128::from(high_low) * 0xffff_ffff + u128::from(P - high_high);
    // sum < 2^64 + 2^64 + 2^64: at most two more multiples of 2^64, folded once more.
    let (low, high) = (sum as u64, (sum >> 64) as u64);
    let folded = u128::from(low) + u128::from(high) * 0xffff_ffff;
    let modulus = u128::from(P);
    (if folded >= modulus { folded - modulus } else { folded }) as u64
}

impl Add for Fp {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let sum = u128::from(self.0) + u128::from(other.0);
        let modulus = u128::from(P);
        Self((if sum >= modulus { sum - modulus } else { sum }) as u64)
    }
}

impl Sub for Fp {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(if self.0 >= other.0 {
            self.0 - other.0
        } else {
            P - (other.0 - self.0)
        })
    }
}

impl Neg for Fp {
    type Output = Self;
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl Mul for Fp {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(reduce(u128::from(self.0) * u128::from(other.0)))
    }
}

/// Point j of the code of length n = 2^log_length: 7 w^j with w = 7^((p - 1) / n). `log_length` <= 32.
#[must_use]
pub fn code_point(log_length: u32, index: u64) -> Fp {
    let seven = Fp(7);
    seven * seven.pow((P - 1) >> log_length).pow(index)
}
