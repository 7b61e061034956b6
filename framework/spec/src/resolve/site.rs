//! `static`: files that browsers load from a bucket.

use super::{Context, text};
use crate::{
    Span, codes,
    problem::Problem,
    service::{Located, StaticSite},
    shape::clip,
    yaml::{Entry, Form, Node},
};

/// Folder of `deployType: static` when `static` does not name one.
const DIR: &str = "public";

/// The site, unless the file says nothing of one. An empty `bucket` is no mistake: `${env.BUCKET:-}` turns it on where it is set.
pub(super) fn read(context: &mut Context<'_>, root: &Node) -> Option<StaticSite> {
    let deploys = deploy_type(context, root);
    let Some(entry) = root.entry("static").filter(|entry| entry.value.form() == Form::Map) else {
        let dir = deploys.map(|span| Located::at(DIR.to_owned(), span))?;
        return Some(StaticSite { dir, bucket: None, prefix: None, cdn: None });
    };
    let node = &entry.value;
    let dir = text(node, "dir");
    if dir.is_none() {
        context.missing(entry, "dir", "add `dir:` with the folder of the files");
    }
    if node.entry("bucket").is_none() && !node.is_broken("bucket") {
        let message = "`static` names no `bucket`, so its files stay with the functions";
        let problem = Problem::warning(codes::NO_EFFECT, message)
            .help("add `bucket:` with the name of one that is there, or take `static` out");
        context.report(problem, Some(entry.key_span.clone()));
    }
    let bucket = text(node, "bucket");
    if let Some(bucket) = &bucket {
        check(context, bucket, is_bucket, "is no name of a bucket", "lower-case letters, digits, `-` and `.`");
    }
    let prefix = text(node, "prefix");
    if let Some(prefix) = &prefix {
        let help = "folders of letters, digits, `-`, `_` and `.`: `web/v1`";
        check(context, prefix, is_prefix, "cannot begin the names of objects", help);
    }
    let cdn = text(node, "cdn");
    if let Some(cdn) = &cdn {
        let help = "the address that has the bucket's objects below it: `https://cdn.example.com`";
        check(context, cdn, is_address, "is no address of files", help);
    }
    Some(StaticSite {
        dir: dir?,
        bucket,
        prefix: prefix.map(|prefix| prefix.trim_matches('/').to_owned()).filter(|prefix| !prefix.is_empty()),
        cdn: cdn.map(|cdn| cdn.trim_end_matches('/').to_owned()),
    })
}

fn check(context: &mut Context<'_>, text: &Located<String>, fits: fn(&str) -> bool, wrong: &str, help: &str) {
    if !fits(text) {
        let problem = Problem::error(codes::VALUE, format!("`{}` {wrong}", clip(text)));
        context.report(problem.help(help), text.span.clone());
    }
}

/// It becomes part of a host's name.
fn is_bucket(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = name.bytes().next().is_some_and(letter) && name.bytes().last().is_some_and(letter);
    ends && !name.contains("..") && name.bytes().all(|byte| letter(byte) || matches!(byte, b'-' | b'.'))
}

fn is_prefix(prefix: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let folder = |name: &str| !name.is_empty() && !matches!(name, "." | "..") && name.bytes().all(plain);
    let trimmed = prefix.trim_matches('/');
    trimmed.is_empty() || trimmed.split('/').all(folder)
}

/// It is written into pages and into the headers that say what a page may load.
fn is_address(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b':' | b'/');
    rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphanumeric()) && rest.bytes().all(plain))
}

/// The place of `deployType: static`; every other type is a Node framework.
fn deploy_type(context: &mut Context<'_>, root: &Node) -> Option<Span> {
    let entry: &Entry = root.entry("deployType")?;
    let kind = match entry.value.form() {
        Form::Map => text(&entry.value, "type")?,
        _ => Located::at(entry.value.text()?.to_owned(), entry.value.span.clone()),
    };
    if kind.value == "static" {
        return kind.span;
    }
    let message = format!("`deployType: {}` is ignored: it deploys a Node framework", clip(&kind.value));
    context.report(Problem::warning(codes::NODE_ONLY, message).help("write the app's routes as functions"), kind.span);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_into_addresses_and_pages_is_harmless_there() {
        assert!(is_bucket("site-1250000000") && is_bucket("my.site") && !is_bucket("site/evil.example"));
        assert!(!is_bucket("Site") && !is_bucket("-site") && !is_bucket("a..b") && !is_bucket("a@b"));
        assert!(
            is_prefix("v1/") && is_prefix("/web/v1") && !is_prefix("../up") && !is_prefix("a b") && !is_prefix("a//b")
        );
        assert!(is_address("https://cdn.example.com/web") && is_address("http://127.0.0.1:8080"));
        for wrong in
            ["cdn.example.com", "https://", "https://a b", "https://a;script-src *", "https://a\"><b", "ftp://a"]
        {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
