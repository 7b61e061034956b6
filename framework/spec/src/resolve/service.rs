//! The whole file.

use super::{
    Context, aggregation, code, extra, function,
    overrides::lay_over,
    routes,
    settings::{Settings, add_layers, layers},
    site, target, text, texts,
    unit::Shared,
};
use crate::{
    codes,
    document::{Document, Request},
    problem::Problem,
    problems::Problems,
    service::{Domain, Expression, Located, Package, Piece, Service},
    shape::{self, Checker},
    yaml::{Form, Node},
};

/// Old versions a deploy keeps.
const KEEP: u32 = 5;

/// Service-level keys that only some targets understand.
const EXTRA: [&str; 14] = [
    "access",
    "asyncConfiguration",
    "authType",
    "credentials",
    "internetAccess",
    "logConfig",
    "namespace",
    "nasConfig",
    "policies",
    "reservedConcurrency",
    "role",
    "serviceId",
    "tracingConfig",
    "vpcConfig",
];

/// What the file means for the target of this request.
pub(crate) fn service(document: &Document, root: &Node, request: &Request<'_>, problems: &mut Problems) -> Service {
    let source = document.source().text.as_ref();
    let target = target::choose(&mut Context::new(problems, source), root, request);
    let runtimes: Vec<&str> = request.targets.iter().filter_map(|target| target.runtime).collect();
    let mut checker = Checker {
        problems,
        source,
        variables: request.variables,
        targets: &|name| target::canonical(request.targets, name),
        target_names: &target::names(request.targets),
        runtimes: &runtimes,
        target: &target,
        only_looking: false,
    };
    let root = &shape::check(&mut checker, root, &shape::FILE);
    let context = &mut Context::new(problems, source);
    let provider = provider(root);
    let timezone = text(&provider, "timezone");
    let mut members = function::read_all(context, root, timezone.as_ref());
    code::adopt(context, &mut members, request.code, timezone.as_ref());
    let mut defaults = Settings::read(context, &provider);
    let file_layers = layers(context, root);
    add_layers(&mut defaults.layers, &file_layers);
    // Read when the service is deployed, like every other variable: no value of this machine is packed.
    let passed_on =
        |name: &String| Expression { pieces: vec![Piece::Env { name: format!("UDEV_{name}"), default: None }] };
    let udev = request.udev.iter().map(|name| (name.clone(), Located::implied(passed_on(name))));
    let shared = Shared { provider: defaults, udev: udev.collect() };
    let units = aggregation::units(context, root, &members, &shared);
    routes::check(context, &units);
    routes::check_names(context, &units);
    let (name, description) = name(context, root);
    Service {
        name,
        description,
        target,
        region: text(&provider, "region"),
        stage: text(&provider, "stage"),
        crate_dir: match text(root, "crate") {
            Some(folder) => document.dir().join(folder.value),
            None => document.dir().to_owned(),
        },
        units,
        package: package(context, root),
        static_site: site::read(context, root),
        domain: domain(root),
        certificate_arn: custom_domain(root).and_then(|domain| text(domain, "certificateArn")),
        keep: provider
            .get("keep")
            .and_then(|keep| Some(Located::at(keep.number()?, keep.span.clone())))
            .unwrap_or_else(|| Located::implied(KEEP)),
        extra: extra(&provider, &EXTRA),
    }
}

/// `provider` with what `providers` says for the target.
fn provider(root: &Node) -> Node {
    let base = root.get("provider").cloned().unwrap_or_else(|| Node::map(Vec::new(), 0..0));
    let overrides = root.get("providers").map(Node::entries).unwrap_or_default();
    overrides.iter().fold(base, |merged, target| lay_over(&merged, &target.value))
}

fn name(context: &mut Context<'_>, root: &Node) -> (Located<String>, Option<String>) {
    let service = root.get("service");
    let named = service.and_then(|service| text(service, "name"));
    let alone = service.and_then(|service| {
        let text = service.text().filter(|text| !text.is_empty())?;
        Some(Located::at(text.to_owned(), service.span.clone()))
    });
    let description = service.and_then(|service| text(service, "description")).map(|text| text.value);
    if let Some(name) = named.or(alone) {
        return (name, description);
    }
    let is_map = root.form() == Form::Map;
    if is_map && !root.is_broken("service") && !service.is_some_and(|service| service.is_broken("name")) {
        let span = root.entry("service").map_or(0..0, |entry| entry.key_span.clone());
        let problem =
            Problem::error(codes::MISSING, "the service has no name").help("add `service: my-service` at the top");
        context.report(problem, Some(span));
    }
    (Located::implied(String::new()), description)
}

fn package(context: &mut Context<'_>, root: &Node) -> Package {
    let Some(node) = root.get("package") else { return Package::default() };
    let package =
        Package { include: texts(node, "include"), exclude: texts(node, "exclude"), artifact: text(node, "artifact") };
    for pattern in package.include.iter().chain(&package.exclude) {
        if let Err(error) = globset::Glob::new(&pattern.value) {
            let problem = Problem::error(codes::VALUE, format!("not a pattern of files: {}", error.kind()))
                .help("`*` stands for anything within a folder, `**` for any depth");
            context.report(problem, pattern.span.clone());
        }
    }
    package
}

fn custom_domain(root: &Node) -> Option<&Node> {
    root.get("custom").and_then(|custom| custom.get("customDomain"))
}

fn domain(root: &Node) -> Domain {
    let Some(domain) = custom_domain(root) else { return Domain::Auto };
    if domain.flag() == Some(false) {
        return Domain::Off;
    }
    match text(domain, "domainName") {
        Some(name) if name.value != "auto" => Domain::Named(name),
        _ => Domain::Auto,
    }
}
