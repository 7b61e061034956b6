//! `#[func]` and `#[fx::app]` where they cannot work: inside functions, impl blocks, traits, macros, or on something that is no function.

use fx_spec::Problem;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::{
    Attribute, Block, ImplItem, Item, Macro, TraitItem,
    spanned::Spanned,
    visit::{self, Visit},
};

use super::{
    codes,
    names::{Mark, mark, meaning},
    tree::Module,
};

/// The place of an attribute on a struct, a module, ….
pub(crate) const NO_FUNCTION: &str = "on something that is not a function";

/// One misplaced attribute.
pub(crate) struct Misplaced {
    pub(crate) mark: Mark,
    pub(crate) span: Span,
    /// "inside a function", …
    pub(crate) place: &'static str,
}

impl Misplaced {
    /// What to say about it; the place is the caller's to add.
    pub(crate) fn problem(&self) -> Problem {
        Problem::error(codes::MISPLACED, format!("{} cannot stand {}", self.mark.as_str(), self.place))
            .help("it belongs on an `async fn` that stands by itself in a `pub` module of the library")
    }
}

/// Looks through everything that is not an item function or module itself.
pub(crate) struct Finder<'a> {
    pub(crate) module: usize,
    pub(crate) modules: &'a [Module],
    pub(crate) facade: &'a str,
    pub(crate) found: Vec<Misplaced>,
    /// Whether `include!` was seen: what it brings in is not looked at.
    pub(crate) includes: bool,
    place: &'static str,
}

impl<'a> Finder<'a> {
    pub(crate) fn new(module: usize, modules: &'a [Module], facade: &'a str) -> Self {
        Self { module, modules, facade, found: Vec::new(), includes: false, place: "" }
    }

    /// An item that is neither a function nor a module.
    pub(crate) fn item(&mut self, item: &Item) {
        self.place = NO_FUNCTION;
        self.visit_item(item);
    }

    /// A whole program beside the library.
    pub(crate) fn program(&mut self, items: &[Item]) {
        self.place = "in the program";
        for item in items {
            self.visit_item(item);
        }
    }

    /// The inside of a function.
    pub(crate) fn block(&mut self, block: &Block) {
        self.visit_block(block);
    }

    fn within(&mut self, place: &'static str, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.place, place);
        visit(self);
        self.place = outer;
    }

    /// Attributes in tokens that nobody has parsed: `# [ func … ]`.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut waiting = vec![tokens];
        while let Some(stream) = waiting.pop() {
            let mut after_hash = false;
            for token in stream {
                if let TokenTree::Group(group) = &token {
                    if after_hash && group.delimiter() == Delimiter::Bracket {
                        self.attribute_tokens(group.stream());
                    }
                    waiting.push(group.stream());
                }
                after_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
            }
        }
    }

    fn attribute_tokens(&mut self, tokens: TokenStream) {
        let mut names = Vec::new();
        let mut span = None;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    span.get_or_insert(name.span());
                    names.push(name.to_string());
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                _ => break,
            }
        }
        if let (Some(mark), Some(span)) = (meaning(&names, self.module, self.modules, self.facade), span) {
            self.found.push(Misplaced { mark, span, place: "inside a macro" });
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Some(mark) = mark(attribute.path(), self.module, self.modules, self.facade) {
            self.found.push(Misplaced { mark, span: attribute.path().span(), place: self.place });
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.within("inside a function", |finder| visit::visit_block(finder, block));
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        self.within("inside an impl block", |finder| visit::visit_impl_item(finder, item));
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        self.within("inside a trait", |finder| visit::visit_trait_item(finder, item));
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.includes |= item.path.segments.last().is_some_and(|segment| segment.ident == "include");
        self.tokens(item.tokens.clone());
    }
}
