//! Which service is meant, and on which platforms.

use clap::Args;
use fx_provider::{
    Provider,
    deploy::{Deploy, Identity},
};
use fx_spec::{Problem, Service};

use super::session::Destination;
use crate::{
    args::FileArgs,
    codes,
    local::variables::Variables,
    output::Report,
    project::{Project, find},
    targets,
};

/// Options of every verb that works on deployed services.
#[derive(Debug, Clone, Args)]
pub struct TargetArgs {
    /// Which f.yml.
    #[command(flatten)]
    pub file: FileArgs,

    /// The platform, or several with commas [default: `provider.name` of f.yml].
    #[arg(long, value_name = "NAMES", value_parser = targets::Names::deployed())]
    pub provider: Option<String>,

    /// The region [default: f.yml's, else the platform's own variable or profile].
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,

    /// Another copy of the service beside the first: its name follows every function's [default: `provider.stage` of f.yml].
    #[arg(long, value_name = "NAME")]
    pub stage: Option<String>,
}

/// A service as one platform sees it.
#[expect(missing_debug_implementations, reason = "a target has no form to print")]
pub struct Target {
    /// Where it goes.
    pub to: Destination,
    /// What f.yml means there.
    pub service: Service,
}

impl TargetArgs {
    /// These options as somebody types them, for the command that goes on where this one stopped: what another stage, region
    /// or file was meant for must not reach the one that is meant without them.
    pub fn typed(&self, provider: Option<&str>) -> String {
        let file = self.file.file.as_ref().map(|file| file.display().to_string());
        let options = [
            ("--provider", provider.map(str::to_owned)),
            ("--file", file),
            ("--region", self.region.clone()),
            ("--stage", self.stage.clone()),
        ];
        let said = options.into_iter().filter_map(|(option, value)| Some(format!(" {option} {}", word(&value?))));
        said.collect()
    }

    /// The platforms that are meant. A file is only read if none is named.
    pub fn providers(&self, project: Option<&Project>) -> Result<Vec<&'static dyn Provider>, Report> {
        let asked = match (&self.provider, project) {
            (Some(names), _) => targets::select(names)?,
            (None, Some(project)) => vec![project.default_target()],
            (None, None) => Vec::new(),
        };
        let everything = self.provider.as_deref().is_some_and(|names| names.trim() == "all");
        let providers = asked.into_iter().filter_map(|target| targets::provider(target.name));
        let (able, unable): (Vec<_>, Vec<_>) = providers.partition(|provider| provider.deploy().is_some());
        match unable.first() {
            Some(provider) if !everything => Err(not_deployed(*provider).into()),
            _ => Ok(able),
        }
    }

    /// The service on each platform. The code is looked at only if it is there: what is deployed does not change by it.
    pub fn resolve(&self) -> Result<Vec<Target>, Report> {
        let mut project = Project::open(&find(&self.file)?)?;
        // What f.yml means may depend on the code; that the code is not fit to be built now is no matter of what was built then.
        let mut all = project.report();
        project.scan();
        let variables = Variables::of_process();
        let mut found = Vec::new();
        for provider in self.providers(Some(&project))? {
            let resolved = project.resolve(Some(provider.capabilities()), &variables);
            all.extend(resolved.problems);
            let (Some(service), Some(deploy)) = (resolved.service, provider.deploy()) else { continue };
            found.push(self.target(provider, deploy, service));
        }
        let all = all.sorted();
        if all.has_errors() { Err(all) } else { Ok(found) }
    }

    /// The service on the one platform that is meant. `what`: that which is of one at a time, with the command that says so.
    pub fn resolve_one(&self, what: &str, command: &str) -> Result<Target, Report> {
        let mut targets = self.resolve()?;
        match (targets.pop(), targets.is_empty()) {
            (Some(target), true) => Ok(target),
            _ => Err(Problem::error(codes::TARGET, format!("{what} on one platform at a time"))
                .help(format!("name it with --provider: `{command} --provider aws`"))
                .into()),
        }
    }

    /// One platform's.
    pub fn target(&self, provider: &'static dyn Provider, deploy: &'static dyn Deploy, service: Service) -> Target {
        let said = service.stage.as_ref().map(|stage| stage.value.as_str());
        let region = self.region.clone().or_else(|| service.region.as_ref().map(|region| region.value.clone()));
        let identity = Identity::new(&service.name.value, self.stage.as_deref(), said);
        let settings = service.extra.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect();
        Target { to: Destination { provider, deploy, identity, region, settings }, service }
    }
}

impl Target {
    /// The functions it has there, by their names on the platform.
    pub fn functions(&self) -> Vec<String> {
        self.service.units.iter().map(|unit| self.to.identity.function(&unit.name.value)).collect()
    }
}

/// A word of a command, as a shell takes it for one.
pub fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:,@%+=".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn not_deployed(provider: &dyn Provider) -> Problem {
    let message = format!("fx cannot deploy to {}", provider.capabilities().title);
    let able = targets::all().into_iter().filter(|provider| provider.deploy().is_some());
    let names: Vec<&str> = able.map(|provider| provider.capabilities().name).collect();
    Problem::error(codes::NOT_FOR_TARGET, message)
        .help(format!("name a platform with --provider: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_goes_on_means_the_same_service_in_the_same_place() {
        let args = TargetArgs {
            file: FileArgs { file: Some("my shop/f.yml".into()) },
            provider: Some("aws,aliyun".into()),
            region: Some("cn-hangzhou".into()),
            stage: Some("staging".into()),
        };
        let typed = " --provider aliyun --file 'my shop/f.yml' --region cn-hangzhou --stage staging";
        assert_eq!(args.typed(Some("aliyun")), typed);
        assert_eq!((word("it's"), word("")), (r"'it'\''s'".to_owned(), "''".to_owned()));
    }
}
