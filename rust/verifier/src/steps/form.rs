//! Opening a form at a point (6.7).

use crate::channel::Channel;
use crate::claim::Claim;
use crate::error::Result;
use crate::extension::Ext;
use crate::layout::GroupKey;
use crate::multilinear::{EqTable, eq_index, pairs, product_sum, vars};
use crate::statement::{Axis, Column, Form, Statement, Tensor, Term, entries, total_vars};
use crate::steps::row_claim::{Cells, RowClaim, Rows};

/// What opening forms needs, and where it leaves its row claims.
pub struct Forms<'r, 'p> {
    /// What is proved.
    pub statement: &'r Statement,
    /// The public outputs' integers, row-major; all empty when counting.
    pub outputs: &'r [Vec<i64>],
    /// The run.
    pub channel: &'r mut Channel<'p>,
    /// The row claims so far.
    pub claims: &'r mut Vec<RowClaim>,
}

/// Terms that are opened by one scalar.
type Group<'s> = (GroupKey, Vec<(&'s Column, Ext)>);

impl<'r> Forms<'r, '_> {
    /// Draw a point over the axes of a tensor.
    pub fn fresh_point(&mut self, label: &str, dims: &[u64]) -> Vec<Ext> {
        let count = total_vars(dims) as usize;
        self.channel.point_vars += count as u64;
        self.channel.challenges(label, count)
    }

    /// Open a form as a factor: the claim has one pad of its own.
    pub fn open_factor(&mut self, form: &Form, point: &[Ext], label: &str) -> Result<Claim> {
        let claim = self.open(form, point, label)?;
        if claim.pads.len() == 1 {
            return Ok(claim);
        }
        let whole = self.channel.scalar(label)?;
        self.channel.constrain(whole.minus(&claim));
        Ok(whole)
    }

    /// Open a form: its value as a claim, one scalar and one row claim for each group of columns.
    pub fn open(&mut self, form: &Form, point: &[Ext], label: &str) -> Result<Claim> {
        let axes = split(point, &form.dims);
        let real = axes
            .iter()
            .zip(&form.dims)
            .fold(Ext::ONE, |out, (x, &dim)| out * product_sum(&pairs(x), dim));
        let mut value = Claim::public(Ext::from_i64(form.constant) * real);
        for (key, terms) in self.groups(form, &axes, &mut value) {
            let scalar = self.channel.scalar(label)?;
            value.add(Ext::ONE, &scalar);
            let at: Vec<Ext> = key.along.iter().flat_map(|&axis| axes[axis]).copied().collect();
            let row_vars = self.statement.row_vars as usize;
            let (row_point, cell_point) = at.split_at(at.len().saturating_sub(row_vars));
            let run = |&(column, factor): &(&Column, Ext)| (column.row, column.rows(row_vars as u32), factor);
            self.claims.push(RowClaim {
                oracle: key.oracle,
                rows: Rows::Runs(terms.iter().map(run).collect(), row_point.to_vec()),
                cells: Cells::Slot {
                    slot: key.slot,
                    missing: key.missing as usize,
                    point: cell_point.to_vec(),
                },
                value: scalar,
            });
        }
        Ok(value)
    }

    /// Group the committed terms in order of first appearance, and add the public ones to `value`.
    fn groups(&self, form: &Form, axes: &[&[Ext]], value: &mut Claim) -> Vec<Group<'r>> {
        let statement = self.statement;
        let mut groups: Vec<Group<'r>> = Vec::new();
        for term in &form.terms {
            let factor = term_factor(term, form, axes);
            match term.tensor {
                Tensor::Output(k) => {
                    value.known = value.known + factor * self.output_at(k, &term.axes, axes);
                }
                Tensor::Column(k) => {
                    let column = &statement.columns[k];
                    let key = GroupKey::of(column, &term.axes, statement.row_vars);
                    match groups.iter_mut().find(|(old, _)| *old == key) {
                        Some((_, terms)) => terms.push((column, factor)),
                        None => groups.push((key, vec![(column, factor)])),
                    }
                }
            }
        }
        groups
    }

    /// The extension of a public output at the coordinates along some axes.
    fn output_at(&self, index: usize, kinds: &[Axis], axes: &[&[Ext]]) -> Ext {
        let dims = &self.statement.outputs[index].dims;
        let along = kinds.iter().zip(axes).filter(|(kind, _)| **kind == Axis::Along);
        let point: Vec<Ext> = along.flat_map(|(_, x)| *x).copied().collect();
        let eq = EqTable::new(&point);
        let mut sum = Ext::ZERO;
        for (flat, &value) in self.outputs[index].iter().enumerate() {
            // Row-major index to the index with every axis padded.
            let (mut rest, mut size, mut padded) = (flat as u64, entries(dims), 0);
            for &dim in dims {
                size /= dim;
                padded = (padded << vars(dim)) | (rest / size);
                rest %= size;
            }
            sum = sum + Ext::from_i64(value) * eq.at(padded);
        }
        sum
    }
}

/// Cut a point over several axes into the axes' points.
#[must_use]
pub fn split<'x>(point: &'x [Ext], dims: &[u64]) -> Vec<&'x [Ext]> {
    let mut rest = point;
    let cut = |&dim: &u64| {
        let (axis, after) = rest.split_at(vars(dim) as usize);
        rest = after;
        axis
    };
    dims.iter().map(cut).collect()
}

/// coefficient * the axes that the term's tensor does not lie along.
fn term_factor(term: &Term, form: &Form, axes: &[&[Ext]]) -> Ext {
    term.axes.iter().zip(axes).zip(&form.dims).fold(
        Ext::from_i64(term.coefficient),
        |out, ((kind, x), &dim)| match kind {
            Axis::Along => out,
            Axis::Broadcast => out * product_sum(&pairs(x), dim),
            Axis::Select(index) => out * eq_index(x, *index),
        },
    )
}
