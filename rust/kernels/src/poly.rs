//! Polynomials by their coefficients, and sums of shifted tables.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair, ScaledSum};

use crate::error::{Result, ShapeError, require, require_len};
use crate::parallel::items;

/// Writes, for each row of `columns`, its inner product with `coefs`.
pub fn columns_combine(columns: &[u64], coefs: &[Pair], out: &mut [Pair]) -> Result<()> {
    require_len("columns", columns.len(), out.len() * coefs.len())?;
    if coefs.is_empty() {
        out.fill([0, 0]);
        return Ok(());
    }
    out.par_iter_mut()
        .zip(columns.par_chunks_exact(coefs.len()))
        .with_min_len(items(coefs.len()))
        .for_each(|(out, column)| {
            let mut sum = ScaledSum::default();
            coefs.iter().zip(column).for_each(|(c, x)| sum.add(*c, *x));
            *out = sum.finish().pair();
        });
    Ok(())
}

/// Adds a * b to out, for polynomials a over E, b over F and out over E.
pub fn multiply_add(out: &mut [Pair], a: &[Pair], b: &[u64]) -> Result<()> {
    if a.is_empty() || b.is_empty() {
        return Ok(());
    }
    let degree_bound = a.len() + b.len() - 1;
    require(out.len() >= degree_bound, || {
        format!("out: expected at least {degree_bound} coefficients, got {}", out.len())
    })?;
    out[..degree_bound]
        .par_iter_mut()
        .enumerate()
        .with_min_len(16)
        .for_each(|(k, out)| {
            let first = (k + 1).saturating_sub(b.len());
            let last = k.min(a.len() - 1);
            let mut sum = ScaledSum::default();
            a[first..=last]
                .iter()
                .zip(b[k - last..=k - first].iter().rev())
                .for_each(|(a, b)| sum.add(*a, *b));
            *out = (Ext::load(*out) + sum.finish()).pair();
        });
    Ok(())
}

/// More entries than any table has; what is larger is a mistake of the caller's.
const MAX_SPREAD: usize = 1 << 28;

/// Rows or columns that a table has after weights were spread over it; `other` is the length of its other axis.
pub fn spread_size(size: usize, other: usize, weights: usize, step: usize) -> Result<usize> {
    let grown = step
        .checked_mul(weights.saturating_sub(1))
        .and_then(|reach| reach.checked_add(size));
    let entries = grown.and_then(|grown| grown.checked_mul(other));
    grown
        .filter(|_| step > 0 && entries.is_some_and(|entries| entries <= MAX_SPREAD))
        .ok_or_else(|| {
            ShapeError::new(format!(
                "step: expected at least 1, and at most {MAX_SPREAD} entries in all, got {step} for {weights} weights"
            ))
        })
}

/// Writes out[i + step * v, c] = sum_v weights[v] * table[i, c], along the first axis of a table of rows of `width`.
pub fn spread_rows(table: &[Pair], width: usize, weights: &[Pair], step: usize, out: &mut [Pair]) -> Result<()> {
    if width == 0 {
        return require_len("out", out.len(), 0);
    }
    let grown = spread_size(table.len() / width, width, weights.len(), step)? * width;
    require_len("out", out.len(), grown)?;
    let least = items(weights.len());
    out.par_chunks_mut(least)
        .enumerate()
        .for_each(|(piece, out)| gather(table, weights, step * width, piece * least, out));
    Ok(())
}

/// Writes out[r, i + step * v] = sum_v weights[v] * table[r, i], along the second axis of a table of rows of `width`.
pub fn spread_columns(table: &[Pair], width: usize, weights: &[Pair], step: usize, out: &mut [Pair]) -> Result<()> {
    let rows = table.len().checked_div(width).unwrap_or(0);
    let grown = spread_size(width, rows, weights.len(), step)?;
    if width == 0 || grown == 0 {
        out.fill([0, 0]);
        return Ok(());
    }
    require_len("out", out.len(), rows * grown)?;
    out.par_chunks_exact_mut(grown)
        .zip(table.par_chunks_exact(width))
        .with_min_len(items(grown.saturating_mul(weights.len())))
        .for_each(|(out, row)| gather(row, weights, step, 0, out));
    Ok(())
}

/// Writes out[o] = sum_v weights[v] * line[first + o - step * v], over the v for which the line has this entry.
fn gather(line: &[Pair], weights: &[Pair], step: usize, first: usize, out: &mut [Pair]) {
    out.fill([0, 0]);
    for (v, weight) in weights.iter().enumerate() {
        // Of the line, shifted by step v, what lies in first .. first + out.len().
        let from = (step * v).max(first);
        let to = (step * v + line.len()).min(first + out.len());
        if from < to {
            lanes::run(AddScaled {
                out: &mut out[from - first..to - first],
                a: &line[from - step * v..to - step * v],
                c: Ext::load(*weight),
            });
        }
    }
}

/// Adds c * a to out.
struct AddScaled<'a> {
    out: &'a mut [Pair],
    a: &'a [Pair],
    c: Ext,
}

impl Kernel for AddScaled<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.out.len() - self.out.len() % L::WIDTH;
        let ((out, out_rest), (a, a_rest)) = (self.out.split_at_mut(whole), self.a.split_at(whole));
        add_scaled::<L>(out, a, self.c);
        add_scaled::<Fp>(out_rest, a_rest, self.c);
    }
}

#[inline(always)]
fn add_scaled<L: Lanes>(out: &mut [Pair], a: &[Pair], c: Ext) {
    let c = ExtLanes::<L>::splat(c);
    for (out, a) in out.chunks_exact_mut(L::WIDTH).zip(a.chunks_exact(L::WIDTH)) {
        (ExtLanes::load(out) + ExtLanes::load(a) * c).store(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_multiply_and_add() {
        // (1 + 2x)(3 + 4x + 5x^2) = 3 + 10x + 13x^2 + 10x^3
        let mut out = [[1, 0]; 5];
        multiply_add(&mut out, &[[1, 0], [2, 1]], &[3, 4, 5]).unwrap();
        assert_eq!(out, [[4, 0], [11, 3], [14, 4], [11, 5], [1, 0]]);
    }

    #[test]
    fn weights_spread_with_a_step() {
        let table = [[1, 0], [2, 0], [3, 0], [4, 0]];
        let mut out = [[9, 9]; 8];
        spread_rows(&table, 2, &[[1, 0], [10, 0]], 2, &mut out).unwrap();
        assert_eq!(out.map(|x| x[0]), [1, 2, 3, 4, 10, 20, 30, 40]);
        spread_columns(&table, 2, &[[1, 0], [10, 0]], 2, &mut out).unwrap();
        assert_eq!(out.map(|x| x[0]), [1, 2, 10, 20, 3, 4, 30, 40]);
    }
}
