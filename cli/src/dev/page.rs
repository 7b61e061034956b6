//! What a browser sees while there is nothing to answer: the build in progress, or what has to be mended.

use std::fmt::Write;

/// A page of ours asks with this header (its value is the page's version) to be told when it is out of date. The proxy
/// answers such requests itself; they never reach a handler.
pub const WAIT_HEADER: &str = "fx-dev-wait";

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--soft:#f6f8fa;--line:#d1d9e0;--red:#c01c28;--green:#1a7f37;\
--yellow:#8a6100;--blue:#0a58ca;--purple:#8250df;--cyan:#116d75}\
@media(prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--soft:#161b22;--line:#30363d;--red:#ff7b72;\
--green:#56d364;--yellow:#e3b341;--blue:#79c0ff;--purple:#d2a8ff;--cyan:#76e3ea}}\
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\
main{max-width:72rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.25rem;margin:0 0 .25rem}p{margin:.25rem 0 1rem}\
pre{background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:1rem;overflow:auto;\
font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}b{font-weight:600}\
.c1{color:var(--red)}.c2{color:var(--green)}.c3{color:var(--yellow)}.c4{color:var(--blue)}.c5{color:var(--purple)}\
.c6{color:var(--cyan)}";

/// The page while nothing is ready yet. `what`: "building", "restarting".
pub fn waiting(version: u64, what: &str) -> String {
    let body = "<p>This page shows the answer as soon as there is one.</p>";
    document(version, &format!("fx dev: {what}…"), body)
}

/// The page with what has to be mended; `report` may carry terminal colours.
pub fn broken(version: u64, report: &str) -> String {
    let body = format!(
        "<p>Mend it and save: this page reloads by itself.</p><pre>{}</pre>",
        html_of_terminal_text(report.trim())
    );
    document(version, "fx dev: the service cannot run", &body)
}

fn document(version: u64, title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1>{body}</main><script>\
         (async()=>{{for(;;){{try{{await fetch(location.href,{{headers:{{'{WAIT_HEADER}':'{version}'}}}});location.reload();return}}\
         catch{{await new Promise(r=>setTimeout(r,1000))}}}}}})()\
         </script></body></html>"
    )
}

/// Terminal text as HTML: colours and bold become elements, everything else is shown as it is.
fn html_of_terminal_text(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 4);
    let (mut bold, mut colour) = (false, None);
    let mut open = false;
    let mut rest = text;
    while let Some(start) = rest.find('\u{1b}') {
        escape(&mut html, &rest[..start]);
        rest = &rest[start + 1..];
        let Some(sequence) = rest.strip_prefix('[') else { continue };
        let Some(end) = sequence.find(|character: char| character.is_ascii_alphabetic()) else {
            rest = "";
            break;
        };
        rest = &sequence[end + 1..];
        if !sequence[end..].starts_with('m') {
            continue;
        }
        style(&sequence[..end], &mut bold, &mut colour);
        if open {
            html.push_str("</span>");
        }
        open = bold || colour.is_some();
        if open {
            html.push_str("<span");
            if let Some(colour) = colour {
                let _ = write!(html, " class=\"c{colour}\"");
            }
            html.push_str(if bold { " style=\"font-weight:600\">" } else { ">" });
        }
    }
    escape(&mut html, rest);
    if open {
        html.push_str("</span>");
    }
    html
}

/// Applies one `ESC[…m`.
fn style(parameters: &str, bold: &mut bool, colour: &mut Option<u8>) {
    let mut numbers = parameters.split(';').map(|number| number.parse::<u8>().unwrap_or(0));
    while let Some(number) = numbers.next() {
        match number {
            0 => (*bold, *colour) = (false, None),
            1 => *bold = true,
            22 => *bold = false,
            31..=36 => *colour = Some(number - 30),
            91..=96 => *colour = Some(number - 90),
            30 | 37 | 39 | 90 | 97 => *colour = None,
            // An extended colour: of the 256, only the first sixteen have a name.
            38 if numbers.next() == Some(5) => {
                *colour = numbers.next().filter(|index| matches!(index, 1..=6 | 9..=14)).map(|index| index % 8);
            }
            _ => {}
        }
    }
}

fn escape(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_elements_and_markup_in_messages_stays_text() {
        let text = "\u{1b}[1m\u{1b}[91merror\u{1b}[0m: expected `Vec<T>`\u{1b}[38;5;12m | \u{1b}[0mend";
        assert_eq!(
            html_of_terminal_text(text),
            "<span style=\"font-weight:600\"></span><span class=\"c1\" style=\"font-weight:600\">error</span>\
             : expected `Vec&lt;T&gt;`<span class=\"c4\"> | </span>end"
        );
    }

    #[test]
    fn broken_sequences_do_not_break_the_page() {
        assert_eq!(html_of_terminal_text("a\u{1b}[31"), "a");
        assert_eq!(html_of_terminal_text("a\u{1b}b<"), "ab&lt;");
    }
}
