//! Reading bytes in order, never beyond their end, and elements in their one encoding.

use crate::extension::Ext;
use crate::field::Fp;

/// Bytes that are read from the front. Every method returns nothing if the bytes end or are not canonical.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Read these bytes.
    #[must_use]
    pub fn new(data: &'a [u8]) -> Self {
        Self { rest: data }
    }

    /// How many bytes are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// The next bytes, their number known.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// An unsigned integer.
    pub fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.array()?))
    }

    /// A signed integer.
    pub fn i64(&mut self) -> Option<i64> {
        Some(i64::from_le_bytes(self.array()?))
    }

    /// Elements of F; the caller has bounded their number by what the statement says.
    pub fn base(&mut self, count: usize) -> Option<Vec<Fp>> {
        let data = self.take(count.checked_mul(8)?)?;
        data.chunks_exact(8)
            .map(|word| Fp::canonical(u64::from_le_bytes(word.try_into().ok()?)))
            .collect()
    }

    /// Elements of E.
    pub fn ext(&mut self, count: usize) -> Option<Vec<Ext>> {
        let base = self.base(count.checked_mul(2)?)?;
        Some(base.chunks_exact(2).map(|pair| Ext::new(pair[0], pair[1])).collect())
    }
}

/// The encoding of elements of E.
#[must_use]
pub fn encode_ext(elements: &[Ext]) -> Vec<u8> {
    elements
        .iter()
        .flat_map(|x| [x.a, x.b])
        .flat_map(|x| x.value().to_le_bytes())
        .collect()
}
