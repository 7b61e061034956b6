//! `/api/rule`: the todos of a board. The name is the seed's.

use fx::{axum::extract::RawQuery, prelude::*};
use serde::Serialize;

use super::{
    answer::{Item, Listing},
    body::Fields,
    query::Pairs,
    session::{Visitor, Writer},
};
use crate::board::{Boards, Invalid, Person, TodoQuery};

/// `GET`: anybody may read: their own board, or the guests'.
#[func("rule.list")]
pub async fn list_rules(
    visitor: Visitor,
    RawQuery(query): RawQuery,
    State(boards): State<Boards>,
) -> Result<Json<Listing<Item>>> {
    let query = Pairs::read(query.as_deref()).todos()?;
    let page = query.page;
    Ok(Json(Listing::new(page, boards.list(&visitor.board(), query).await?)))
}

/// `POST`: a new todo; or, as the oldest page of the seed asks for it, any other write named by `method`. That form
/// also helps where a gateway drops the body of a DELETE.
#[func("rule.create")]
pub async fn create_or_dispatch(
    Writer(person): Writer,
    State(boards): State<Boards>,
    fields: Fields,
) -> Result<Response> {
    match fields.text("method")? {
        None | Some("" | "post") => {
            let item: Item = boards.add(&person, fields.draft()?).await?.into();
            Ok(Json(item).into_response())
        }
        Some("update") => Ok(update(&boards, &person, &fields).await?.into_response()),
        Some("delete") => Ok(delete(&boards, &person, &fields).await?.into_response()),
        Some(_) => Err(Invalid::new("method must be post, update or delete").into()),
    }
}

/// `PUT`: changes the fields that are there.
#[func("rule.update")]
pub async fn update_rule(Writer(person): Writer, State(boards): State<Boards>, fields: Fields) -> Result<Json<Item>> {
    update(&boards, &person, &fields).await
}

/// `DELETE`: one or several.
#[func("rule.delete")]
pub async fn delete_rules(Writer(person): Writer, State(boards): State<Boards>, fields: Fields) -> Result<Json<Left>> {
    delete(&boards, &person, &fields).await
}

/// What is left after a deletion: the first page, and how many there are.
#[derive(Debug, Serialize)]
pub struct Left {
    list: Vec<Item>,
    pagination: Pagination,
}

#[derive(Debug, Serialize)]
struct Pagination {
    total: u64,
}

async fn update(boards: &Boards, person: &Person, fields: &Fields) -> Result<Json<Item>> {
    let key = fields.key()?;
    match boards.edit(person, &key, fields.edit()?).await? {
        Some(todo) => Ok(Json(todo.into())),
        None => Err(Error::not_found("there is no todo with this key")),
    }
}

async fn delete(boards: &Boards, person: &Person, fields: &Fields) -> Result<Json<Left>> {
    boards.remove(person, fields.keys()?).await?;
    let left = boards.list(&person.board, TodoQuery::default()).await?;
    Ok(Json(Left {
        list: left.data.into_iter().map(Item::from).collect(),
        pagination: Pagination { total: left.total },
    }))
}
