//! What can only be said once everything is found: who is private, who is there twice.

use fx_spec::{Problem, Span};

use super::{
    FoundApp, FoundFunction, Scan, codes,
    tree::{Module, private_around, public_paths},
};

/// Judges the functions (each with its module in `homes`) and the apps, and puts the first app in its place.
pub(super) fn judge(scan: &mut Scan, modules: &[Module], homes: &[usize], apps: Vec<(FoundApp, usize)>) {
    let (apps, app_homes): (Vec<FoundApp>, Vec<usize>) = apps.into_iter().unzip();
    let mut apps = apps.into_iter();
    let mut shut_out: Vec<(usize, String)> = Vec::new();
    let paths = public_paths(modules);
    reach_functions(scan, modules, homes, &paths, &mut shut_out);
    if let Some(mut app) = apps.next() {
        let home = app_homes[0];
        private_item(scan, app.reachable, &app.path, app.source, &app.span);
        app.reachable = reach(&mut app.path, app.reachable, home, modules, &paths, &mut shut_out);
        for second in apps {
            let first = scan.place(app.source, &app.span);
            let problem = Problem::error(codes::TWO_APPS, format!("a second #[fx::app]; the first is at {first}"))
                .help("one app holds what all functions of the package share");
            scan.problems.push(problem.at(&scan.sources[second.source], second.span));
        }
        scan.app = Some(app);
    }
    private_modules(scan, modules, shut_out);
    duplicates(scan);
    in_order(scan);
}

/// Problems as one would meet them reading: file by file, from top to bottom.
fn in_order(scan: &mut Scan) {
    let sources = &scan.sources;
    scan.problems.sort_by_key(|problem| {
        let file = sources.iter().position(|source| Some(&source.name) == problem.file.as_ref());
        (file, problem.span.as_ref().map(|span| span.start))
    });
}

fn reach_functions(
    scan: &mut Scan,
    modules: &[Module],
    homes: &[usize],
    paths: &[Option<Vec<String>>],
    shut_out: &mut Vec<(usize, String)>,
) {
    let mut functions = std::mem::take(&mut scan.functions);
    for (function, &home) in functions.iter_mut().zip(homes) {
        private_item(scan, function.reachable, &function.path, function.source, &function.span);
        function.reachable = reach(&mut function.path, function.reachable, home, modules, paths, shut_out);
    }
    scan.functions = functions;
}

/// Whether another crate gets there; on the way, the path becomes the one it would take.
fn reach(
    path: &mut Vec<String>,
    public: bool,
    home: usize,
    modules: &[Module],
    paths: &[Option<Vec<String>>],
    shut_out: &mut Vec<(usize, String)>,
) -> bool {
    match (&paths[home], private_around(home, modules)) {
        (Some(way), _) => {
            if let Some(name) = path.pop() {
                path.clone_from(way);
                path.push(name);
            }
            public
        }
        (None, Some(wall)) => {
            shut_out.push((wall, path.join("::")));
            false
        }
        (None, None) => false,
    }
}

fn private_item(scan: &mut Scan, public: bool, path: &[String], source: usize, span: &Span) {
    if !public {
        let problem = Problem::error(
            codes::PRIVATE,
            format!("`{}` is private, so the program that fx writes cannot call it", path.join("::")),
        )
        .help("write `pub async fn`");
        scan.problems.push(problem.at(&scan.sources[source], span.clone()));
    }
}

/// One problem for each private module, however many functions are behind it.
fn private_modules(scan: &mut Scan, modules: &[Module], mut shut_out: Vec<(usize, String)>) {
    shut_out.sort_by_key(|(wall, _)| *wall);
    for group in shut_out.chunk_by(|(left, _), (right, _)| left == right) {
        let (wall, first) = &group[0];
        let module = &modules[*wall];
        let others = match group.len() {
            1 => String::new(),
            2 => " and one more".into(),
            many => format!(" and {} more", many - 1),
        };
        let problem = Problem::error(
            codes::PRIVATE,
            format!("module `{}` is private, so the program that fx writes cannot reach `{first}`{others}", module.name),
        )
        .help(format!(
            "write `pub mod {0};`, or add `pub use {0}::*;` (`pub use` of the function alone leaves behind what #[func] puts beside it)",
            module.name
        ));
        let (source, span) = &module.declared;
        scan.problems.push(problem.at(&scan.sources[*source], span.clone()));
    }
}

fn duplicates(scan: &mut Scan) {
    let mut problems = Vec::new();
    for (index, second) in scan.functions.iter().enumerate() {
        let Some(first) = scan.functions[..index].iter().find(|first| first.handler == second.handler) else {
            continue;
        };
        let problem = Problem::error(
            codes::DUPLICATE,
            format!(
                "two functions are called \"{}\": `{}` and, at {}, `{}`",
                second.handler,
                second.code_path(),
                scan.place(first.source, &first.handler_span),
                first.code_path()
            ),
        )
        .help(advice(second));
        problems.push(problem.at(&scan.sources[second.source], second.handler_span.clone()));
    }
    scan.problems.extend(problems);
}

fn advice(function: &FoundFunction) -> String {
    format!("give each a name of its own, like #[func(\"{}\")]", function.path.join(".").replace("r#", ""))
}
