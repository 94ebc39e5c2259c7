//! Linear combinations of the rows of a matrix of integers or field elements.

use rayon::prelude::*;
use zkinfer_field::{Fp, Pair, ScaledSum};

use crate::bytes;
use crate::error::{Result, require_len};
use crate::parallel::items;

/// Columns whose sums stay in the first-level cache.
const BLOCK: usize = 128;
/// Rows that a sum takes up before it goes back to the cache.
const ROWS: usize = 4;

/// An entry that is read modulo p.
pub trait Entry: Copy + Sync {
    /// A word congruent to the entry.
    fn to_word(self) -> u64;

    /// Columns a task works on.
    const COLUMNS: usize = BLOCK;

    /// Combines a block of columns, the first of which is `first`.
    fn combine_block(rows: &[Self], width: usize, first: usize, coefs: &[Pair], out: &mut [Pair]) {
        let mut sums = [ScaledSum::default(); BLOCK];
        let columns = first..first + out.len();
        let (coef_groups, last_coefs) = coefs.as_chunks::<ROWS>();
        let row_groups = rows.chunks_exact(ROWS * width);
        let last_rows = row_groups.remainder();
        for (coefs, rows) in coef_groups.iter().zip(row_groups) {
            let rows: [&[Self]; ROWS] = std::array::from_fn(|m| &rows[m * width..][columns.clone()]);
            for (k, sum) in sums[..out.len()].iter_mut().enumerate() {
                // A sum stays in registers while it takes up a column of the group.
                let mut total = *sum;
                for (coef, row) in coefs.iter().zip(rows) {
                    total.add(*coef, row[k].to_word());
                }
                *sum = total;
            }
        }
        for (coef, row) in last_coefs.iter().zip(last_rows.chunks_exact(width)) {
            for (sum, entry) in sums.iter_mut().zip(&row[columns.clone()]) {
                sum.add(*coef, entry.to_word());
            }
        }
        for (out, sum) in out.iter_mut().zip(&sums) {
            *out = sum.finish().pair();
        }
    }
}

macro_rules! signed_entries {
    ($($integer:ty),*) => {$(
        impl Entry for $integer {
            #[inline(always)]
            fn to_word(self) -> u64 {
                Fp::from_signed(self.into()).raw()
            }
        }
    )*};
}

signed_entries!(i16, i32, i64);

impl Entry for u64 {
    #[inline(always)]
    fn to_word(self) -> u64 {
        self
    }
}

impl Entry for i8 {
    #[inline(always)]
    fn to_word(self) -> u64 {
        Fp::from_signed(self.into()).raw()
    }

    const COLUMNS: usize = bytes::BLOCK;

    fn combine_block(rows: &[i8], width: usize, first: usize, coefs: &[Pair], out: &mut [Pair]) {
        bytes::combine_block(rows, width, first, coefs, out);
    }
}

/// Writes out[k] = sum_m coefs[m] * rows[m, k].
pub fn combine_rows<T: Entry>(rows: &[T], coefs: &[Pair], out: &mut [Pair]) -> Result<()> {
    let width = out.len();
    require_len("rows", rows.len(), coefs.len() * width)?;
    out.par_chunks_mut(T::COLUMNS)
        .enumerate()
        .with_min_len(items(coefs.len() * T::COLUMNS))
        .for_each(|(block, out)| T::combine_block(rows, width, block * T::COLUMNS, coefs, out));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zkinfer_field::{Ext, P};

    #[test]
    fn signed_rows_combine_modulo_p() {
        let mut out = [[0; 2]; 2];
        combine_rows(&[1i8, -1, 2, -128], &[[P - 1, 5], [3, 0]], &mut out).unwrap();
        assert_eq!(out, [[5, 5], [P - 383, P - 5]]);
    }

    #[test]
    fn words_and_bytes_agree() {
        let (m, width) = (301, 517);
        let bytes: Vec<i8> = (0..m * width).map(|i| (i * 37 % 256) as u8 as i8).collect();
        let words: Vec<u64> = bytes.iter().map(|b| b.to_word()).collect();
        let coefs: Vec<Pair> = (0..m as u64).map(|i| [P - 1 - i, i << 53]).collect();
        let (mut a, mut b) = (vec![[0; 2]; width], vec![[0; 2]; width]);
        combine_rows(&bytes, &coefs, &mut a).unwrap();
        combine_rows(&words, &coefs, &mut b).unwrap();
        assert_eq!(a, b);
        let direct: Ext = (0..m)
            .map(|i| Ext::load(coefs[i]) * Fp::new(words[i * width + 7]))
            .sum();
        assert_eq!(a[7], direct.pair());
    }

    #[test]
    fn the_largest_bytes_and_coefficients_do_not_overflow() {
        let (m, width) = (1031, 11);
        for (byte, coef) in [
            (-128i8, u64::MAX),
            (-128, P / 2),
            (-128, P / 2 + 1),
            (127, 0x7FFF_7FFF_7FFF_7FFF),
        ] {
            let mut out = vec![[0; 2]; width];
            combine_rows(&vec![byte; m * width], &vec![[coef, coef]; m], &mut out).unwrap();
            let expected = (Fp::new(coef) * Fp::from_signed(byte.into()) * Fp::new(m as u64)).word();
            assert!(out.iter().all(|sum| *sum == [expected; 2]));
        }
    }
}
