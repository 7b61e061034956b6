//! The top of f.yml.

use super::{
    Effect, Shape, Table,
    function::{AGGREGATION, FUNCTION, LAYERS},
    key,
    provider::{OVERRIDE, PROVIDER},
    required, without_effect,
};

/// The whole file.
pub(crate) static FILE: Table = Table {
    title: "f.yml",
    groups: &[&[
        required("service", Shape::Either(&[Shape::Text, Shape::Fields(&SERVICE)]), "Name of the service."),
        key("provider", Shape::Fields(&PROVIDER), "The target, and defaults for all functions."),
        key("providers", Shape::Targets(&OVERRIDE), "Settings for one target, laid over `provider`."),
        key("functions", Shape::Named(&Shape::Fields(&FUNCTION)), "The functions by name."),
        key("aggregation", Shape::Named(&Shape::Fields(&AGGREGATION)), "Functions that are deployed as one."),
        key("package", Shape::Fields(&PACKAGE), "Files that go beside the binary."),
        key("layers", LAYERS, "Layers of every function."),
        key("custom", Shape::Fields(&CUSTOM), "The domain."),
        key("crate", Shape::Text, "Folder of the Cargo package, relative to this file."),
        key("static", Shape::Fields(&STATIC), "Files that are served from a bucket."),
        key(
            "deployType",
            Shape::Either(&[Shape::Text, Shape::Fields(&DEPLOY_TYPE)]),
            "static: the service is a static site.",
        ),
        without_effect(
            "functionsRule",
            "Midway's file routing.",
            Effect::None("routes come from `events` and from #[func(\"name\", http = \"GET /path\")]"),
        ),
        without_effect("plugins", "Plugins of Midway's CLI.", Effect::Node),
        without_effect("resources", "Reserved.", Effect::Quiet),
        without_effect("globalDependencies", "npm packages.", Effect::Node),
        without_effect("coverDependencies", "npm packages.", Effect::Node),
        without_effect("resolutions", "npm packages.", Effect::Node),
        without_effect("experimentalFeatures", "Switches of Midway's packager.", Effect::Node),
    ]],
};

static SERVICE: Table = Table {
    title: "the service",
    groups: &[&[required("name", Shape::Text, "Its name."), key("description", Shape::Text, "For people.")]],
};

static PACKAGE: Table = Table {
    title: "the package",
    groups: &[&[
        key("include", Shape::Texts, "Patterns of files that go beside the binary, relative to the crate."),
        key("exclude", Shape::Texts, "Patterns of files that stay behind."),
        key("artifact", Shape::Text, "Path of the zip."),
        without_effect("lockFile", "npm's lock file.", Effect::Node),
    ]],
};

static CUSTOM: Table = Table {
    title: "custom",
    groups: &[&[key(
        "customDomain",
        Shape::Either(&[Shape::No, Shape::Fields(&DOMAIN)]),
        "The domain all routes are reachable at; false for none.",
    )]],
};

static DOMAIN: Table = Table {
    title: "the domain",
    groups: &[&[
        key("domainName", Shape::Text, "auto, or a domain of yours."),
        key("certificateArn", Shape::Text, "The certificate of a domain of yours, by the platform's name for it."),
    ]],
};

static STATIC: Table = Table {
    title: "static files",
    groups: &[&[
        required("dir", Shape::Text, "Folder, relative to the crate."),
        key("bucket", Shape::Text, "Bucket the files go to; empty: they stay with the functions."),
        key("prefix", Shape::Text, "Folder in the bucket that the service's own lies in."),
        key("cdn", Shape::Text, "Address that has the bucket's objects below it, if not the bucket's own."),
    ]],
};

static DEPLOY_TYPE: Table = Table {
    title: "deployType",
    groups: &[&[
        key("type", Shape::Text, "static."),
        without_effect("version", "Version of a Node framework.", Effect::Node),
        without_effect("name", "Name of the generated Node function.", Effect::Node),
        without_effect("config", "Settings of a Node framework.", Effect::Node),
    ]],
};
