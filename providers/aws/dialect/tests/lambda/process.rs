//! The function as a process, with what the platform sets.

use fx_testing::Process;

use crate::api::Api;

pub fn start(api: &Api) -> Process {
    start_with(&api.address, &[("TEST_SETTING", "1")])
}

pub fn start_with(api: &str, variables: &[(&str, &str)]) -> Process {
    let platform = [("AWS_LAMBDA_RUNTIME_API", api), ("AWS_REGION", "eu-west-1")];
    Process::spawn("unit::serve", &[&platform, variables].concat())
}
