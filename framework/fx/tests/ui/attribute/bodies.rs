use fx::prelude::*;

#[func("user.add")]
pub async fn two(Json(user): Json<String>, Form(form): Form<String>) {
    let _ = (user, form);
}

#[func("user.set")]
pub async fn first(Json(user): Json<String>, Path(id): Path<u32>) {
    let _ = (user, id);
}

fn main() {}
