//! A site's files in a bucket of S3.

use std::fs;

use fx_aws_stub::moto;
use fx_build::artifact::site::{self, SiteArtifact};
use fx_deploy::{Known, Resource};
use fx_provider::{deploy::Identity, site::Site};
use fx_spec::service::{Located, StaticSite};
use reqwest::Method;

use crate::{Cloud, run};

/// The site of two files, packed into a folder.
fn packed(cloud: &Cloud, bucket: &str, script: &str) -> SiteArtifact {
    let public = cloud.folder.path().join("public");
    fs::create_dir_all(public.join("app")).unwrap();
    fs::write(public.join("app/a b.js"), script).unwrap();
    fs::write(public.join("app.css"), "i {}").unwrap();
    let named = |text: &str| Located::implied(text.to_owned());
    let settings = StaticSite { dir: named("public"), bucket: Some(named(bucket)), prefix: None, cdn: None };
    let site = site::make(cloud.folder.path(), &settings).unwrap().unwrap();
    SiteArtifact::write(&site, &settings, cloud.folder.path()).unwrap().unwrap()
}

async fn wanted(cloud: &Cloud, artifact: &SiteArtifact) -> Box<dyn Resource> {
    let platform = cloud.connect().await.unwrap();
    let identity = Identity { service: "shop".into(), stage: None };
    Box::new(Site::of(platform.bucket(&artifact.bucket), artifact, &identity, cloud.folder.path()))
}

#[tokio::test]
async fn files_are_uploaded_once_with_what_browsers_need_to_know() {
    let cloud = Cloud::new().await;
    let missing = wanted(&cloud, &packed(&cloud, "nobody-has-made-this", "1")).await;
    let error = missing.read(&Known::default()).await.unwrap_err();
    assert!(
        error.to_string().contains("there is no bucket") && error.remedy().unwrap().contains("aws s3 mb"),
        "{error}"
    );

    let bucket = cloud.make_bucket().await;
    let artifact = packed(&cloud, &bucket, "1");
    cloud.proxy.take_writes();
    let outcome = run(vec![wanted(&cloud, &artifact).await], vec![]).await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(cloud.proxy.take_writes().len(), 2);
    for file in &artifact.files {
        let key = file.name.replace(' ', "%20");
        let request = reqwest::Client::new().request(Method::GET, format!("{}/{bucket}/shop/{key}", moto::address()));
        let answer = request.header("authorization", cloud.scope("s3")).send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!((answer.status().as_u16(), header("content-type")), (200, file.content_type.clone()), "{key}");
        assert_eq!(header("cache-control"), "public, max-age=31536000, immutable", "{key}");
    }

    run(vec![wanted(&cloud, &artifact).await], vec![]).await;
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);
    let outcome = run(vec![wanted(&cloud, &packed(&cloud, &bucket, "2")).await], vec![]).await;
    assert!(outcome.is_success() && cloud.proxy.take_writes().len() == 1, "{outcome:?}");

    let platform = cloud.connect().await.unwrap();
    let identity = Identity { service: "shop".into(), stage: None };
    let found = Site::found(platform.bucket(&bucket), None, &identity);
    let outcome = run(vec![], vec![Box::new(found)]).await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert!(!cloud.store(Method::GET, &bucket, String::new()).await.contains("<Key>"), "all three are gone");
}
