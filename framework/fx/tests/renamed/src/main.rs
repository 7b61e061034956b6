//! Nobody built this with fx.

cloud_functions::entrypoint!();
