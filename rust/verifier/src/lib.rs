//! A second verifier of zkinfer's proofs, written from docs/protocol.md alone: it shares no line with the first one.
//!
//! Numbers in comments are those of that page. Read in this order: `statement`, `channel`, `steps`, `ledger`.

#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod access;
pub mod bounds;
pub mod bytes;
pub mod channel;
pub mod claim;
pub mod codec;
pub mod error;
pub mod extension;
pub mod field;
pub mod hash;
pub mod layout;
pub mod ledger;
pub mod limits;
pub mod merkle;
pub mod multilinear;
pub mod natural;
pub mod prepared;
pub mod profile;
pub mod proof;
pub mod statement;
pub mod steps;
pub mod transcript;
pub mod wellformed;
pub mod work;

use channel::Channel;
pub use error::{Error, Result};
pub use prepared::Prepared;
use proof::Proof;
use transcript::Transcript;

/// What an accepted proof shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Each public output's integers, row-major.
    pub outputs: Vec<Vec<i64>>,
    /// The bytes that the proof is bound to.
    pub context: Vec<u8>,
}

impl Prepared {
    /// Verify a proof of this statement.
    ///
    /// # Errors
    ///
    /// `Error::Proof`: why it is rejected.
    pub fn verify(&self, data: &[u8]) -> Result<Accepted> {
        let proof = Proof::from_bytes(self, data)?;
        let mut channel = Channel::replaying(self.start(&proof), &proof.scalars);
        let folded = steps::reduce(self, &proof.outputs, &mut channel)?;
        steps::opening::check(self, &proof, &folded, &mut channel)?;
        Ok(Accepted {
            context: proof.context.to_vec(),
            outputs: proof.outputs,
        })
    }

    /// 7.1: what is absorbed before the first challenge.
    fn start(&self, proof: &Proof<'_>) -> Transcript {
        let mut transcript = Transcript::default();
        transcript.absorb(b'b', "profile", self.statement.profile.as_bytes());
        transcript.absorb(b'd', "statement", &self.statement.digest);
        for output in &proof.outputs {
            let data: Vec<u8> = output.iter().flat_map(|v| v.to_le_bytes()).collect();
            transcript.absorb(b'b', "output", &data);
        }
        transcript.absorb(b'b', "context", proof.context);
        transcript.absorb(b'd', "root of A", &proof.witness_root);
        transcript.absorb(b'd', "root of Q", &proof.pads_root);
        transcript.absorb_zeros("zeros", self.zeros);
        transcript
    }
}
