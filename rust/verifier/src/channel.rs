//! What the prover sends and the transcript draws, and the constraints on pads that follow (6).

use crate::claim::Claim;
use crate::error::{Error, Result, refuse};
use crate::extension::Ext;
use crate::limits::MAX_MESSAGES;
use crate::transcript::Transcript;

/// A product of two claims with a pad each: the numbers of their pads and of the three that it takes (6.3).
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Product {
    pub left: usize,
    pub right: usize,
    pub product: usize,
    pub mask: usize,
    pub masked: usize,
}

/// One run of the reductions: on a proof, or only to count what a proof of the statement has.
#[derive(Debug, Default)]
pub struct Channel<'a> {
    /// The transcript and the scalars not yet read; absent when counting.
    proof: Option<(Transcript, std::slice::Iter<'a, Ext>)>,
    /// How many scalars were sent.
    pub scalars: usize,
    /// How many items were absorbed: scalars, and draws of challenges.
    messages: usize,
    /// How many pads are taken.
    pub pads: usize,
    /// The products in order.
    pub products: Vec<Product>,
    /// The constraints in order: each claim is zero.
    pub constraints: Vec<Claim>,
    /// The sum of the degrees of the sumcheck rounds.
    pub round_degrees: u64,
    /// The variables of fresh points.
    pub point_vars: u64,
}

impl<'a> Channel<'a> {
    /// A channel that only counts: scalars are zero, challenges one.
    #[must_use]
    pub fn counting() -> Self {
        Self::default()
    }

    /// A channel that replays a proof.
    #[must_use]
    pub fn replaying(transcript: Transcript, scalars: &'a [Ext]) -> Self {
        Self {
            proof: Some((transcript, scalars.iter())),
            ..Self::default()
        }
    }

    /// The transcript, unless this channel only counts.
    pub fn transcript(&mut self) -> Option<&mut Transcript> {
        self.proof.as_mut().map(|(transcript, _)| transcript)
    }

    /// The prover sends a scalar: v - pad. What is held is the claim v = sent + pad.
    ///
    /// # Errors
    ///
    /// When counting: the messages are too many. Else: there are no more scalars; their number follows from the
    /// statement, so this cannot happen.
    pub fn scalar(&mut self, label: &str) -> Result<Claim> {
        self.messages += 1;
        if self.messages > MAX_MESSAGES {
            return refuse("its proofs have too many messages");
        }
        let mut known = Ext::ZERO;
        if let Some((transcript, scalars)) = &mut self.proof {
            known = *scalars
                .next()
                .ok_or_else(|| Error::Proof("a scalar is missing".into()))?;
            transcript.absorb_ext(label, &[known]);
        }
        self.scalars += 1;
        Ok(Claim {
            known,
            pads: vec![(self.take_pad(), Ext::ONE)],
        })
    }

    /// Draw challenges.
    pub fn challenges(&mut self, label: &str, count: usize) -> Vec<Ext> {
        self.messages += 1;
        match &mut self.proof {
            Some((transcript, _)) => transcript.challenges(label, count),
            None => vec![Ext::ONE; count],
        }
    }

    /// Draw one challenge.
    pub fn challenge(&mut self, label: &str) -> Ext {
        self.challenges(label, 1).first().copied().unwrap_or(Ext::ONE)
    }

    /// The product of two claims that have one pad each: v1 v2 + v2 d1 + v1 d2 + d12.
    ///
    /// # Errors
    ///
    /// A claim has another number of pads; the reductions see to it that this cannot happen.
    pub fn product(&mut self, first: &Claim, second: &Claim) -> Result<Claim> {
        let (&[(left, one)], &[(right, other)]) = (&first.pads[..], &second.pads[..]) else {
            return Err(Error::Proof("a factor has no pad of its own".into()));
        };
        let product = self.take_pad();
        let (mask, masked) = (self.take_pad(), self.take_pad());
        self.products.push(Product {
            left,
            right,
            product,
            mask,
            masked,
        });
        Ok(Claim {
            known: first.known * second.known,
            pads: vec![
                (left, second.known * one),
                (right, first.known * other),
                (product, one * other),
            ],
        })
    }

    /// A claim must be zero.
    pub fn constrain(&mut self, zero: Claim) {
        self.constraints.push(zero);
    }

    fn take_pad(&mut self) -> usize {
        self.pads += 1;
        self.pads - 1
    }
}
