//! Read, plan, apply: for one platform.

use fx_deploy::{
    Cancel, Fields, Foreign, Known, Marker, Options, Outcome, Patience, Plan, Resource, ResourceId, Route, apply,
    observe, plan,
};
use fx_provider::{deploy::Order, site::Site};
use fx_spec::Problem;

use super::{
    bars::Bars,
    session::{Session, cloud, failed},
    site::Published,
};
use crate::{codes, output::Report};

/// A plan that can be applied.
#[expect(missing_debug_implementations, reason = "a platform has no form to print")]
pub struct Prepared {
    /// The platform.
    pub session: Session,
    /// What would happen.
    pub plan: Plan,
    /// What the user should know before it does.
    pub warnings: Report,
    /// Files that its pages load from a bucket.
    pub site: Option<Published>,
    resources: Vec<Box<dyn Resource>>,
    known: Known,
}

impl Prepared {
    /// Everything an order needs, the files of its site first, and what of the service it does not name any more.
    pub async fn order(
        session: Session,
        order: &Order<'_>,
        site: Option<(Published, Site)>,
        options: Options,
        bars: &Bars,
        cancel: &Cancel,
    ) -> Result<Self, Report> {
        let mut wanted = session.platform.resources(order).map_err(|error| cloud(&error))?;
        let (published, site) = site.unzip();
        if let Some(site) = site {
            wanted.insert(0, Box::new(site));
        }
        let mut surplus = session.owned().await?;
        for (function, release) in order.releases {
            let Some(marker) = marker(&wanted, function) else { continue };
            let route = Route::deploy(&marker, Some(release), order.canary);
            let old = release.surplus(&route, order.document.keep);
            surplus.extend(old.into_iter().map(|version| session.platform.version(function, &version.number)));
        }
        let prepared = Self::new(session, wanted, surplus, options, bars, cancel).await?;
        Ok(Self { site: published, ..prepared })
    }

    /// These resources, and not those.
    pub async fn new(
        session: Session,
        wanted: Vec<Box<dyn Resource>>,
        mut surplus: Vec<Box<dyn Resource>>,
        options: Options,
        bars: &Bars,
        cancel: &Cancel,
    ) -> Result<Self, Report> {
        surplus.retain(|resource| wanted.iter().all(|wanted| wanted.id() != resource.id()));
        let observed = observe(&wanted, &Patience::default(), bars, cancel).await.map_err(|failure| failed(&failure));
        bars.clear();
        let observed = observed?;
        let plan = plan(&wanted, &surplus, &observed, options).map_err(|foreign| refused(&foreign))?;
        let resources = wanted.into_iter().chain(surplus).collect();
        Ok(Self { session, plan, warnings: Report::default(), site: None, resources, known: observed.known })
    }

    /// Makes it happen.
    pub async fn apply(&self, bars: &Bars, cancel: &Cancel) -> Outcome {
        apply(&self.plan, &self.resources, self.known.clone(), &Patience::default(), bars, cancel).await
    }

    /// The settings a resource shall have; `None`: it is not part of this.
    pub fn desired(&self, id: &ResourceId) -> Option<Fields> {
        self.resources.iter().find(|resource| resource.id() == id).map(|resource| resource.desired().clone())
    }

    /// What reading has brought.
    pub fn known(&self) -> &Known {
        &self.known
    }
}

/// What the version of a function is made of, as the target's own list says it.
fn marker(wanted: &[Box<dyn Resource>], function: &str) -> Option<Marker> {
    let id = ResourceId::new("version", function);
    let version = wanted.iter().find(|resource| *resource.id() == id)?;
    version.desired().text("content").and_then(Marker::read)
}

fn refused(foreign: &[Foreign]) -> Report {
    let mut report = Report::default();
    report.extend(foreign.iter().map(|foreign| {
        Problem::error(codes::FOREIGN, foreign.to_string()).help(
            "choose another name in f.yml, deploy a copy of its own with --stage NAME, or take it over with --force",
        )
    }));
    report
}
