//! What the texts in `#[func(…)]` may look like. Only their form: whether a target can do it is f.yml's and the target's business.

use syn::{Error, LitStr};

/// The methods a route can name; `ANY` (or `ALL`) stands for all of them.
pub const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"];

/// A handler's name: words joined by dots, `user.get`.
pub fn check_handler(name: &LitStr) -> Result<(), Error> {
    let text = name.value();
    let allowed = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '/');
    if text.is_empty() {
        return Err(Error::new(
            name.span(),
            "the handler's name is empty; write what f.yml's `handler:` says, like \"user.get\"",
        ));
    }
    if let Some(wrong) = text.chars().find(|&character| !allowed(character) && character != '.') {
        return Err(Error::new(
            name.span(),
            format!(
                "a handler's name cannot contain {wrong:?}; letters, digits, `_`, `-` and dots make one, like \"user.get\""
            ),
        ));
    }
    if text.split('.').any(str::is_empty) {
        return Err(Error::new(
            name.span(),
            "a handler's name is words with single dots between them; write one like \"user.get\"",
        ));
    }
    Ok(())
}

/// A route: `METHOD[,METHOD] /path`, or the path alone for all methods.
pub fn check_http(route: &LitStr) -> Result<(), Error> {
    let text = route.value();
    let wrong = |message: String| Err(Error::new(route.span(), message));
    let (methods, path) = match text.trim().split_once(char::is_whitespace) {
        Some((methods, path)) => (Some(methods), path.trim()),
        None => (None, text.trim()),
    };
    for method in methods.into_iter().flat_map(|methods| methods.split(',')) {
        let upper = method.to_uppercase();
        if upper == "ANY" || upper == "ALL" || METHODS.contains(&upper.as_str()) {
            continue;
        }
        let advice = match crate::nearest(&upper, METHODS).first() {
            Some(close) => format!("did you mean {close}?"),
            None => format!("a route's methods are {} or ANY", METHODS.join(", ")),
        };
        return wrong(format!("{method:?} is no HTTP method; {advice}"));
    }
    if !path.starts_with('/') {
        return wrong(format!("{path:?} is no path, for it does not begin with `/`; write a route like \"GET /path\""));
    }
    if path.contains(char::is_whitespace) {
        return wrong(
            "a route is one path after its methods; several routes go in a list: [\"GET /a\", \"POST /b\"]".into(),
        );
    }
    if path.contains(['{', '}']) {
        return wrong("`{}` is no parameter here; write `:id` as in f.yml: \"GET /user/:id\"".into());
    }
    if path.contains(['?', '#']) {
        return wrong("a route has no query and no fragment; take those with `Query` in the function".into());
    }
    let segments: Vec<&str> = path[1..].split('/').collect();
    for (index, segment) in segments.iter().enumerate() {
        if let Some(parameter) = segment.strip_prefix(':') {
            let named = !parameter.is_empty() && parameter.chars().all(|c| c.is_alphanumeric() || c == '_');
            if !named {
                return wrong(format!("`{segment}` is no parameter; write `:name` with letters, digits and `_`"));
            }
        } else if segment.contains('*') && (*segment != "*" || index + 1 != segments.len()) {
            return wrong("`*` stands alone and last; write it like \"/files/*\"".into());
        }
    }
    Ok(())
}

/// A schedule: 5, 6 or 7 cron fields, or `every 5m`. The fields themselves are judged with f.yml's, by one grammar.
pub fn check_timer(schedule: &LitStr) -> Result<(), Error> {
    let text = schedule.value();
    let fields = text.split_whitespace().count();
    if text.trim_start().starts_with("every") || text.trim_start().starts_with('@') || (5..=7).contains(&fields) {
        return Ok(());
    }
    let plural = if fields == 1 { "" } else { "s" };
    Err(Error::new(
        schedule.span(),
        format!(
            "this schedule has {fields} field{plural}; write 5, 6 or 7 cron fields (\"0 0 3 * * *\" is daily at three) or \"every 5m\""
        ),
    ))
}

/// A bucket, topic, store: any text that is not empty.
pub(crate) fn check_name(name: &LitStr, what: &str) -> Result<(), Error> {
    if name.value().trim().is_empty() {
        return Err(Error::new(name.span(), format!("the {what} is empty; write it, or leave this out")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn lit(text: &str) -> LitStr {
        LitStr::new(text, Span::call_site())
    }

    #[test]
    fn handlers() {
        for good in ["user.get", "index.handler", "get", "a-b.c_d", "用户.取"] {
            assert!(check_handler(&lit(good)).is_ok(), "{good}");
        }
        for bad in ["", ".", "user.", "user..get", "user get", "user::get"] {
            assert!(check_handler(&lit(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn routes() {
        for good in ["GET /", "get,POST /a/:id", "ANY /*", "/a/*", "all /x", "PUT  /a.b/c-d"] {
            assert!(check_http(&lit(good)).is_ok(), "{good}");
        }
        for bad in
            ["", "GET", "GET user", "GTE /", "GET /{id}", "GET /a?b=1", "GET /*/a", "GET /a*", "GET /:", "GET /a /b"]
        {
            assert!(check_http(&lit(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_mistyped_method_is_guessed() {
        let message = check_http(&lit("GTE /x")).unwrap_err().to_string();
        assert!(message.contains("did you mean GET?"), "{message}");
    }

    #[test]
    fn schedules() {
        for good in ["* * * * *", "0 0 3 * * *", "0 0 3 * * * *", "every 5m"] {
            assert!(check_timer(&lit(good)).is_ok(), "{good}");
        }
        for bad in ["", "daily", "* * *", "1 2 3 4 5 6 7 8"] {
            assert!(check_timer(&lit(bad)).is_err(), "{bad}");
        }
    }
}
