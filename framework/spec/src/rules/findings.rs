//! Where the rules put what they find.

use std::collections::HashSet;

use crate::{
    Problem, Service, SourceFile, Span, Unit,
    capabilities::Capabilities,
    service::{Function, FunctionKind, Trigger},
};

/// What a rule looks at: one unit of a service, on one target.
pub(super) struct Subject<'a> {
    pub(super) service: &'a Service,
    pub(super) unit: &'a Unit,
    pub(super) target: &'a Capabilities,
}

impl<'a> Subject<'a> {
    /// The kind the unit is deployed as: as written, else the target's default.
    pub(super) fn kind(&self) -> FunctionKind {
        let written = self.unit.kind.as_ref().map(|kind| kind.value).filter(|kind| self.target.kinds.contains(kind));
        written.or(self.target.kinds.first().copied()).unwrap_or(FunctionKind::Event)
    }

    /// All triggers that are switched on, each with its function.
    pub(super) fn triggers(&self) -> impl Iterator<Item = (&'a Function, &'a Trigger)> {
        let functions = self.unit.functions.iter();
        functions.flat_map(|function| {
            function.triggers.iter().filter(|trigger| trigger.enabled).map(move |trigger| (function, trigger))
        })
    }
}

/// The problems found so far.
pub(super) struct Findings<'a> {
    pub(super) source: &'a SourceFile,
    problems: Vec<Problem>,
    /// One mistake can reach many units: a value of `provider` is in all of them.
    seen: HashSet<(&'static str, Option<Span>)>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(source: &'a SourceFile) -> Self {
        Self { source, problems: Vec::new(), seen: HashSet::new() }
    }

    /// Adds a problem at a place; without one, at the unit's name.
    pub(super) fn add(&mut self, unit: &Unit, span: Option<&Span>, problem: Problem) {
        self.add_at(span.or(unit.name.span.as_ref()), problem);
    }

    /// Adds a problem at a place, if it has one.
    pub(super) fn add_at(&mut self, span: Option<&Span>, mut problem: Problem) {
        if span.is_some() && !self.seen.insert((problem.code, span.cloned())) {
            return;
        }
        problem = match span {
            Some(span) => problem.at(self.source, span.clone()),
            None => Problem { file: Some(self.source.name.clone()), ..problem },
        };
        self.problems.push(problem);
    }

    /// All of them, by place.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.span.as_ref().map(|span| (span.start, span.end)));
        self.problems
    }
}
