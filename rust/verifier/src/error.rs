//! What can go wrong: the statement is not acceptable, or the proof is not.

use std::fmt;

/// Why nothing was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The statement is damaged, breaks a rule of section 3, or its profile was not allowed by the caller.
    Statement(String),
    /// The proof's bytes are rejected.
    Proof(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statement(why) => write!(f, "the statement is refused: {why}"),
            Self::Proof(why) => write!(f, "the proof is rejected: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Refuse a statement.
pub(crate) fn refuse<T>(why: impl Into<String>) -> Result<T> {
    Err(Error::Statement(why.into()))
}

/// Reject a proof.
pub(crate) fn reject<T>(why: impl Into<String>) -> Result<T> {
    Err(Error::Proof(why.into()))
}
