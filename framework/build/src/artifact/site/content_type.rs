//! What a file is, in the words of HTTP.

/// The value of `content-type`, by the end of the name. Texts are UTF-8, as all tools write them.
pub(super) fn content_type(name: &str) -> String {
    let kind = match name.rsplit_once('.') {
        // The one name for scripts that the standard has left.
        Some((_, "js" | "mjs")) => "text/javascript",
        Some((_, "map")) => "application/json",
        _ => mime_guess::from_path(name).first_raw().unwrap_or("application/octet-stream"),
    };
    if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::content_type;

    #[test]
    fn a_browser_is_told_what_it_runs_and_shows() {
        for (name, kind) in [
            ("app/main.js", "text/javascript; charset=utf-8"),
            ("app/main.mjs", "text/javascript; charset=utf-8"),
            ("app.css", "text/css; charset=utf-8"),
            ("robots.txt", "text/plain; charset=utf-8"),
            ("data.json", "application/json"),
            ("app.webmanifest", "application/manifest+json"),
            ("code.wasm", "application/wasm"),
            ("icons/todo.svg", "image/svg+xml"),
            ("photo.JPG", "image/jpeg"),
            ("photo.webp", "image/webp"),
            ("photo.avif", "image/avif"),
            ("favicon.ico", "image/x-icon"),
            ("text.woff2", "font/woff2"),
            ("main.js.map", "application/json"),
            ("LICENSE", "application/octet-stream"),
        ] {
            assert_eq!(content_type(name), kind, "{name}");
        }
    }
}
