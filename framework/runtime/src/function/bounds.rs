//! What the types of an annotated function have to be.
//!
//! Each trait restates a bound of axum or serde under a name that can explain itself, and has the app's state `S` as a parameter even where
//! it does not matter: so a companion that is not the one meant (every function has both) is no error until somebody names it.

use axum::{
    extract::{FromRequest, FromRequestParts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    error::{Error, Result},
    event::{Delivery, Event, TriggerKind},
};

/// An argument that needs the head of a request only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of this function",
    label = "not an extractor of request parts, given the app's state `{S}`",
    note = "all arguments but the last are extractors like `Path<T>`, `Query<T>`, `State<T>`, `Context`, `HeaderMap`; a body (`Json<T>`, `Form<T>`, `String`, `Bytes`) comes last",
    note = "`State<T>` needs `T: FromRef<{S}>`; the `T` in `Path<T>` and `Query<T>` needs `serde::Deserialize`"
)]
pub trait PartsArgument<S>: FromRequestParts<S> + Send {}

#[diagnostic::do_not_recommend]
impl<S, T: FromRequestParts<S> + Send> PartsArgument<S> for T {}

/// The last argument of an HTTP function, which may take the body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the last argument of an HTTP function",
    label = "not an extractor, given the app's state `{S}`",
    note = "the last argument is any axum extractor: `Json<T>`, `Form<T>`, `String`, `Bytes`, `Request`, or one of the request's parts",
    note = "`Json<T>`, `Form<T>`, `Path<T>` and `Query<T>` need `T: serde::Deserialize`, `State<T>` needs `T: FromRef<{S}>`"
)]
pub trait LastArgument<S, Via>: FromRequest<S, Via> + Send {}

#[diagnostic::do_not_recommend]
impl<S, Via, T: FromRequest<S, Via> + Send> LastArgument<S, Via> for T {}

/// The request as a middleware takes it, between its other arguments and `Next`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the request of a middleware",
    label = "the argument before `Next` is the `Request`"
)]
pub trait RequestArgument<S>: FromRequest<S> + Send {}

#[diagnostic::do_not_recommend]
impl<S, T: FromRequest<S> + Send> RequestArgument<S> for T {}

/// What an HTTP function may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the answer of an HTTP function",
    label = "cannot be turned into a response",
    note = "answers are `Json<T>` with `T: serde::Serialize`, `Html<String>`, `StatusCode`, text, a `Response`, tuples of these, and `Result<_, E>` with `E: IntoResponse`, such as `fx::Result<_>`"
)]
pub trait HttpAnswer<S> {
    /// The response. (Not a supertrait `IntoResponse`: rustc checks that one even where `S` is open.)
    fn into_answer(self) -> Response;
}

#[diagnostic::do_not_recommend]
impl<S, T: IntoResponse> HttpAnswer<S> for T {
    fn into_answer(self) -> Response {
        self.into_response()
    }
}

/// The first argument of an event function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "f.yml gives this function events, so its first argument is the event",
    note = "events are `Timer`, `ObjectEvent`, `Message<T>`, `LogBatch`, `CloudEvent` and `Raw<T>`; `T` has to be `serde::de::DeserializeOwned`"
)]
pub trait EventArgument<S>: Sized {
    /// The kinds of trigger that can fill it.
    const KINDS: &'static [TriggerKind];

    /// Reads it from what arrived.
    ///
    /// # Errors
    /// The payload does not have the shape the function asks for.
    fn receive(delivery: Delivery) -> Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<S, T: Event> EventArgument<S> for T {
    const KINDS: &'static [TriggerKind] = T::KINDS;

    fn receive(delivery: Delivery) -> Result<Self> {
        T::receive(delivery)
    }
}

/// Stands in for the event of a function that takes nothing.
pub struct NoArguments;

/// What an event function may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of an event function",
    label = "cannot be handed to the platform",
    note = "results are `()`, `fx::Result<()>`, anything that is `serde::Serialize`, and `Result<T, E>` with such a `T` and an error `E` that converts into `fx::Error`"
)]
pub trait EventAnswer<S, Via> {
    /// The document handed to the platform; null says nothing but "done".
    ///
    /// # Errors
    /// The function failed.
    fn into_document(self) -> Result<Value>;
}

/// An answer that is a document itself.
pub enum ViaDocument {}

/// An answer that may be an error instead.
pub enum ViaResult {}

#[diagnostic::do_not_recommend]
impl<S, T: Serialize> EventAnswer<S, ViaDocument> for T {
    fn into_document(self) -> Result<Value> {
        Ok(serde_json::to_value(self)?)
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Serialize, E: Into<Error>> EventAnswer<S, ViaResult> for Result<T, E> {
    fn into_document(self) -> Result<Value> {
        Ok(serde_json::to_value(self.map_err(Into::into)?)?)
    }
}
