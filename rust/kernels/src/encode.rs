//! Reed-Solomon rows: polynomials by their coefficients to their values on a coset, transposed into a codeword matrix.

use p3_dft::{Radix2DFTSmallBatch, TwoAdicSubgroupDft};
use p3_matrix::dense::RowMajorMatrix;
use rayon::prelude::*;
use zkinfer_field::{Fp, GENERATOR, PrimeCharacteristicRing, TWO_ADICITY, fp, word};

use crate::error::{Result, require, require_len};

/// Rows transformed together: a line of the matrix they are written to is then whole cache lines.
const BATCH: usize = 16;

/// Writes out[j, first + i] = f_i(7 w^j), f_i(X) = sum_k rows[i, k] X^k, w = 7^((p-1)/n), for j below n.
///
/// `rows` holds polynomials of `length` <= n coefficients; `out` has n lines of `width` words, n a power of two.
pub fn encode_rows(rows: &[u64], length: usize, out: &mut [u64], width: usize, first: usize) -> Result<()> {
    if length == 0 || width == 0 {
        return require_len("rows", rows.len(), 0);
    }
    let (count, n) = (rows.len() / length, out.len() / width);
    require_len("rows", rows.len(), count * length)?;
    require_len("out", out.len(), n * width)?;
    require(n.is_power_of_two() && n.ilog2() as usize <= TWO_ADICITY, || {
        format!("out: expected a power of two of rows, at most 2^{TWO_ADICITY}, got {n}")
    })?;
    require(length <= n, || {
        format!("rows: expected at most n = {n} coefficients, got {length}")
    })?;
    require(first <= width && count <= width - first, || {
        format!("out: expected at least {first} + {count} columns, got {width}")
    })?;
    let shifts: Vec<Fp> = GENERATOR.powers().take(length).collect();
    let dft = Radix2DFTSmallBatch::new(n);
    for (batch, rows) in rows.chunks(BATCH * length).enumerate() {
        let size = rows.len() / length;
        let mut values = Fp::zero_vec(n * size);
        values
            .par_chunks_exact_mut(size)
            .zip(&shifts)
            .enumerate()
            .for_each(|(k, (line, shift))| {
                for (i, value) in line.iter_mut().enumerate() {
                    *value = fp(rows[i * length + k]) * *shift;
                }
            });
        let values = dft.dft_batch(RowMajorMatrix::new(values, size)).values;
        let start = first + batch * BATCH;
        out.par_chunks_exact_mut(width)
            .zip(values.par_chunks_exact(size))
            .for_each(|(line, values)| {
                for (slot, value) in line[start..start + size].iter_mut().zip(values) {
                    *slot = word(*value);
                }
            });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zkinfer_field::root_of_unity;

    #[test]
    fn values_are_those_of_direct_evaluation() {
        let (n, length, count, width, first) = (16, 5, 19, 21, 1);
        let rows: Vec<u64> = (1..=(count * length) as u64)
            .map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15))
            .collect();
        let mut out = vec![77; n * width];
        encode_rows(&rows, length, &mut out, width, first).unwrap();
        for j in 0..n {
            let x = GENERATOR * root_of_unity(4).exp_u64(j as u64);
            assert_eq!(out[j * width], 77);
            for i in 0..count {
                let row = &rows[i * length..(i + 1) * length];
                let expected = row.iter().rev().fold(Fp::ZERO, |sum, c| sum * x + fp(*c));
                assert_eq!(out[j * width + first + i], word(expected));
            }
        }
    }
}
