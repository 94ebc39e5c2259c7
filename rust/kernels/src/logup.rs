//! The tree of fractions of LogUp-GKR: leaves, layers, and a round of the sumcheck between two layers.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair, Stored, Value};

use crate::error::{Result, require, require_half, require_len};
use crate::fold::{MISSING, Node};
use crate::parallel::{GRAIN, reduce_over};

/// A fraction p/q as the pair p, q.
pub type Fraction = [Pair; 2];

/// Writes the leaves numerator / (alpha - id - sum_k coefs[k] * columns[k]).
///
/// `columns` holds one column of n words after another, one for each of `coefs`.
pub fn leaves(
    numerators: &[u64],
    ids: &[u64],
    columns: &[u64],
    alpha: Pair,
    coefs: &[Pair],
    out: &mut [Fraction],
) -> Result<()> {
    let n = numerators.len();
    require_len("ids", ids.len(), n)?;
    require_len("columns", columns.len(), n * coefs.len())?;
    require_len("out", out.len(), n)?;
    let leaves = Leaves {
        numerators,
        ids,
        columns,
        alpha: Ext::load(alpha),
        coefs,
    };
    out.par_chunks_mut(GRAIN).enumerate().for_each(|(chunk, out)| {
        lanes::run(LeafRange {
            leaves: &leaves,
            first: chunk * GRAIN,
            out,
        })
    });
    Ok(())
}

struct Leaves<'a> {
    numerators: &'a [u64],
    ids: &'a [u64],
    columns: &'a [u64],
    alpha: Ext,
    coefs: &'a [Pair],
}

/// Writes the leaves from `first` on.
struct LeafRange<'a> {
    leaves: &'a Leaves<'a>,
    first: usize,
    out: &'a mut [Fraction],
}

impl Kernel for LeafRange<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.out.len() - self.out.len() % L::WIDTH;
        let (out, rest) = self.out.split_at_mut(whole);
        self.leaves.write::<L>(self.first, out);
        self.leaves.write::<Fp>(self.first + whole, rest);
    }
}

impl Leaves<'_> {
    #[inline(always)]
    fn write<L: Lanes>(&self, first: usize, out: &mut [Fraction]) {
        let n = self.numerators.len();
        let alpha = ExtLanes::<L>::splat(self.alpha);
        for (k, out) in out.chunks_exact_mut(L::WIDTH).enumerate() {
            let i = first + k * L::WIDTH;
            let mut denominator = alpha - u64::load::<L>(&self.ids[i..]).lift();
            for (coef, column) in self.coefs.iter().zip(self.columns.chunks_exact(n)) {
                let coef = ExtLanes::<L>::splat(Ext::load(*coef));
                denominator = denominator - u64::load::<L>(&column[i..]).scale(coef);
            }
            store_fractions(u64::load::<L>(&self.numerators[i..]).lift(), denominator, out);
        }
    }
}

#[inline(always)]
fn store_fractions<L: Lanes>(numerators: ExtLanes<L>, denominators: ExtLanes<L>, out: &mut [Fraction]) {
    let (mut p, mut q) = ([[0; 2]; 8], [[0; 2]; 8]);
    numerators.store(&mut p);
    denominators.store(&mut q);
    for (out, (p, q)) in out.iter_mut().zip(p.iter().zip(&q)) {
        *out = [*p, *q];
    }
}

/// Writes the sums of neighbours: p0 q1 + p1 q0 over q0 q1; the partner of an odd last fraction is 0/1.
pub fn parents(nodes: &[Fraction], out: &mut [Fraction]) -> Result<()> {
    require_len("out", out.len(), nodes.len().div_ceil(2))?;
    let (twos, last) = nodes.as_chunks::<2>();
    if let ([fraction], Some(out)) = (last, out.last_mut()) {
        // x/y + 0/1 is x/y.
        *out = fraction.map(|element| Ext::load(element).pair());
    }
    out[..twos.len()]
        .par_chunks_mut(GRAIN / 2)
        .zip(nodes.par_chunks(GRAIN))
        .for_each(|(out, nodes)| {
            lanes::run(Parents {
                rows: nodes.as_flattened().as_chunks().0,
                out,
            })
        });
    Ok(())
}

/// Writes the sums of the two fractions in each row.
struct Parents<'a> {
    rows: &'a [Node],
    out: &'a mut [Fraction],
}

impl Kernel for Parents<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.rows.len() - self.rows.len() % L::WIDTH;
        let (out, rest) = self.out.split_at_mut(whole);
        add_fractions::<L>(&self.rows[..whole], out);
        add_fractions::<Fp>(&self.rows[whole..], rest);
    }
}

#[inline(always)]
fn add_fractions<L: Lanes>(rows: &[Node], out: &mut [Fraction]) {
    for (rows, out) in rows.chunks_exact(L::WIDTH).zip(out.chunks_exact_mut(L::WIDTH)) {
        let [p0, q0, p1, q1] = ExtLanes::<L>::load_rows(rows);
        store_fractions(p0 * q1 + p1 * q0, q0 * q1, out);
    }
}

/// Returns t(0) and t(2) of t(x) = sum_{i < half} eq[i] g(row_i(x)), g(p0, q0, p1, q1) = p0 q1 + p1 q0 + lambda q0 q1.
///
/// row_i(x) = (1 - x) R(i) + x R(half + i); a missing row is (0, 1, 0, 1), so that one with both ends missing adds
/// eq[i] * lambda.
pub fn round(eq: &[Pair], rows: &[Node], half: usize, lambda: Pair) -> Result<[Pair; 2]> {
    require_half(rows.len(), half)?;
    require(eq.len() >= half, || {
        format!("eq: expected at least half = {half} rows, got {}", eq.len())
    })?;
    let lambda = Ext::load(lambda);
    let stored = rows.len().min(half);
    // Rows with a partner, rows whose partner is missing, and rows missing with their partner.
    let paired = rows.len().saturating_sub(half);
    let partners = &rows[rows.len() - paired..];
    let with_partner = reduce_over(
        paired,
        GRAIN,
        |range| {
            let one = &partners[range.clone()];
            lanes::run(Round {
                eq: &eq[range.clone()],
                zero: &rows[range],
                one,
                lambda,
            })
        },
        add,
    );
    let alone = reduce_over(
        stored - paired,
        ALONE,
        |range| {
            let range = paired + range.start..paired + range.end;
            let one = &[MISSING; ALONE][..range.len()];
            lanes::run(Round {
                eq: &eq[range.clone()],
                zero: &rows[range],
                one,
                lambda,
            })
        },
        add,
    );
    let beyond = reduce_over(
        half - stored,
        GRAIN * 8,
        |range| range.map(|i| Ext::load(eq[stored + i])).sum::<Ext>(),
        |a, b| a + b,
    ) * lambda;
    Ok(add(add(with_partner, alone), [beyond; 2]).map(Ext::pair))
}

/// Rows without a partner that a task takes.
const ALONE: usize = GRAIN / 4;

/// The sums of eq times the gate at 0 and at 2, over rows and their partners.
struct Round<'a> {
    eq: &'a [Pair],
    zero: &'a [Node],
    one: &'a [Node],
    lambda: Ext,
}

impl Kernel for Round<'_> {
    type Output = [Ext; 2];
    #[inline(always)]
    fn run<L: Lanes>(self) -> [Ext; 2] {
        let count = self.eq.len();
        let whole = count - count % L::WIDTH;
        add(self.range::<L>(0, whole), self.range::<Fp>(whole, count))
    }
}

impl Round<'_> {
    #[inline(always)]
    fn range<L: Lanes>(&self, start: usize, end: usize) -> [Ext; 2] {
        let lambda = ExtLanes::<L>::splat(self.lambda);
        let (mut at_zero, mut at_two) = (ExtLanes::<L>::splat(Ext::ZERO), ExtLanes::<L>::splat(Ext::ZERO));
        for i in (start..end).step_by(L::WIDTH) {
            let eq = ExtLanes::<L>::load(&self.eq[i..]);
            let (zero, one) = (
                ExtLanes::<L>::load_rows(&self.zero[i..]),
                ExtLanes::<L>::load_rows(&self.one[i..]),
            );
            at_zero = at_zero + eq * gate(zero, lambda);
            let two = [
                one[0] + (one[0] - zero[0]),
                one[1] + (one[1] - zero[1]),
                one[2] + (one[2] - zero[2]),
                one[3] + (one[3] - zero[3]),
            ];
            at_two = at_two + eq * gate(two, lambda);
        }
        [at_zero.total(), at_two.total()]
    }
}

/// p0 q1 + p1 q0 + lambda q0 q1, as p0 q1 + q0 (p1 + lambda q1).
#[inline(always)]
fn gate<L: Lanes>([p0, q0, p1, q1]: [ExtLanes<L>; 4], lambda: ExtLanes<L>) -> ExtLanes<L> {
    p0 * q1 + q0 * (p1 + q1 * lambda)
}

#[inline(always)]
fn add(a: [Ext; 2], b: [Ext; 2]) -> [Ext; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_add() {
        // 1/2 + 1/3 = 5/6, and 7/8 passes by.
        let nodes = [[[1, 0], [2, 0]], [[1, 0], [3, 0]], [[7, 0], [8, 0]]];
        let mut out = [[[0; 2]; 2]; 2];
        parents(&nodes, &mut out).unwrap();
        assert_eq!(out, [[[5, 0], [6, 0]], [[7, 0], [8, 0]]]);
    }

    #[test]
    fn rows_with_both_ends_missing_add_lambda() {
        let eq = [[1, 0], [10, 0], [100, 0], [1000, 0]];
        // Row 0 is (0, 1, 0, 1) too, stored.
        assert_eq!(round(&eq, &[MISSING], 4, [3, 1]), Ok([[3333, 1111], [3333, 1111]]));
    }
}
