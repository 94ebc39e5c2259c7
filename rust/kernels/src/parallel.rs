//! How work is cut: pieces large enough to be worth a thread.

use std::ops::Range;

use rayon::prelude::*;

/// Elements a task should have at least.
pub(crate) const GRAIN: usize = 1 << 10;

/// How many items of `size` elements a task should have at least: less is done sooner than another thread awakes.
pub(crate) fn items(size: usize) -> usize {
    (8 * GRAIN / size.max(1)).max(1)
}

/// Applies `part` to pieces of 0..n and merges the results.
pub(crate) fn reduce_over<T, P, M>(n: usize, grain: usize, part: P, merge: M) -> T
where
    T: Send,
    P: Fn(Range<usize>) -> T + Sync,
    M: Fn(T, T) -> T + Sync + Send,
{
    if n <= grain {
        return part(0..n);
    }
    (0..n.div_ceil(grain))
        .into_par_iter()
        .map(|k| part(k * grain..n.min((k + 1) * grain)))
        .reduce_with(merge)
        .unwrap_or_else(|| part(0..0))
}
