//! The machine in front of you.

use fx_spec::capabilities::Capabilities;

use crate::Provider;

/// What `fx dev` can do: everything f.yml can say, without limits.
pub static LOCAL: Capabilities = Capabilities { name: "local", title: "this machine", ..Capabilities::UNLIMITED };

/// The machine in front of you as a target.
#[derive(Debug, Clone, Copy)]
pub struct Local;

impl Provider for Local {
    fn capabilities(&self) -> &'static Capabilities {
        &LOCAL
    }
}
