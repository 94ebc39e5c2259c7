//! Eight lanes, by AVX-512. A carry is a mask, and taking p away on it is one instruction.

use std::arch::x86_64::*;

use super::{Kernel, Lanes};
use crate::{Instructions, P, Pair};

/// Eight words in a register. A value exists only where AVX-512 was detected.
#[derive(Clone, Copy)]
pub(super) struct Avx512(__m512i);

/// Whether these instructions are chosen: then the machine has them.
pub(super) fn available() -> bool {
    Instructions::chosen() >= Instructions::Avx512
}

/// Runs a kernel compiled for AVX-512.
#[target_feature(enable = "avx512f")]
pub(super) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Avx512>()
}

/// The functions below are written for the instructions, and become part of a kernel that runs with them.
#[inline]
#[target_feature(enable = "avx512f")]
fn canonical(x: __m512i) -> __m512i {
    let p = _mm512_set1_epi64(P as i64);
    _mm512_mask_sub_epi64(x, _mm512_cmpge_epu64_mask(x, p), x, p)
}

/// x + y for y below p, or x and y of which the sum is below 2^64 + p.
#[inline]
#[target_feature(enable = "avx512f")]
fn add(x: __m512i, y: __m512i) -> __m512i {
    let sum = _mm512_add_epi64(x, y);
    _mm512_mask_sub_epi64(sum, _mm512_cmplt_epu64_mask(sum, y), sum, _mm512_set1_epi64(P as i64))
}

/// x - y for y at most p.
#[inline]
#[target_feature(enable = "avx512f")]
fn sub(x: __m512i, y: __m512i) -> __m512i {
    let difference = _mm512_sub_epi64(x, y);
    _mm512_mask_add_epi64(
        difference,
        _mm512_cmplt_epu64_mask(x, y),
        difference,
        _mm512_set1_epi64(P as i64),
    )
}

#[inline]
#[target_feature(enable = "avx512f")]
fn mul(x: __m512i, y: __m512i) -> __m512i {
    let low_half = _mm512_set1_epi64(0xFFFF_FFFF);
    // Products of halves: x y = ll + 2^32 (lh + hl) + 2^64 hh.
    let (x_high, y_high) = (_mm512_srli_epi64::<32>(x), _mm512_srli_epi64::<32>(y));
    let (ll, lh) = (_mm512_mul_epu32(x, y), _mm512_mul_epu32(x, y_high));
    let (hl, hh) = (_mm512_mul_epu32(x_high, y), _mm512_mul_epu32(x_high, y_high));
    // A product of halves is at most 2^64 - 2^33 + 1: a half may be added to it without a carry, twice.
    let middle = _mm512_add_epi64(hl, _mm512_srli_epi64::<32>(ll));
    let upper = _mm512_add_epi64(lh, _mm512_and_si512(middle, low_half));
    let high = _mm512_add_epi64(
        hh,
        _mm512_add_epi64(_mm512_srli_epi64::<32>(middle), _mm512_srli_epi64::<32>(upper)),
    );
    let low = _mm512_or_si512(_mm512_slli_epi64::<32>(upper), _mm512_and_si512(ll, low_half));
    // low + 2^64 high = low + (2^32 - 1) (lower half of high) - (upper half of high).
    let reduced = sub(low, _mm512_srli_epi64::<32>(high));
    add(reduced, _mm512_mul_epu32(high, low_half))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn times_seven(x: __m512i) -> __m512i {
    let seven = _mm512_set1_epi64(7);
    let low = _mm512_mul_epu32(x, seven);
    let high = _mm512_mul_epu32(_mm512_srli_epi64::<32>(x), seven);
    // 7 x = low + 2^32 (lower half of high) + 2^64 top, with top at most 6 and 2^64 = 2^32 - 1.
    let top = _mm512_srli_epi64::<32>(high);
    let small = _mm512_add_epi64(low, _mm512_sub_epi64(_mm512_slli_epi64::<32>(top), top));
    add(_mm512_slli_epi64::<32>(high), small)
}

impl Lanes for Avx512 {
    const WIDTH: usize = 8;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        // SAFETY: AVX-512 was detected, or nobody would hold this type; so in all of this trait.
        Self(unsafe { _mm512_set1_epi64(word as i64) })
    }
    #[inline(always)]
    fn load(words: &[u64]) -> Self {
        let words: &[u64; 8] = words.first_chunk().expect("as many words as lanes");
        // SAFETY: 64 bytes are read, and need no alignment.
        Self(unsafe { _mm512_loadu_si512(words.as_ptr().cast()) })
    }
    #[inline(always)]
    fn load_as_pairs(words: &[u64]) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7), Self::load(words).0) })
    }
    #[inline(always)]
    fn store(self, words: &mut [u64]) {
        let words: &mut [u64; 8] = words.first_chunk_mut().expect("as many words as lanes");
        // SAFETY: 64 bytes are written, and need no alignment.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), self.0) };
    }
    #[inline(always)]
    fn canonical(self) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { canonical(self.0) })
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { add(self.0, canonical(other.0)) })
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: as in splat.
        Self(unsafe { sub(self.0, canonical(other.0)) })
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
                Self(_mm512_unpacklo_epi64(self.0, other.0)),
                Self(_mm512_unpackhi_epi64(self.0, other.0)),
            )
        }
    }
    #[inline(always)]
    fn load_rows(rows: &[[Pair; 4]]) -> [[Self; 2]; 4] {
        // Rows k and k + 4 share two lanes, as pairs k and k + 4 do; then blocks of two lanes are transposed.
        let rows: &[[Pair; 4]; 8] = rows.first_chunk().expect("as many rows as lanes");
        let [r0, r1, r2, r3, r4, r5, r6, r7] = rows;
        let (a0, a1) = load_row(r0).unzip(load_row(r4));
        let (b0, b1) = load_row(r1).unzip(load_row(r5));
        let (c0, c1) = load_row(r2).unzip(load_row(r6));
        let (d0, d1) = load_row(r3).unzip(load_row(r7));
        let [p0, q0, s0, t0] = transpose(a0, b0, c0, d0);
        let [p1, q1, s1, t1] = transpose(a1, b1, c1, d1);
        [[p0, p1], [q0, q1], [s0, s1], [t0, t1]]
    }
    #[inline(always)]
    fn store_rows(rows: &mut [[Pair; 2]], p: [Self; 2], q: [Self; 2]) {
        let words = rows[..Self::WIDTH].as_flattened_mut().as_flattened_mut();
        let (p0, p4) = p[0].canonical().unzip(p[1].canonical());
        let (q0, q4) = q[0].canonical().unzip(q[1].canonical());
        for (words, (p, q)) in words.chunks_exact_mut(16).zip([(p0, q0), (p4, q4)]) {
            // SAFETY: as in splat.
            let [low, high] = unsafe {
                [
                    _mm512_permutex2var_epi64(p.0, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), q.0),
                    _mm512_permutex2var_epi64(p.0, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), q.0),
                ]
            };
            Self(low).store(words);
            Self(high).store(&mut words[8..]);
        }
    }
}

// No closures from here on: they are functions of their own, compiled without the instructions unless inlined.

#[inline(always)]
fn load_row(row: &[Pair; 4]) -> Avx512 {
    Avx512::load(row.as_flattened())
}

/// Transposes four by four blocks of two lanes.
#[inline(always)]
fn transpose(Avx512(a): Avx512, Avx512(b): Avx512, Avx512(c): Avx512, Avx512(d): Avx512) -> [Avx512; 4] {
    // SAFETY: as in splat.
    unsafe {
        let (ab_low, ab_high) = (_mm512_shuffle_i64x2::<0x44>(a, b), _mm512_shuffle_i64x2::<0xEE>(a, b));
        let (cd_low, cd_high) = (_mm512_shuffle_i64x2::<0x44>(c, d), _mm512_shuffle_i64x2::<0xEE>(c, d));
        [
            Avx512(_mm512_shuffle_i64x2::<0x88>(ab_low, cd_low)),
            Avx512(_mm512_shuffle_i64x2::<0xDD>(ab_low, cd_low)),
            Avx512(_mm512_shuffle_i64x2::<0x88>(ab_high, cd_high)),
            Avx512(_mm512_shuffle_i64x2::<0xDD>(ab_high, cd_high)),
        ]
    }
}
