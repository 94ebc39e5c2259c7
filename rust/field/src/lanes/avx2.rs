//! Four lanes, by AVX2. It compares signed words only: a word with its top bit flipped compares as an unsigned one, and sums of
//! a flipped and a plain word are flipped.

use std::arch::x86_64::*;

use super::{Kernel, Lanes};
use crate::{P, Pair};

/// Four words in a register. A value exists only where AVX2 was detected.
#[derive(Clone, Copy)]
pub(super) struct Avx2(__m256i);

/// Whether the machine has the instructions.
pub(super) fn available() -> bool {
    is_x86_feature_detected!("avx2")
}

/// Runs a kernel compiled for AVX2.
#[target_feature(enable = "avx2")]
pub(super) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Avx2>()
}

/// The functions below are written for the instructions, and become part of a kernel that runs with them.
#[inline]
#[target_feature(enable = "avx2")]
fn flip(x: __m256i) -> __m256i {
    _mm256_xor_si256(x, _mm256_set1_epi64x(i64::MIN))
}

/// 2^32 - 1 = -p where a > b, both flipped; zero elsewhere.
#[inline]
#[target_feature(enable = "avx2")]
fn epsilon_if_greater(a: __m256i, b: __m256i) -> __m256i {
    _mm256_srli_epi64::<32>(_mm256_cmpgt_epi64(a, b))
}

/// The canonical words, flipped.
#[inline]
#[target_feature(enable = "avx2")]
fn canonical_flipped(x: __m256i) -> __m256i {
    let x = flip(x);
    let largest = _mm256_set1_epi64x((P - 1) as i64 ^ i64::MIN);
    _mm256_add_epi64(x, epsilon_if_greater(x, largest))
}

/// x + y, flipped, for x plain, y flipped and below p, or x and y of which the sum is below 2^64 + p.
#[inline]
#[target_feature(enable = "avx2")]
fn add_flipped(x: __m256i, y: __m256i) -> __m256i {
    let sum = _mm256_add_epi64(x, y);
    _mm256_add_epi64(sum, epsilon_if_greater(y, sum))
}

/// x - y, plain, for x and y flipped and y below p.
#[inline]
#[target_feature(enable = "avx2")]
fn sub_flipped(x: __m256i, y: __m256i) -> __m256i {
    _mm256_sub_epi64(_mm256_sub_epi64(x, y), epsilon_if_greater(y, x))
}

#[inline]
#[target_feature(enable = "avx2")]
fn mul(x: __m256i, y: __m256i) -> __m256i {
    let low_half = _mm256_set1_epi64x(0xFFFF_FFFF);
    // Products of halves: x y = ll + 2^32 (lh + hl) + 2^64 hh.
    let (x_high, y_high) = (_mm256_srli_epi64::<32>(x), _mm256_srli_epi64::<32>(y));
    let (ll, lh) = (_mm256_mul_epu32(x, y), _mm256_mul_epu32(x, y_high));
    let (hl, hh) = (_mm256_mul_epu32(x_high, y), _mm256_mul_epu32(x_high, y_high));
    // A product of halves is at most 2^64 - 2^33 + 1: a half may be added to it without a carry, twice.
    let middle = _mm256_add_epi64(hl, _mm256_srli_epi64::<32>(ll));
    let upper = _mm256_add_epi64(lh, _mm256_and_si256(middle, low_half));
    let high = _mm256_add_epi64(
        hh,
        _mm256_add_epi64(_mm256_srli_epi64::<32>(middle), _mm256_srli_epi64::<32>(upper)),
    );
    let low = flip(_mm256_blend_epi32::<0b1010_1010>(ll, _mm256_slli_epi64::<32>(upper)));
    // low + 2^64 high = low + (2^32 - 1) (lower half of high) - (upper half of high).
    let difference = _mm256_sub_epi64(low, _mm256_srli_epi64::<32>(high));
    let reduced = _mm256_sub_epi64(difference, epsilon_if_greater(difference, low));
    flip(add_flipped(_mm256_mul_epu32(high, low_half), reduced))
}

#[inline]
#[target_feature(enable = "avx2")]
fn times_seven(x: __m256i) -> __m256i {
    let seven = _mm256_set1_epi64x(7);
    let low = _mm256_mul_epu32(x, seven);
    let high = _mm256_mul_epu32(_mm256_srli_epi64::<32>(x), seven);
    // 7 x = low + 2^32 (lower half of high) + 2^64 top, with top at most 6 and 2^64 = 2^32 - 1.
    let top = _mm256_srli_epi64::<32>(high);
    let small = _mm256_add_epi64(low, _mm256_sub_epi64(_mm256_slli_epi64::<32>(top), top));
    flip(add_flipped(_mm256_slli_epi64::<32>(high), flip(small)))
}

impl Lanes for Avx2 {
    const WIDTH: usize = 4;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        // SAFETY: AVX2 was detected, or nobody would hold this type; so in all of this trait.
        Self(unsafe { _mm256_set1_epi64x(word as i64) })
    }
    #[inline(always)]
    fn load(words: &[u64]) -> Self {
        let words: &[u64; 4] = words.first_chunk().expect("as many words as lanes");
        // SAFETY: 32 bytes are read, and need no alignment.
        Self(unsafe { _mm256_loadu_si256(words.as_ptr().cast()) })
    }
    #[inline(always)]
    fn load_as_pairs(words: &[u64]) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { _mm256_permute4x64_epi64::<0b11_01_10_00>(Self::load(words).0) })
    }
    #[inline(always)]
    fn store(self, words: &mut [u64]) {
        let words: &mut [u64; 4] = words.first_chunk_mut().expect("as many words as lanes");
        // SAFETY: 32 bytes are written, and need no alignment.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), self.0) };
    }
    #[inline(always)]
    fn canonical(self) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { flip(canonical_flipped(self.0)) })
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { flip(add_flipped(self.0, canonical_flipped(other.0))) })
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { sub_flipped(flip(self.0), canonical_flipped(other.0)) })
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { mul(self.0, other.0) })
    }
    #[inline(always)]
    fn times_seven(self) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { times_seven(self.0) })
    }
    #[inline(always)]
    fn unzip(self, other: Self) -> (Self, Self) {
        // SAFETY: as in splat.
        unsafe {
            (
                Self(_mm256_unpacklo_epi64(self.0, other.0)),
                Self(_mm256_unpackhi_epi64(self.0, other.0)),
            )
        }
    }
    #[inline(always)]
    fn load_rows(rows: &[[Pair; 4]]) -> [[Self; 2]; 4] {
        // Rows k and k + 2 share two lanes, as pairs k and k + 2 do; a register holds two of a row's four pairs.
        let rows: &[[Pair; 4]; 4] = rows.first_chunk().expect("as many rows as lanes");
        let [r0, r1, r2, r3] = rows;
        let (pq_even0, pq_even1) = load_half(r0, 0).unzip(load_half(r2, 0));
        let (pq_odd0, pq_odd1) = load_half(r1, 0).unzip(load_half(r3, 0));
        let (st_even0, st_even1) = load_half(r0, 2).unzip(load_half(r2, 2));
        let (st_odd0, st_odd1) = load_half(r1, 2).unzip(load_half(r3, 2));
        let ((p0, q0), (p1, q1)) = (halves(pq_even0, pq_odd0), halves(pq_even1, pq_odd1));
        let ((s0, t0), (s1, t1)) = (halves(st_even0, st_odd0), halves(st_even1, st_odd1));
        [[p0, p1], [q0, q1], [s0, s1], [t0, t1]]
    }
}

// No closures from here on: they are functions of their own, compiled without the instructions unless inlined.

#[inline(always)]
fn load_half(row: &[Pair; 4], first: usize) -> Avx2 {
    Avx2::load(row[first..].as_flattened())
}

/// The lower halves of both registers, and the upper ones.
#[inline(always)]
fn halves(a: Avx2, b: Avx2) -> (Avx2, Avx2) {
    // SAFETY: as in splat.
    unsafe {
        (
            Avx2(_mm256_permute2x128_si256::<0x20>(a.0, b.0)),
            Avx2(_mm256_permute2x128_si256::<0x31>(a.0, b.0)),
        )
    }
}
