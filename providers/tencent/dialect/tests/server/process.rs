//! The function as a process, with what the platform sets.

use fx_testing::Process;

/// What the platform sets.
pub const PLATFORM: &[(&str, &str)] = &[
    ("TENCENTCLOUD_RUNENV", "SCF"),
    ("TENCENTCLOUD_REGION", "ap-guangzhou"),
    ("TENCENTCLOUD_APPID", "1250000000"),
    ("SCF_FUNCTIONNAME", "shop"),
    ("USER_CODE_ROOT", "/var/user/"),
];

pub fn spawn(variables: &[(&str, &str)]) -> Process {
    Process::spawn("unit::serve", variables)
}
