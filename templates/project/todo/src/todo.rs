//! The functions. The store may wait for the disk, so it is called through `fx::blocking`.

use fx::prelude::*;
use serde::Deserialize;

use crate::store::{Store, Todo};

/// What `GET /todos` takes.
#[derive(Debug, Default, Deserialize)]
pub struct Filter {
    done: Option<bool>,
}

/// `GET /todos?done=false`
#[func("todo.list")]
pub async fn list(Query(filter): Query<Filter>, State(store): State<Store>) -> Json<Vec<Todo>> {
    Json(store.list(filter.done))
}

/// What `POST /todos` takes.
#[derive(Debug, Deserialize)]
pub struct NewTodo {
    title: String,
}

/// `POST /todos`
#[func("todo.add")]
pub async fn add(
    State(store): State<Store>,
    Json(new): Json<NewTodo>,
) -> Result<(StatusCode, Json<Todo>)> {
    let title = checked(new.title)?;
    let todo = fx::blocking(move || store.add(title)).await??;
    Ok((StatusCode::CREATED, Json(todo)))
}

/// `GET /todos/:id`
#[func("todo.get")]
pub async fn get(Path(id): Path<u64>, State(store): State<Store>) -> Result<Json<Todo>> {
    store.get(id).map(Json).ok_or_else(|| missing(id))
}

/// What `PUT /todos/:id` takes: what is left out stays as it is.
#[derive(Debug, Deserialize)]
pub struct Change {
    title: Option<String>,
    done: Option<bool>,
}

/// `PUT /todos/:id`
#[func("todo.update")]
pub async fn update(
    Path(id): Path<u64>,
    State(store): State<Store>,
    Json(change): Json<Change>,
) -> Result<Json<Todo>> {
    let title = change.title.map(checked).transpose()?;
    let apply = move |todo: &mut Todo| {
        todo.title = title.unwrap_or_else(|| todo.title.clone());
        todo.done = change.done.unwrap_or(todo.done);
    };
    let todo = fx::blocking(move || store.update(id, apply)).await??;
    todo.map(Json).ok_or_else(|| missing(id))
}

/// `DELETE /todos/:id`
#[func("todo.remove")]
pub async fn remove(Path(id): Path<u64>, State(store): State<Store>) -> Result<StatusCode> {
    if fx::blocking(move || store.remove(id)).await?? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(missing(id))
    }
}

fn checked(title: String) -> Result<String> {
    match title.trim() {
        "" => Err(Error::unprocessable("title must not be empty")),
        trimmed if trimmed.chars().count() > 200 => {
            Err(Error::unprocessable("title is longer than 200 characters"))
        }
        trimmed => Ok(trimmed.to_owned()),
    }
}

fn missing(id: u64) -> Error {
    Error::not_found(format!("there is no todo {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn added(store: &Store, title: &str) -> Result<Todo> {
        let (status, Json(todo)) = add(
            State(store.clone()),
            Json(NewTodo {
                title: title.into(),
            }),
        )
        .await?;
        assert_eq!(status, StatusCode::CREATED);
        Ok(todo)
    }

    #[tokio::test]
    async fn from_new_to_gone() {
        let store = Store::default();
        let todo = added(&store, " buy milk ").await.unwrap();
        assert_eq!(
            todo,
            Todo {
                id: 1,
                title: "buy milk".into(),
                done: false
            }
        );

        let change = Change {
            title: None,
            done: Some(true),
        };
        let Json(done) = update(Path(1), State(store.clone()), Json(change))
            .await
            .unwrap();
        assert_eq!(done, Todo { done: true, ..todo });
        let Json(open) = list(Query(Filter { done: Some(false) }), State(store.clone())).await;
        assert_eq!(open, []);

        assert_eq!(
            remove(Path(1), State(store.clone())).await.unwrap(),
            StatusCode::NO_CONTENT
        );
        assert_eq!(
            get(Path(1), State(store)).await.unwrap_err().status(),
            StatusCode::NOT_FOUND
        );
    }

    #[tokio::test]
    async fn a_title_says_something_and_is_short() {
        let store = Store::default();
        for title in ["", "  ", &"x".repeat(201)] {
            assert_eq!(
                added(&store, title).await.unwrap_err().status(),
                StatusCode::UNPROCESSABLE_ENTITY
            );
        }
        assert_eq!(store.list(None), []);
    }
}
