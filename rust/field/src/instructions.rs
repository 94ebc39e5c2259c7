//! The instructions that kernels use: the widest that the machine has, chosen at run time, so that one build runs on
//! every machine of its architecture.
//!
//! `ZKINFER_INSTRUCTIONS` in the environment asks for fewer: `avx2` or `baseline`. Results never depend on it; it lets
//! a machine run what others run.

use std::sync::OnceLock;

/// Sets of instructions, each with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instructions {
    /// What every machine of the architecture has.
    Baseline,
    /// AVX2.
    Avx2,
    /// AVX-512's foundation.
    Avx512,
}

impl Instructions {
    /// Every set, the least first.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// The name that the environment gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// What this process uses: no more than the machine has, and than the environment said when it was first asked.
    #[inline]
    pub fn chosen() -> Self {
        static CHOSEN: OnceLock<Instructions> = OnceLock::new();
        *CHOSEN.get_or_init(|| {
            let asked = std::env::var_os("ZKINFER_INSTRUCTIONS");
            Self::detected().min(asked.map_or(Self::Avx512, |name| Self::named(name.to_str())))
        })
    }

    /// The set of this name, the least for a name that is none: slower, and right.
    fn named(name: Option<&str>) -> Self {
        let known = Self::ALL.into_iter().find(|set| Some(set.name()) == name);
        known.unwrap_or(Self::Baseline)
    }

    fn detected() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected;

            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("avx512f") {
                return Self::Avx512;
            }
            if is_x86_feature_detected!("avx2") {
                return Self::Avx2;
            }
        }
        Self::Baseline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_found_by_its_name_and_an_unknown_name_asks_for_the_least() {
        for set in Instructions::ALL {
            assert_eq!(Instructions::named(Some(set.name())), set);
        }
        assert_eq!(Instructions::named(Some("AVX-512")), Instructions::Baseline);
        assert_eq!(Instructions::named(None), Instructions::Baseline);
    }

    #[test]
    fn no_more_is_chosen_than_the_machine_has() {
        assert!(Instructions::chosen() <= Instructions::detected());
    }
}
