//! Reed-Solomon rows: polynomials by their coefficients to their values on a coset, transposed into a codeword matrix.
//!
//! The n points 7 w^j fall into n/N cosets of the group of order N, where N is about the number of coefficients: the
//! points of coset k are s w_N^i with s = 7 w^k. One task transforms LANES polynomials on one coset, in a tile that
//! fits a core's cache; nothing is computed on the zeros that pad a polynomial to n coefficients. Of the last few
//! polynomials, too few to fill a tile twice, one tile holds several cosets.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, Kernel, Lanes};
use zkinfer_field::{Fp, TWO_ADICITY};

use crate::error::{Result, require, require_len};
use crate::ntt::{LANES, Line, Plan};

/// Writes out[j, first + i] = f_i(7 w^j), f_i(X) = sum_k rows[i, k] X^k, w = 7^((p-1)/n), for j below n.
///
/// `rows` holds polynomials of `length` <= n coefficients; `out` has n lines of `width` words, n a power of two.
pub fn encode_rows(rows: &[u64], length: usize, out: &mut [u64], width: usize, first: usize) -> Result<()> {
    if rows.is_empty() || out.is_empty() {
        return require_len("rows", rows.len(), 0);
    }
    require(length > 0 && width > 0, || {
        "rows, out: expected at least one coefficient and one column".to_owned()
    })?;
    let (count, n) = (rows.len() / length, out.len() / width);
    require_len("rows", rows.len(), count * length)?;
    require_len("out", out.len(), n * width)?;
    require(n.is_power_of_two() && n.ilog2() <= TWO_ADICITY, || {
        format!("out: expected a power of two of rows, at most 2^{TWO_ADICITY}, got {n}")
    })?;
    require(length <= n, || {
        format!("rows: expected at most n = {n} coefficients, got {length}")
    })?;
    require(first <= width && count <= width - first, || {
        format!("out: expected at least {first} + {count} columns, got {width}")
    })?;

    let size = coset_size(length);
    let cosets = n / size;
    let plan = Plan::new(size);
    let root = Fp::root_of_unity(n.ilog2());
    let shifts: Vec<Fp> = root.powers().take(cosets).map(|power| Fp::GENERATOR * power).collect();
    // The polynomials after the last whole tile, where a tile holds them on several cosets.
    let last = if count % LANES <= LANES / 2 { count % LANES } else { 0 };
    let whole = count - last;
    let packed = (LANES / last.max(1)).min(cosets);
    // A task has a coset and a range of polynomials; more ranges than one only where the cosets are fewer than the
    // threads.
    let ranges = (2 * rayon::current_num_threads())
        .div_ceil(cosets)
        .min(whole.div_ceil(LANES))
        .max(1);
    let polynomials = whole.div_ceil(ranges).next_multiple_of(LANES).max(LANES);
    let mut tasks: Vec<Task> = (0..whole.div_ceil(polynomials) * cosets)
        .map(|_| Vec::with_capacity(size))
        .collect();
    let mut last_tasks: Vec<Task> = (0..if last > 0 { cosets / packed } else { 0 })
        .map(|_| Vec::with_capacity(size * packed))
        .collect();
    for (j, line) in out.chunks_exact_mut(width).enumerate() {
        let (slots, last_slots) = line[first..first + count].split_at_mut(whole);
        for (range, slots) in slots.chunks_mut(polynomials).enumerate() {
            tasks[range * cosets + j % cosets].push(slots);
        }
        if last > 0 {
            last_tasks[j % cosets / packed].push(last_slots);
        }
    }
    let (rows, last_rows) = rows.split_at(whole * length);
    let last_shifts = shifts.chunks_exact(packed);
    rayon::join(
        || {
            tasks.into_par_iter().enumerate().for_each(|(task, lines)| {
                let rows = &rows[task / cosets * polynomials * length..];
                encode_coset(&plan, shifts[task % cosets], rows, length, lines);
            });
        },
        || {
            last_tasks
                .into_par_iter()
                .zip(last_shifts.collect::<Vec<_>>())
                .for_each(|(lines, shifts)| encode_cosets(&plan, shifts, last_rows, length, lines));
        },
    );
    Ok(())
}

/// The slots of a range of polynomials in the lines that belong to one coset, in the order of its points.
type Task<'a> = Vec<&'a mut [u64]>;

/// Lines of tiles that are filled before they are written out: more would leave the caches, fewer touch each page of
/// `out` more often.
const LINES: usize = 1 << 16;

/// Writes the values of polynomials on one coset.
fn encode_coset(plan: &Plan, shift: Fp, rows: &[u64], length: usize, mut lines: Task<'_>) {
    let (size, count) = (lines.len(), lines[0].len());
    let wrap = shift.power(size as u64);
    let padding = vec![0; length];
    let group = (LINES / size).clamp(1, count.div_ceil(LANES));
    let mut tiles: Vec<Line> = vec![[0; LANES]; group * size];
    for start in (0..count).step_by(group * LANES) {
        let end = count.min(start + group * LANES);
        let mut polynomials = rows.chunks_exact(length).skip(start).take(end - start);
        for tile in tiles.chunks_exact_mut(size).take((end - start).div_ceil(LANES)) {
            load(
                std::array::from_fn(|_| polynomials.next().unwrap_or(&padding)),
                wrap,
                tile,
            );
            plan.transform(shift, tile);
        }
        for (i, line) in lines.iter_mut().enumerate() {
            let place = plan.place(i);
            for (slots, tile) in line[start..end].chunks_mut(LANES).zip(tiles.chunks_exact(size)) {
                // A length known beforehand makes the copy a few instructions.
                match slots.first_chunk_mut() {
                    Some(slots) => *slots = tile[place],
                    None => slots.copy_from_slice(&tile[place][..slots.len()]),
                }
            }
        }
    }
}

/// Writes the values of a few polynomials on several cosets: one tile holds each polynomial once a coset.
///
/// The lines are those of all these cosets, in the order of the codeword: the cosets take turns.
fn encode_cosets(plan: &Plan, shifts: &[Fp], rows: &[u64], length: usize, mut lines: Task<'_>) {
    let count = lines[0].len();
    let mut tile: Vec<Line> = vec![[0; LANES]; lines.len() / shifts.len()];
    lanes::run(LoadShifted {
        rows: std::array::from_fn(|lane| &rows[lane % count * length..][..length]),
        shifts: std::array::from_fn(|lane| shifts.get(lane / count).map_or(0, |shift| shift.raw())),
        tile: &mut tile,
    });
    plan.transform(Fp::ONE, &mut tile);
    for (i, lines) in lines.chunks_exact_mut(shifts.len()).enumerate() {
        for (slots, values) in lines.iter_mut().zip(tile[plan.place(i)].chunks_exact(count)) {
            slots.copy_from_slice(values);
        }
    }
}

/// Fills a tile of zeros with f(s X) modulo X^N - 1 for a polynomial f and a shift s in each lane.
struct LoadShifted<'a> {
    rows: [&'a [u64]; LANES],
    shifts: Line,
    tile: &'a mut [Line],
}

impl Kernel for LoadShifted<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let (size, length) = (self.tile.len(), self.rows[0].len());
        let rows = self.rows.map(|row| &row[..length]);
        let mut powers = [Fp::ONE.raw(); LANES];
        for k in 0..length {
            let coefficients: Line = rows.map(|row| row[k]);
            let line = &mut self.tile[k % size];
            for lane in (0..LANES).step_by(L::WIDTH) {
                let power = L::load(&powers[lane..]);
                let sum = L::load(&line[lane..]).add(L::load(&coefficients[lane..]).mul(power));
                sum.store(&mut line[lane..]);
                power.mul(L::load(&self.shifts[lane..])).store(&mut powers[lane..]);
            }
        }
    }
}

/// The size of the cosets for polynomials of `length` coefficients: a power of two, and the coefficients beyond it few
/// enough to be cheaper than a further layer of the transform.
fn coset_size(length: usize) -> usize {
    let below = 1 << length.ilog2();
    if 2 * length > 3 * below { 2 * below } else { below }
}

/// Fills a tile with polynomials modulo X^N - c: coefficient N + k is added to k with the factor c.
fn load(polynomials: [&[u64]; LANES], c: Fp, tile: &mut [Line]) {
    let length = polynomials[0].len();
    let (low, zero) = tile.split_at_mut(length.min(tile.len()));
    let [p0, p1, p2, p3, p4, p5, p6, p7] = polynomials.map(|polynomial| &polynomial[..low.len()]);
    for (k, line) in low.iter_mut().enumerate() {
        *line = [p0[k], p1[k], p2[k], p3[k], p4[k], p5[k], p6[k], p7[k]];
    }
    zero.fill([0; LANES]);
    for k in tile.len()..length {
        for (word, polynomial) in tile[k - tile.len()].iter_mut().zip(polynomials) {
            *word = (Fp::new(*word) + Fp::new(polynomial[k]) * c).raw();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_direct_evaluation() {
        for (n, length, count) in [
            (16, 5, 19),
            (16, 16, 3),
            (64, 13, 40),
            (2048, 300, 9),
            (4096, 1100, 2),
            (1, 1, 1),
            (64, 13, 1),
            (64, 17, 2),
            (256, 17, 12),
            (1024, 500, 20),
        ] {
            let (width, first) = (count + 2, 1);
            let rows: Vec<u64> = (1..=(count * length) as u64)
                .map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15))
                .collect();
            let mut out = vec![77; n * width];
            encode_rows(&rows, length, &mut out, width, first).unwrap();
            for j in (0..n).step_by(1 + n / 50) {
                let x = Fp::GENERATOR * Fp::root_of_unity(n.ilog2()).power(j as u64);
                let line = &out[j * width..(j + 1) * width];
                assert_eq!((line[0], line[width - 1]), (77, 77));
                for (row, value) in rows.chunks_exact(length).zip(&line[first..]) {
                    let expected = row.iter().rev().fold(Fp::ZERO, |sum, c| sum * x + Fp::new(*c));
                    assert_eq!(*value, expected.word());
                }
            }
        }
    }
}
