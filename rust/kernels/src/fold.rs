//! Fixing the first variable of tables.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair, Stored, Value};

use crate::error::{Result, require_half, require_len};
use crate::parallel::{GRAIN, items};

/// Rows that folding m stored rows by `half` leaves stored.
pub fn folded_rows(rows: usize, half: usize) -> usize {
    rows.min(half)
}

/// Writes out[i] = T(i) + r * (T(half + i) - T(i)), missing rows zero.
pub fn fold<T: Stored>(table: &[T], r: Pair, half: usize, out: &mut [Pair]) -> Result<()> {
    let rows = table.len();
    require_half(rows, half)?;
    require_len("out", out.len(), folded_rows(rows, half))?;
    // Rows below `paired` have a partner; the partner of the others is missing.
    let paired = rows.saturating_sub(half);
    let (with_partner, alone) = out.split_at_mut(paired);
    with_partner
        .par_chunks_mut(GRAIN)
        .zip(table[..paired].par_chunks(GRAIN))
        .zip(table[rows - paired..].par_chunks(GRAIN))
        .for_each(|((out, zero), one)| {
            lanes::run(Fold {
                zero,
                one: Some(one),
                r: Ext::load(r),
                out,
            })
        });
    alone
        .par_chunks_mut(GRAIN)
        .zip(table[paired..].par_chunks(GRAIN))
        .for_each(|(out, zero)| {
            lanes::run(Fold {
                zero,
                one: None,
                r: Ext::load(r),
                out,
            })
        });
    Ok(())
}

/// Writes zero + r * (one - zero), `one` zero where there is none.
struct Fold<'a, T> {
    zero: &'a [T],
    one: Option<&'a [T]>,
    r: Ext,
    out: &'a mut [Pair],
}

impl<T: Stored> Kernel for Fold<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.out.len() - self.out.len() % L::WIDTH;
        let (out, out_rest) = self.out.split_at_mut(whole);
        let (zero, zero_rest) = self.zero.split_at(whole);
        match self.one {
            Some(one) => {
                let (one, one_rest) = one.split_at(whole);
                write_interpolated::<T, L>(zero, one, self.r, out);
                write_interpolated::<T, Fp>(zero_rest, one_rest, self.r, out_rest);
            }
            None => {
                scale::<T, L>(zero, Ext::ONE - self.r, out);
                scale::<T, Fp>(zero_rest, Ext::ONE - self.r, out_rest);
            }
        }
    }
}

#[inline(always)]
fn write_interpolated<T: Stored, L: Lanes>(zero: &[T], one: &[T], r: Ext, out: &mut [Pair]) {
    let r = ExtLanes::<L>::splat(r);
    let entries = zero.chunks_exact(L::WIDTH).zip(one.chunks_exact(L::WIDTH));
    for (out, (zero, one)) in out.chunks_exact_mut(L::WIDTH).zip(entries) {
        let (zero, one) = (T::load::<L>(zero), T::load::<L>(one));
        ((one - zero).scale(r) + zero.lift()).store(out);
    }
}

#[inline(always)]
fn scale<T: Stored, L: Lanes>(zero: &[T], r: Ext, out: &mut [Pair]) {
    let r = ExtLanes::<L>::splat(r);
    for (out, zero) in out.chunks_exact_mut(L::WIDTH).zip(zero.chunks_exact(L::WIDTH)) {
        T::load::<L>(zero).scale(r).store(out);
    }
}

/// Folds each of several tables of `rows` stored rows, one after another in memory.
pub fn fold_each<T: Stored>(tables: &[T], rows: usize, r: Pair, half: usize, out: &mut [Pair]) -> Result<()> {
    require_half(rows, half)?;
    let folded = folded_rows(rows, half);
    if rows == 0 {
        return Ok(());
    }
    require_len("out", out.len(), tables.len() / rows * folded)?;
    out.par_chunks_exact_mut(folded)
        .zip(tables.par_chunks_exact(rows))
        .with_min_len(items(rows))
        .try_for_each(|(out, table)| fold(table, r, half, out))
}

/// A pair of fractions as it lies in a LogUp tree's layer: p0, q0, p1, q1.
pub type Node = [Pair; 4];

/// The node a missing row stands for: 0/1 and 0/1.
pub const MISSING: Node = [[0, 0], [1, 0], [0, 0], [1, 0]];

/// Folds a table of nodes; missing rows are 0/1, 0/1.
pub fn fold_nodes(nodes: &[Node], r: Pair, half: usize, out: &mut [Node]) -> Result<()> {
    require_half(nodes.len(), half)?;
    require_len("out", out.len(), folded_rows(nodes.len(), half))?;
    let r = Ext::load(r);
    let paired = nodes.len().saturating_sub(half);
    let (with_partner, alone) = out.split_at_mut(paired);
    with_partner
        .par_chunks_mut(NODES)
        .zip(nodes[..paired].par_chunks(NODES))
        .zip(nodes[nodes.len() - paired..].par_chunks(NODES))
        .for_each(|((out, zero), one)| fold_chunk(zero, one, r, out));
    alone
        .par_chunks_mut(NODES)
        .zip(nodes[paired..].par_chunks(NODES))
        .for_each(|(out, zero)| fold_chunk(zero, &[MISSING; NODES][..zero.len()], r, out));
    Ok(())
}

/// Folds rows in place, those behind the last partner with a missing one.
pub(crate) fn fold_in_place(zero: &mut [Node], one: &[Node], r: Ext) {
    let (with_partner, alone) = zero.split_at_mut(one.len());
    interpolate(with_partner.as_flattened_mut(), one.as_flattened(), r);
    for alone in alone.chunks_mut(NODES) {
        let missing = [MISSING; NODES];
        let one = missing[..alone.len()].as_flattened();
        interpolate(alone.as_flattened_mut(), one, r);
    }
}

/// Adds r * (one - zero) to zero.
pub(crate) fn interpolate(zero: &mut [Pair], one: &[Pair], r: Ext) {
    lanes::run(Interpolate { zero, one, r });
}

struct Interpolate<'a> {
    zero: &'a mut [Pair],
    one: &'a [Pair],
    r: Ext,
}

impl Kernel for Interpolate<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.zero.len() - self.zero.len() % L::WIDTH;
        let ((zero, zero_rest), (one, one_rest)) = (self.zero.split_at_mut(whole), self.one.split_at(whole));
        interpolate_in_place::<L>(zero, one, self.r);
        interpolate_in_place::<Fp>(zero_rest, one_rest, self.r);
    }
}

#[inline(always)]
fn interpolate_in_place<L: Lanes>(zero: &mut [Pair], one: &[Pair], r: Ext) {
    let r = ExtLanes::<L>::splat(r);
    for (zero, one) in zero.chunks_exact_mut(L::WIDTH).zip(one.chunks_exact(L::WIDTH)) {
        let (low, high) = (ExtLanes::load(zero), ExtLanes::load(one));
        ((high - low) * r + low).store(zero);
    }
}

/// Nodes folded by one task.
const NODES: usize = GRAIN / 4;

fn fold_chunk(zero: &[Node], one: &[Node], r: Ext, out: &mut [Node]) {
    let (zero, one, out) = (zero.as_flattened(), one.as_flattened(), out.as_flattened_mut());
    lanes::run(Fold {
        zero,
        one: Some(one),
        r,
        out,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_at_zero_and_one_selects_a_half() {
        let table: Vec<u64> = (10..16).collect();
        let mut out = [[0; 2]; 4];
        fold(&table, [0, 0], 4, &mut out).unwrap();
        assert_eq!(out.map(|x| x[0]), [10, 11, 12, 13]);
        fold(&table, [1, 0], 4, &mut out).unwrap();
        assert_eq!(out.map(|x| x[0]), [14, 15, 0, 0]);
    }

    #[test]
    fn missing_nodes_are_zero_over_one() {
        let nodes = [[[5, 0], [6, 0], [7, 0], [8, 0]]];
        let mut out = [MISSING];
        fold_nodes(&nodes, [1, 0], 2, &mut out).unwrap();
        assert_eq!(out, [MISSING]);
    }

    #[test]
    fn a_table_larger_than_twice_half_is_refused() {
        assert!(fold(&[0u64; 5], [0, 0], 2, &mut [[0; 2]; 2]).is_err());
        assert!(fold(&[0u64; 0], [0, 0], 0, &mut []).is_err());
    }
}
