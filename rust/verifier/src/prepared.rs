//! A statement that has been checked, with all that follows from it.

use crate::access::{Plan, plan};
use crate::bounds::check_bounds;
use crate::channel::Channel;
use crate::error::{Result, refuse};
use crate::layout::{LeafRow, PaddingGroup, leaf_rows, padding_groups};
use crate::ledger::{Counts, queries};
use crate::multilinear::vars;
use crate::profile::Profile;
use crate::statement::{Statement, entries};
use crate::steps;
use crate::wellformed::{check_coverage, check_leaves, check_shapes, work};
use crate::work::check_work;

/// A checked statement. Make one for many proofs.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Prepared {
    pub statement: Statement,
    pub profile: Profile,
    pub leaves: Vec<LeafRow>,
    pub padding: Vec<PaddingGroup>,
    pub plans: Vec<Plan>,
    pub counts: Counts,
    /// t = b.
    pub queries: usize,
    pub scalars: usize,
    pub products: usize,
    /// R, the rows of Q that hold pads.
    pub pad_rows: usize,
    /// The run of zero bytes.
    pub zeros: u64,
    pub output_entries: usize,
}

impl Prepared {
    /// Check a statement's bytes and count what its proofs have.
    ///
    /// # Errors
    ///
    /// `Error::Statement`: what is refused, section 3.9.
    pub fn new(data: &[u8], allow_toy: bool) -> Result<Self> {
        let statement = Statement::from_bytes(data)?;
        let profile = Profile::named(&statement.profile, statement.row_vars, allow_toy)?;
        check_shapes(&statement)?;
        let leaves = leaf_rows(&statement)?;
        check_leaves(&leaves)?;
        check_coverage(&statement, &leaves)?;
        check_bounds(&statement)?;
        let plans = statement.contractions.iter().map(plan).collect::<Result<Vec<_>>>()?;
        check_work(&statement, &plans)?;
        let padding = padding_groups(&statement);

        let [products, lookups, vanish_entries] = work(&statement);
        let outputs = statement
            .outputs
            .iter()
            .map(|output| entries(&output.dims))
            .sum::<u64>();
        let mut prepared = Self {
            counts: Counts {
                row_vars: statement.row_vars,
                leaf_vars: vars(leaves.len() as u64),
                tuple_width: widest_table(&statement),
                weight_vars: vars(statement.weight_rows),
                witness_vars: vars(statement.witness_rows),
                round_degrees: 0,
                point_vars: 0,
                padding_groups: padding.len() as u64,
                constraints: 0,
            },
            statement,
            profile,
            leaves,
            padding,
            plans,
            queries: 0,
            scalars: 0,
            products: 0,
            pad_rows: 0,
            zeros: (products.div_ceil(64) + lookups + vanish_entries).max(1 << 20),
            output_entries: usize::try_from(outputs).or_else(|_| refuse("the public outputs are too large"))?,
        };
        prepared.count()?;
        Ok(prepared)
    }

    /// Run the reductions on a channel that only counts, and derive t.
    fn count(&mut self) -> Result<()> {
        let mut channel = Channel::counting();
        let outputs: Vec<Vec<i64>> = self.statement.outputs.iter().map(|_| Vec::new()).collect();
        let folded = steps::reduce(self, &outputs, &mut channel)?;
        self.scalars = channel.scalars;
        self.products = channel.products.len();
        self.counts.round_degrees = channel.round_degrees;
        self.counts.point_vars = channel.point_vars;
        // One constraint of the opening and two of each product follow.
        self.counts.constraints = (channel.constraints.len() + 1 + 2 * self.products) as u64;
        drop(folded);
        let queries = queries(&self.profile, &self.counts)?;
        self.queries = usize::try_from(queries).or_else(|_| refuse("too many positions"))?;
        self.pad_rows = (2 * channel.pads).div_ceil(1 << self.profile.pad_row_vars);
        Ok(())
    }

    /// n, the length of the code of W and A, as a logarithm.
    #[must_use]
    pub fn log_length(&self) -> u32 {
        self.statement.row_vars + self.profile.log_inv_rate
    }
}

/// The components of the widest table: it has leaves, looked up or not.
fn widest_table(statement: &Statement) -> u32 {
    let widths = statement.tables.iter().map(|table| table.width() as u32);
    widths.max().unwrap_or(1)
}
