//! A site's files in a bucket: uploaded once, under names that their contents are part of, and looked at as a browser would.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use crate::{
    cloud::{Cloud, PLANTED, printed},
    support::{Finished, dev::target},
};

const FILES: [(&str, &str); 5] = [
    ("index.html", "<script type=module src=/app/main.js></script><link rel=stylesheet href=/app.css>"),
    ("app/main.js", "import './part.js'"),
    ("app/part.js", "export const part = 1;"),
    ("app.css", "i { background: url(icons/a.svg) }"),
    ("icons/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
];

/// A platform, and a project with a site.
fn clouds() -> Vec<Cloud> {
    let clouds = Cloud::all();
    for cloud in &clouds {
        for (name, text) in FILES {
            write(cloud, name, text);
        }
        let path = cloud.folder.path().join("f.yml");
        let f_yml = fs::read_to_string(&path).unwrap();
        let site = format!("static: {{ dir: site, bucket: {}, prefix: web }}\n", cloud.bucket());
        fs::write(path, f_yml + &site).unwrap();
        pack(cloud);
    }
    clouds
}

fn write(cloud: &Cloud, name: &str, text: &str) {
    let path = cloud.folder.path().join("app/site").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn pack(cloud: &Cloud) -> Value {
    let mut command = cloud.command(&["package", "--offline", "--provider", cloud.name(), "--json"]);
    let finished: Finished = command.env("CARGO_TARGET_DIR", target()).output().unwrap().into();
    assert_eq!(finished.code, Some(0), "{}", printed(&finished));
    finished.json()["packages"][0]["artifact"]["static"].clone()
}

/// The objects that were written since the last time, without the digits in their names.
fn written(cloud: &Cloud) -> BTreeSet<String> {
    let writes = cloud.take_writes().into_iter();
    let objects = writes.filter_map(|write| write.strip_prefix("PutObject ").map(str::to_owned));
    let without_digits = |name: String| {
        let parts = name.split('.').filter(|part| part.len() != 16).collect::<Vec<_>>();
        parts.join(".")
    };
    objects.map(without_digits).collect()
}

fn all_files(cloud: &Cloud) -> BTreeSet<String> {
    let files = FILES.iter().filter(|(name, _)| *name != "index.html");
    files.map(|(name, _)| format!("{}/web/tiny/{name}", cloud.bucket())).collect()
}

fn warnings(json: &Value) -> String {
    json["warnings"].to_string()
}

#[test]
fn files_are_uploaded_once_and_before_any_function() {
    for cloud in clouds() {
        let name = cloud.name();
        let (missing, json) = cloud.deploy(&[]);
        assert_eq!(missing.code, Some(1), "{name}: {json}");
        let problem = &json["problems"][0];
        assert!(
            problem["message"].as_str().unwrap().contains(&format!("there is no bucket {}", cloud.bucket())),
            "{name}: {json}"
        );
        assert!(problem["help"].as_str().unwrap().contains("make it in the region"), "{name}: {json}");
        assert_eq!((cloud.functions(), cloud.take_writes()), (vec![], vec![]), "{name}");

        cloud.add_bucket(cloud.bucket(), true, true);
        let (first, json) = cloud.deploy(&[]);
        assert_eq!(first.code, Some(0), "{name}: {}", printed(&first));
        let done: Vec<String> =
            json["deploys"][0]["done"].as_array().unwrap().iter().map(ToString::to_string).collect();
        assert!(done[0].contains(&format!("assets {}/web/tiny", cloud.bucket())), "{name}: {done:?}");
        assert_eq!(json["deploys"][0]["assets"]["status"], 200, "{name}: {json}");
        assert_eq!(warnings(&json), "[]", "{name}");
        assert_eq!(written(&cloud), all_files(&cloud), "{name}");

        let (second, json) = cloud.deploy(&[]);
        assert_eq!((second.code, cloud.take_writes()), (Some(0), vec![]), "{name}: {json}");

        // One file, and the one that names it.
        write(&cloud, "app/part.js", "export const part = 2;");
        pack(&cloud);
        let plan = cloud.fx(&["deploy", "--artifact", &cloud.artifact(), "--dry-run"]);
        assert!(
            plan.stdout.contains("files: all but app/main.js, app/part.js → 4 files"),
            "{name}: {}",
            printed(&plan)
        );
        let (third, _) = cloud.deploy(&[]);
        assert_eq!(third.code, Some(0), "{name}: {}", printed(&third));
        let changed = ["app/main.js", "app/part.js"].map(|file| format!("{}/web/tiny/{file}", cloud.bucket()));
        assert_eq!(written(&cloud), changed.into(), "{name}");
        assert_eq!(cloud.objects(cloud.bucket()).len(), 6, "{name}: what older versions name stays");
    }
}

#[test]
fn a_browser_is_told_what_a_file_is_and_that_it_may_keep_it() {
    for cloud in clouds() {
        let name = cloud.name();
        cloud.add_bucket(cloud.bucket(), true, true);
        let (deployed, json) = cloud.deploy(&[]);
        assert_eq!(deployed.code, Some(0), "{name}: {json}");
        let types: BTreeMap<String, String> = cloud
            .objects(cloud.bucket())
            .into_iter()
            .map(|(key, object)| {
                assert_eq!(object.cache_control, "public, max-age=31536000, immutable", "{name}: {key}");
                (key.rsplit('.').next().unwrap().to_owned(), object.content_type)
            })
            .collect();
        let wanted =
            [("css", "text/css; charset=utf-8"), ("js", "text/javascript; charset=utf-8"), ("svg", "image/svg+xml")];
        assert_eq!(types, wanted.map(|(end, kind)| (end.to_owned(), kind.to_owned())).into(), "{name}");
        assert!(!printed(&deployed).contains(PLANTED) && !printed(&deployed).contains(&cloud.secret), "{name}");
    }
}

#[test]
fn a_bucket_that_browsers_cannot_use_is_told_with_its_remedy() {
    for cloud in clouds() {
        let name = cloud.name();
        cloud.add_bucket(cloud.bucket(), false, false);
        let (private, json) = cloud.deploy(&[]);
        assert_eq!(private.code, Some(0), "{name}: {json}");
        let remedy = if name == "aws" { "s3:GetObject" } else { "public-read" };
        assert!(warnings(&json).contains("FX0556") && warnings(&json).contains(remedy), "{name}: {json}");
        cloud.add_bucket(cloud.bucket(), true, false);
        let again = cloud.fx(&["deploy", "--artifact", &cloud.artifact(), "--yes", "--no-smoke"]);
        let remedy = if name == "aws" { "put-bucket-cors" } else { "CORS rules" };
        assert!(again.stderr.contains(remedy), "{name}: {}", printed(&again));
    }
}

#[test]
fn remove_takes_what_was_uploaded_and_nothing_else() {
    for cloud in clouds() {
        let name = cloud.name();
        cloud.add_bucket(cloud.bucket(), true, true);
        cloud.put(cloud.bucket(), "web/tiny/keep.txt");
        cloud.deploy(&[]);
        let (staged, json) = cloud.deploy(&["--stage", "staging"]);
        assert_eq!(staged.code, Some(0), "{name}: {json}");
        assert_eq!(cloud.objects(cloud.bucket()).len(), 9, "{name}");
        let kept = cloud.fx(&["remove", "--provider", name, "--yes", "--keep-assets", "--stage", "staging"]);
        assert_eq!((kept.code, cloud.objects(cloud.bucket()).len()), (Some(0), 9), "{name}: {}", printed(&kept));
        let removed = cloud.fx(&["remove", "--provider", name, "--yes"]);
        assert_eq!(removed.code, Some(0), "{name}: {}", printed(&removed));
        let left: Vec<String> = cloud.objects(cloud.bucket()).into_keys().collect();
        assert_eq!(left.len(), 5, "{name}: {left:?}");
        assert!(
            left.iter().all(|key| key == "web/tiny/keep.txt" || key.starts_with("web/tiny~staging/")),
            "{name}: {left:?}"
        );
    }
}

#[test]
fn a_file_that_was_exchanged_is_not_uploaded() {
    for cloud in clouds() {
        let name = cloud.name();
        cloud.add_bucket(cloud.bucket(), true, true);
        let site = pack(&cloud);
        let file = site["files"][0]["name"].as_str().unwrap();
        fs::write(cloud.folder.path().join(cloud.artifact()).join("static").join(file), "another").unwrap();
        let (refused, json) = cloud.deploy(&[]);
        assert_eq!(refused.code, Some(1), "{name}");
        assert!(json["problems"][0]["message"].as_str().unwrap().contains("checksum"), "{name}: {json}");
        assert_eq!(cloud.take_writes(), [""; 0], "{name}");
    }
}

#[test]
fn a_lost_answer_and_a_refusal_leave_a_deploy_that_can_go_on() {
    for cloud in clouds() {
        let name = cloud.name();
        cloud.add_bucket(cloud.bucket(), true, true);
        cloud.lose("PutObject");
        let (lost, json) = cloud.deploy(&[]);
        assert_eq!(lost.code, Some(0), "{name}: {json}");
        assert_eq!(cloud.objects(cloud.bucket()).len(), 4, "{name}");
    }
}
