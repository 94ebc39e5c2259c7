//! Claims (6.1, 6.2): a known value plus a combination of one-time pads.

use crate::extension::Ext;

/// known + sum of coefficient * pad.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Claim {
    pub known: Ext,
    /// (number of the pad, coefficient); a number may come back.
    pub pads: Vec<(usize, Ext)>,
}

impl Claim {
    /// A public value.
    #[must_use]
    pub fn public(known: Ext) -> Self {
        Self {
            known,
            pads: Vec::new(),
        }
    }

    /// sum of coefficient * claim.
    #[must_use]
    pub fn combine(parts: &[(Ext, &Self)]) -> Self {
        let mut out = Self::default();
        for (by, claim) in parts {
            out.add(*by, claim);
        }
        out
    }

    /// self += by * other.
    pub fn add(&mut self, by: Ext, other: &Self) {
        self.known = self.known + by * other.known;
        self.pads
            .extend(other.pads.iter().map(|&(pad, coefficient)| (pad, by * coefficient)));
    }

    /// self - other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self::combine(&[(Ext::ONE, self), (-Ext::ONE, other)])
    }

    /// self + a public value.
    #[must_use]
    pub fn plus_public(mut self, value: Ext) -> Self {
        self.known = self.known + value;
        self
    }
}
