use fx::{axum::extract::Json, func as handler, prelude::*};

#[handler("user.get", middleware = [crate::admin::only])]
pub async fn get(Path(id): Path<u32>) -> Result<String> {
    Ok(id.to_string())
}

#[fx::func]
pub async fn list(Query(page): Query<Page>) -> impl IntoResponse {}

// Not this crate's idea of a function: it is somebody else's attribute.
#[other::func]
async fn helper() {}
