//! NumPy arrays in and out: typed, C-contiguous, of a stated shape.

use numpy::{
    Element, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyReadwriteArrayDyn, PyUntypedArray,
    PyUntypedArrayMethods, dtype,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use zkinfer_kernels::{Pair, Result, ShapeError};

use crate::forked;

/// An element of E as it crosses the boundary.
pub type Scalar = (u64, u64);

/// The pair of a scalar.
pub fn pair((c0, c1): Scalar) -> Pair {
    [c0, c1]
}

/// The scalar of a pair.
pub fn scalar([c0, c1]: Pair) -> Scalar {
    (c0, c1)
}

/// Runs a kernel with the interpreter lock released.
pub fn run<R: Send>(py: Python<'_>, kernel: impl FnOnce() -> Result<R> + Send) -> PyResult<R> {
    match forked::pool(py)? {
        None => py.detach(kernel),
        Some(pool) => py.detach(|| pool.install(kernel)),
    }
    .map_err(refuse)
}

/// The ValueError of a kernel's refusal.
pub fn refuse(error: ShapeError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// An array to read.
pub struct Input<'py, T: Element> {
    view: PyReadonlyArrayDyn<'py, T>,
}

impl<'py, T: Element> Input<'py, T> {
    /// Takes `object` as an array whose shape matches `shape`: names for lengths that are free, numbers for fixed ones.
    pub fn new(name: &str, object: &Bound<'py, PyAny>, shape: &str) -> PyResult<Self> {
        let array = check::<T>(name, object, shape)?;
        let view = array.try_readonly().map_err(|_| in_use(name))?;
        Ok(Self { view })
    }

    /// The lengths of its axes.
    pub fn shape(&self) -> &[usize] {
        self.view.shape()
    }

    /// Its entries in order.
    pub fn entries(&self) -> PyResult<&[T]> {
        Ok(self.view.as_slice()?)
    }
}

impl Input<'_, u64> {
    /// Its entries in pairs: the last axis was checked to be 2.
    pub fn pairs(&self) -> PyResult<&[Pair]> {
        Ok(self.entries()?.as_chunks().0)
    }
}

/// An array to write into.
pub struct Output<'py, T: Element> {
    view: PyReadwriteArrayDyn<'py, T>,
}

impl<'py, T: Element> Output<'py, T> {
    /// Takes `object` as a writable array of the given shape.
    pub fn new(name: &str, object: &Bound<'py, PyAny>, shape: &str) -> PyResult<Self> {
        let array = check::<T>(name, object, shape)?;
        let view = array.try_readwrite().map_err(|_| in_use(name))?;
        Ok(Self { view })
    }

    /// Makes one of zeros. NumPy allocates it, in huge pages where it is large: touching them first costs half as much.
    pub fn zeros(py: Python<'py>, shape: &[usize]) -> Self {
        let array = PyArrayDyn::zeros(py, shape, false);
        Self {
            view: array.readwrite(),
        }
    }

    /// Takes `object` as an array of exactly this shape, or makes one of zeros where there is none.
    pub fn given_or_zeros(
        py: Python<'py>,
        name: &str,
        object: Option<&Bound<'py, PyAny>>,
        shape: &[usize],
    ) -> PyResult<Self> {
        let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
        match object {
            Some(object) => Self::new(name, object, &lengths.join(", ")),
            None => Ok(Self::zeros(py, shape)),
        }
    }

    /// Hands it over to Python.
    pub fn array(self) -> Bound<'py, PyArrayDyn<T>> {
        (**self.view).clone()
    }

    /// The lengths of its axes.
    pub fn shape(&self) -> Vec<usize> {
        self.view.shape().to_vec()
    }

    /// Its entries in order.
    pub fn entries(&mut self) -> PyResult<&mut [T]> {
        Ok(self.view.as_slice_mut()?)
    }
}

impl Output<'_, u64> {
    /// Its entries in pairs: the last axis was checked to be 2.
    pub fn pairs(&mut self) -> PyResult<&mut [Pair]> {
        Ok(self.entries()?.as_chunks_mut().0)
    }
}

/// Number of axes of an array, for arguments that come in two forms.
pub fn axes(name: &str, object: &Bound<'_, PyAny>) -> PyResult<usize> {
    match object.cast::<PyUntypedArray>() {
        Ok(array) => Ok(array.ndim()),
        Err(_) => Err(PyValueError::new_err(format!(
            "{name}: expected a NumPy array, got {}",
            object.get_type()
        ))),
    }
}

fn check<'a, 'py, T: Element>(
    name: &str,
    object: &'a Bound<'py, PyAny>,
    shape: &str,
) -> PyResult<&'a Bound<'py, PyArrayDyn<T>>> {
    let wrong = |actual: String| {
        let wanted = dtype::<T>(object.py());
        PyValueError::new_err(format!(
            "{name}: expected a C-contiguous {wanted} array of shape ({shape}), got {actual}"
        ))
    };
    let Ok(untyped) = object.cast::<PyUntypedArray>() else {
        return Err(wrong(object.get_type().to_string()));
    };
    let describe = |what: &str| wrong(format!("{what}{} of shape {:?}", untyped.dtype(), untyped.shape()));
    if !untyped.dtype().is_equiv_to(&dtype::<T>(object.py())) || !fits(untyped.shape(), shape) {
        return Err(describe(""));
    }
    // An empty array is contiguous in any layout.
    let ordered = untyped.is_empty() || (untyped.is_c_contiguous() && untyped.is_aligned());
    if !ordered {
        return Err(describe("a strided "));
    }
    object.cast::<PyArrayDyn<T>>().map_err(|_| describe(""))
}

/// Whether the axes are as many as `wanted` names, with the lengths it fixes.
fn fits(actual: &[usize], wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted
        .split(',')
        .map(str::trim)
        .filter(|axis| !axis.is_empty())
        .collect();
    wanted.len() == actual.len()
        && wanted
            .iter()
            .zip(actual)
            .all(|(axis, actual)| axis.parse().map_or(true, |length: usize| length == *actual))
}

fn in_use(name: &str) -> PyErr {
    PyValueError::new_err(format!(
        "{name}: the array is read-only, or also passed as another argument; pass a copy"
    ))
}
