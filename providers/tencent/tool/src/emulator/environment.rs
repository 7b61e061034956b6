//! What SCF puts into a function's environment.

use std::collections::BTreeMap;

use fx_provider::{deploy::Place, emulator::Launch};

/// The account's number.
const UIN: &str = "100000000000";

/// The variables of a function; the user's own come first, so that none of the platform's is lost to them.
pub(super) fn environment(launch: &Launch, region: &str) -> BTreeMap<String, String> {
    let mut all = launch.environment.clone();
    for (name, value) in [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", "/home/qcloud"), ("LANG", "en_US.UTF8")] {
        all.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    let code = launch.code.to_string_lossy();
    for (name, value) in [
        ("_HANDLER", "main".to_owned()),
        ("SCF_RUNTIME", "CustomRuntime".to_owned()),
        ("SCF_FUNCTIONNAME", launch.unit.name.value.clone()),
        ("SCF_FUNCTIONVERSION", "$LATEST".to_owned()),
        ("SCF_NAMESPACE", "default".to_owned()),
        ("_SCF_SERVER_PORT", "28902".to_owned()),
        ("TENCENTCLOUD_RUNENV", "SCF".to_owned()),
        ("TENCENTCLOUD_REGION", region.to_owned()),
        ("TENCENTCLOUD_APPID", "1250000000".to_owned()),
        ("TENCENTCLOUD_UIN", UIN.to_owned()),
        ("TENCENTCLOUD_TZ", "UTC".to_owned()),
        ("USER_CODE_ROOT", format!("{}/", code.trim_end_matches('/'))),
    ] {
        all.insert(name.to_owned(), value);
    }
    all
}

pub(super) fn region(launch: &Launch) -> String {
    launch.region.clone().unwrap_or_else(|| "ap-guangzhou".to_owned())
}

/// Where functions are that run here.
pub(super) fn place(region: &str) -> Place {
    Place { account: UIN.to_owned(), region: region.to_owned() }
}
