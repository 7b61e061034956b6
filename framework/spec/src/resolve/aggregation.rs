//! `aggregation`: several functions deployed as one.

mod members;
mod merge;

use std::collections::HashSet;

use super::{
    Context, MOST_SETTINGS, function::Member, overrides::with_overrides, settings::Settings, text, unit::Shared,
};
use crate::{
    codes,
    problem::Problem,
    service::{Located, Unit},
    yaml::{Entry, Form, Node},
};

/// The units of a file, in its order.
pub(super) fn units(context: &mut Context<'_>, root: &Node, members: &[Member], shared: &Shared) -> Vec<Unit> {
    let aggregations = root.get("aggregation").map(Node::entries).unwrap_or_default();
    let copies = members.len() + aggregations.len();
    if shared.provider.weight().saturating_mul(copies) > MOST_SETTINGS {
        context.affords(usize::MAX, root.span.start..root.span.start);
        return Vec::new();
    }
    let names = members::Names::of(root, members);
    let mut units = Vec::new();
    let mut pool: Vec<bool> = vec![true; members.len()];
    let mut apart: HashSet<usize> = HashSet::new();
    for entry in aggregations {
        if entry.value.form() != Form::Map {
            continue;
        }
        let node = with_overrides(&entry.value);
        let chosen = members::choose(context, &names, entry, &node, members, &pool);
        for &index in &chosen {
            if let Some(free) = pool.get_mut(index) {
                *free = false;
            }
        }
        if super::flag(&node, "deployOrigin").is_some_and(|flag| flag.value) {
            apart.extend(&chosen);
        }
        let chosen: Vec<&Member> = chosen.iter().filter_map(|index| members.get(*index)).collect();
        if !chosen.is_empty() {
            units.push((place(entry), together(context, entry, &node, &chosen, shared)));
        }
    }
    for (index, member) in members.iter().enumerate() {
        if pool.get(index).copied().unwrap_or(true) || apart.contains(&index) {
            let place = member.function.name.span.as_ref().map_or(usize::MAX, |span| span.start);
            units.push((place, shared.alone(member)));
        }
    }
    units.sort_by_key(|(place, _)| *place);
    let units: Vec<Unit> = units.into_iter().map(|(_, unit)| unit).collect();
    unique_names(context, &units);
    units
}

fn place(entry: &Entry) -> usize {
    entry.key_span.start
}

fn together(context: &mut Context<'_>, entry: &Entry, node: &Node, members: &[&Member], shared: &Shared) -> Unit {
    let name = text(node, "name").unwrap_or_else(|| Located::at(entry.key.clone(), entry.key_span.clone()));
    let own = Settings::read(context, node);
    let merged = merge::settings(context, &entry.key, &own, members);
    let description = text(node, "description").map(|text| text.value);
    let functions = members.iter().map(|member| member.function.clone()).collect();
    shared.unit(name, description, own.over(&merged), functions)
}

fn unique_names(context: &mut Context<'_>, units: &[Unit]) {
    let mut names = HashSet::new();
    for unit in units {
        if !names.insert(unit.name.value.as_str()) {
            let problem =
                Problem::error(codes::NAME, format!("two deployed functions are called `{}`", unit.name.value))
                    .help("give one of them another `name`");
            context.report(problem, unit.name.span.clone());
        }
    }
}
