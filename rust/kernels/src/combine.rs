//! Linear combinations of the rows of a matrix of integers or field elements.

use rayon::prelude::*;
use zkinfer_field::{Pair, ScaledSum, pair, signed, word};

use crate::error::{Result, require_len};

/// Columns a task works on: its sums stay in the first-level cache.
const BLOCK: usize = 256;

/// An entry that is read as a word modulo p.
pub trait Entry: Copy + Sync {
    /// The canonical word of a signed entry; an unsigned one as it is.
    fn to_word(self) -> u64;
}

macro_rules! signed_entries {
    ($($integer:ty),*) => {$(
        impl Entry for $integer {
            #[inline]
            fn to_word(self) -> u64 {
                word(signed(self.into()))
            }
        }
    )*};
}

signed_entries!(i8, i16, i32, i64);

impl Entry for u64 {
    #[inline]
    fn to_word(self) -> u64 {
        self
    }
}

/// Writes out[k] = sum_m coefs[m] * rows[m, k].
pub fn combine_rows<T: Entry>(rows: &[T], coefs: &[Pair], out: &mut [Pair]) -> Result<()> {
    let width = out.len();
    require_len("rows", rows.len(), coefs.len() * width)?;
    out.par_chunks_mut(BLOCK).enumerate().for_each(|(block, out)| {
        let mut sums = [ScaledSum::default(); BLOCK];
        for (m, coef) in coefs.iter().enumerate() {
            let start = m * width + block * BLOCK;
            for (sum, entry) in sums.iter_mut().zip(&rows[start..start + out.len()]) {
                sum.add(*coef, entry.to_word());
            }
        }
        for (out, sum) in out.iter_mut().zip(&sums) {
            *out = pair(sum.finish());
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zkinfer_field::{P, ext, fp};

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
        let direct: zkinfer_field::Ext = (0..m).map(|i| ext(coefs[i]) * fp(words[i * width + 7])).sum();
        assert_eq!(a[7], pair(direct));
    }
}
