//! The log service, which has an API and a signature of its own: HMAC-SHA1 over a few headers and the query as it reads.

use base64::{Engine, engine::general_purpose::STANDARD};
use fx_deploy::{Answer, CloudError, Http, Kind};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use sha1::Sha1;

use super::{calls::encode, credentials::Credentials, errors};

const OPERATION: &str = "GetLogs";

/// Lines in one answer: as many as the service gives.
pub(crate) const PAGE: usize = 100;

/// Which lines are asked for.
pub(crate) struct Lines<'a> {
    pub project: &'a str,
    pub logstore: &'a str,
    pub query: &'a str,
    /// Seconds since 1970, the second one not included.
    pub from: i64,
    pub to: i64,
    pub offset: usize,
}

/// Asks for a page of lines. `endpoint` is that of the project.
pub(super) async fn get(
    http: &Http,
    credentials: &Credentials,
    endpoint: &str,
    lines: &Lines<'_>,
) -> Result<Answer, CloudError> {
    let query = [
        ("from", lines.from.to_string()),
        ("line", PAGE.to_string()),
        ("offset", lines.offset.to_string()),
        ("query", lines.query.to_owned()),
        ("reverse", "false".to_owned()),
        ("to", lines.to.to_string()),
        ("type", "log".to_owned()),
    ];
    let failed = |message: String| CloudError::new(Kind::Invalid, OPERATION, message);
    let path = format!("/logstores/{}", lines.logstore);
    let date = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&Timestamp::now())
        .map_err(|error| failed(format!("this machine's clock is off: {error}")))?;
    let mut headers =
        vec![("x-log-apiversion", "0.6.0"), ("x-log-bodyrawsize", "0"), ("x-log-signaturemethod", "hmac-sha1")];
    headers.extend(credentials.token().map(|token| ("x-acs-security-token", token)));
    let authorization = sign("GET", &path, &query, &headers, &date, credentials);
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let mut request = http
        .client()
        .get(format!("{endpoint}/logstores/{}?{}", encode(lines.logstore), pairs.join("&")))
        .build()
        .map_err(|error| failed(format!("`{endpoint}` is not an address: {}", error.without_url())))?;
    headers.extend([("date", date.as_str()), ("authorization", authorization.as_str())]);
    for (name, value) in headers {
        let value = value.parse::<http::HeaderValue>().map_err(|_| {
            CloudError::new(Kind::Credentials, OPERATION, "the access key has a character that no header can carry")
        })?;
        request.headers_mut().insert(name, value);
    }
    let answer = http.send(OPERATION, request).await?;
    if answer.status.is_success() { Ok(answer) } else { Err(errors::of(OPERATION, &answer)) }
}

/// `query` and `headers` in order of their names.
fn sign(
    method: &str,
    path: &str,
    query: &[(&str, String)],
    headers: &[(&str, &str)],
    date: &str,
    credentials: &Credentials,
) -> String {
    let mut named: Vec<String> = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    named.sort();
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    // No body: its digest and its type are empty lines.
    let text = format!("{method}\n\n\n{date}\n{}{path}?{}", named.concat(), pairs.join("&"));
    // HMAC takes keys of every length.
    let signature = Hmac::<Sha1>::new_from_slice(credentials.secret().as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        },
    );
    format!("LOG {}:{signature}", credentials.id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_services_own_documentation_does() {
        let credentials = Credentials::new("bq2sjzesjmo86kq35behupbq", "4fdO2fTDDnZPU/L7CHNdemB2Nsk=", None);
        let query =
            [("logstoreName", ""), ("offset", "0"), ("size", "1000")].map(|(name, value)| (name, value.to_owned()));
        let headers = [("x-log-apiversion", "0.6.0"), ("x-log-signaturemethod", "hmac-sha1")];
        let signed = sign("GET", "/logstores", &query, &headers, "Mon, 09 Nov 2015 06:11:16 GMT", &credentials);
        assert_eq!(signed, "LOG bq2sjzesjmo86kq35behupbq:jEYOTCJs2e88o+y5F4/S5IsnBJQ=");
    }
}
