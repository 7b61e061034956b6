//! The seed's two files, unchanged.

mod support;

use fx_spec::{Severity, service::Domain};
use support::{places, resolve, resolve_with};

const ALIYUN: &str = include_str!("fixtures/seed/f.yml");
const TENCENT: &str = include_str!("fixtures/seed/f-tx.yml");

#[test]
fn both_load_with_the_runtime_warning_only() {
    for (text, target, place) in [(ALIYUN, "aliyun", "FX0152 5:12"), (TENCENT, "tencent", "FX0152 6:12")] {
        let resolved = resolve(text);
        assert_eq!(places(&resolved), [place]);
        assert!(resolved.problems.iter().all(|problem| problem.severity == Severity::Warning));
        assert_eq!(resolved.service.map(|service| service.target).as_deref(), Some(target));
    }
}

#[test]
fn both_mean_one_function_with_seven_routes_in_midways_order() {
    for text in [ALIYUN, TENCENT] {
        let service = resolve(text).service.unwrap_or_else(|| panic!("no service"));
        assert_eq!(service.name.value, "fc-qinyue-test");
        let [unit] = service.units.as_slice() else { panic!("{} units", service.units.len()) };
        assert_eq!(unit.name.value, "agg-demo-all");
        assert_eq!((unit.memory_size.value, unit.timeout.value), (128, 3));
        let routes: Vec<String> =
            unit.routes.iter().map(|route| format!("{} {} {}", route.function, route.methods, route.path)).collect();
        assert_eq!(
            routes,
            [
                "login POST /api/login/account",
                "currentUserAPI GET /api/currentUser",
                "registerUser POST /user/register",
                "listUser GET /api/users",
                "ruleAPI ANY /api/rule",
                "getUser GET /user/:id",
                "index ANY /*",
            ]
        );
        let functions: Vec<&str> = unit.functions.iter().map(|function| function.handler.value.as_str()).collect();
        assert_eq!(
            functions,
            ["index.handler", "user.get", "user.list", "user.register", "user.login", "api.currentUser", "api.rule"]
        );
        assert_eq!(service.package.include.len(), 1);
        assert!(matches!(service.domain, Domain::Named(_)));
    }
}

#[test]
fn either_file_serves_every_target() {
    for text in [ALIYUN, TENCENT] {
        for target in ["local", "aliyun", "tencent", "aws", "container", "k8s", "knative"] {
            let resolved = resolve_with(text, Some(target), &[]);
            assert_eq!(resolved.problems.len(), 1, "{:?}", resolved.problems);
            let known = if target == "k8s" { "kubernetes" } else { target };
            assert_eq!(resolved.service.map(|service| service.target).as_deref(), Some(known));
        }
    }
}
