//! The transcript (2.4 to 2.6): each challenge depends on all that was absorbed before it.

use crate::bytes::encode_ext;
use crate::extension::Ext;
use crate::field::Fp;
use crate::hash::{Digest, sha256, tag};
use sha2::{Digest as _, Sha256};

/// The state after some items.
#[derive(Debug, Clone)]
pub struct Transcript {
    state: Digest,
}

impl Default for Transcript {
    fn default() -> Self {
        Self {
            state: sha256(&[&tag("trans")]),
        }
    }
}

impl Transcript {
    /// The state, for tests.
    #[must_use]
    pub fn state(&self) -> Digest {
        self.state
    }

    /// Absorb an item: H(state, type, length of label, label, length of data, data).
    pub fn absorb(&mut self, kind: u8, label: &str, data: &[u8]) {
        let length = data.len() as u64;
        self.state = self.start(kind, label, length).chain_update(data).finalize().into();
    }

    /// Absorb elements of E as one item.
    pub fn absorb_ext(&mut self, label: &str, elements: &[Ext]) {
        self.absorb(b'e', label, &encode_ext(elements));
    }

    /// Absorb a run of zero bytes without holding them.
    pub fn absorb_zeros(&mut self, label: &str, count: u64) {
        const BLOCK: [u8; 4096] = [0; 4096];
        let mut hash = self.start(b'z', label, count);
        for _ in 0..count / 4096 {
            hash.update(BLOCK);
        }
        hash.update(&BLOCK[..(count % 4096) as usize]);
        self.state = hash.finalize().into();
    }

    /// Draw nonzero elements of E.
    pub fn challenges(&mut self, label: &str, count: usize) -> Vec<Ext> {
        self.absorb(b'c', label, &(count as u64).to_le_bytes());
        let mut words = self.words().filter_map(Fp::canonical);
        let mut out = Vec::with_capacity(count);
        while out.len() < count {
            let (Some(a), Some(b)) = (words.next(), words.next()) else {
                break;
            };
            if Ext::new(a, b) != Ext::ZERO {
                out.push(Ext::new(a, b));
            }
        }
        out
    }

    /// Draw `count` distinct positions below 2^log_length, sorted. `count` is at most 2^log_length.
    pub fn positions(&mut self, label: &str, log_length: u32, count: usize) -> Vec<u64> {
        self.absorb(b'p', label, &(count as u64).to_le_bytes());
        let mut out = std::collections::BTreeSet::new();
        for word in self.words() {
            if out.len() >= count {
                break;
            }
            out.insert(word & ((1 << log_length) - 1));
        }
        out.into_iter().collect()
    }

    /// A hash that has seen an item up to its data.
    fn start(&self, kind: u8, label: &str, length: u64) -> Sha256 {
        Sha256::new()
            .chain_update(self.state)
            .chain_update([kind, label.len() as u8])
            .chain_update(label)
            .chain_update(length.to_le_bytes())
    }

    /// The words that the state gives, without end.
    fn words(&self) -> impl Iterator<Item = u64> + use<> {
        let state = self.state;
        (0_u64..).flat_map(move |block| {
            let digest = sha256(&[&state, b"s", &block.to_le_bytes()]);
            let (words, _) = digest.as_chunks::<8>();
            let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
            words
        })
    }
}
