//! What Lambda puts into a function's environment.

use std::collections::BTreeMap;

use fx_provider::emulator::Launch;

/// The variables of a sandbox; the user's own come first, so that none of Lambda's is lost to them.
pub(super) fn environment(launch: &Launch, region: &str, api: &str) -> BTreeMap<String, String> {
    let mut all = launch.environment.clone();
    let name = &launch.unit.name.value;
    let code = launch.code.to_string_lossy();
    for (key, value) in [("LANG", "en_US.UTF-8"), ("TZ", ":UTC"), ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin")] {
        all.entry(key.to_owned()).or_insert_with(|| value.to_owned());
    }
    let fixed = [
        ("AWS_LAMBDA_RUNTIME_API", api.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".into()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", launch.unit.memory_size.value.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".into()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2000/01/01/[$LATEST]emulated".into()),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".into()),
        ("AWS_REGION", region.to_owned()),
        ("AWS_DEFAULT_REGION", region.to_owned()),
        ("LAMBDA_TASK_ROOT", code.clone().into_owned()),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime".into()),
        ("_HANDLER", "bootstrap".into()),
    ];
    all.extend(fixed.map(|(key, value)| (key.to_owned(), value)));
    all
}
