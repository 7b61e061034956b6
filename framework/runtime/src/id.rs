//! Request ids, where the platform gives none.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// 32 hexadecimal digits, different every time. Not a secret: it only has to be unlike all others.
pub(crate) fn generate() -> Box<str> {
    static SEED: OnceLock<(RandomState, RandomState)> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // The standard library seeds its hash tables from the system's random source: enough for ids, and no dependency.
    let (high, low) = SEED.get_or_init(|| (RandomState::new(), RandomState::new()));
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{:016x}{:016x}", high.hash_one(count), low.hash_one(count)).into_boxed_str()
}

/// Whether a caller's id may stand in logs and answers: short, and without anything that needs quoting.
pub(crate) fn is_sane(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:=/+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_are_sane() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| generate()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| is_sane(id) && id.len() == 32));
    }

    #[test]
    fn odd_ids_are_not_taken_over() {
        assert!(is_sane("req-1_a.b:c"));
        for id in ["", "a b", "a\"b", "a\nb", "ä", &"x".repeat(65)] {
            assert!(!is_sane(id), "{id:?}");
        }
    }
}
