//! The one way a kernel refuses: arguments whose sizes do not fit together.

use std::fmt;

/// Says which argument is wrong, what was expected and what came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeError(String);

impl ShapeError {
    /// Refuses with a text.
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ShapeError {}

/// What every kernel returns.
pub type Result<T> = std::result::Result<T, ShapeError>;

/// Refuses with a text built on failure only.
pub(crate) fn require(condition: bool, text: impl FnOnce() -> String) -> Result<()> {
    if condition { Ok(()) } else { Err(ShapeError(text())) }
}

/// Refuses a length other than the expected one.
pub(crate) fn require_len(name: &str, actual: usize, expected: usize) -> Result<()> {
    require(actual == expected, || {
        format!("{name}: expected length {expected}, got {actual}")
    })
}

/// Refuses a stored table that does not fit into its 2 * half rows.
pub(crate) fn require_half(rows: usize, half: usize) -> Result<()> {
    require(half >= 1, || "half: expected at least 1, got 0".to_owned())?;
    require(rows.div_ceil(2) <= half, || {
        format!("table: expected at most 2 * half = 2 * {half} rows, got {rows}")
    })
}
