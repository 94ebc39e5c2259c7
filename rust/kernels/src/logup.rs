//! The tree of fractions of LogUp-GKR: its leaves, and a layer from the one below.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair, Stored, Value};

use crate::error::{Result, require_len};
use crate::fold::Node;
use crate::parallel::GRAIN;

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
            ExtLanes::store_rows(u64::load::<L>(&self.numerators[i..]).lift(), denominator, out);
        }
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
        ExtLanes::store_rows(p0 * q1 + p1 * q0, q0 * q1, out);
    }
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
}
