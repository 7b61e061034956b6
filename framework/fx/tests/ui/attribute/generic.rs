use fx::prelude::*;

#[func("user.get")]
pub async fn get<T: Send>(State(users): State<T>) {
    let _ = users;
}

#[func("user.list")]
pub async fn list(users: impl Send) {
    let _ = users;
}

fn main() {}
