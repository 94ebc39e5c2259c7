//! Reed-Solomon rows: polynomials by their coefficients to their values on a coset, transposed into a codeword matrix.
//!
//! The n points 7 w^j fall into n/N cosets of the group of order N, where N is about the number of coefficients: the points of
//! coset k are s w_N^i with s = 7 w^k. One task transforms LANES polynomials on one coset, in a tile that fits a core's cache;
//! nothing is computed on the zeros that pad a polynomial to n coefficients.

use rayon::prelude::*;
use zkinfer_field::{Fp, TWO_ADICITY};

use crate::error::{Result, require, require_len};
use crate::ntt::{LANES, Line, Plan};

/// Tiles' widths written to `out` together: longer runs of a line at a time, at the price of a larger buffer.
const GROUP: usize = 4;

/// Writes out[j, first + i] = f_i(7 w^j), f_i(X) = sum_k rows[i, k] X^k, w = 7^((p-1)/n), for j below n.
///
/// `rows` holds polynomials of `length` <= n coefficients; `out` has n lines of `width` words, n a power of two.
pub fn encode_rows(rows: &[u64], length: usize, out: &mut [u64], width: usize, first: usize) -> Result<()> {
    if rows.is_empty() || out.is_empty() {
        return require_len("rows", rows.len(), 0);
    }
    require(length > 0 && width > 0, || {
        "rows, out: expected at least one coefficient and one column".to_owned()
    })?;
    let (count, n) = (rows.len() / length, out.len() / width);
    require_len("rows", rows.len(), count * length)?;
    require_len("out", out.len(), n * width)?;
    require(n.is_power_of_two() && n.ilog2() <= TWO_ADICITY, || {
        format!("out: expected a power of two of rows, at most 2^{TWO_ADICITY}, got {n}")
    })?;
    require(length <= n, || {
        format!("rows: expected at most n = {n} coefficients, got {length}")
    })?;
    require(first <= width && count <= width - first, || {
        format!("out: expected at least {first} + {count} columns, got {width}")
    })?;

    let size = coset_size(length);
    let cosets = n / size;
    let plan = Plan::new(size);
    let root = Fp::root_of_unity(n.ilog2());
    let shifts: Vec<Fp> = root.powers().take(cosets).map(|power| Fp::GENERATOR * power).collect();
    let group = GROUP.min(count.div_ceil(LANES));
    // Tile after tile: for each LANES polynomials the cosets, each with its points in the transform's order.
    let mut tiles: Vec<Line> = vec![[0; LANES]; group * n];
    for (index, rows) in rows.chunks(group * LANES * length).enumerate() {
        let polynomials = rows.len() / length;
        tiles.par_chunks_exact_mut(size).enumerate().for_each(|(task, tile)| {
            let (batch, coset) = (task / cosets, task % cosets);
            let start = (batch * LANES * length).min(rows.len());
            let rows = &rows[start..rows.len().min(start + LANES * length)];
            if !rows.is_empty() {
                load(rows, length, shifts[coset].power(size as u64), tile);
                plan.transform(shifts[coset], tile);
            }
        });
        let column = first + index * group * LANES;
        let tiles = &tiles;
        out.par_chunks_exact_mut(width)
            .enumerate()
            .with_min_len(64)
            .for_each(|(j, line)| {
                let (coset, place) = (j % cosets, plan.place(j / cosets));
                for (batch, slots) in line[column..column + polynomials].chunks_mut(LANES).enumerate() {
                    let values = &tiles[(batch * cosets + coset) * size + place];
                    slots.copy_from_slice(&values[..slots.len()]);
                }
            });
    }
    Ok(())
}

/// The size of the cosets for polynomials of `length` coefficients: a power of two, and the coefficients beyond it few enough
/// to be cheaper than a further layer of the transform.
fn coset_size(length: usize) -> usize {
    let below = 1 << length.ilog2();
    if 2 * length > 3 * below { 2 * below } else { below }
}

/// Fills a tile with polynomials modulo X^N - c: coefficient N + k is added to k with the factor c.
fn load(rows: &[u64], length: usize, c: Fp, tile: &mut [Line]) {
    tile.fill([0; LANES]);
    for (lane, row) in rows.chunks_exact(length).enumerate() {
        let (low, high) = row.split_at(length.min(tile.len()));
        for (line, coefficient) in tile.iter_mut().zip(low) {
            line[lane] = *coefficient;
        }
        for (line, coefficient) in tile.iter_mut().zip(high) {
            line[lane] = (Fp::new(line[lane]) + Fp::new(*coefficient) * c).raw();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_direct_evaluation() {
        for (n, length, count) in [
            (16, 5, 19),
            (16, 16, 3),
            (64, 13, 40),
            (2048, 300, 9),
            (4096, 1100, 2),
            (1, 1, 1),
        ] {
            let (width, first) = (count + 2, 1);
            let rows: Vec<u64> = (1..=(count * length) as u64)
                .map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15))
                .collect();
            let mut out = vec![77; n * width];
            encode_rows(&rows, length, &mut out, width, first).unwrap();
            for j in (0..n).step_by(1 + n / 50) {
                let x = Fp::GENERATOR * Fp::root_of_unity(n.ilog2()).power(j as u64);
                let line = &out[j * width..(j + 1) * width];
                assert_eq!((line[0], line[width - 1]), (77, 77));
                for (row, value) in rows.chunks_exact(length).zip(&line[first..]) {
                    let expected = row.iter().rev().fold(Fp::ZERO, |sum, c| sum * x + Fp::new(*c));
                    assert_eq!(*value, expected.word());
                }
            }
        }
    }
}
