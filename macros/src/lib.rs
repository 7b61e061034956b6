//! `#[func]`, `#[fx::app]`, `#[fx::middleware]` and the expansion of `entrypoint!`.
//!
//! Users get them through the `fx` crate, which documents them. A stage is a file: what an attribute says and what a function must look like
//! is `fx-syntax` (shared with the code scan), `func`, `app` and `middleware` write the companions, `facade` finds out
//! what `fx` is called here, `entrypoint` includes the generated `main`.
//!
//! Whatever is wrong, the function itself stays: one mistake in an attribute does not become a hundred unresolved names.

mod app;
mod companion;
mod entrypoint;
mod facade;
mod func;
mod middleware;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// See `fx::func`.
#[proc_macro_attribute]
pub fn func(arguments: TokenStream, item: TokenStream) -> TokenStream {
    func::expand(arguments.into(), &item.into()).into()
}

/// See `fx::app`.
#[proc_macro_attribute]
pub fn app(arguments: TokenStream, item: TokenStream) -> TokenStream {
    app::expand(arguments.into(), &item.into()).into()
}

/// See `fx::middleware`.
#[proc_macro_attribute]
pub fn middleware(arguments: TokenStream, item: TokenStream) -> TokenStream {
    middleware::expand(arguments.into(), &item.into()).into()
}

/// What `fx::entrypoint!` expands to; its argument is `$crate`.
#[proc_macro]
pub fn __entrypoint(facade: TokenStream) -> TokenStream {
    let file = std::env::var("FX_ENTRYPOINT").ok();
    entrypoint::expand(&facade.into(), file.as_deref().filter(|file| !file.is_empty())).into()
}
