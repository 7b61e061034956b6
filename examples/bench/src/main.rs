//! Built by fx, which writes the function's entry point for each target: `fx build`, `fx package`.
fx::entrypoint!();
