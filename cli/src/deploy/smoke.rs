//! One request to what was just deployed.

use std::time::Duration;

use fx_deploy::{Cancel, Http};
use serde::Serialize;

/// A new address takes some seconds until the whole platform knows it.
const TRIES: usize = 8;
const PAUSE: Duration = Duration::from_secs(2);
/// Longer than a cold start takes; a page that takes longer does not answer.
const LIMIT: Duration = Duration::from_secs(15);

/// What came back.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Smoke {
    /// What was asked.
    pub url: String,
    /// The status of the answer; `None`: there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What it contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Whether a browser saves it as a file instead of showing it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub download: bool,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Smoke {
    /// Asks for `/`, again while nobody answers or the platform says that it cannot, until the user has had enough. `fresh`: the address
    /// was made a moment ago, and a part of the platform may not have heard of it, or not of who may call it.
    pub async fn test(url: &str, fresh: bool, cancel: &Cancel) -> Self {
        tokio::select! {
            biased;
            () = cancel.cancelled() => Self { error: Some("stopped".to_owned()), ..Self::nothing(url) },
            smoke = Self::insist(url, fresh) => smoke,
        }
    }

    async fn insist(url: &str, fresh: bool) -> Self {
        let mut smoke = Self::ask(url).await;
        for _ in 1..TRIES {
            if smoke.is_settled(fresh) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
            smoke = Self::ask(url).await;
        }
        smoke
    }

    fn nothing(url: &str) -> Self {
        Self { url: url.to_owned(), status: None, content_type: None, download: false, error: None }
    }

    /// Whether asking again would bring nothing else.
    fn is_settled(&self, fresh: bool) -> bool {
        self.is_good() && !(fresh && matches!(self.status, Some(403 | 404)))
    }

    /// Whether something answers that is not a failure of the platform or of the function. That `/` needs a login, or does not
    /// exist, is the service's own business.
    pub fn is_good(&self) -> bool {
        self.status.is_some_and(|status| status < 500)
    }

    async fn ask(url: &str) -> Self {
        let nothing = Self::nothing(url);
        let answer = async {
            let http = Http::new()?;
            let request =
                http.client().get(url).header("accept", "text/html,*/*").timeout(LIMIT).build().map_err(|error| {
                    fx_deploy::CloudError::new(fx_deploy::Kind::Invalid, "GET /", error.without_url().to_string())
                })?;
            http.send("GET /", request).await
        };
        match answer.await {
            Ok(answer) => Self {
                status: Some(answer.status.as_u16()),
                content_type: answer.header("content-type").map(str::to_owned),
                download: answer.header("content-disposition").is_some_and(|value| value.starts_with("attachment")),
                ..nothing
            },
            Err(error) => Self { error: Some(error.to_string()), ..nothing },
        }
    }
}

impl std::fmt::Display for Smoke {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "GET {} → ", self.url)?;
        match (self.status, &self.error) {
            (Some(status), _) => write!(formatter, "{status}")?,
            (None, Some(error)) => write!(formatter, "no answer: {error}")?,
            (None, None) => write!(formatter, "no answer")?,
        }
        if let Some(content_type) = &self.content_type {
            write!(formatter, ", {content_type}")?;
        }
        if self.download {
            write!(formatter, "; a browser saves it as a file instead of showing it")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_address_that_is_not_found_or_not_open_yet_is_asked_again() {
        let answered = |status| Smoke { status: Some(status), ..Smoke::nothing("http://localhost/") };
        for status in [403, 404] {
            assert!(answered(status).is_settled(false) && !answered(status).is_settled(true), "{status}");
        }
        assert!(answered(401).is_settled(true) && !answered(502).is_settled(false));
    }

    #[tokio::test]
    async fn whoever_has_had_enough_does_not_wait_for_an_answer() {
        // Takes connections and never answers.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        let cancel = Cancel::new();
        let stopping = cancel.clone();
        let stop = async move {
            let _connection = silent.accept().await;
            stopping.cancel();
            std::future::pending::<()>().await;
        };
        let smoke = tokio::select! {
            smoke = Smoke::test(&url, false, &cancel) => smoke,
            () = stop => return,
        };
        assert_eq!((smoke.error.as_deref(), smoke.is_good()), (Some("stopped"), false));
    }
}
