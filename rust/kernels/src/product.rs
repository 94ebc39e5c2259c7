//! One round of a sumcheck over a sum of products of two tables.

use rayon::prelude::*;
use zkinfer_field::{Ext, Pair, Stored, Value};

use crate::error::{Result, require, require_half};
use crate::parallel::{GRAIN, reduce_over};

/// Returns s(0) and s(2) of s(x) = sum_c sum_i A_c(i, x) B_c(i, x), A(i, x) = (1 - x) a[i] + x a[half + i].
///
/// `a` and `b` hold the same number of tables of `rows` stored rows each; missing rows are zero.
pub fn product_round<A: Stored, B: Stored>(a: &[A], b: &[B], rows: usize, half: usize) -> Result<[Pair; 2]> {
    require_half(rows, half)?;
    require(a.len() == b.len(), || {
        format!("b: expected as many entries as a, {}, got {}", a.len(), b.len())
    })?;
    if rows == 0 {
        return Ok([[0, 0]; 2]);
    }
    let sums = a
        .par_chunks_exact(rows)
        .zip(b.par_chunks_exact(rows))
        .map(|(a, b)| {
            reduce_over(
                rows.min(half),
                GRAIN,
                |range| part(&a[range.start..], &b[range.start..], range.len(), half),
                add,
            )
        })
        .reduce(|| [Ext::ZERO; 2], add);
    Ok(sums.map(Ext::pair))
}

/// The share of the first `count` rows of tables cut at their front: a row's partner lies `half` further on, if stored.
fn part<A: Stored, B: Stored>(a: &[A], b: &[B], count: usize, half: usize) -> [Ext; 2] {
    let paired = a.len().saturating_sub(half).min(count);
    let (mut at_zero, mut at_two) = (Ext::ZERO, Ext::ZERO);
    for i in 0..paired {
        let (a0, b0) = (a[i].load(), b[i].load());
        let (a1, b1) = (a[half + i].load(), b[half + i].load());
        at_zero += product(a0, b0);
        at_two += product(a1 + a1 - a0, b1 + b1 - b0);
    }
    // Without a partner A(2) = -a[i], and the signs cancel.
    let mut alone = Ext::ZERO;
    for i in paired..count {
        alone += product(a[i].load(), b[i].load());
    }
    [at_zero + alone, at_two + alone]
}

#[inline]
fn product<A: Value, B: Value>(a: A, b: B) -> Ext {
    b.scale(a.lift())
}

fn add(a: [Ext; 2], b: [Ext; 2]) -> [Ext; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_pair_of_rows() {
        // A = 2 + x, B = 5 + 2x: A(0) B(0) = 10, A(2) B(2) = 36.
        assert_eq!(product_round(&[2u64, 3], &[5u64, 7], 2, 1), Ok([[10, 0], [36, 0]]));
    }

    #[test]
    fn tables_of_different_sizes_are_refused() {
        assert!(product_round(&[2u64, 3], &[5u64], 2, 1).is_err());
    }
}
