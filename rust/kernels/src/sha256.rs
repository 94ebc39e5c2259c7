//! SHA-256 of many messages of one length: sixteen at a time, a message a lane, where the machine has AVX-512.
//!
//! Source: FIPS 180-4, 6.2. Elsewhere the sha2 crate hashes one after another, with the machine's own instructions for
//! it; two threads of a core together are no faster with these, which is why lanes win.

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use zkinfer_field::Instructions;

/// A SHA-256 value.
pub type Digest = [u8; 32];

/// Messages hashed at once.
const LANES: usize = 16;
const BLOCK: usize = 64;
/// Bytes hashed by one task at least.
const GRAIN: usize = 1 << 15;

/// Writes the hashes of messages of `length` bytes; `write` fills the message of an index.
pub(crate) fn hash_each(length: usize, out: &mut [Digest], write: impl Fn(usize, &mut [u8]) + Sync) {
    // A message is followed by a set bit, zeros, and its length in bits.
    let padded = (length + 9).next_multiple_of(BLOCK);
    let in_lanes = Instructions::chosen() >= Instructions::Avx512;
    let buffer = || {
        let mut message = vec![0; padded];
        message[length] = 0x80;
        message[padded - 8..].copy_from_slice(&(8 * length as u64).to_be_bytes());
        Messages(message.repeat(if in_lanes { LANES } else { 1 }))
    };
    out.par_chunks_mut(LANES)
        .enumerate()
        .with_min_len(GRAIN.div_ceil(padded * LANES))
        .for_each_init(buffer, |Messages(messages), (chunk, out)| {
            let first = chunk * LANES;
            if in_lanes && out.len() == LANES {
                for (lane, message) in messages.chunks_exact_mut(padded).enumerate() {
                    write(first + lane, &mut message[..length]);
                }
                hash_lanes(messages, out);
                return;
            }
            for (k, out) in out.iter_mut().enumerate() {
                write(first + k, &mut messages[..length]);
                *out = Sha256::digest(&messages[..length]).into();
            }
        });
}

/// Padded messages one after another; they may hold secrets, so they are wiped.
struct Messages(Vec<u8>);

impl Drop for Messages {
    fn drop(&mut self) {
        self.0.fill(0);
        std::hint::black_box(&self.0);
    }
}

/// Writes the hashes of LANES padded messages of equal length, which lie one after another.
#[cfg(target_arch = "x86_64")]
fn hash_lanes(messages: &[u8], out: &mut [Digest]) {
    // SAFETY: AVX-512 was chosen, so it was detected.
    let state = unsafe { avx512::hash(messages) };
    for (lane, out) in out.iter_mut().enumerate() {
        for (bytes, word) in out.as_chunks_mut::<4>().0.iter_mut().zip(&state) {
            *bytes = word[lane].to_be_bytes();
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn hash_lanes(_: &[u8], _: &mut [Digest]) {
    unreachable!("AVX-512 was chosen");
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use std::arch::x86_64::*;

    use super::{BLOCK, LANES};

    /// A 32-bit word of each message.
    type Word = __m512i;

    const INITIAL: [u32; 8] = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    #[rustfmt::skip]
    const ROUND: [u32; 64] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ];

    /// Returns the final states: word k of every message's hash in entry k.
    #[target_feature(enable = "avx512f")]
    pub(super) fn hash(messages: &[u8]) -> [[u32; LANES]; 8] {
        let padded = messages.len() / LANES;
        let mut state = INITIAL.map(|word| _mm512_set1_epi32(word as i32));
        for start in (0..padded).step_by(BLOCK) {
            let lines = std::array::from_fn(|lane| {
                let block = &messages[lane * padded + start..][..BLOCK];
                // SAFETY: 64 bytes are read, and need no alignment.
                unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
            });
            compress(&mut state, transpose(lines).map(|word| swap_bytes(word)));
        }
        // SAFETY: both are 64 bytes without padding.
        state.map(|word| unsafe { std::mem::transmute::<Word, [u32; LANES]>(word) })
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn compress(state: &mut [Word; 8], mut w: [Word; 16]) {
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
        for start in (0..64).step_by(16) {
            for k in 0..16 {
                if start > 0 {
                    let before = add(w[k], w[(k + 9) % 16]);
                    let (x, y) = (w[(k + 1) % 16], w[(k + 14) % 16]);
                    let small0 = xor(
                        _mm512_ror_epi32::<7>(x),
                        _mm512_ror_epi32::<18>(x),
                        _mm512_srli_epi32::<3>(x),
                    );
                    let small1 = xor(
                        _mm512_ror_epi32::<17>(y),
                        _mm512_ror_epi32::<19>(y),
                        _mm512_srli_epi32::<10>(y),
                    );
                    w[k] = add(before, add(small0, small1));
                }
                let big1 = xor(
                    _mm512_ror_epi32::<6>(e),
                    _mm512_ror_epi32::<11>(e),
                    _mm512_ror_epi32::<25>(e),
                );
                let big0 = xor(
                    _mm512_ror_epi32::<2>(a),
                    _mm512_ror_epi32::<13>(a),
                    _mm512_ror_epi32::<22>(a),
                );
                let choice = _mm512_ternarylogic_epi32::<0xCA>(e, f, g);
                let majority = _mm512_ternarylogic_epi32::<0xE8>(a, b, c);
                let constant = add(w[k], _mm512_set1_epi32(ROUND[start + k] as i32));
                let first = add(add(h, constant), add(big1, choice));
                (h, g, f, e) = (g, f, e, add(d, first));
                (d, c, b, a) = (c, b, a, add(first, add(big0, majority)));
            }
        }
        for (word, more) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = add(*word, more);
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn add(a: Word, b: Word) -> Word {
        _mm512_add_epi32(a, b)
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn xor(a: Word, b: Word, c: Word) -> Word {
        _mm512_ternarylogic_epi32::<0x96>(a, b, c)
    }

    /// Reverses the bytes of each word: of its rotations by 8 and 24 bits every other byte.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn swap_bytes(x: Word) -> Word {
        let odd = _mm512_set1_epi32(0x00FF_00FF);
        _mm512_ternarylogic_epi32::<0xCA>(odd, _mm512_rol_epi32::<8>(x), _mm512_rol_epi32::<24>(x))
    }

    /// Returns word k of every line in entry k.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn transpose(lines: [Word; 16]) -> [Word; 16] {
        // Words of neighbouring lines, then pairs of words of neighbouring pairs: within each quarter a square of four.
        let mut pairs = lines;
        for k in (0..16).step_by(2) {
            pairs[k] = _mm512_unpacklo_epi32(lines[k], lines[k + 1]);
            pairs[k + 1] = _mm512_unpackhi_epi32(lines[k], lines[k + 1]);
        }
        // Entry 4 q + i holds, of lines 4 q .. 4 q + 3, word i of each quarter of a line.
        let mut quarters = pairs;
        for q in (0..16).step_by(4) {
            quarters[q] = _mm512_unpacklo_epi64(pairs[q], pairs[q + 2]);
            quarters[q + 1] = _mm512_unpackhi_epi64(pairs[q], pairs[q + 2]);
            quarters[q + 2] = _mm512_unpacklo_epi64(pairs[q + 1], pairs[q + 3]);
            quarters[q + 3] = _mm512_unpackhi_epi64(pairs[q + 1], pairs[q + 3]);
        }
        let mut words = lines;
        for i in 0..4 {
            let [a, b, c, d] = [quarters[i], quarters[i + 4], quarters[i + 8], quarters[i + 12]];
            let (ab_even, ab_odd) = (_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0xDD>(a, b));
            let (cd_even, cd_odd) = (_mm512_shuffle_i32x4::<0x88>(c, d), _mm512_shuffle_i32x4::<0xDD>(c, d));
            words[i] = _mm512_shuffle_i32x4::<0x88>(ab_even, cd_even);
            words[i + 8] = _mm512_shuffle_i32x4::<0xDD>(ab_even, cd_even);
            words[i + 4] = _mm512_shuffle_i32x4::<0x88>(ab_odd, cd_odd);
            words[i + 12] = _mm512_shuffle_i32x4::<0xDD>(ab_odd, cd_odd);
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(index: usize, length: usize) -> Vec<u8> {
        (0..length).map(|k| (31 * index + 7 * k + k * k / 5) as u8).collect()
    }

    #[test]
    fn every_message_has_its_hash_whatever_its_length() {
        for length in (0..200).step_by(7).chain([55, 56, 63, 64, 119, 120, 4000]) {
            for count in [1, 15, 16, 40] {
                let mut out = vec![[0; 32]; count];
                hash_each(length, &mut out, |index, bytes| {
                    bytes.copy_from_slice(&message(index, length))
                });
                for (index, hash) in out.iter().enumerate() {
                    assert_eq!(
                        *hash,
                        <Digest>::from(Sha256::digest(message(index, length))),
                        "{length} {index}"
                    );
                }
            }
        }
    }
}
