//! What is fuzzed natively. A target takes any bytes and must return: a panic is a finding.

mod kernels;

pub use kernels::kernels;

use std::sync::LazyLock;
use zkinfer_verifier_rs::Prepared;

/// The frozen statement and its proof, small and of every kind of relation.
pub const STATEMENT: &[u8] = include_bytes!("../../../vectors/proofs/v1/statement.zks");
/// The frozen proof.
pub const PROOF: &[u8] = include_bytes!("../../../vectors/proofs/v1/proof.zkp");

static PREPARED: LazyLock<Prepared> =
    LazyLock::new(|| Prepared::new(STATEMENT, true).unwrap_or_else(|error| panic!("the frozen statement: {error}")));

/// Read and prepare a statement.
pub fn statement(data: &[u8]) {
    let _ = Prepared::new(data, true);
}

/// Verify a proof of the frozen statement: only the frozen proof is accepted.
///
/// # Panics
///
/// Another proof is accepted.
pub fn proof(data: &[u8]) {
    if PREPARED.verify(data).is_ok() {
        assert_eq!(data, PROOF, "a proof was accepted that nobody made");
    }
}
