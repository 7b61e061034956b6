//! What cargo writes on stderr: a progress bar meant for eyes, status lines, and errors.

/// A piece of stderr, between two line ends or carriage returns.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// `Building [==>   ] 12/80: serde, tokio(build)`.
    Bar { done: usize, total: usize, crate_name: &'a str },
    /// `Blocking waiting for file lock on build directory`.
    Waiting,
    /// `Compiling serde v1.0.0` and the like.
    Status,
    /// Anything else: what is worth showing when cargo fails.
    Text(&'a str),
}

pub(crate) fn read(piece: &str) -> Piece<'_> {
    let line = piece.trim_end();
    if let Some(bar) = bar(line) {
        return bar;
    }
    match status(line) {
        Some("Blocking") => Piece::Waiting,
        Some(_) => Piece::Status,
        None => Piece::Text(line),
    }
}

fn bar(line: &str) -> Option<Piece<'_>> {
    let (_, after) = line.trim_start().strip_prefix("Building [")?.split_once("] ")?;
    let (counts, names) = after.split_once(": ").unwrap_or((after, ""));
    let (done, total) = counts.trim_end_matches(':').split_once('/')?;
    let name = names.split(", ").next().unwrap_or_default();
    let crate_name = name.split_once('(').map_or(name, |(name, _)| name);
    Some(Piece::Bar { done: done.trim().parse().ok()?, total: total.trim().parse().ok()?, crate_name })
}

/// cargo right-aligns its verbs in twelve columns: an indented, capitalised word that ends at the twelfth is one.
fn status(line: &str) -> Option<&str> {
    let verb = line.get(..12)?.trim_start();
    let rest = line.get(12..)?;
    let is_verb = verb.starts_with(|first: char| first.is_ascii_uppercase())
        && verb.chars().all(|letter| letter.is_ascii_alphabetic())
        && rest.starts_with(' ');
    is_verb.then_some(verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_tells_how_far_and_what() {
        let line = "    Building [=======>        ] 10/15: itoa(build.rs), serde_core        ";
        assert_eq!(read(line), Piece::Bar { done: 10, total: 15, crate_name: "itoa" });
        assert_eq!(read("    Building [=> ] 3/4"), Piece::Bar { done: 3, total: 4, crate_name: "" });
    }

    #[test]
    fn verbs_in_twelve_columns_are_status() {
        assert_eq!(read("   Compiling serde v1.0.229"), Piece::Status);
        assert_eq!(read("    Finished `dev` profile [unoptimized] target(s) in 3s"), Piece::Status);
        assert_eq!(read("    Blocking waiting for file lock on build directory"), Piece::Waiting);
    }

    #[test]
    fn errors_are_kept() {
        for line in ["error: no matching package named `nope` found", "    = note: something", "中文中文中文中文", ""]
        {
            assert_eq!(read(line), Piece::Text(line));
        }
    }
}
