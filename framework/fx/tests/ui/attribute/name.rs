use fx::prelude::*;

#[func(user.get)]
pub async fn one() {}

#[func(7)]
pub async fn two() {}

#[func("user get")]
pub async fn three() {}

#[func("user.get", "user.list")]
pub async fn four() {}

#[func("")]
pub async fn five() {}

fn main() {}
