//! The fuzz targets on seeds that are changed in a fixed way, as many as `FUZZ_INPUTS` says: what runs without nightly.

use std::panic::{AssertUnwindSafe, catch_unwind};
use zkinfer_fuzz::{PROOF, STATEMENT, kernels, proof, statement};

/// xorshift64*: the same inputs in every run.
struct Draw(u64);

impl Draw {
    fn word(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.word() % count.max(1) as u64) as usize
    }

    /// A word of the seed replaced, bytes flipped, dropped, doubled, or the end cut off; several times.
    fn mutate(&mut self, seed: &[u8]) -> Vec<u8> {
        const EDGES: [u64; 12] = [0, 1, 2, 3, 9, 17, 255, 1 << 18, 1 << 24, 1 << 32, 1 << 38, u64::MAX];
        let mut data = seed.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(data.len());
            match self.below(5) {
                0 if at + 8 <= data.len() => {
                    let word = at - at % 8;
                    let edge = EDGES[self.below(EDGES.len())];
                    data[word..word + 8].copy_from_slice(&edge.to_le_bytes());
                }
                1 if !data.is_empty() => data[at] ^= 1 << self.below(8),
                2 => {
                    let end = (at + 1 + self.below(40)).min(data.len());
                    data.drain(at..end);
                }
                3 => {
                    let end = (at + 1 + self.below(40)).min(data.len());
                    let piece = data[at..end].to_vec();
                    data.splice(at..at, piece);
                }
                _ if self.below(8) == 0 => data.truncate(at),
                _ => {}
            }
        }
        data
    }
}

fn run(name: &str, inputs: u64, seed: impl Fn(&mut Draw) -> Vec<u8>, target: fn(&[u8])) {
    let inputs = std::env::var("FUZZ_INPUTS").map_or(inputs, |count| count.parse().unwrap());
    let mut draw = Draw(0x5EED);
    for number in 0..inputs {
        let data = seed(&mut draw);
        let ended = catch_unwind(AssertUnwindSafe(|| target(&data)));
        assert!(ended.is_ok(), "{name}: input {number} panics: {data:?}");
    }
}

#[test]
fn statements_end_without_panic() {
    run("statement", 1000, |draw| draw.mutate(STATEMENT), statement);
}

#[test]
fn proofs_end_without_panic() {
    run("proof", 60, |draw| draw.mutate(PROOF), proof);
}

#[test]
fn kernels_end_without_panic() {
    let seed = |draw: &mut Draw| (0..64 + draw.below(400)).map(|_| draw.word() as u8).collect();
    run("kernels", 8000, seed, kernels);
}

#[test]
fn the_frozen_proof_is_accepted() {
    statement(STATEMENT);
    proof(PROOF);
}

#[test]
#[should_panic(expected = "input 0 panics")]
fn a_panic_is_found() {
    run("broken", 1, |_| vec![1], |data| assert!(data.is_empty()));
}
