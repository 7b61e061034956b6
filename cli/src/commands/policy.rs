//! `fx policy`: the permissions that a deploy needs, and no others.

use clap::Args;
use fx_spec::{Problem, service::Located};

use crate::{
    codes,
    deploy::{session::cloud, target::TargetArgs},
    output::{Output, Report},
};

/// Arguments of `fx policy`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx policy --provider aws > policy.json")]
pub struct PolicyCommand {
    #[command(flatten)]
    target: TargetArgs,
}

impl PolicyCommand {
    /// Prints the policy document, in the platform's own language.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let mut targets = self.target.resolve()?;
        let [target] = targets.as_mut_slice() else {
            return Err(Problem::error(codes::TARGET, "a policy is for one platform")
                .help("name it with --provider: `fx policy --provider aws`")
                .into());
        };
        target.service.region = target.to.region.clone().map(Located::implied).or(target.service.region.take());
        let policy = target.to.deploy.policy(&target.service, &target.to.identity).map_err(|error| cloud(&error))?;
        output.raw(&policy);
        if !policy.ends_with('\n') {
            output.raw("\n");
        }
        Ok(())
    }
}
