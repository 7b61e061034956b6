//! Templates for entrypoints, manifests and new projects.
