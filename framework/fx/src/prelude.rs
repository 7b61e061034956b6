//! What a handler needs: `use fx::prelude::*;`.

pub use axum::{
    extract::{Form, FromRef, FromRequest, FromRequestParts, Json, Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
pub use fx_runtime::{
    App, Context, Env, Error, Result,
    event::{CloudEvent, LogBatch, Message, ObjectEvent, ObjectEventKind, Raw, Timer},
};

pub use crate::func;
