//! Fixing the first variable of tables.

use rayon::prelude::*;
use zkinfer_field::{Ext, Pair, Stored, Value};

use crate::error::{Result, require_half, require_len};
use crate::parallel::GRAIN;

/// Rows that folding m stored rows by `half` leaves stored.
pub fn folded_rows(rows: usize, half: usize) -> usize {
    rows.min(half)
}

/// Writes out[i] = T(i) + r * (T(half + i) - T(i)), missing rows zero.
pub fn fold<T: Stored>(table: &[T], r: Pair, half: usize, out: &mut [Pair]) -> Result<()> {
    let rows = table.len();
    require_half(rows, half)?;
    require_len("out", out.len(), folded_rows(rows, half))?;
    let r = Ext::load(r);
    // Rows below `paired` have a partner; the partner of the others is missing.
    let paired = rows.saturating_sub(half);
    let (with_partner, alone) = out.split_at_mut(paired);
    let partners = &table[rows - paired..];
    with_partner
        .par_iter_mut()
        .zip(table)
        .zip(partners)
        .with_min_len(GRAIN)
        .for_each(|((out, zero), one)| {
            let (zero, one) = (zero.load(), one.load());
            *out = ((one - zero).scale(r) + zero.lift()).pair();
        });
    let rest = Ext::ONE - r;
    alone
        .par_iter_mut()
        .zip(&table[paired..])
        .with_min_len(GRAIN)
        .for_each(|(out, zero)| *out = zero.load().scale(rest).pair());
    Ok(())
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
    out.par_iter_mut()
        .enumerate()
        .with_min_len(GRAIN / 4)
        .for_each(|(i, out)| {
            let (zero, one) = (&nodes[i], nodes.get(half + i).unwrap_or(&MISSING));
            for (out, (zero, one)) in out.iter_mut().zip(zero.iter().zip(one)) {
                let zero = Ext::load(*zero);
                *out = (zero + (Ext::load(*one) - zero) * r).pair();
            }
        });
    Ok(())
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
