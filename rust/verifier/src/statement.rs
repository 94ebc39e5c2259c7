//! The statement (3.1): what is proved, as data.

use crate::hash::Digest;
use crate::multilinear::vars;

/// Which oracle a column lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Oracle {
    /// W: the weights, once for all proofs.
    Weights,
    /// A: the columns of one proof.
    Witness,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Weights.
    Weight,
    /// Integers in a declared range.
    Ranged,
    /// Multiplicities of a table.
    Multiplicity,
}

/// A committed integer tensor (3.2, 3.4).
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Column {
    pub name: String,
    pub oracle: Oracle,
    pub role: Role,
    pub dims: Vec<u64>,
    pub row: u64,
    pub offset: u64,
    pub lo: i64,
    pub hi: i64,
}

/// The values first, first + step, .., `count` of them.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Run {
    pub count: u64,
    pub first: i64,
    pub step: i64,
}

/// The integers lo .. lo + size - 1, what a function gives there if the table has one, and the column of multiplicities.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Table {
    pub lo: i64,
    pub size: u64,
    pub multiplicities: usize,
    pub image: Vec<Run>,
}

impl Table {
    /// How many components a row has.
    #[must_use]
    pub fn width(&self) -> usize {
        if self.image.is_empty() { 1 } else { 2 }
    }

    /// The smallest and the largest value of a component.
    #[must_use]
    pub fn span(&self, component: usize) -> (i128, i128) {
        if component == 0 {
            let lo = i128::from(self.lo);
            return (lo, lo + i128::from(self.size) - 1);
        }
        let ends = self.image.iter().flat_map(|run| {
            let first = i128::from(run.first);
            [first, first + i128::from(run.step) * (i128::from(run.count) - 1)]
        });
        ends.fold((i128::MAX, i128::MIN), |(lo, hi), end| (lo.min(end), hi.max(end)))
    }
}

/// (scale * column[i] for each component) is a row of the table for each i.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Lookup {
    pub table: usize,
    pub components: Vec<(usize, i64)>,
}

/// A tensor that a term names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tensor {
    /// A committed column.
    Column(usize),
    /// A public output.
    Output(usize),
}

/// How one axis of a form meets a term's tensor (3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// The tensor's next axis lies along it.
    Along,
    /// The tensor is constant along it.
    Broadcast,
    /// The term takes part only at this index.
    Select(u64),
}

/// coefficient * tensor, laid along some axes of the form.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Term {
    pub coefficient: i64,
    pub tensor: Tensor,
    pub axes: Vec<Axis>,
}

/// An affine form (3.7).
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Form {
    pub dims: Vec<u64>,
    pub terms: Vec<Term>,
    pub constant: i64,
}

/// sum of step * k_axis - offset, in range if in [0, extent) (3.8).
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Coordinate {
    pub extent: u64,
    pub terms: Vec<(usize, i64)>,
    pub offset: i64,
}

/// For each axis of a tensor the coordinates that merge into its index.
pub type Access = Vec<Vec<Coordinate>>;

/// A form read through an access.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Operand {
    pub form: Form,
    pub access: Access,
}

/// out[out_access(k)] = sum over k of left[left_access(k)] right[right_access(k)].
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Contraction {
    pub extents: Vec<u64>,
    pub out: Operand,
    pub left: Option<Operand>,
    pub right: Operand,
    pub norm: i64,
}

/// A hidden input: where it lies and what it is called.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Input {
    pub name: String,
    pub shape: Vec<u64>,
    pub lo: i64,
    pub hi: i64,
    pub column: usize,
}

/// A public output: integers up to a bound, and how people like to see them.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Output {
    pub name: String,
    pub dims: Vec<u64>,
    pub bound: i64,
    pub scale: f64,
    pub zero_point: i64,
    pub epilogue: String,
}

/// What is proved.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Statement {
    pub profile: String,
    pub model_id: Digest,
    pub row_vars: u32,
    pub weight_root: Digest,
    pub weight_rows: u64,
    pub witness_rows: u64,
    pub columns: Vec<Column>,
    pub tables: Vec<Table>,
    pub lookups: Vec<Lookup>,
    pub vanishes: Vec<Vec<Form>>,
    pub contractions: Vec<Contraction>,
    pub affines: Vec<Form>,
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
    /// 3.3: the statement's name.
    pub digest: Digest,
}

/// How many entries a tensor has. The codec has bounded it.
#[must_use]
pub fn entries(dims: &[u64]) -> u64 {
    dims.iter().product()
}

/// The sum of the axes' variables.
#[must_use]
pub fn total_vars(dims: &[u64]) -> u32 {
    dims.iter().map(|&dim| vars(dim)).sum()
}

impl Column {
    /// The column's variables.
    #[must_use]
    pub fn vars(&self) -> u32 {
        total_vars(&self.dims)
    }

    /// How many cells it has: inner axes padded, the outermost not.
    #[must_use]
    pub fn cells(&self) -> u64 {
        let inner: u32 = self.dims.iter().skip(1).map(|&dim| vars(dim)).sum();
        self.dims.first().copied().unwrap_or(1) << inner
    }

    /// How many rows of 2^row_vars cells it touches.
    #[must_use]
    pub fn rows(&self, row_vars: u32) -> u64 {
        self.cells().div_ceil(1 << row_vars)
    }

    /// Variables missing to a whole row.
    #[must_use]
    pub fn missing(&self, row_vars: u32) -> u32 {
        row_vars.saturating_sub(self.vars())
    }

    /// The number of its slot among the slots of its size.
    #[must_use]
    pub fn slot(&self, row_vars: u32) -> u64 {
        self.offset >> (row_vars - self.missing(row_vars))
    }

    /// The largest absolute value in its declared range.
    #[must_use]
    pub fn magnitude(&self) -> u128 {
        u128::from(self.lo.unsigned_abs().max(self.hi.unsigned_abs()))
    }
}

impl Statement {
    /// The forms of all relations.
    pub fn forms(&self) -> impl Iterator<Item = &Form> {
        self.vanishes
            .iter()
            .flatten()
            .chain(self.affines.iter())
            .chain(self.contractions.iter().flat_map(|c| {
                [Some(&c.out), c.left.as_ref(), Some(&c.right)]
                    .into_iter()
                    .flatten()
                    .map(|side| &side.form)
            }))
    }

    /// The rows of an oracle.
    #[must_use]
    pub fn oracle_rows(&self, oracle: Oracle) -> u64 {
        match oracle {
            Oracle::Weights => self.weight_rows,
            Oracle::Witness => self.witness_rows,
        }
    }
}
