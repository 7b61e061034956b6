//! What came of it, for people and for programs.

use std::fmt::Write;

use fx_deploy::{Action, Cancel, Change, Outcome, Plan, ResourceId};
use fx_provider::{
    deploy::{Address, Identity, Place},
    site::Look,
};
use fx_spec::Problem;
use serde::Serialize;

use super::{
    session,
    site::{self, Published},
    smoke::Smoke,
    table,
};
use crate::output::{Output, Report, Table};

/// What came of one platform's plan.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// The target.
    pub provider: &'static str,
    #[serde(skip)]
    title: &'static str,
    #[serde(flatten)]
    place: Place,
    #[serde(flatten)]
    identity: Identity,
    /// What was to happen.
    plan: Plan,
    /// How far it got.
    state: State,
    /// What was made, changed or deleted.
    done: Vec<ResourceId>,
    /// Something that is asked by an address has just been made.
    #[serde(skip)]
    fresh: bool,
    /// What could not be.
    failed: Vec<Problem>,
    /// What the user stopped on its way: perhaps it is made, perhaps the platform is still at it.
    begun: Vec<ResourceId>,
    /// What was not begun.
    left: Vec<ResourceId>,
    /// Where the service answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<Address>,
    /// What the first of these addresses answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    smoke: Option<Smoke>,
    /// What a browser gets of the files that pages load from a bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    assets: Option<Look>,
    /// How to go on.
    #[serde(skip_serializing_if = "Vec::is_empty", rename = "continue")]
    go_on: Vec<String>,
}

/// How far a plan got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It was only looked at.
    Planned,
    /// Everything is as it shall be.
    Done,
    /// Something could not be done.
    Failed,
    /// The user stopped it.
    Interrupted,
}

impl Ended {
    /// A plan that was only looked at.
    pub fn planned(prepared: &super::rollout::Prepared) -> Self {
        let session = &prepared.session;
        let capabilities = session.provider.capabilities();
        Self {
            provider: capabilities.name,
            title: capabilities.title,
            place: session.platform.place().clone(),
            identity: session.identity.clone(),
            plan: prepared.plan.clone(),
            state: State::Planned,
            done: Vec::new(),
            fresh: false,
            failed: Vec::new(),
            begun: Vec::new(),
            left: Vec::new(),
            addresses: session.platform.addresses(prepared.known()),
            smoke: None,
            assets: None,
            go_on: Vec::new(),
        }
    }

    /// A plan that was applied. `again`: the commands that go on where this one stopped.
    pub fn applied(prepared: &super::rollout::Prepared, outcome: &Outcome, again: Vec<String>) -> Self {
        let failed = outcome
            .failed
            .iter()
            .map(|failure| session::problem(failure.id.as_ref().map(ToString::to_string).as_deref(), &failure.error));
        let state = match (outcome.is_success(), outcome.interrupted && outcome.failed.is_empty()) {
            (true, _) => State::Done,
            (false, true) => State::Interrupted,
            (false, false) => State::Failed,
        };
        Self {
            state,
            done: named(&outcome.done),
            fresh: outcome.done.iter().any(|change| {
                change.action == Action::Create && matches!(change.resource.kind, "function" | "url" | "api")
            }),
            failed: failed.collect(),
            begun: named(&outcome.begun),
            left: named(&outcome.left),
            addresses: prepared.session.platform.addresses(&outcome.known),
            go_on: if state == State::Done { Vec::new() } else { again },
            ..Self::planned(prepared)
        }
    }

    /// Asks the first address for `/`.
    pub async fn smoke(&mut self, cancel: &Cancel) {
        if let (State::Done, Some(address)) = (self.state, self.addresses.first()) {
            self.smoke =
                Some(Smoke::test(&format!("{}/", address.url.trim_end_matches('/')), self.fresh, cancel).await);
        }
    }

    /// Asks for one of the uploaded files as a page of the service would.
    pub async fn look(&mut self, site: &Published) {
        if let (State::Done, Some(address)) = (self.state, self.addresses.first()) {
            self.assets = site.look(address.url.trim_end_matches('/')).await;
        }
    }

    /// What the user should know now that it is done.
    pub fn warning(&self) -> Option<Problem> {
        self.assets.as_ref().and_then(site::warning)
    }

    /// Whether the command has done what it was asked.
    pub fn is_success(&self) -> bool {
        matches!(self.state, State::Done | State::Planned) && self.smoke.as_ref().is_none_or(Smoke::is_good)
    }

    /// Which service, where.
    fn heading(&self) -> String {
        format!("{} · account {} · {} · {}", self.title, self.place.account, self.place.region, self.identity.mark())
    }

    /// What would happen, for people.
    pub fn show_plan(&self, output: &Output) {
        output.line(self.heading());
        output.line(table::plan(&self.plan));
    }

    /// What has happened, for people.
    pub fn show(&self, output: &Output) {
        let mut report = Report::default();
        report.extend(self.failed.iter().cloned());
        if report.has_errors() && !output.is_json() {
            output.report(&report);
        }
        if matches!(self.state, State::Failed | State::Interrupted) {
            output.note(self.unfinished());
        }
        for again in &self.go_on {
            output.note(format_args!("go on with: {again}"));
        }
        show_addresses(&self.addresses, output);
        if let Some(smoke) = &self.smoke {
            output.line(format_args!("  {smoke}"));
        }
        if let Some(Look { url, status: Some(status), problem: None, .. }) = &self.assets {
            output.line(format_args!("  GET {url} from another site → {status}"));
        }
        let mut warnings = Report::default();
        warnings.extend(self.warning());
        if !output.is_json() {
            output.report(&warnings);
        }
    }

    /// How far it got.
    fn unfinished(&self) -> String {
        let (done, all) = (self.done.len(), self.plan.writes().count());
        let mut text = format!("{}: stopped after {done} of {all} changes", self.title);
        for (what, which, note) in [
            ("done", &self.done, ""),
            ("not confirmed", &self.begun, " (perhaps made: the next run looks)"),
            ("not begun", &self.left, ""),
        ] {
            if !which.is_empty() {
                let names: Vec<String> = which.iter().map(ToString::to_string).collect();
                let _ = write!(text, "\n  {what:<13}  {}{note}", names.join(", "));
            }
        }
        text
    }

    /// Whether a part of the requests goes to a new version from now on.
    pub fn has_begun_canary(&self) -> bool {
        let shares =
            |change: &Change| change.fields.iter().any(|field| field.field == "canary" && field.after.is_some());
        self.state == State::Done && self.plan.writes().any(shares)
    }

    /// One row for each platform, where there are several.
    pub fn summary(all: &[Self]) -> Table {
        let mut table = Table::default();
        table.row(["platform", "state", "changes", "address"].map(str::to_owned));
        for ended in all {
            let state = match (ended.state, ended.is_success()) {
                (State::Planned, _) => "planned",
                (State::Done, true) => "done",
                (State::Done, false) => "done, and does not answer",
                (State::Failed, _) => "failed",
                (State::Interrupted, _) => "stopped",
            };
            let changes = match ended.state {
                State::Planned => ended.plan.writes().count(),
                _ => ended.done.len(),
            };
            let address = ended.addresses.first().map(|address| address.url.clone()).unwrap_or_default();
            table.row([ended.title.to_owned(), state.to_owned(), changes.to_string(), address]);
        }
        table
    }
}

/// Addresses with what a visitor should know about them, said once where it is the same for several.
pub fn show_addresses(addresses: &[Address], output: &Output) {
    for (index, address) in addresses.iter().enumerate() {
        let of = address.function.as_ref().map(|function| format!("  {function}")).unwrap_or_default();
        output.line(format_args!("  {}{of}", address.url));
        let next = addresses.get(index + 1).and_then(|next| next.note.as_ref());
        if let Some(note) = address.note.as_ref().filter(|note| next != Some(note)) {
            output.line(format_args!("    {note}"));
        }
    }
}

fn named(changes: &[Change]) -> Vec<ResourceId> {
    changes.iter().map(|change| change.resource.clone()).collect()
}
