//! The named sets of parameters (4).

use crate::error::{Result, refuse};

/// One line of the table.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Profile {
    pub min_row_vars: u32,
    pub max_row_vars: u32,
    /// log2 n / K
    pub log_inv_rate: u32,
    /// log2 K'
    pub pad_row_vars: u32,
    /// log2 n' / K'
    pub pad_log_inv_rate: u32,
    /// t, where it is not computed.
    pub fixed_queries: Option<u64>,
}

const STANDARD: Profile = Profile {
    min_row_vars: 10,
    max_row_vars: 16,
    log_inv_rate: 2,
    pad_row_vars: 9,
    pad_log_inv_rate: 4,
    fixed_queries: None,
};

impl Profile {
    /// The profile of this name.
    ///
    /// # Errors
    ///
    /// There is none, or it is `toy` and not allowed, or it does not have rows of this size.
    pub fn named(name: &str, row_vars: u32, allow_toy: bool) -> Result<Self> {
        let profile = match name {
            "standard" => STANDARD,
            "small" => Self {
                log_inv_rate: 3,
                ..STANDARD
            },
            "toy" if allow_toy => Self {
                min_row_vars: 4,
                max_row_vars: 4,
                log_inv_rate: 2,
                pad_row_vars: 6,
                pad_log_inv_rate: 3,
                fixed_queries: Some(4),
            },
            "toy" => return refuse("its profile, toy, proves nothing and must be allowed by name"),
            _ => return refuse("its profile is unknown"),
        };
        if !(profile.min_row_vars..=profile.max_row_vars).contains(&row_vars) {
            return refuse("its profile has no rows of this length");
        }
        Ok(profile)
    }

    /// log2 n', the length of Q's code.
    #[must_use]
    pub fn pad_log_length(&self) -> u32 {
        self.pad_row_vars + self.pad_log_inv_rate
    }
}
