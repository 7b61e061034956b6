//! The todo app of this repository on every platform, from nothing to nothing. What answers at its address is the code that was
//! deployed, run as the platform runs it.

use crate::{
    cloud::{Cloud, PLANTED, printed},
    support::{
        door::{Ask, Http},
        todo::contract,
    },
};

#[test]
fn the_todo_app_serves_changes_and_goes() {
    for mut cloud in Cloud::todo() {
        let name = cloud.name();
        let deploy = ["deploy", "--artifact", &cloud.artifact(), "--yes"];
        let first = cloud.fx(&deploy);
        assert_eq!(first.code, Some(0), "{name}: {}", printed(&first));
        let info = cloud.fx(&["info", "--provider", name, "--json"]).json();
        let url = info["services"][0]["addresses"][0]["url"].as_str().unwrap_or_else(|| panic!("{name}: {info}"));
        assert!(first.stdout.contains(&format!("GET {url}/ → 200, text/html")), "{name}: {}", printed(&first));
        let door = Http::new(url);
        let downloads = door.ask("GET /", &[], None).header("content-disposition").starts_with("attachment");
        assert_eq!(first.stdout.contains("a browser saves it as a file"), downloads, "{name}: {}", printed(&first));
        contract(&door);

        cloud.take_writes();
        let second = cloud.fx(&deploy);
        assert!(second.code == Some(0) && second.stdout.contains("0 changes"), "{name}: {}", printed(&second));
        assert_eq!(cloud.take_writes(), [""; 0], "{name}");

        cloud.variables.insert("TODO_GUEST", "off".into());
        let changed = cloud.fx(&deploy);
        assert!(changed.stdout.contains("environment.TODO_GUEST: changed (value not shown)"), "{}", printed(&changed));
        assert!(
            changed.stdout.contains("3 to update") || changed.stdout.contains("1 to create"),
            "{}",
            printed(&changed)
        );
        let writes = cloud.take_writes();
        assert!(writes.len() == 3 && !writes.iter().any(|write| write.contains("Code")), "{name}: {writes:?}");
        let guest = door.ask("GET /api/currentUser", &[], None);
        assert_eq!(guest.status, 401, "{name}: guests may not come in any more, {guest:?}");

        let removed = cloud.fx(&["remove", "--provider", name, "--yes"]);
        assert_eq!(removed.code, Some(0), "{name}: {}", printed(&removed));
        assert!(cloud.is_empty(), "{name}");
        // Lambda says so of an address that was there, too.
        let gone = if name == "aws" { 403 } else { 404 };
        assert_eq!(door.ask("GET /", &[], None).status, gone, "{name}");
        for run in [first, second, changed, removed] {
            assert!(!printed(&run).contains(PLANTED), "{name}: {}", printed(&run));
        }
    }
}
