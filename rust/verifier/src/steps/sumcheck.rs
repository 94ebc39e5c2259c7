//! Sumcheck (6.5) and eq-sumcheck (6.6) on claims.

use crate::channel::Channel;
use crate::claim::Claim;
use crate::error::Result;
use crate::extension::Ext;
use crate::multilinear::lagrange;

/// Reduce sum_x g(x) = claim to g(r) = the claim returned, with r.
///
/// # Errors
///
/// A scalar is missing.
pub fn plain(
    channel: &mut Channel<'_>,
    label: &str,
    degree: u32,
    num_vars: usize,
    claim: Claim,
) -> Result<(Vec<Ext>, Claim)> {
    // s(1) = claim - s(0)
    rounds(channel, label, degree, &vec![(Ext::ONE, Ext::ONE); num_vars], claim)
}

/// Reduce sum_x eq(z, x) g(x) = claim to g(r) = the claim returned, with r.
///
/// # Errors
///
/// A scalar is missing.
pub fn with_eq(
    channel: &mut Channel<'_>,
    label: &str,
    degree: u32,
    z: &[Ext],
    claim: Claim,
) -> Result<(Vec<Ext>, Claim)> {
    // t(1) = (claim - (1 - z_k) t(0)) / z_k
    let weights: Vec<(Ext, Ext)> = z.iter().map(|&z| (Ext::ONE - z, z)).collect();
    rounds(channel, label, degree, &weights, claim)
}

/// One round for each pair (w0, w1): w0 s(0) + w1 s(1) = claim gives s(1).
fn rounds(
    channel: &mut Channel<'_>,
    label: &str,
    degree: u32,
    weights: &[(Ext, Ext)],
    mut claim: Claim,
) -> Result<(Vec<Ext>, Claim)> {
    let mut point = Vec::with_capacity(weights.len());
    for &(w0, w1) in weights {
        let sent = (0..degree).map(|_| channel.scalar(label)).collect::<Result<Vec<_>>>()?;
        let r = channel.challenge(label);
        let basis = lagrange(degree, r);
        // sent = s(0), s(2), .., s(d)
        let by_claim = basis[1] * w1.inverse();
        let mut next = Claim::combine(&[(by_claim, &claim), (basis[0] - by_claim * w0, &sent[0])]);
        for (value, &coefficient) in sent[1..].iter().zip(&basis[2..]) {
            next.add(coefficient, value);
        }
        claim = next;
        point.push(r);
        channel.round_degrees += u64::from(degree);
    }
    Ok((point, claim))
}
