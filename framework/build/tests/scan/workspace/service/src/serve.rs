functions::entrypoint!();
