//! Inside every function binary: App, Unit, Context, events, errors and the runtimes.
