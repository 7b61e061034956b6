//! `entrypoint!`: the `main` that `fx build` wrote for this unit, or one that says how to get it.

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn expand(facade: &TokenStream, file: Option<&str>) -> TokenStream {
    // Reading the variable here is invisible to cargo; this is what makes a changed one recompile the binary (and nothing else).
    let tracked = quote!(
        const _: ::core::option::Option<&str> = ::core::option_env!("FX_ENTRYPOINT");
    );
    match file {
        Some(file) => quote! {
            #tracked
            use #facade::__private::generated as __fx;
            ::core::include!(#file);
        },
        None => quote! {
            #tracked
            fn main() -> ::std::process::ExitCode {
                #facade::__private::without_entrypoint()
            }
        },
    }
}
