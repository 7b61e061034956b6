//! #[func], #[fx::app] and entrypoint!.
