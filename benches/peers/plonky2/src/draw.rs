//! Coefficients and inputs from a seed, the same as `zkinfer/bench/draw.py` draws: words of splitmix64.

/// The sequence of words of a seed.
pub struct Words {
    state: u64,
}

impl Words {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    fn integer(&mut self) -> i32 {
        (self.next() >> 32) as u32 as i32
    }

    /// A coefficient of `bits` bits and a sign: the remainder of a 32-bit integer, as the original takes it.
    pub fn coefficient(&mut self, bits: u32) -> i32 {
        self.integer() % (1 << bits)
    }

    /// An input of `bits` bits, the sign among them.
    pub fn input(&mut self, bits: u32) -> i32 {
        self.integer() >> (32 - bits)
    }
}
