//! [`Triggers`]: what the triggers and the front doors of Lambda send, whether the function runs here or there.

use bytes::Bytes;
use fx_provider::{
    deploy::Place,
    emulator::{Body, BoxFuture, Door, Failure, Occurrence, Sender, Sent, full},
};
use fx_spec::Unit;
use http::{Method, Response, request::Parts};
use serde_json::Value;

use super::{
    front::{Front, has_url_domain},
    native,
    sandbox::Reply,
};

/// The triggers of Lambda.
pub(crate) struct Triggers;

impl Sender for Triggers {
    fn event(&self, occurrence: &Occurrence, place: &Place) -> Result<Sent, Failure> {
        Ok(native::event(occurrence, place))
    }

    fn outcome(&self, sent: &Sent, answer: &[u8]) -> Result<Value, Failure> {
        let document = serde_json::from_slice(answer)
            .map_err(|error| Failure::new("Runtime.MalformedResponse", format!("the answer is not JSON: {error}")))?;
        match &sent.message {
            Some(id) => native::batch(document, id),
            None => Ok(document),
        }
    }

    fn door(&self, _: &Unit) -> Option<&dyn Door> {
        Some(&OwnAddress)
    }
}

/// What fx deploys before a function: its URL, or the API that several share. The request's host says which of them it is.
struct OwnAddress;

impl Door for OwnAddress {
    fn event(&self, head: &Parts, body: &[u8]) -> Result<Value, Box<Response<Body>>> {
        let front = if has_url_domain(head) { Front::Url { streaming: false } } else { Front::HttpApi };
        front.event(head, body)
    }

    fn response<'a>(&'a self, unit: &'a Unit, answer: Bytes, method: &'a Method) -> BoxFuture<'a, Response<Body>> {
        Box::pin(async move {
            let front = Front::Url { streaming: unit.streaming.value };
            // Who is called and not visited answers in one piece, which is all of the stream.
            let is_stream = unit.streaming.value && serde_json::from_slice::<Value>(&answer).is_err();
            let reply = match is_stream {
                true => Reply::Stream("application/vnd.awslambda.http-integration-response".to_owned(), full(answer)),
                false => Reply::Whole(answer),
            };
            front.response(reply, method).await
        })
    }
}

#[cfg(test)]
mod tests {
    use fx_provider::emulator::{TimerData, read};
    use http::Request;

    use super::*;

    fn unit(streaming: bool) -> Unit {
        let yml = format!(
            "service: s\nfunctions: {{ f: {{ handler: a.b, streaming: {streaming}, events: [ {{ http: {{ path: /a }} }} ] }} }}\n"
        );
        let document = fx_spec::Document::parse("f.yml", &yml, std::path::Path::new(".")).unwrap();
        let request =
            fx_spec::Request { target: None, targets: &[], variables: &|_| None, udev: Default::default(), code: &[] };
        document.resolve(&request).service.unwrap().units.remove(0)
    }

    #[test]
    fn the_host_says_what_stands_before_the_function() {
        let event = |host: &str| {
            let (head, ()) = Request::get("/a%20b").header("host", host).body(()).unwrap().into_parts();
            OwnAddress.event(&head, b"").unwrap()
        };
        let url = event("abc.lambda-url.eu-central-1.on.aws");
        assert_eq!((&url["rawPath"], &url["requestContext"]["apiId"]), (&"/a%20b".into(), &"abc".into()));
        assert_eq!(url["requestContext"]["domainName"], "abc.lambda-url.eu-central-1.on.aws");
        assert_eq!(event("abc.execute-api.eu-central-1.amazonaws.com")["rawPath"], "/a b");
    }

    #[tokio::test]
    async fn an_answer_in_one_piece_may_be_a_stream() {
        let answers: [(bool, &[u8]); 2] =
            [(true, b"{\"statusCode\":201}\0\0\0\0\0\0\0\0hi"), (false, br#"{"statusCode":201,"body":"hi"}"#)];
        for (streaming, answer) in answers {
            let unit = unit(streaming);
            let response = OwnAddress.response(&unit, Bytes::from_static(answer), &Method::GET).await;
            assert_eq!(response.status(), 201, "{streaming}");
            assert_eq!(read(response.into_body(), 10).await.unwrap().unwrap(), "hi", "{streaming}");
        }
    }

    #[test]
    fn only_json_is_an_answer() {
        let place = Place { account: "1".into(), region: "r".into() };
        let sent = Triggers.event(&Occurrence::Timer(TimerData::default()), &place).unwrap();
        assert_eq!(Triggers.outcome(&sent, b"{}").unwrap(), serde_json::json!({}));
        assert_eq!(Triggers.outcome(&sent, b"no").unwrap_err().kind, "Runtime.MalformedResponse");
    }
}
