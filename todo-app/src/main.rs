//! Built by fx, which writes the function's entry point for each target: run `fx dev`.
fx::entrypoint!();
