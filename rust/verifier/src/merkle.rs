//! Trees of columns and their multiproofs (2.2, 2.3).

use crate::hash::{Digest, sha256, tag};

/// The leaf of column j of oracle `name`: H(tag `leaf/O`, j, salt, column).
#[must_use]
pub fn leaf(name: &str, index: u64, salt: &[u8], column: &[u8]) -> Digest {
    sha256(&[&tag(&format!("leaf/{name}")), &index.to_le_bytes(), salt, column])
}

/// The root that opened leaves and siblings determine, or nothing if the siblings end early. `opened` is sorted by
/// index without repetitions, each index < 2^depth; `sibling` gives the multiproof's next digest.
pub fn root(depth: u32, opened: Vec<(u64, Digest)>, mut sibling: impl FnMut() -> Option<Digest>) -> Option<Digest> {
    let node = tag("node");
    let mut level = opened;
    for _ in 0..depth {
        let mut above = Vec::with_capacity(level.len());
        let mut nodes = level.into_iter().peekable();
        while let Some((index, digest)) = nodes.next() {
            let pair = if index & 1 == 1 {
                (sibling()?, digest)
            } else if let Some((_, right)) = nodes.next_if(|(next, _)| *next == index + 1) {
                (digest, right)
            } else {
                (digest, sibling()?)
            };
            above.push((index >> 1, sha256(&[&node, &pair.0, &pair.1])));
        }
        level = above;
    }
    level.first().map(|(_, digest)| *digest)
}
