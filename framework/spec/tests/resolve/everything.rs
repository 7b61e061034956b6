//! One file with every key.

use crate::{outline::outline, support};

const FILE: &str = include_str!("../fixtures/everything.yml");

#[test]
fn everything_is_understood() {
    for target in ["local", "aws", "kubernetes"] {
        let resolved = support::resolve_with(FILE, Some(target), &[]);
        assert_eq!(support::places(&resolved), Vec::<String>::new(), "{:#?}", resolved.problems);
        let service = resolved.service.unwrap_or_else(|| panic!("no service"));
        insta::assert_snapshot!(format!("everything_{target}"), outline(&service, FILE));
    }
}
