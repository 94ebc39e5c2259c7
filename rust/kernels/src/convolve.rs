//! Convolution of integers, exact.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, Kernel, Lanes};

use crate::error::{Result, require, require_len};

/// Output channels whose sums are held in registers together.
const CHANNELS: usize = 16;
/// Places beside each other that share a read of the kernel's entries.
const PLACES: usize = 4;

/// The weights of CHANNELS output channels at one entry of the window.
type Weights = [i32; CHANNELS];

/// The lengths of a convolution: rows and columns of places, the window's, and channels.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Rows and columns of the input, with its padding.
    pub input: [usize; 2],
    /// Rows and columns of the kernel.
    pub kernel: [usize; 2],
    /// Channels in and out.
    pub channels: [usize; 2],
    /// Steps from place to place.
    pub stride: [usize; 2],
    /// Steps from entry to entry of the window.
    pub dilation: [usize; 2],
}

impl Window {
    /// Rows and columns of the output; none where the window does not fit.
    pub fn output(&self) -> Option<[usize; 2]> {
        let mut sizes = [0; 2];
        for (axis, size) in sizes.iter_mut().enumerate() {
            let reach = self.kernel[axis].checked_sub(1)?.checked_mul(self.dilation[axis])?;
            *size = self.input[axis].checked_sub(reach)?.div_ceil(self.stride[axis].max(1));
        }
        (self.stride.into_iter().all(|step| step > 0) && sizes.into_iter().all(|size| size > 0)).then_some(sizes)
    }
}

/// Writes out[i, j, o] = sum_{a, b, c} x[stride i + dilation a, stride j + dilation b, c] kernel[o, a, b, c].
///
/// Sums wrap modulo 2^32: the caller knows that none leaves the range of i32.
pub fn convolve(x: &[i32], kernel: &[i32], window: Window, out: &mut [i64]) -> Result<()> {
    let output = window
        .output()
        .filter(|_| window.channels.iter().all(|count| *count > 0));
    require(output.is_some(), || {
        format!("x, kernel: expected channels, and a window that fits, got {window:?}")
    })?;
    let ([rows, columns], [channels_in, channels_out]) = (output.unwrap_or_default(), window.channels);
    let entries = window.kernel[0] * window.kernel[1] * channels_in;
    require_len("x", x.len(), window.input[0] * window.input[1] * channels_in)?;
    require_len("kernel", kernel.len(), channels_out * entries)?;
    require_len("out", out.len(), rows * columns * channels_out)?;
    let blocks: Vec<Vec<Weights>> = kernel
        .chunks(CHANNELS * entries)
        .map(|rows| side_by_side(rows, entries))
        .collect();
    out.par_chunks_mut(columns * channels_out)
        .enumerate()
        .for_each(|(row, out)| {
            let x = &x[row * window.stride[0] * window.input[1] * channels_in..];
            for (block, weights) in blocks.iter().enumerate() {
                lanes::run(Row {
                    x,
                    weights,
                    window: &window,
                    first: block * CHANNELS,
                    out: &mut *out,
                });
            }
        });
    Ok(())
}

/// Puts the weights of some output channels side by side, entry by entry, with zeros for those that are missing.
fn side_by_side(rows: &[i32], entries: usize) -> Vec<Weights> {
    let mut weights = vec![[0; CHANNELS]; entries];
    for (channel, row) in rows.chunks_exact(entries).enumerate() {
        for (weights, entry) in weights.iter_mut().zip(row) {
            weights[channel] = *entry;
        }
    }
    weights
}

/// One row of places, for output channels from `first` on; x begins at its windows.
struct Row<'a> {
    x: &'a [i32],
    weights: &'a [Weights],
    window: &'a Window,
    first: usize,
    out: &'a mut [i64],
}

impl Kernel for Row<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let [channels_in, channels_out] = self.window.channels;
        let count = CHANNELS.min(channels_out - self.first);
        let step = self.window.stride[1] * channels_in;
        for (group, out) in self.out.chunks_mut(PLACES * channels_out).enumerate() {
            let mut sums = [[0i32; CHANNELS]; PLACES];
            // Where places are missing, the last one is computed again.
            let last = out.len() / channels_out - 1;
            let places = [0, 1.min(last), 2.min(last), 3.min(last)];
            for a in 0..self.window.kernel[0] {
                for b in 0..self.window.kernel[1] {
                    let at = (a * self.window.dilation[0] * self.window.input[1] + b * self.window.dilation[1])
                        * channels_in;
                    let weights = &self.weights[(a * self.window.kernel[1] + b) * channels_in..][..channels_in];
                    let mut starts = [at; PLACES];
                    for (start, place) in starts.iter_mut().zip(places) {
                        *start += (group * PLACES + place) * step;
                    }
                    add_products(&mut sums, weights, self.x, starts);
                }
            }
            for (out, sums) in out.chunks_exact_mut(channels_out).zip(&sums) {
                for (out, sum) in out[self.first..][..count].iter_mut().zip(sums) {
                    *out = i64::from(*sum);
                }
            }
        }
    }
}

/// Adds the products of entries of the window with those that begin at `starts` in x, place by place.
#[inline(always)]
fn add_products(sums: &mut [[i32; CHANNELS]; PLACES], weights: &[Weights], x: &[i32], starts: [usize; PLACES]) {
    let count = weights.len();
    let [p, q, r, s] = starts;
    let (p, q, r, s) = (&x[p..][..count], &x[q..][..count], &x[r..][..count], &x[s..][..count]);
    // Copies: sums that nobody else can see stay in registers.
    let [mut sum_p, mut sum_q, mut sum_r, mut sum_s] = *sums;
    for k in 0..count {
        let weights = &weights[k];
        let (p, q, r, s) = (p[k], q[k], r[k], s[k]);
        for channel in 0..CHANNELS {
            let weight = weights[channel];
            sum_p[channel] = sum_p[channel].wrapping_add(p.wrapping_mul(weight));
            sum_q[channel] = sum_q[channel].wrapping_add(q.wrapping_mul(weight));
            sum_r[channel] = sum_r[channel].wrapping_add(r.wrapping_mul(weight));
            sum_s[channel] = sum_s[channel].wrapping_add(s.wrapping_mul(weight));
        }
    }
    *sums = [sum_p, sum_q, sum_r, sum_s];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_definition() {
        for (input, kernel, channels, stride, dilation) in [
            ([7, 9], [3, 2], [3, 5], [1, 1], [1, 1]),
            ([8, 11], [2, 3], [1, 33], [2, 3], [3, 2]),
            ([1, 1], [1, 1], [1, 1], [1, 1], [1, 1]),
        ] {
            let window = Window {
                input,
                kernel,
                channels,
                stride,
                dilation,
            };
            let [rows, columns] = window.output().unwrap();
            let numbers =
                |count: usize, step: i32| (0..count as i32).map(move |k| k * step % 201 - 100).collect::<Vec<_>>();
            let x = numbers(input[0] * input[1] * channels[0], 37);
            let weights = numbers(channels[1] * kernel[0] * kernel[1] * channels[0], 53);
            let mut out = vec![7; rows * columns * channels[1]];
            convolve(&x, &weights, window, &mut out).unwrap();
            for (k, found) in out.iter().enumerate() {
                let (i, j, o) = (k / channels[1] / columns, k / channels[1] % columns, k % channels[1]);
                let mut sum = 0;
                for a in 0..kernel[0] {
                    for b in 0..kernel[1] {
                        for c in 0..channels[0] {
                            let (row, column) = (stride[0] * i + dilation[0] * a, stride[1] * j + dilation[1] * b);
                            let weight = weights[((o * kernel[0] + a) * kernel[1] + b) * channels[0] + c];
                            sum += x[(row * input[1] + column) * channels[0] + c] * weight;
                        }
                    }
                }
                assert_eq!(*found, i64::from(sum));
            }
        }
    }

    #[test]
    fn a_window_that_does_not_fit_is_refused() {
        let window = Window {
            input: [2, 2],
            kernel: [3, 1],
            channels: [1, 1],
            stride: [1, 1],
            dilation: [1, 1],
        };
        assert!(convolve(&[0; 4], &[0; 3], window, &mut []).is_err());
        let still = Window {
            kernel: [1, 1],
            stride: [0, 1],
            ..window
        };
        assert!(convolve(&[0; 4], &[0], still, &mut []).is_err());
    }
}
