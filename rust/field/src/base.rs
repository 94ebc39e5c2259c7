//! The base field F: integers modulo p = 2^64 - 2^32 + 1.
//!
//! Two facts make it fast: 2^64 = 2^32 - 1 and 2^96 = -1 modulo p. An element is held in any word congruent to it, so
//! that sums and products need no last comparison; `word` makes it canonical.

use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// The order of the base field.
pub const P: u64 = 0xFFFF_FFFF_0000_0001;
/// 2^64 modulo p.
const EPSILON: u64 = 0xFFFF_FFFF;

/// EPSILON or zero. Carries are coin tosses: a branch on one costs more than the arithmetic around it.
#[inline(always)]
fn epsilon_if(carry: bool) -> u64 {
    std::hint::select_unpredictable(carry, EPSILON, 0)
}

/// An element of F.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fp(u64);

impl Fp {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(1);
    /// The multiplicative generator that roots of unity and the codeword's coset are taken from.
    pub const GENERATOR: Self = Self(7);

    /// Reads any word modulo p.
    #[inline(always)]
    pub const fn new(word: u64) -> Self {
        Self(word)
    }

    /// Reads a signed integer modulo p.
    #[inline(always)]
    pub const fn from_signed(value: i64) -> Self {
        // A negative i64 is at least -2^63, so that value + p neither falls below zero nor reaches p.
        Self(if value < 0 {
            P.wrapping_add_signed(value)
        } else {
            value as u64
        })
    }

    /// The canonical word.
    #[inline(always)]
    pub const fn word(self) -> u64 {
        if self.0 >= P { self.0 - P } else { self.0 }
    }

    /// A word congruent to the element, as it is held.
    #[inline(always)]
    pub const fn raw(self) -> u64 {
        self.0
    }

    /// Twice the element.
    #[inline(always)]
    pub fn double(self) -> Self {
        self + self
    }

    /// Seven times the element.
    #[inline(always)]
    pub fn times_seven(self) -> Self {
        // 7 * 2^64 has a high word of at most 6: nothing borrows, and 6 * (2^32 - 1) is added.
        let product = (self.0 as u128).wrapping_mul(7);
        let (sum, carry) = (product as u64).overflowing_add(((product >> 64) as u64).wrapping_mul(EPSILON));
        Self(sum.wrapping_add(epsilon_if(carry)))
    }

    /// The element to a power.
    pub fn power(self, mut exponent: u64) -> Self {
        let (mut result, mut square) = (Self::ONE, self);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result *= square;
            }
            square *= square;
            exponent >>= 1;
        }
        result
    }

    /// The powers from the zeroth on.
    pub fn powers(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(Self::ONE), move |power| Some(*power * self))
    }

    /// The root of unity 7^((p-1)/2^log_order), for log_order up to 32.
    pub fn root_of_unity(log_order: u32) -> Self {
        Self::GENERATOR.power((P - 1) >> log_order)
    }

    /// Reduces low + 2^128 * carries, for carries below 2^31.
    ///
    /// With low = lo + 2^64 mid + 2^96 top it is lo + (2^32 - 1) mid - (top + 2^32 carries), as 2^128 = -2^32.
    #[inline(always)]
    pub fn reduce(low: u128, carries: u64) -> Self {
        let (lo, high) = (low as u64, (low >> 64) as u64);
        let (mid, top) = (high & EPSILON, (high >> 32).wrapping_add(carries << 32));
        let (mut sum, borrow) = lo.overflowing_sub(top);
        if borrow {
            // As top is below 2^63 and sum wrapped, sum exceeds 2^63: this does not wrap again. It is rare: a branch is
            // cheap.
            std::hint::cold_path();
            sum = sum.wrapping_sub(EPSILON);
        }
        let (sum, carry) = sum.overflowing_add((mid << 32).wrapping_sub(mid));
        // After a carry, sum is at most 2^64 - 2^33.
        Self(sum.wrapping_add(epsilon_if(carry)))
    }
}

impl Add for Fp {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let (sum, carry) = self.0.overflowing_add(other.0);
        let (sum, again) = sum.overflowing_add(epsilon_if(carry));
        if again {
            // Both words were above p.
            std::hint::cold_path();
            return Self(sum.wrapping_add(EPSILON));
        }
        Self(sum)
    }
}

impl Sub for Fp {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let (difference, borrow) = self.0.overflowing_sub(other.0);
        let (difference, again) = difference.overflowing_sub(epsilon_if(borrow));
        if again {
            // The word taken away was above p, and the other below 2^32.
            std::hint::cold_path();
            return Self(difference.wrapping_sub(EPSILON));
        }
        Self(difference)
    }
}

impl Mul for Fp {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self::reduce((self.0 as u128).wrapping_mul(other.0 as u128), 0)
    }
}

impl Neg for Fp {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(P.wrapping_sub(self.word()))
    }
}

impl AddAssign for Fp {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Fp {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for Fp {
    #[inline(always)]
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

impl PartialEq for Fp {
    fn eq(&self, other: &Self) -> bool {
        self.word() == other.word()
    }
}

impl Eq for Fp {}
