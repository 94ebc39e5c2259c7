//! The opening, the products of pads and the pads' two vectors (7.8 to 7.11): what is checked in the end.

use crate::channel::Channel;
use crate::claim::Claim;
use crate::error::{Error, Result, reject};
use crate::extension::Ext;
use crate::field::{Fp, code_point};
use crate::merkle::{leaf, root};
use crate::multilinear::EqTable;
use crate::prepared::Prepared;
use crate::proof::{Columns, Proof};
use crate::steps::folding::Folded;
use crate::transcript::Transcript;

/// Check a proof whose reductions have been replayed.
///
/// # Errors
///
/// `Error::Proof`: the check that fails.
pub fn check(prepared: &Prepared, proof: &Proof<'_>, folded: &Folded, channel: &mut Channel<'_>) -> Result<()> {
    let theta = channel.challenge("opening theta");
    transcript(channel)?.absorb_ext("opening y", &proof.y);
    // sigma + theta v = <y_0 .. y_(K-1), eq(s)>
    let eq = EqTable::new(&folded.point);
    let cells = 1 << prepared.statement.row_vars;
    let inner = (0_u64..cells)
        .zip(&proof.y)
        .fold(Ext::ZERO, |sum, (j, &y)| sum + y * eq.at(j));
    let opened = Claim::combine(&[(Ext::ONE, &folded.sigma), (theta, &folded.value)]);
    channel.constrain(opened.plus_public(-inner));

    constrain_products(proof, channel)?;
    let combined = Combined::draw(prepared, channel)?;
    let transcript = transcript(channel)?;
    transcript.absorb_ext("pads proximity", &proof.proximity);
    transcript.absorb_ext("pads linear", &proof.linear);
    let positions = transcript.positions("positions", prepared.log_length(), prepared.queries);
    let pad_positions = transcript.positions("positions of Q", prepared.profile.pad_log_length(), prepared.queries);

    let pad_row = 1_usize << prepared.profile.pad_row_vars;
    if proof.linear.get(pad_row - 1) != Some(&-combined.known) {
        return reject("the constraints on pads do not hold");
    }
    check_trees(prepared, proof, &positions, &pad_positions)?;
    check_rows(prepared, proof, folded, theta, &positions)?;
    combined.check_pads(prepared, proof, &pad_positions)
}

fn transcript<'c>(channel: &'c mut Channel<'_>) -> Result<&'c mut Transcript> {
    channel
        .transcript()
        .ok_or_else(|| Error::Proof("there is no transcript".into()))
}

/// 7.9: rho d1 + a - e = 0 and e d2 - rho d12 - c = 0 for each product.
fn constrain_products(proof: &Proof<'_>, channel: &mut Channel<'_>) -> Result<()> {
    let rho = channel.challenge("pads rho");
    transcript(channel)?.absorb_ext("pads reveals", &proof.reveals);
    for (product, &e) in channel.products.clone().iter().zip(&proof.reveals) {
        let reveal = vec![(product.left, rho), (product.mask, Ext::ONE)];
        channel.constrain(Claim {
            known: -e,
            pads: reveal,
        });
        let sacrifice = vec![(product.right, e), (product.product, -rho), (product.masked, -Ext::ONE)];
        channel.constrain(Claim {
            known: Ext::ZERO,
            pads: sacrifice,
        });
    }
    Ok(())
}

/// 7.10: all constraints as one, known + sum_k w_k pad_k = 0, and the coefficients of the proximity test.
struct Combined {
    known: Ext,
    weights: Vec<Ext>,
    mu: Vec<Ext>,
}

impl Combined {
    fn draw(prepared: &Prepared, channel: &mut Channel<'_>) -> Result<Self> {
        let lambda = channel.challenge("pads lambda");
        let mu = channel.challenges("pads mu", prepared.pad_rows + 2);
        let (mut known, mut weights) = (Ext::ZERO, vec![Ext::ZERO; channel.pads]);
        let mut power = Ext::ONE;
        for constraint in &channel.constraints {
            power = power * lambda;
            known = known + power * constraint.known;
            for &(pad, coefficient) in &constraint.pads {
                weights[pad] = weights[pad] + power * coefficient;
            }
        }
        if mu.len() == prepared.pad_rows + 2 {
            Ok(Self { known, weights, mu })
        } else {
            reject("a challenge is missing")
        }
    }

    /// At each position of Q: both vectors' codes are the combinations of the columns.
    fn check_pads(&self, prepared: &Prepared, proof: &Proof<'_>, positions: &[u64]) -> Result<()> {
        let half = 1_usize << (prepared.profile.pad_row_vars - 1);
        let r = prepared.pad_rows;
        for (k, &j) in positions.iter().enumerate() {
            let x = code_point(prepared.profile.pad_log_length(), j);
            let column = proof.pads.cells(k)?;
            let mask = |first: usize| Ext::new(column[first], column[first + 1]);
            let (m0, m1) = (mask(r + 2), mask(r + 4));
            let mut proximity = mask(r) + self.mu[r] * m0 + self.mu[r + 1] * m1;
            let mut linear = m0 + m1.scale(x.pow(2 * half as u64));
            for (i, &cell) in column[..r].iter().enumerate() {
                proximity = proximity + self.mu[i].scale(cell);
                let first = (i * half).min(self.weights.len());
                let weights = &self.weights[first..(first + half).min(self.weights.len())];
                linear = linear + reversed_at(weights, half, x).scale(cell);
            }
            if evaluate(&proof.proximity, x) != proximity {
                return reject("the proximity test of Q fails");
            }
            if evaluate(&proof.linear, x) != linear {
                return reject("the linear test of Q fails");
            }
        }
        Ok(())
    }
}

/// The polynomial of one row's weights, reversed, at x: cell 2k weighs w_k, cell 2k + 1 weighs X w_k, and the weight
/// of cell c is the coefficient K' - 1 - c.
fn reversed_at(weights: &[Ext], half: usize, x: Fp) -> Ext {
    let horner = weights
        .iter()
        .fold(Ext::ZERO, |out, &w| (out.scale(x) + w).scale(x) + w.times_x());
    horner.scale(x.pow(2 * (half - weights.len()) as u64))
}

/// A polynomial's value, its coefficients in ascending order.
fn evaluate(coefficients: &[Ext], x: Fp) -> Ext {
    coefficients.iter().rev().fold(Ext::ZERO, |out, &c| out.scale(x) + c)
}

/// The opened columns are those that the roots name.
fn check_trees(prepared: &Prepared, proof: &Proof<'_>, positions: &[u64], pad_positions: &[u64]) -> Result<()> {
    let mut siblings = proof.siblings.clone();
    let mut sibling = || siblings.array();
    let mut check = |name: &str, columns: &Columns<'_>, depth: u32, at: &[u64], expected| {
        let leaves = at
            .iter()
            .enumerate()
            .map(|(k, &j)| (j, leaf(name, j, columns.salt(k), columns.bytes(k))))
            .collect();
        match root(depth, leaves, &mut sibling) {
            Some(found) if found == expected => Ok(()),
            _ => reject(format!("the columns of {name} do not lead to its root")),
        }
    };
    let depth = prepared.log_length();
    check("W", &proof.weights, depth, positions, prepared.statement.weight_root)?;
    check("A", &proof.witness, depth, positions, proof.witness_root)?;
    check(
        "Q",
        &proof.pads,
        prepared.profile.pad_log_length(),
        pad_positions,
        proof.pads_root,
    )?;
    if siblings.left() > 0 {
        reject("bytes follow the proof")
    } else {
        Ok(())
    }
}

/// At each position of W and A: y's code is N + theta sum_i a_i row_i.
fn check_rows(prepared: &Prepared, proof: &Proof<'_>, folded: &Folded, theta: Ext, positions: &[u64]) -> Result<()> {
    let witness_rows = prepared.statement.witness_rows as usize;
    for (k, &j) in positions.iter().enumerate() {
        let (weights, witness) = (proof.weights.cells(k)?, proof.witness.cells(k)?);
        let mask = Ext::new(witness[witness_rows], witness[witness_rows + 1]);
        let cells = weights.iter().chain(&witness[..witness_rows]);
        let sum = folded
            .rows
            .iter()
            .zip(cells)
            .fold(Ext::ZERO, |sum, (a, &cell)| sum + a.scale(cell));
        if evaluate(&proof.y, code_point(prepared.log_length(), j)) != mask + theta * sum {
            return reject("the opened rows are not those of y");
        }
    }
    Ok(())
}
