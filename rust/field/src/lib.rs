//! The base field F (Goldilocks, p = 2^64 - 2^32 + 1) and the challenge field E = F[X]/(X^2 - 7), as plain words.
//!
//! Outside, an element of F is a `u64` and an element of E a pair `[c0, c1]`. Words that leave are canonical (< p); words
//! that enter may be any `u64` and are read modulo p. Arithmetic is Plonky3's.

use p3_field::{BasedVectorSpace, PrimeField64, TwoAdicField, extension::BinomialExtensionField};
pub use p3_field::{Field, PrimeCharacteristicRing};
use p3_goldilocks::Goldilocks;

mod sum;

pub use sum::{ExtSum, ProductSum, ScaledSum};

/// The base field.
pub type Fp = Goldilocks;
/// The challenge field.
pub type Ext = BinomialExtensionField<Goldilocks, 2>;
/// An element of E as its two coefficients.
pub type Pair = [u64; 2];

/// The order of the base field.
pub const P: u64 = Goldilocks::ORDER_U64;
/// The multiplicative generator that roots of unity and the codeword's coset are taken from.
pub const GENERATOR: Fp = Goldilocks::new(7);
/// The largest k with a root of unity of order 2^k.
pub const TWO_ADICITY: usize = Goldilocks::TWO_ADICITY;

/// Reads a word as an element of F; any word is accepted, modulo p.
#[inline]
pub const fn fp(word: u64) -> Fp {
    Goldilocks::new(word)
}

/// Writes an element of F as its canonical word.
#[inline]
pub fn word(element: Fp) -> u64 {
    element.as_canonical_u64()
}

/// Reads a pair of words as an element of E.
#[inline]
pub const fn ext(pair: Pair) -> Ext {
    Ext::new([fp(pair[0]), fp(pair[1])])
}

/// Writes an element of E as its canonical pair.
#[inline]
pub fn pair(element: Ext) -> Pair {
    let c = coefficients(&element);
    [word(c[0]), word(c[1])]
}

/// The two coefficients of an element of E.
#[inline]
pub fn coefficients(element: &Ext) -> [Fp; 2] {
    let c: &[Fp] = element.as_basis_coefficients_slice();
    [c[0], c[1]]
}

/// Reads a signed integer modulo p.
#[inline]
pub const fn signed(value: i64) -> Fp {
    // A negative i64 is at least -2^63, so value + p neither wraps below zero nor reaches p.
    fp(if value < 0 {
        P.wrapping_add_signed(value)
    } else {
        value as u64
    })
}

/// Reduces a 128-bit integer modulo p.
///
/// With 2^64 = 2^32 - 1 and 2^96 = -1 (mod p): x = lo + (2^32 - 1) * mid - top.
#[inline]
pub fn reduce(x: u128) -> Fp {
    let (lo, high) = (x as u64, (x >> 64) as u64);
    let (mid, top) = (high & 0xFFFF_FFFF, high >> 32);
    fp(lo) - fp(top) + fp(mid * 0xFFFF_FFFF)
}

/// The primitive root of unity of order 2^log_order, 7^((p-1)/2^log_order).
pub fn root_of_unity(log_order: usize) -> Fp {
    GENERATOR.exp_u64((P - 1) >> log_order)
}

/// A word or a pair as it lies in memory: what tables are made of.
pub trait Stored: Copy + Send + Sync {
    /// The field element it stands for.
    type Value: Value;
    /// What stands for zero.
    const ZERO: Self;
    /// Reads the element.
    fn load(self) -> Self::Value;
}

impl Stored for u64 {
    type Value = Fp;
    const ZERO: Self = 0;
    #[inline]
    fn load(self) -> Fp {
        fp(self)
    }
}

impl Stored for Pair {
    type Value = Ext;
    const ZERO: Self = [0, 0];
    #[inline]
    fn load(self) -> Ext {
        ext(self)
    }
}

/// An element of F or of E, seen from E: code written once serves tables of both.
pub trait Value: PrimeCharacteristicRing + Copy + Send + Sync {
    /// The same element in E.
    fn lift(self) -> Ext;
    /// Its product with an element of E.
    fn scale(self, by: Ext) -> Ext;
}

impl Value for Fp {
    #[inline]
    fn lift(self) -> Ext {
        Ext::from(self)
    }
    #[inline]
    fn scale(self, by: Ext) -> Ext {
        by * self
    }
}

impl Value for Ext {
    #[inline]
    fn lift(self) -> Ext {
        self
    }
    #[inline]
    fn scale(self, by: Ext) -> Ext {
        by * self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p3_field::extension::BinomiallyExtendable;

    const EDGES: [u64; 9] = [
        0,
        1,
        2,
        P - 1,
        P - 2,
        (1 << 32) - 1,
        1 << 32,
        u64::MAX - (1 << 32),
        1 << 63,
    ];

    fn times(a: u64, b: u64) -> u64 {
        (u128::from(a) * u128::from(b) % u128::from(P)) as u64
    }

    #[test]
    fn the_extension_is_the_one_with_seven() {
        assert_eq!(<Fp as BinomiallyExtendable<2>>::W, GENERATOR);
        let x = ext([0, 1]);
        assert_eq!(pair(x * x), [7, 0]);
    }

    #[test]
    fn roots_of_unity_are_plonky3s() {
        for log_order in 0..=TWO_ADICITY {
            assert_eq!(root_of_unity(log_order), Fp::two_adic_generator(log_order));
        }
    }

    #[test]
    fn products_agree_with_integers() {
        for a in EDGES {
            for b in EDGES {
                assert_eq!(word(fp(a) * fp(b)), times(a, b));
                assert_eq!(
                    word(fp(a) + fp(b)),
                    ((u128::from(a) + u128::from(b)) % u128::from(P)) as u64
                );
                let product = pair(ext([a, b]) * ext([b, a]));
                let c0 = (u128::from(times(a, b)) + 7 * u128::from(times(b, a))) % u128::from(P);
                let c1 = (u128::from(times(a, a)) + u128::from(times(b, b))) % u128::from(P);
                assert_eq!(product.map(u128::from), [c0, c1]);
            }
        }
    }

    #[test]
    fn words_at_or_above_p_are_read_modulo_p() {
        for high in [P, P + 1, u64::MAX] {
            assert_eq!(word(fp(high)), high - P);
            assert_eq!(
                word(fp(high) + fp(u64::MAX)),
                ((u128::from(high) + u128::from(u64::MAX)) % u128::from(P)) as u64
            );
            assert_eq!(word(fp(high) * fp(u64::MAX)), times(high, u64::MAX));
        }
    }

    #[test]
    fn reduce_agrees_with_integers() {
        for a in EDGES {
            for b in EDGES {
                let x = u128::from(a) << 64 | u128::from(b);
                assert_eq!(u128::from(word(reduce(x))), x % u128::from(P));
            }
        }
        assert_eq!(u128::from(word(reduce(u128::MAX))), u128::MAX % u128::from(P));
    }

    #[test]
    fn signed_integers_are_read_modulo_p() {
        for v in [0, 1, -1, 127, -128, i64::MAX, i64::MIN] {
            assert_eq!(i128::from(word(signed(v))), i128::from(v).rem_euclid(i128::from(P)));
        }
    }
}
