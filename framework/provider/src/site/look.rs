//! One file, asked for as a browser would that shows a page of the service.

use fx_build::artifact::site::{FileArtifact, SiteArtifact};
use fx_deploy::{CloudError, Http, Kind};
use serde::Serialize;

use super::Bucket;

/// What a browser gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Look {
    /// What was asked for.
    pub url: String,
    /// The status of the answer; `None`: there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why a page cannot load it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Asks for one file below `base` as a page of `origin` would. A script, if there is one: browsers are strictest with those.
pub async fn look(bucket: &dyn Bucket, site: &SiteArtifact, base: &str, origin: &str) -> Option<Look> {
    let is_script = |file: &&FileArtifact| file.content_type.starts_with("text/javascript");
    let file = site.files.iter().find(is_script).or_else(|| site.files.first())?;
    let url = format!("{base}{}", super::escaped(&file.name, true));
    let through_cdn = site.cdn.is_some();
    let problem = |status: Option<u16>, problem: String, help: Option<&str>| Look {
        url: url.clone(),
        status,
        problem: Some(problem),
        help: help.map(str::to_owned),
    };
    let answer = match ask(&url, origin).await {
        Ok(answer) => answer,
        Err(error) => return Some(problem(None, error.to_string(), Some(address_help(through_cdn)))),
    };
    let (status, remedies) = (answer.status.as_u16(), bucket.remedies());
    let allowed = answer.header("access-control-allow-origin");
    Some(match (status, allowed) {
        (200, Some(allowed)) if allowed == "*" || allowed == origin => {
            let said = answer.header("content-type").unwrap_or_default();
            if said.eq_ignore_ascii_case(&file.content_type) {
                Look { url, status: Some(status), problem: None, help: None }
            } else {
                let words = format!("it is said to be `{said}`, and is `{}`", file.content_type);
                problem(Some(status), words, Some("see that nothing in front of the bucket changes headers"))
            }
        }
        (200, _) => problem(
            Some(status),
            "pages of other addresses may not load scripts from there".into(),
            Some(remedies.cors),
        ),
        (401 | 403, _) => problem(Some(status), "not everybody may read it".into(), Some(remedies.open)),
        _ => problem(Some(status), format!("the answer has status {status}"), Some(address_help(through_cdn))),
    })
}

fn address_help(through_cdn: bool) -> &'static str {
    match through_cdn {
        true => "see that the address under `static.cdn` in f.yml has the bucket behind it",
        false => "name an address that has the bucket's objects below it with `static.cdn` in f.yml",
    }
}

async fn ask(url: &str, origin: &str) -> Result<fx_deploy::Answer, CloudError> {
    let http = Http::new()?;
    let request = http.client().get(url).header("origin", origin).build();
    let request = request.map_err(|error| CloudError::new(Kind::Invalid, "GET", error.without_url().to_string()))?;
    http.send("GET", request).await
}
