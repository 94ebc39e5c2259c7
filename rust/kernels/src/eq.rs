//! The table of eq(point, .).

use rayon::prelude::*;
use zkinfer_field::{Ext, Pair};

use crate::error::{Result, require, require_len};
use crate::parallel::GRAIN;

/// Writes eq[i] = prod_k (bit_k(i) ? r_k : 1 - r_k) for every i below 2^n.
///
/// The last variable is put in first; each earlier one doubles the table, its zero half in place.
pub fn eq_table(point: &[Pair], out: &mut [Pair]) -> Result<()> {
    require(point.len() < usize::BITS as usize, || {
        format!("point: {} variables are too many", point.len())
    })?;
    require_len("out", out.len(), 1 << point.len())?;
    out[0] = [1, 0];
    let mut filled = 1;
    for &r in point.iter().rev() {
        let r = Ext::load(r);
        let (zero, one) = out[..2 * filled].split_at_mut(filled);
        zero.par_iter_mut()
            .zip(one)
            .with_min_len(GRAIN)
            .for_each(|(zero, one)| {
                let both = Ext::load(*zero);
                let upper = both * r;
                *one = upper.pair();
                *zero = (both - upper).pair();
            });
        filled *= 2;
    }
    Ok(())
}

/// Sums the first variable out: out[i] = eq[i] + eq[h + i].
pub fn halve_eq(eq: &[Pair], out: &mut [Pair]) -> Result<()> {
    require(eq.len().is_multiple_of(2), || {
        format!("eq: expected an even number of rows, got {}", eq.len())
    })?;
    require_len("out", out.len(), eq.len() / 2)?;
    let (zero, one) = eq.split_at(out.len());
    out.par_iter_mut()
        .zip(zero)
        .zip(one)
        .with_min_len(GRAIN)
        .for_each(|((out, zero), one)| *out = (Ext::load(*zero) + Ext::load(*one)).pair());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_is_the_top_bit() {
        let mut out = [[0, 0]; 4];
        eq_table(&[[1, 0], [0, 0]], &mut out).unwrap();
        assert_eq!(out, [[0, 0], [0, 0], [1, 0], [0, 0]]);
    }

    #[test]
    fn halving_is_the_table_of_the_other_variables() {
        let point: Vec<Pair> = (1..12).map(|k| [k * 77, k << 60]).collect();
        let (mut whole, mut rest, mut halved) = (vec![[0; 2]; 2048], vec![[0; 2]; 1024], vec![[0; 2]; 1024]);
        eq_table(&point, &mut whole).unwrap();
        eq_table(&point[1..], &mut rest).unwrap();
        halve_eq(&whole, &mut halved).unwrap();
        assert_eq!(halved, rest);
    }
}
