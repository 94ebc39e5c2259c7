//! SHA-256 under a tag (2.1).

use sha2::{Digest as _, Sha256};

/// A digest.
pub type Digest = [u8; 32];

/// The 16 bytes of a tag: `zkinfer1/`, a name, zeros.
#[must_use]
pub fn tag(name: &str) -> [u8; 16] {
    let mut out = [0; 16];
    for (to, from) in out.iter_mut().zip(b"zkinfer1/".iter().chain(name.as_bytes())) {
        *to = *from;
    }
    out
}

/// The digest of parts, one after the other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}
