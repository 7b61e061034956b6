//! Sizes of what is uploaded.

use super::Amount;

/// How large a unit's package may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackageLimits {
    /// The zip, when it travels inside the request.
    pub in_request: Option<Amount>,
    /// The zip, when it goes through the cloud's object storage.
    pub in_storage: Option<Amount>,
    /// Everything unpacked, layers included.
    pub unpacked: Option<Amount>,
    /// Layers a unit may have; zero: the target has no layers.
    pub layers: Option<usize>,
}

impl PackageLimits {
    /// No limits.
    pub const NONE: Self = Self { in_request: None, in_storage: None, unpacked: None, layers: None };
}
