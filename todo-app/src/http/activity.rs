//! `/api/activity`: what happened on a board.

use fx::{axum::extract::RawQuery, prelude::*};
use serde::Serialize;
use std::sync::Arc;

use super::{
    answer::{Listing, iso},
    query::Pairs,
    session::Visitor,
};
use crate::{
    events::{Action, Activity},
    store::Store,
};

/// `GET`: the newest first.
#[func("activity.list")]
pub async fn list_activity(
    visitor: Visitor,
    RawQuery(query): RawQuery,
    State(store): State<Arc<dyn Store>>,
) -> Result<Json<Listing<Entry>>> {
    let page = Pairs::read(query.as_deref()).page();
    Ok(Json(Listing::new(page, store.activities(&visitor.board(), page).await?)))
}

/// One thing that happened.
#[derive(Debug, Serialize)]
pub struct Entry {
    id: String,
    /// The todo's key.
    todo: String,
    /// The todo's name then.
    name: String,
    action: Action,
    at: String,
}

impl From<Activity> for Entry {
    fn from(activity: Activity) -> Self {
        Self {
            id: activity.id,
            todo: activity.todo.as_str().to_owned(),
            name: activity.name,
            action: activity.action,
            at: iso(activity.at),
        }
    }
}
