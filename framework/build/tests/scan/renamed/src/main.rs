web::entrypoint!();
