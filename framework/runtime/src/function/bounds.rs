//! What the types of an annotated function have to be.
//!
//! Each trait restates a bound of axum or serde under a name that can explain itself, and has the app's state `S` as a parameter even where
//! it does not matter: so a companion that is not the one meant (every function has both) is no error until somebody names it.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::request::Parts;
use serde::Serialize;
use serde_json::Value;

use crate::{
    app::AppState,
    error::{Error, Result},
    event::{Delivery, Event, TriggerKind},
};

/// A state that is none.
///
/// Every argument trait is implemented for two such states besides the real ones. So as long as the app's state is not known the compiler
/// always has several to choose from, and cannot conclude from a `State<Users>` alone that the state must be `Users`.
pub enum Unchosen {}

/// Another state that is none: for an argument that no real state fits, there would be only one left to choose.
pub enum Undecided {}

/// An argument that needs the head of a request only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of this function",
    label = "not an extractor of request parts, given the app's state `{S}`",
    note = "all arguments but the last are extractors like `Path<T>`, `Query<T>`, `State<T>`, `Context`, `HeaderMap`; a body (`Json<T>`, `Form<T>`, `String`, `Bytes`) comes last",
    note = "`State<T>` needs `T: FromRef<{S}>`; the `T` in `Path<T>` and `Query<T>` needs `serde::Deserialize`"
)]
pub trait PartsArgument<S>: Sized + Send {
    /// Takes it, or answers for it.
    fn take(parts: &mut Parts, state: &S) -> impl Future<Output = Result<Self, Response>> + Send;
}

#[diagnostic::do_not_recommend]
impl<S: AppState, T: FromRequestParts<S> + Send> PartsArgument<S> for T {
    async fn take(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        T::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)
    }
}

/// The last argument of an HTTP function, which may take the body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the last argument of an HTTP function",
    label = "not an extractor, given the app's state `{S}`",
    note = "the last argument is any axum extractor: `Json<T>`, `Form<T>`, `String`, `Bytes`, `Request`, or one of the request's parts",
    note = "`Json<T>`, `Form<T>`, `Path<T>` and `Query<T>` need `T: serde::Deserialize`, `State<T>` needs `T: FromRef<{S}>`",
    note = "an event (`Timer`, `Message<T>`, …) comes to a function by a trigger of its own, not by http"
)]
pub trait LastArgument<S, Via>: Sized + Send {
    /// Takes it, or answers for it.
    fn take(request: Request, state: &S) -> impl Future<Output = Result<Self, Response>> + Send;
}

#[diagnostic::do_not_recommend]
impl<S: AppState, Via, T: FromRequest<S, Via> + Send> LastArgument<S, Via> for T {
    async fn take(request: Request, state: &S) -> Result<Self, Response> {
        T::from_request(request, state).await.map_err(IntoResponse::into_response)
    }
}

/// The request as a middleware takes it, between its other arguments and `Next`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the request of a middleware",
    label = "the argument before `Next` is the `Request`"
)]
pub trait RequestArgument<S>: Sized + Send {
    /// Takes it, or answers for it.
    fn take(request: Request, state: &S) -> impl Future<Output = Result<Self, Response>> + Send;
}

#[diagnostic::do_not_recommend]
impl<S: AppState, T: FromRequest<S> + Send> RequestArgument<S> for T {
    async fn take(request: Request, state: &S) -> Result<Self, Response> {
        T::from_request(request, state).await.map_err(IntoResponse::into_response)
    }
}

macro_rules! never_taken_from {
    ($($state:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Send> PartsArgument<$state> for T {
            async fn take(_: &mut Parts, state: &$state) -> Result<Self, Response> {
                match *state {}
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Send, Via> LastArgument<$state, Via> for T {
            async fn take(_: Request, state: &$state) -> Result<Self, Response> {
                match *state {}
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Send> RequestArgument<$state> for T {
            async fn take(_: Request, state: &$state) -> Result<Self, Response> {
                match *state {}
            }
        }
    )*};
}

never_taken_from!(Unchosen, Undecided);

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
