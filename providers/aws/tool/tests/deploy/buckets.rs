//! Buckets that call functions.

use fx_aws_stub::Fault;
use fx_deploy::Kind;
use reqwest::Method;

use crate::{Cloud, REGION, shop};

const PUT: &str = "PutBucketNotificationConfiguration";
const THEIRS: &str = "<NotificationConfiguration xmlns='http://s3.amazonaws.com/doc/2006-03-01/'><CloudFunctionConfiguration>\
    <Id>theirs</Id><CloudFunction>arn:aws:lambda:eu-central-1:123456789012:function:theirs</CloudFunction>\
    <Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>theirs/</Value></FilterRule></S3Key></Filter>\
    </CloudFunctionConfiguration></NotificationConfiguration>";

/// A service whose units are called by a bucket: name, events, prefix.
fn called(bucket: &str, units: &[(&str, &str, &str)]) -> String {
    let start = "service: shop\nprovider: { memorySize: 128 }\nfunctions:\n".to_owned();
    units.iter().fold(start, |text, (unit, events, prefix)| {
        let trigger =
            format!("os: {{ bucket: {bucket}, events: [{events}], filter: {{ prefix: {prefix}, suffix: .csv }} }}");
        text + &format!("  {unit}: {{ handler: a.{unit}, events: [ {{ {trigger} }} ] }}\n")
    })
}

const NOBODY: &str = "service: shop\nprovider: { memorySize: 128 }\nfunctions:\n  shop: { handler: a.b }\n";

impl Cloud {
    /// Asks moto's S3 itself.
    pub async fn store(&self, method: Method, path: &str, body: String) -> String {
        let answer = self.hand.store(method, path, body).await.unwrap_or_else(|| panic!("moto refuses {path}"));
        String::from_utf8(answer.to_vec()).unwrap()
    }

    /// What it is called.
    pub fn bucket(&self) -> String {
        format!("uploads-{}", self.account)
    }

    /// A bucket that somebody has made by hand. Names of buckets are everybody's.
    pub async fn make_bucket(&self) -> String {
        let bucket = self.bucket();
        self.hand.make_bucket(&bucket).await;
        bucket
    }

    async fn calls_of(&self, bucket: &str) -> String {
        self.store(Method::GET, &format!("{bucket}?notification"), String::new()).await
    }
}

#[tokio::test]
async fn a_bucket_calls_a_function_until_it_is_not_named_any_more_and_others_stay() {
    let cloud = Cloud::new().await;
    let bucket = cloud.make_bucket().await;
    cloud.store(Method::PUT, &format!("{bucket}?notification"), THEIRS.to_owned()).await;
    let shop = called(&bucket, &[("shop", "created, removed", "in/")]);
    let writes = cloud.deployed(&shop, "1").await;
    let place = |name: &str| writes.iter().position(|write| write.starts_with(name)).unwrap();
    assert!(place("AddPermission") < place(PUT), "S3 asks whether it may: {writes:?}");
    let policy = cloud.look("/shop/policy").await["Policy"].as_str().unwrap().to_owned();
    assert!(policy.contains(&format!("arn:aws:s3:::{bucket}")) && policy.contains(&cloud.account), "{policy}");
    let said = cloud.calls_of(&bucket).await;
    let own = format!("arn:aws:lambda:{REGION}:{}:function:shop:live", cloud.account);
    for wanted in
        ["theirs/", &own, "s3:ObjectCreated:*", "s3:ObjectRemoved:*", "<Value>in/<", "<Value>.csv<", "<Id>fx-shop-"]
    {
        assert!(said.contains(wanted), "{wanted} in {said}");
    }
    assert_eq!(cloud.deployed(&shop, "1").await, [""; 0]);

    let moved = shop.replace("prefix: in/", "prefix: new/");
    assert_eq!(cloud.deployed(&moved, "1").await, [format!("{PUT} {bucket}")]);
    let said = cloud.calls_of(&bucket).await;
    assert!(said.contains("new/") && !said.contains("<Value>in/") && said.contains("theirs/"), "{said}");

    let gone = cloud.deployed(NOBODY, "1").await;
    assert_eq!(gone, [format!("{PUT} {bucket}"), "RemovePermission shop".into()]);
    let said = cloud.calls_of(&bucket).await;
    assert!(said.contains("theirs/") && !said.contains("fx-shop-"), "{said}");
    assert_eq!(cloud.deployed(NOBODY, "1").await, [""; 0]);
}

#[tokio::test]
async fn functions_that_share_a_bucket_do_not_lose_each_others_calls() {
    let cloud = Cloud::new().await;
    let bucket = cloud.make_bucket().await;
    let two = called(&bucket, &[("one", "created", "one/"), ("other", "created", "other/")]);
    let writes = cloud.deployed(&two, "1").await;
    assert_eq!(writes.iter().filter(|write| write.starts_with(PUT)).count(), 1, "{writes:?}");
    let said = cloud.calls_of(&bucket).await;
    assert!(said.contains("function:one:live") && said.contains("function:other:live"), "{said}");

    let one = called(&bucket, &[("one", "created", "one/")]);
    cloud.deployed(&one, "1").await;
    let said = cloud.calls_of(&bucket).await;
    assert!(said.contains("function:one:live") && !said.contains("function:other"), "{said}");
    assert_eq!(cloud.deployed(&one, "1").await, [""; 0]);
    cloud.proxy.take_calls();
    assert!(cloud.remove("shop").await.is_success());
    assert!(!cloud.calls_of(&bucket).await.contains("function:"));
    let calls = cloud.proxy.take_calls();
    let put = calls.iter().find(|call| call.operation() == PUT).unwrap();
    assert_eq!(put.request.headers["x-amz-skip-destination-validation"], "true", "whatever others have there");
}

#[tokio::test]
async fn what_a_bucket_cannot_do_is_said_before_anything_is_made() {
    let cloud = Cloud::new().await;
    let missing = called("no-such-bucket", &[("shop", "created", "in/")]);
    let outcome = cloud.deploy(&missing, "1").await;
    let error = &outcome.failed[0].error;
    assert!(error.to_string().contains("there is no bucket no-such-bucket"), "{error}");
    assert!(error.remedy().unwrap().contains("aws s3 mb s3://no-such-bucket --region eu-central-1"), "{error:?}");

    let bucket = cloud.make_bucket().await;
    cloud.store(Method::PUT, &format!("{bucket}?notification"), THEIRS.to_owned()).await;
    let outcome = cloud.deploy(&called(&bucket, &[("shop", "created", "theirs/csv/")]), "1").await;
    let error = &outcome.failed[0].error;
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.to_string().contains("function:theirs already") && error.to_string().contains("`theirs`"), "{error}");
    assert!(error.remedy().unwrap().contains("another prefix"), "{error:?}");

    let twice = called(&bucket, &[("one", "created", "in/"), ("other", "'s3:ObjectCreated:Put'", "in/ann/")]);
    let outcome = cloud.deploy(&twice, "1").await;
    assert!(outcome.failed[0].error.to_string().contains("calls one already"), "{outcome:?}");

    let refused = Fault::Refused(403, "AccessDenied", "Access Denied");
    cloud.proxy.fail("GetBucketNotificationConfiguration", [refused]);
    let outcome = cloud.deploy(&called(&bucket, &[("shop", "created", "in/")]), "1").await;
    let error = &outcome.failed[0].error;
    assert_eq!(error.kind(), Kind::Denied);
    assert!(error.remedy().unwrap().contains("somebody else's"), "{error:?}");
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);
}

#[tokio::test]
async fn a_permission_that_s3_does_not_know_of_yet_is_waited_for() {
    let cloud = Cloud::new().await;
    let bucket = cloud.make_bucket().await;
    let not_yet = Fault::Refused(400, "InvalidArgument", "Unable to validate the following destination configurations");
    cloud.proxy.fail(PUT, [not_yet.clone(), not_yet, Fault::LostAfter]);
    let shop = called(&bucket, &[("shop", "created", "in/")]);
    let writes = cloud.deployed(&shop, "1").await;
    assert_eq!(
        writes.iter().filter(|write| write.starts_with(PUT)).count(),
        3,
        "the answer that got lost is found: {writes:?}"
    );
    assert_eq!(cloud.deployed(&shop, "1").await, [""; 0]);
}

#[tokio::test]
async fn a_package_that_a_request_does_not_take_goes_through_a_bucket() {
    let mut cloud = Cloud::new().await;
    cloud.size = Some((50 << 20) + 1);
    let shop = shop("a");
    let key = "PutObject fx-code";
    let bucket = format!("fx-code-{}-{REGION}", cloud.account);
    let writes = cloud.deployed(&shop, "1").await;
    let place = |name: &str| writes.iter().position(|write| write.starts_with(name)).unwrap();
    assert!(place("CreateBucket") < place(key) && place(key) < place("CreateFunction"), "{writes:?}");
    assert_eq!(cloud.store(Method::GET, &format!("{bucket}/shop.zip"), String::new()).await, "PK shop 1");
    assert_eq!(cloud.deployed(&shop, "1").await, [""; 0]);

    cloud.deployed(&shop, "2").await;
    assert_eq!(cloud.store(Method::GET, &format!("{bucket}/shop.zip"), String::new()).await, "PK shop 2");
    assert_eq!(cloud.deployed(&shop, "2").await, [""; 0]);

    cloud.size = Some(251 << 20);
    let outcome = cloud.deploy(&shop, "3").await;
    assert!(outcome.failed[0].error.to_string().contains("Lambda takes 250 MB"), "{outcome:?}");
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);

    // It stays until somebody wants it gone, and the bucket goes with it.
    assert!(cloud.remove("shop").await.is_success());
    cloud.store(Method::HEAD, &bucket, String::new()).await;
    cloud.purge("shop").await;
    assert!(cloud.hand.store(Method::HEAD, &bucket, String::new()).await.is_none());
    cloud.purge("shop").await;
}
