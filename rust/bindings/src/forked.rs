//! Threads after a fork. A forked process has a copy of the pool and none of its threads: work given to it would wait
//! for ever. So the process in which kernels ran first uses rayon's own pool, and one forked from it makes another.

use std::process;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

static FIRST: OnceLock<u32> = OnceLock::new();
static FORKED: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// The pool to run in, if this process was forked from one that had run kernels; otherwise none, for rayon's own.
///
/// The interpreter lock is held here and by whoever forks, so a fork never finds the mutex locked by another thread.
pub fn pool(_: Python<'_>) -> PyResult<Option<Arc<ThreadPool>>> {
    let process = process::id();
    if *FIRST.get_or_init(|| process) == process {
        return Ok(None);
    }
    let mut held = FORKED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, pool)) = held.as_ref().filter(|(owner, _)| *owner == process) {
        return Ok(Some(Arc::clone(pool)));
    }
    let pool = ThreadPoolBuilder::new()
        .build()
        .map(Arc::new)
        .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    if let Some(without_threads) = held.replace((process, Arc::clone(&pool))) {
        // Dropping it would talk to its threads, which this process does not have.
        std::mem::forget(without_threads);
    }
    Ok(Some(pool))
}
