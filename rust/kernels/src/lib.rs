//! The prover's loops over data: slices in, slices out.
//!
//! No kernel knows the protocol, and none keeps state. Elements of F are words, elements of E pairs of words
//! (zkinfer-field); what goes in is read modulo p, what comes out is canonical. The first variable of a table is the
//! top bit of its index. A table of 2^v rows may be stored by its first m rows only: `half` is 2^(v-1), and missing
//! rows have a stated default. Sums are exact, so results do not depend on the number of threads.

mod bytes;
pub mod combine;
pub mod convolve;
pub mod correlate;
pub mod encode;
pub mod eq;
pub mod eq_sums;
mod error;
pub mod evaluate;
pub mod fold;
pub mod hash;
pub mod layer;
pub mod logup;
mod ntt;
pub mod numbers;
mod parallel;
pub mod poly;
pub mod product;
pub mod rounds;
mod sha256;
pub mod vanish;
pub mod vector;

pub use error::{Result, ShapeError};
pub use zkinfer_field::{Instructions, Pair};
