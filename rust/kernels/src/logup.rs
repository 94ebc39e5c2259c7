//! The tree of fractions of LogUp-GKR: leaves, layers, and a round of the sumcheck between two layers.

use rayon::prelude::*;
use zkinfer_field::{Ext, ExtSum, Fp, Pair, ScaledSum};

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
    let alpha = Ext::load(alpha);
    out.par_iter_mut().enumerate().with_min_len(GRAIN).for_each(|(i, out)| {
        let mut sum = ScaledSum::default();
        for (k, coef) in coefs.iter().enumerate() {
            sum.add(*coef, columns[k * n + i]);
        }
        *out = [
            Ext::from(Fp::new(numerators[i])).pair(),
            (alpha - Ext::from(Fp::new(ids[i])) - sum.finish()).pair(),
        ];
    });
    Ok(())
}

/// Writes the sums of neighbours: p0 q1 + p1 q0 over q0 q1; the partner of an odd last fraction is 0/1.
pub fn parents(nodes: &[Fraction], out: &mut [Fraction]) -> Result<()> {
    require_len("out", out.len(), nodes.len().div_ceil(2))?;
    out.par_iter_mut()
        .zip(nodes.par_chunks(2))
        .with_min_len(GRAIN / 2)
        .for_each(|(out, children)| {
            *out = match children {
                [left, right] => {
                    let ([p0, q0], [p1, q1]) = (left.map(Ext::load), right.map(Ext::load));
                    let mut numerator = ExtSum::default();
                    numerator.add(p0, q1);
                    numerator.add(p1, q0);
                    [numerator.finish().pair(), (q0 * q1).pair()]
                }
                // x/y + 0/1 is x/y.
                [[p, q], ..] => [Ext::load(*p).pair(), Ext::load(*q).pair()],
                [] => [[0, 0], [1, 0]],
            };
        });
    Ok(())
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
    let (at_zero, at_two) = reduce_over(
        stored,
        GRAIN / 4,
        |range| {
            let (mut at_zero, mut at_two) = (ExtSum::default(), ExtSum::default());
            for i in range {
                let zero = rows[i].map(Ext::load);
                let one = rows.get(half + i).unwrap_or(&MISSING).map(Ext::load);
                let eq = Ext::load(eq[i]);
                at_zero.add(eq, gate(zero, lambda));
                let two = std::array::from_fn(|k| one[k].double() - zero[k]);
                at_two.add(eq, gate(two, lambda));
            }
            (at_zero, at_two)
        },
        |mut a, b| {
            a.0.merge(&b.0);
            a.1.merge(&b.1);
            a
        },
    );
    let beyond = reduce_over(
        half - stored,
        GRAIN * 8,
        |range| range.map(|i| Ext::load(eq[stored + i])).sum::<Ext>(),
        |a, b| a + b,
    ) * lambda;
    Ok([(at_zero.finish() + beyond).pair(), (at_two.finish() + beyond).pair()])
}

/// p0 q1 + p1 q0 + lambda q0 q1, as p0 q1 + q0 (p1 + lambda q1).
#[inline]
fn gate([p0, q0, p1, q1]: [Ext; 4], lambda: Ext) -> Ext {
    let mut sum = ExtSum::default();
    sum.add(p0, q1);
    sum.add(q0, p1 + q1 * lambda);
    sum.finish()
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
