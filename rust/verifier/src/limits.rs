//! Bounds that keep a hostile statement from costing much (3.10).

#![allow(missing_docs)]

pub const MAX_STATEMENT_BYTES: usize = 1 << 24;
pub const MAX_CONTEXT_BYTES: usize = 1 << 20;
/// Rows of an oracle.
pub const MAX_ROWS: u64 = 1 << 18;
pub const MAX_LEAF_ROWS: u64 = 1 << 16;
pub const MAX_COLUMNS: usize = 1 << 16;
/// Entries, padded, of a tensor.
pub const MAX_CELLS: u64 = 1 << 32;
pub const MAX_AXES: usize = 8;
pub const MAX_FACTORS: usize = 32;
pub const MAX_TABLE_ROWS: u64 = 1 << 22;
/// Runs of the images of all tables.
pub const MAX_RUNS: usize = 1 << 17;
/// Iteration values of one axis of an operand, and the reach of a coordinate.
pub const MAX_GRID_CELLS: u64 = 1 << 24;
pub const MAX_OUTPUT_ENTRIES: u64 = 1 << 22;
pub const MAX_ITERATION_AXES: usize = 16;
/// Entries of all lookups and vanish relations.
pub const MAX_ENTRIES: u64 = 1 << 32;
/// Products of all contractions.
pub const MAX_PRODUCTS: u64 = 1 << 38;
/// Items absorbed in 7.2 to 7.8, sigma the last.
pub const MAX_MESSAGES: usize = 1 << 16;
/// Elements of E that are computed for one proof.
pub const MAX_WORK: u64 = 1 << 22;
