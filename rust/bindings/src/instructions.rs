//! What the kernels run with.

use pyo3::prelude::*;
use zkinfer_kernels::Instructions;

/// Return the name of the instructions that the kernels use: no kernel, but what a record of their speed has to say.
#[pyfunction]
pub fn instructions() -> &'static str {
    Instructions::chosen().name()
}
