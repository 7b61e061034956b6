//! "Did you mean …?": the known words closest to a mistyped one.

/// The candidates that are close enough to `word` to be what was meant, closest first, at most three.
///
/// Close means: equal but for upper and lower case, or about one slip of the finger for every three letters.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = word.to_lowercase();
    let allowed = (wanted.chars().count() / 3).clamp(1, 4);
    let mut close: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let distance = distance(&wanted, &candidate.to_lowercase());
            (distance <= allowed).then_some((distance, candidate))
        })
        .collect();
    close.sort();
    close.dedup();
    close.truncate(3);
    close.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &left) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, &right) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(left != right)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left == b[j - 1] && a[i - 1] == right {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_leaves_strangers() {
        let words = ["http", "timer", "object", "message", "middleware"];
        assert_eq!(nearest("htpt", words), ["http"]);
        assert_eq!(nearest("middlewear", words), ["middleware"]);
        assert_eq!(nearest("HTTP", words), ["http"]);
        assert!(nearest("banana", words).is_empty());
    }

    #[test]
    fn closest_comes_first() {
        assert_eq!(nearest("user.gte", ["user.set", "user.get", "todo.get"]), ["user.get", "user.set"]);
    }
}
