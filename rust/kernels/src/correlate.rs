//! Correlation of weights with a grid: what a sliding window's entries meet, summed over its places.

use rayon::prelude::*;
use zkinfer_field::{Pair, ScaledSum};

use crate::error::{Result, ShapeError, require_len};
use crate::parallel::items;

/// Channels whose sums are held together.
const CHANNELS: usize = 4;

/// The lengths of a correlation: rows and columns of the grid, of the window's places and of its entries.
#[derive(Clone, Copy, Debug)]
pub struct Sliding {
    /// Rows and columns of the grid, without its padding.
    pub input: [usize; 2],
    /// Entries of each cell of the grid.
    pub channels: usize,
    /// Rows and columns of places.
    pub places: [usize; 2],
    /// Rows and columns of the window's entries.
    pub taps: [usize; 2],
    /// Steps from place to place.
    pub stride: [usize; 2],
    /// Steps from entry to entry of the window.
    pub dilation: [usize; 2],
    /// Rows and columns by which the first window stands outside of the grid.
    pub padding: [usize; 2],
}

/// More entries of a window, or longer steps, than any network has.
const MAX: usize = 1 << 32;

impl Sliding {
    /// How many sums there are, if all lengths are within reason.
    pub fn sums(&self) -> Result<usize> {
        let count = self.taps[0]
            .checked_mul(self.taps[1])
            .and_then(|taps| taps.checked_mul(self.channels));
        let steps = [self.stride, self.dilation, self.padding];
        let fits = steps.as_flattened().iter().all(|step| *step < MAX) && self.stride.iter().all(|step| *step > 0);
        count.filter(|count| *count <= MAX && fits).ok_or_else(|| {
            ShapeError::new(format!(
                "taps, stride: expected steps of at least one, and at most {MAX} sums, got {self:?}"
            ))
        })
    }

    /// The places, along an axis, whose entry `tap` lies on the grid, and the index that the first of them reads.
    fn inside(&self, axis: usize, tap: usize) -> Option<(std::ops::Range<usize>, usize)> {
        let (stride, shift) = (self.stride[axis], tap * self.dilation[axis]);
        let first = self.padding[axis].saturating_sub(shift).div_ceil(stride);
        let end = (self.input[axis].saturating_add(self.padding[axis]))
            .saturating_sub(shift)
            .div_ceil(stride)
            .min(self.places[axis]);
        (first < end).then(|| (first..end, first * stride + shift - self.padding[axis]))
    }
}

/// Writes out[a, b, c] = sum_{i, j} weights[i, j] x[stride i + dilation a - padding, stride j + dilation b - padding, c],
/// x zero outside of the grid.
pub fn correlate(x: &[u64], weights: &[Pair], sliding: Sliding, out: &mut [Pair]) -> Result<()> {
    let Sliding {
        input,
        channels,
        places,
        taps,
        stride,
        ..
    } = sliding;
    require_len("x", x.len(), input[0].saturating_mul(input[1]).saturating_mul(channels))?;
    require_len("weights", weights.len(), places[0].saturating_mul(places[1]))?;
    require_len("out", out.len(), sliding.sums()?)?;
    if out.is_empty() {
        return Ok(());
    }
    let least = items(weights.len().saturating_mul(channels));
    out.par_chunks_exact_mut(channels)
        .enumerate()
        .with_min_len(least)
        .for_each(|(tap, out)| {
            out.fill([0; 2]);
            let rows = sliding.inside(0, tap / taps[1]);
            let columns = sliding.inside(1, tap % taps[1]);
            if let (Some((rows, row)), Some((columns, column))) = (rows, columns) {
                for (block, out) in out.chunks_mut(CHANNELS).enumerate() {
                    let mut sums = [ScaledSum::default(); CHANNELS];
                    for (k, place) in rows.clone().enumerate() {
                        let weights = &weights[place * places[1]..][columns.clone()];
                        let cell = (row + k * stride[0]) * input[1] + column;
                        let line = &x[cell * channels + block * CHANNELS..];
                        add_line(&mut sums[..out.len()], weights, line, stride[1] * channels);
                    }
                    out.iter_mut()
                        .zip(&sums)
                        .for_each(|(out, sum)| *out = sum.finish().pair());
                }
            }
        });
    Ok(())
}

/// Adds the products of a row's weights with the cells that begin each `step` further in `line`.
#[inline(always)]
fn add_line(sums: &mut [ScaledSum], weights: &[Pair], line: &[u64], step: usize) {
    if let Some(sums) = sums.first_chunk_mut::<CHANNELS>() {
        // A copy: sums that nobody else can see stay in registers.
        let mut held = *sums;
        for (weight, cell) in weights.iter().zip(line.chunks(step)) {
            if let Some(cell) = cell.first_chunk::<CHANNELS>() {
                held.iter_mut()
                    .zip(cell)
                    .for_each(|(sum, entry)| sum.add(*weight, *entry));
            }
        }
        *sums = held;
    } else {
        for (weight, cell) in weights.iter().zip(line.chunks(step)) {
            sums.iter_mut()
                .zip(cell)
                .for_each(|(sum, entry)| sum.add(*weight, *entry));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zkinfer_field::{Ext, Fp};

    #[test]
    fn sums_are_those_of_the_definition() {
        for (input, channels, places, taps, stride, dilation, padding) in [
            ([6, 7], 3, [4, 5], [3, 2], [1, 1], [1, 1], [0, 0]),
            ([5, 9], 4, [3, 3], [3, 3], [2, 3], [1, 2], [1, 2]),
            ([4, 4], 9, [7, 2], [2, 9], [1, 1], [3, 1], [5, 3]),
            ([1, 1], 1, [1, 1], [1, 1], [1, 1], [1, 1], [0, 0]),
            ([2, 2], 1, [1, 1], [2, 1], [1, 1], [9, 1], [0, 0]),
        ] {
            let sliding = Sliding {
                input,
                channels,
                places,
                taps,
                stride,
                dilation,
                padding,
            };
            let word = |k: usize| (k as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let x: Vec<u64> = (0..input[0] * input[1] * channels).map(word).collect();
            let weights: Vec<Pair> = (0..places[0] * places[1]).map(|k| [word(3 * k), word(5 * k)]).collect();
            let mut out = vec![[7; 2]; taps[0] * taps[1] * channels];
            correlate(&x, &weights, sliding, &mut out).unwrap();
            for (k, found) in out.iter().enumerate() {
                let (a, b, c) = (k / channels / taps[1], k / channels % taps[1], k % channels);
                let mut sum = Ext::ZERO;
                for i in 0..places[0] {
                    for j in 0..places[1] {
                        let row = (stride[0] * i + dilation[0] * a).wrapping_sub(padding[0]);
                        let column = (stride[1] * j + dilation[1] * b).wrapping_sub(padding[1]);
                        if row < input[0] && column < input[1] {
                            let entry = Fp::new(x[(row * input[1] + column) * channels + c]);
                            sum += Ext::load(weights[i * places[1] + j]) * entry;
                        }
                    }
                }
                assert_eq!(*found, sum.pair());
            }
        }
    }

    #[test]
    fn windows_that_stand_still_are_refused() {
        let sliding = Sliding {
            input: [1, 1],
            channels: 1,
            places: [1, 1],
            taps: [1, 1],
            stride: [0, 1],
            dilation: [1, 1],
            padding: [0, 0],
        };
        assert!(correlate(&[0], &[[0; 2]], sliding, &mut [[0; 2]]).is_err());
    }
}
