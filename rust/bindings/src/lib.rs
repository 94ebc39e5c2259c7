//! The Python module `zkinfer._native`: the kernels behind NumPy arrays.
//!
//! Only this crate knows Python. It checks types and shapes, releases the interpreter lock and calls one kernel;
//! whatever does not fit becomes a ValueError that names the argument. While a kernel runs, nobody may write to its
//! arrays.

mod array;
mod encode;
mod forked;
mod hash;
mod instructions;
mod integers;
mod logup;
mod numbers;
mod poly;
mod tables;
mod vector;

use pyo3::prelude::*;

/// The prover's loops over data, compiled; `zkinfer.kernels.native` is their only caller.
#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::encode::encode_rows_into;
    #[pymodule_export]
    use crate::hash::{hash_leaves, keystream, merkle_levels, multiproof_root};
    #[pymodule_export]
    use crate::instructions::instructions;
    #[pymodule_export]
    use crate::integers::{combine_rows, combine_rows_into, convolve, count_into, matvec, to_field};
    #[pymodule_export]
    use crate::logup::{fold_nodes, logup_leaves_into, logup_next_round_into, logup_parents, logup_round};
    #[pymodule_export]
    use crate::numbers::number_lists;
    #[pymodule_export]
    use crate::poly::{columns_combine, correlate, evaluate_many, multiply_add_into, spread};
    #[pymodule_export]
    use crate::tables::{
        eq_sums, eq_sums_next_into, eq_table, fold, halve_eq, product_round, round_weights, vanish_round,
    };
    #[pymodule_export]
    use crate::vector::{add, dot, dot_base, ext_mul, ext_scale};
}
