use web as w;

#[web::app]
pub async fn app() -> w::Result<w::App<()>> { loop {} }

#[web::func]
pub async fn a() {}

#[w::func]
pub async fn b() {}

use web::prelude::func as endpoint;
#[endpoint]
pub async fn c() {}
