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
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    static SEED: OnceLock<(u64, u64)> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // The standard library seeds its hash tables from the system's random source: enough for ids, and no dependency.
    let (process, seed) = *SEED.get_or_init(|| (RandomState::new().hash_one(0), RandomState::new().hash_one(0)));
    let count = mixed(seed.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed)));
    let mut digits = [0; 32];
    for (half, number) in digits.chunks_exact_mut(16).zip([process ^ count.rotate_left(32), count]) {
        for (place, digit) in half.iter_mut().rev().enumerate() {
            *digit = DIGITS[(number >> (4 * place)) as usize & 15];
        }
    }
    std::str::from_utf8(&digits).unwrap_or_default().into()
}

/// Spreads neighbours over all numbers, each to another: SplitMix64's last step.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
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
