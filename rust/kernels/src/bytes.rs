//! Combining rows of signed bytes: one pass over all weights in every proof.
//!
//! A coefficient is a pair of words, and a word four signed digits of 16 bits. Bytes of two rows lie side by side as
//! 16-bit integers; one instruction multiplies both with a digit each and adds the products in 32 bits. They are at
//! most 2^22, so that hundreds fit. Then the sums, one for each digit, go to 64 bits, and at last become an element of
//! E.

use zkinfer_field::{Ext, Fp, Instructions, P, Pair};

/// Pairs of rows whose products are summed in 32 bits: 2 * PAIRS * 2^22 < 2^31.
const PAIRS: usize = 64;
/// Columns a task works on: rows lie far apart, and short pieces of them are read at the speed of single cache lines.
pub(crate) const BLOCK: usize = 512;
/// Columns whose sums are held in registers together.
const COLUMNS: usize = 8;
/// Digits of a coefficient: four for each word.
const DIGITS: usize = 8;

/// The bytes of two rows in COLUMNS columns: row 0, row 1, row 0, row 1, ..
type Bytes = [i16; 2 * COLUMNS];
/// A digit of the coefficient of row 0 in the low half, one of row 1 in the high half.
type DigitPair = i32;

/// Writes sum_m coefs[m] * rows[m, first + k] for each k of a block of columns.
pub(crate) fn combine_block(rows: &[i8], width: usize, first: usize, coefs: &[Pair], out: &mut [Pair]) {
    let groups = out.len().div_ceil(COLUMNS);
    let mut sums = vec![[[0i64; COLUMNS]; DIGITS]; groups];
    let mut tile = vec![[[0i16; 2 * COLUMNS]; PAIRS]; groups];
    let mut digits = [[0; DIGITS]; PAIRS];
    for (rows, coefs) in rows.chunks(2 * PAIRS * width).zip(coefs.chunks(2 * PAIRS)) {
        for (digits, coefs) in digits.iter_mut().zip(coefs.chunks(2)) {
            let (low, high) = (split(coefs[0]), coefs.get(1).map_or([0; DIGITS], |coef| split(*coef)));
            *digits = std::array::from_fn(|d| i32::from(high[d]) << 16 | i32::from(low[d] as u16));
        }
        for (k, rows) in rows.chunks(2 * width).enumerate() {
            // An odd last row stands beside digits of zero: any row may be its partner.
            let (low, high) = (&rows[first..], &rows[rows.len() - width + first..]);
            let (low, low_rest) = low[..out.len()].as_chunks::<COLUMNS>();
            let (high, high_rest) = high[..out.len()].as_chunks::<COLUMNS>();
            for ((group, low), high) in tile.iter_mut().zip(low).zip(high) {
                group[k] = interleave(low, high);
            }
            if !low_rest.is_empty() {
                tile[low.len()][k] = interleave(&pad(low_rest), &pad(high_rest));
            }
        }
        let pairs = coefs.len().div_ceil(2);
        for (sums, tile) in sums.iter_mut().zip(&tile) {
            let short = products(&tile[..pairs], &digits[..pairs]);
            for (sum, short) in sums.as_flattened_mut().iter_mut().zip(short.as_flattened()) {
                *sum = sum.wrapping_add(i64::from(*short));
            }
        }
    }
    for (out, sums) in out.chunks_mut(COLUMNS).zip(&sums) {
        for (column, out) in out.iter_mut().enumerate() {
            *out = join(std::array::from_fn(|d| sums[d][column])).pair();
        }
    }
}

/// Puts the bytes of two rows side by side.
#[cfg(not(target_arch = "x86_64"))]
fn interleave(low: &[i8; COLUMNS], high: &[i8; COLUMNS]) -> Bytes {
    std::array::from_fn(|i| i16::from(if i % 2 == 0 { low[i / 2] } else { high[i / 2] }))
}

/// Puts the bytes of two rows side by side.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn interleave(low: &[i8; COLUMNS], high: &[i8; COLUMNS]) -> Bytes {
    // SAFETY: every x86-64 has SSE2.
    unsafe { x86::interleave(low, high) }
}

fn pad(bytes: &[i8]) -> [i8; COLUMNS] {
    std::array::from_fn(|k| bytes.get(k).copied().unwrap_or(0))
}

/// Splits a pair into signed digits: modulo p a word is sum_d digit_d 2^(16 d), four digits for each.
fn split(pair: Pair) -> [i16; DIGITS] {
    /// The largest sum of four digits. What lies between it and p is negative: at least -2^63 - 2^47, within reach as
    /// well.
    const LARGEST: u64 = 0x7FFF_7FFF_7FFF_7FFF;
    let mut digits = [0; DIGITS];
    for (digits, word) in digits.chunks_exact_mut(4).zip(pair) {
        let word = Fp::new(word).word();
        let mut rest = i128::from(word) - if word > LARGEST { i128::from(P) } else { 0 };
        for digit in digits {
            *digit = rest as i16;
            rest = (rest - i128::from(*digit)) >> 16;
        }
    }
    digits
}

/// Puts sums of digits together again.
fn join(sums: [i64; DIGITS]) -> Ext {
    let word = |sums: &[i64]| {
        sums.iter().rev().fold(Fp::ZERO, |high, digit| {
            high * Fp::new(1 << 16) + Fp::from_signed(*digit)
        })
    };
    Ext::new(word(&sums[..4]), word(&sums[4..]))
}

/// Sums the products of at most PAIRS pairs of rows with their digits.
#[cfg(not(target_arch = "x86_64"))]
fn products(tile: &[Bytes], digits: &[[DigitPair; DIGITS]]) -> [[i32; COLUMNS]; DIGITS] {
    let mut sums = [[0i32; COLUMNS]; DIGITS];
    for (bytes, digits) in tile.iter().zip(digits) {
        for (sums, digit) in sums.iter_mut().zip(digits) {
            let (low, high) = (i32::from(*digit as i16), digit >> 16);
            for (sum, bytes) in sums.iter_mut().zip(bytes.as_chunks::<2>().0) {
                *sum += i32::from(bytes[0]) * low + i32::from(bytes[1]) * high;
            }
        }
    }
    sums
}

/// Sums the products of at most PAIRS pairs of rows with their digits.
#[cfg(target_arch = "x86_64")]
fn products(tile: &[Bytes], digits: &[[DigitPair; DIGITS]]) -> [[i32; COLUMNS]; DIGITS] {
    if Instructions::chosen() >= Instructions::Avx2 {
        // SAFETY: what is chosen was detected.
        unsafe { x86::products_avx2(tile, digits) }
    } else {
        // SAFETY: every x86-64 has SSE2.
        unsafe { x86::products_sse2(tile, digits) }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Bytes, COLUMNS, DIGITS, DigitPair};

    #[inline]
    #[target_feature(enable = "sse2")]
    pub(super) fn interleave(low: &[i8; COLUMNS], high: &[i8; COLUMNS]) -> Bytes {
        // SAFETY: each is 8 bytes long, and the loads need no alignment.
        let (low, high) = unsafe {
            (
                _mm_loadl_epi64(low.as_ptr().cast()),
                _mm_loadl_epi64(high.as_ptr().cast()),
            )
        };
        let bytes = _mm_unpacklo_epi8(low, high);
        // A byte in the upper half of 16 bits, shifted down, is extended with its sign.
        let left = _mm_srai_epi16::<8>(_mm_unpacklo_epi8(bytes, bytes));
        let right = _mm_srai_epi16::<8>(_mm_unpackhi_epi8(bytes, bytes));
        let mut out = [0; 2 * COLUMNS];
        let start: *mut __m128i = out.as_mut_ptr().cast();
        // SAFETY: `out` is 32 bytes long, and the stores need no alignment.
        unsafe {
            _mm_storeu_si128(start, left);
            _mm_storeu_si128(start.add(1), right);
        }
        out
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn products_avx2(tile: &[Bytes], digits: &[[DigitPair; DIGITS]]) -> [[i32; COLUMNS]; DIGITS] {
        let mut sums = [_mm256_setzero_si256(); DIGITS];
        for (bytes, digits) in tile.iter().zip(digits) {
            // SAFETY: `bytes` is 32 bytes long, and the load needs no alignment.
            let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
            for (sum, digit) in sums.iter_mut().zip(digits) {
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(bytes, _mm256_set1_epi32(*digit)));
            }
        }
        let mut out = [[0; COLUMNS]; DIGITS];
        for (out, sum) in out.iter_mut().zip(sums) {
            // SAFETY: `out` is 32 bytes long, and the store needs no alignment.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), sum) };
        }
        out
    }

    /// Half of the digits at a time: their sums fill half of the registers.
    #[target_feature(enable = "sse2")]
    pub(super) fn products_sse2(tile: &[Bytes], digits: &[[DigitPair; DIGITS]]) -> [[i32; COLUMNS]; DIGITS] {
        const HALF: usize = DIGITS / 2;
        let mut out = [[0; COLUMNS]; DIGITS];
        for (first, out) in [0, HALF].into_iter().zip(out.chunks_exact_mut(HALF)) {
            let mut sums = [[_mm_setzero_si128(); 2]; HALF];
            for (bytes, digits) in tile.iter().zip(digits) {
                let start: *const __m128i = bytes.as_ptr().cast();
                // SAFETY: `bytes` is 32 bytes long, and the loads need no alignment.
                let (left, right) = unsafe { (_mm_loadu_si128(start), _mm_loadu_si128(start.add(1))) };
                for (sum, digit) in sums.iter_mut().zip(&digits[first..first + HALF]) {
                    let digit = _mm_set1_epi32(*digit);
                    sum[0] = _mm_add_epi32(sum[0], _mm_madd_epi16(left, digit));
                    sum[1] = _mm_add_epi32(sum[1], _mm_madd_epi16(right, digit));
                }
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                let start: *mut __m128i = out.as_mut_ptr().cast();
                // SAFETY: `out` is 32 bytes long, and the stores need no alignment.
                unsafe {
                    _mm_storeu_si128(start, sum[0]);
                    _mm_storeu_si128(start.add(1), sum[1]);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_join_to_the_word() {
        for word in [
            0,
            1,
            P - 1,
            P / 2,
            P / 2 + 1,
            0x7FFF_7FFF_7FFF_7FFF,
            0x7FFF_7FFF_7FFF_8000,
            1 << 63,
            u64::MAX,
        ] {
            let digits = split([word, P - 1 - word % P]).map(i64::from);
            assert_eq!(join(digits), Ext::load([word, P - 1 - word % P]));
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn both_instruction_sets_agree() {
        if !std::arch::is_x86_feature_detected!("avx2") {
            return;
        }
        let tile: Vec<Bytes> = (0..PAIRS)
            .map(|k| std::array::from_fn(|i| (k * 37 + i * 5) as i8 as i16))
            .collect();
        let digits: Vec<[DigitPair; DIGITS]> = (0..PAIRS)
            .map(|k| std::array::from_fn(|i| ((k * 8 + i) as i32).wrapping_mul(0x0FED_CBA9)))
            .collect();
        // SAFETY: AVX2 was detected, and every x86-64 has SSE2.
        let (avx2, sse2) = unsafe { (x86::products_avx2(&tile, &digits), x86::products_sse2(&tile, &digits)) };
        assert_eq!(avx2, sse2);
    }
}
