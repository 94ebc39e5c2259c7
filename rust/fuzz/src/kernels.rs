//! Kernels on slices whose lengths, sizes and words are whatever the input says: `Err`, or a result, never a panic.

use zkinfer_kernels::correlate::{self, Sliding};
use zkinfer_kernels::{
    Pair, combine, encode, eq, eq_sums, evaluate, fold, hash, layer, logup, poly, product, rounds, vanish, vector,
};

const MOST: usize = 40;

/// Cuts arguments off the input; zeros after its end.
struct Arguments<'a>(&'a [u8]);

impl Arguments<'_> {
    fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    fn length(&mut self) -> usize {
        usize::from(self.byte()) % MOST
    }

    /// A size: small in most cases, else a power of two up to the largest, or the largest itself.
    fn size(&mut self) -> usize {
        match self.byte() {
            255 => usize::MAX,
            byte @ 190..=254 => 1 << ((byte - 190) % 64),
            byte => usize::from(byte) % MOST,
        }
    }

    fn word(&mut self) -> u64 {
        match self.byte() {
            0..=99 => 1,
            100..=149 => u64::MAX,
            150..=199 => 0xFFFF_FFFF_0000_0000,
            _ => u64::from_le_bytes(std::array::from_fn(|_| self.byte())),
        }
    }

    fn pair(&mut self) -> Pair {
        [self.word(), self.word()]
    }

    fn words(&mut self) -> Vec<u64> {
        (0..self.length()).map(|_| self.word()).collect()
    }

    fn pairs(&mut self) -> Vec<Pair> {
        (0..self.length()).map(|_| self.pair()).collect()
    }

    fn signed<T>(&mut self, cast: impl Fn(u64) -> T) -> Vec<T> {
        self.words().into_iter().map(cast).collect()
    }

    fn digests(&mut self) -> Vec<[u8; 32]> {
        vec![[self.byte(); 32]; self.length()]
    }

    fn arrays<const N: usize>(&mut self) -> Vec<[Pair; N]> {
        (0..self.length())
            .map(|_| std::array::from_fn(|_| self.pair()))
            .collect()
    }
}

/// Call one kernel, chosen by the first byte.
pub fn kernels(data: &[u8]) {
    let mut a = Arguments(data);
    let kernel = a.byte() % 32;
    let _ = match kernel {
        0 => encode::encode_rows(&a.words(), a.size(), &mut a.words(), a.size(), a.size()),
        1 => eq::halve_eq(&a.pairs(), &mut a.pairs()),
        2 => {
            let positions = (a.byte() % 2 == 1).then(|| a.words());
            hash::leaves(
                b"tag",
                &a.words(),
                &vec![0; a.length()],
                a.size(),
                positions.as_deref(),
                &mut a.digests(),
            )
        }
        3 => hash::merkle_levels(b"tag", &a.digests(), &mut a.digests()),
        4 => logup::leaves(
            &a.words(),
            &a.words(),
            &a.words(),
            a.pair(),
            &a.pairs(),
            &mut a.arrays::<2>(),
        ),
        5 => logup::parents(&a.arrays::<2>(), &mut a.arrays::<2>()),
        6 => layer::round(&a.pairs(), &a.arrays::<4>(), a.size(), a.pair()).map(drop),
        7 => fold::fold(&a.words(), a.pair(), a.size(), &mut a.pairs()),
        8 => fold::fold(&a.pairs(), a.pair(), a.size(), &mut a.pairs()),
        9 => fold::fold_each(&a.words(), a.size(), a.pair(), a.size(), &mut a.pairs()),
        10 => fold::fold_nodes(&a.arrays::<4>(), a.pair(), a.size(), &mut a.arrays::<4>()),
        11 => evaluate::evaluate_many(&a.pairs(), &a.words(), &mut a.pairs()),
        12 => poly::columns_combine(&a.words(), &a.pairs(), &mut a.pairs()),
        13 => poly::multiply_add(&mut a.pairs(), &a.pairs(), &a.words()),
        14 => poly::spread_rows(&a.pairs(), a.size(), &a.pairs(), a.size(), &mut a.pairs()),
        15 => poly::spread_columns(&a.pairs(), a.size(), &a.pairs(), a.size(), &mut a.pairs()),
        16 => product::product_round(&a.words(), &a.pairs(), a.size(), a.size()).map(drop),
        17 => vanish::vanish_round(&a.pairs(), &a.words(), a.size(), a.size()).map(drop),
        18 => vector::ext_mul(&a.pairs(), &a.pairs(), &mut a.pairs()),
        19 => vector::ext_scale(&a.pairs(), a.pair(), &mut a.pairs()),
        20 => vector::to_field(&a.signed(|word| word as i64), &mut a.words()),
        21 => vector::dot_base(&a.words(), &a.pairs()).map(drop),
        22 => vector::matvec(
            &a.signed(|word| word as i8),
            &a.signed(|word| word as i64),
            &mut a.signed(|_| 0),
        ),
        23 => combine::combine_rows(&a.signed(|word| word as i8), &a.pairs(), &mut a.pairs()),
        24 => layer::next_round(&mut a.pairs(), &mut a.arrays::<4>(), a.pair(), a.size(), a.pair()).map(drop),
        25 => hash::multiproof_root(b"tag", a.size() as u32, &a.words(), &a.digests(), &a.digests()).map(drop),
        26 => eq_sums::eq_sums(&a.pairs(), &a.pairs(), &a.pairs(), &mut a.arrays::<2>()),
        29 => {
            let (high, low) = (a.pairs(), a.pairs());
            eq_sums::next_eq_sums(
                &mut a.pairs(),
                a.size(),
                a.pair(),
                a.size(),
                &high,
                &low,
                &mut a.arrays::<2>(),
            )
        }
        27 => vector::count(
            &a.signed(|word| word as i64),
            a.word() as i64,
            a.word() as i64,
            &mut a.signed(|_| 0),
        ),
        30 => rounds::round_weights(&a.pairs(), a.size(), Some(&a.pairs()), &mut a.pairs()),
        28 => {
            let mut two = || [a.size(), a.size()];
            let (input, places, taps) = (two(), two(), two());
            let (stride, dilation, padding) = (two(), two(), two());
            let sliding = Sliding {
                input,
                channels: a.size(),
                places,
                taps,
                stride,
                dilation,
                padding,
            };
            correlate::correlate(&a.words(), &a.pairs(), sliding, &mut a.pairs())
        }
        _ => combine::combine_rows(&a.words(), &a.pairs(), &mut a.pairs()),
    };
}
