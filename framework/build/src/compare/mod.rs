//! Compares f.yml with the code, in both directions: handlers that nobody wrote, functions that nobody calls, triggers that bring the wrong thing.
//!
//! | question | module |
//! |---|---|
//! | does every `handler:` have its function, and every function its entry? | `handlers` |
//! | can the trigger call the function? | `fit` |
//!
//! What is wrong with the code alone (a private module, a name given twice) is in [`Scan::problems`]; f.yml alone is fx-spec's business.

mod fit;
mod handlers;

use fx_spec::{Problem, Service, SourceFile, service::Function};

use crate::scan::Scan;

/// All problems between the two, those of f.yml first.
///
/// `document` is f.yml's text; problems in the code point into [`Scan::sources`].
pub fn compare(service: &Service, document: &SourceFile, scan: &Scan) -> Vec<Problem> {
    let functions = functions(service);
    let mut problems = handlers::compare(&functions, document, scan);
    problems.extend(fit::compare(&functions, document, scan));
    problems
}

/// The service's functions, each once, even if an aggregation and a unit of its own both have it.
fn functions(service: &Service) -> Vec<&Function> {
    let mut functions: Vec<&Function> = Vec::new();
    for function in service.units.iter().flat_map(|unit| &unit.functions) {
        if !functions.iter().any(|other| other.name.value == function.name.value) {
            functions.push(function);
        }
    }
    functions
}
