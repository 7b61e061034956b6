fx::entrypoint!();
