//! How large a zip may be, and how large it is, in words.

use fx_build::artifact::archive::Written;
use fx_spec::{
    Problem, Unit,
    capabilities::{Amount, Capabilities, PackageLimits},
};

use crate::{codes, output::Report};

/// Fails when the target takes no zip of this size, however it is uploaded.
pub fn check(unit: &Unit, zip: &Written, target: &Capabilities) -> Result<(), Report> {
    let limits = &target.package;
    let largest = limits.in_storage.max(limits.in_request);
    let name = &unit.name.value;
    let (what, size, limit) = match (largest, limits.unpacked) {
        (Some(limit), _) if zip.size > limit.0 => (format!("the zip of `{name}`"), zip.size, limit),
        (_, Some(limit)) if zip.unzipped > limit.0 => (format!("`{name}` unpacked"), zip.unzipped, limit),
        _ => return Ok(()),
    };
    let message = format!("{what} has {}, and {} takes {limit} at most", bytes(size), target.title);
    Err(Problem::error(codes::PACKAGE_SIZE, message)
        .help("leave files out with `package.exclude`, or serve them from a bucket with `static`")
        .into())
}

/// How much of what is allowed a zip takes: `6 % of 50 MB`. The limit of the simplest upload that still takes it.
pub fn used(size: u64, limits: &PackageLimits) -> String {
    let fitting = [limits.in_request, limits.in_storage].into_iter().flatten().find(|limit| size <= limit.0);
    match fitting {
        Some(limit @ Amount(most)) => format!("{} % of {limit}", (size * 100).div_ceil(most)),
        None => "no limit".into(),
    }
}

/// `3.1 MB`, in the powers of two that platforms state their limits in.
pub fn bytes(size: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", size / unit, size % unit * 10 / unit);
    match size {
        0..1024 => format!("{size} bytes"),
        1024..1_048_576 => format!("{} KB", tenths(1 << 10)),
        _ => format!("{} MB", tenths(1 << 20)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let sizes = [0, 1023, 1024, 1536, 3 << 20, (3 << 20) + (1 << 19), 250 << 20];
        let words = ["0 bytes", "1023 bytes", "1.0 KB", "1.5 KB", "3.0 MB", "3.5 MB", "250.0 MB"];
        assert_eq!(sizes.map(bytes), words);
    }

    #[test]
    fn a_limit_is_that_of_the_simplest_way_up() {
        let limits = PackageLimits {
            in_request: Some(Amount::mib(50)),
            in_storage: Some(Amount::mib(250)),
            ..PackageLimits::NONE
        };
        assert_eq!(used(3 << 20, &limits), "6 % of 50 MB");
        assert_eq!(used(100 << 20, &limits), "40 % of 250 MB");
        assert_eq!(used(1, &PackageLimits::NONE), "no limit");
    }
}
