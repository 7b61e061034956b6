//! Which resource comes before which.

use std::collections::{BTreeMap, BTreeSet};

use crate::ResourceId;

/// Resources that need each other: a mistake of the target's, and of nobody else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these need each other: {}", names(.0))]
pub struct CycleError(pub Vec<ResourceId>);

fn names(ids: &[ResourceId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Groups of resources; each needs only such as stand in a group before. Within a group the given order is kept. Needs that are
/// not in the list are taken to be met.
pub fn levels<'a>(resources: &[(&'a ResourceId, &[ResourceId])]) -> Result<Vec<Vec<&'a ResourceId>>, CycleError> {
    let all: BTreeSet<&ResourceId> = resources.iter().map(|(id, _)| *id).collect();
    let mut open: BTreeMap<&ResourceId, BTreeSet<&ResourceId>> = BTreeMap::new();
    for (id, needs) in resources {
        open.entry(id).or_default().extend(needs.iter().filter(|need| all.contains(need)));
    }
    let mut levels = Vec::new();
    while !open.is_empty() {
        let next: Vec<&ResourceId> =
            resources.iter().map(|(id, _)| *id).filter(|id| open.get(id).is_some_and(BTreeSet::is_empty)).collect();
        if next.is_empty() {
            return Err(CycleError(open.into_keys().cloned().collect()));
        }
        open.retain(|id, _| !next.contains(id));
        for needs in open.values_mut() {
            needs.retain(|need| !next.contains(need));
        }
        levels.push(next);
    }
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> ResourceId {
        ResourceId::new("thing", name)
    }

    #[test]
    fn what_is_needed_comes_first() {
        let [a, b, c] = [id("a"), id("b"), id("c")];
        let (b_needs, c_needs) = ([a.clone()], [a.clone(), b.clone(), id("elsewhere")]);
        let list: [(&ResourceId, &[ResourceId]); 3] = [(&c, &c_needs), (&b, &b_needs), (&a, &[])];
        assert_eq!(levels(&list).unwrap(), [vec![&a], vec![&b], vec![&c]]);
    }

    #[test]
    fn a_circle_is_named() {
        let [a, b] = [id("a"), id("b")];
        let (a_needs, b_needs) = ([b.clone()], [a.clone()]);
        let error = levels(&[(&a, &a_needs), (&b, &b_needs)]).unwrap_err();
        assert_eq!(error.to_string(), "these need each other: thing a, thing b");
    }
}
