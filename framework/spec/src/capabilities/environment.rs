//! What environment variables may look like.

use super::{Amount, Charset, NameRule};

/// A target's rules for environment variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvironmentRules {
    /// Most bytes of all names and values together.
    pub bytes: Option<Amount>,
    /// What a name may look like.
    pub name: NameRule,
    /// Names the platform sets itself and refuses from users.
    pub reserved: &'static [&'static str],
    /// Beginnings of names that are refused.
    pub reserved_prefixes: &'static [&'static str],
    /// Names inside the reserved prefixes that are allowed nevertheless.
    pub except: &'static [&'static str],
    /// What becomes of a variable with an empty value.
    pub empty_values: EmptyValues,
}

/// What becomes of a variable with an empty value. fx's `env.get` treats empty as unset, so both give the same program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyValues {
    /// It arrives empty.
    Kept,
    /// The platform refuses it, so fx leaves it out.
    LeftOut,
}

impl EnvironmentRules {
    /// What every system's environment takes: `[A-Za-z_][A-Za-z0-9_]*`.
    pub const FREE: Self = Self {
        bytes: None,
        name: NameRule::of(Charset::LETTERS_DIGITS.and("_"), 1024).starting_with(Charset::LETTERS.and("_")),
        reserved: &[],
        reserved_prefixes: &[],
        except: &[],
        empty_values: EmptyValues::Kept,
    };

    /// Whether the platform keeps `name` for itself.
    pub fn is_reserved(&self, name: &str) -> bool {
        let by_prefix = self.reserved_prefixes.iter().any(|prefix| name.starts_with(prefix));
        self.reserved.contains(&name) || (by_prefix && !self.except.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_by_name_by_prefix_and_the_exceptions() {
        let rules = EnvironmentRules {
            reserved: &["PORT"],
            reserved_prefixes: &["SCF_"],
            except: &["SCF_MINE"],
            ..EnvironmentRules::FREE
        };
        assert!(rules.is_reserved("PORT"));
        assert!(rules.is_reserved("SCF_X"));
        assert!(!rules.is_reserved("SCF_MINE"));
        assert!(!rules.is_reserved("PORTS"));
    }
}
