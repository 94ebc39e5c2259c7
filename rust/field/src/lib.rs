//! The base field F (Goldilocks, p = 2^64 - 2^32 + 1) and the challenge field E = F[X]/(X^2 - 7).
//!
//! In memory an element of F is a `u64` and an element of E a pair `[c0, c1]`. Words that leave are canonical (< p);
//! words that enter may be any `u64` and are read modulo p. Plonky3's arithmetic, correct and slower here without
//! instructions chosen at compile time, is the oracle of tests/against_plonky3.rs.

mod base;
mod ext;
mod instructions;
pub mod lanes;
mod sum;
mod table;

pub use base::{Fp, P};
pub use ext::{Ext, Pair};
pub use instructions::Instructions;
pub use sum::{ExtSum, ProductSum, ScaledSum};
pub use table::{BaseLanes, Stored, Value};

/// The largest k with a root of unity of order 2^k.
pub const TWO_ADICITY: u32 = 32;
