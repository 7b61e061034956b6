//! Whose keys are used, and in which region.

use std::fs;

use fx_aws_stub::Fault;
use fx_deploy::Kind;

use crate::Cloud;

/// A machine without anything in its environment, apart from where AWS is; keys of an account of one's own.
async fn bare() -> (Cloud, [String; 3]) {
    let mut cloud = Cloud::new().await;
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    let keys = keys.map(|name| cloud.variables.remove(name).unwrap());
    cloud.variables.insert("AWS_EC2_METADATA_DISABLED".into(), "true".into());
    (cloud, keys)
}

fn section(name: &str, [id, secret, token]: &[String; 3]) -> String {
    format!("[{name}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\naws_session_token = {token}\n")
}

impl Cloud {
    fn write_home(&self, file: &str, text: &str) -> String {
        let folder = self.folder.path().join(".aws");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), text).unwrap();
        folder.join(file).display().to_string()
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Opens the platform, and says where it is.
    async fn place(&self) -> (String, String) {
        let place = self.connect().await.unwrap().place().clone();
        (place.account, place.region)
    }
}

#[tokio::test]
async fn a_profile_has_keys_and_a_region() {
    let (mut cloud, keys) = bare().await;
    cloud.region = None;
    cloud.write_home("credentials", &section("work", &keys));
    cloud.write_home("config", "[profile work]\nregion = eu-west-3\n[default]\nregion = eu-west-1\n");
    cloud.set("AWS_PROFILE", "work");
    assert_eq!(cloud.place().await, (cloud.account.clone(), "eu-west-3".into()));
    // What the user says comes before what the environment says, and that before the profile.
    cloud.set("AWS_DEFAULT_REGION", "eu-south-1");
    assert_eq!(cloud.place().await.1, "eu-south-1");
    cloud.set("AWS_REGION", "eu-north-1");
    assert_eq!(cloud.place().await.1, "eu-north-1");
    cloud.region = Some("eu-central-1");
    assert_eq!(cloud.place().await.1, "eu-central-1");
}

#[tokio::test]
async fn keys_may_stand_in_either_file_and_the_files_elsewhere() {
    let (mut cloud, keys) = bare().await;
    cloud.write_home("config", &section("default", &keys));
    assert_eq!(cloud.place().await.0, cloud.account);
    let elsewhere = cloud.write_home("elsewhere", &section("default", &keys));
    cloud.write_home("config", "");
    assert_eq!(cloud.connect().await.err().unwrap().kind(), Kind::Credentials);
    cloud.set("AWS_SHARED_CREDENTIALS_FILE", &elsewhere);
    assert_eq!(cloud.place().await.0, cloud.account);
}

#[tokio::test]
async fn the_environment_comes_before_the_profile() {
    let (mut cloud, keys) = bare().await;
    let (other, others) = bare().await;
    cloud.write_home("credentials", &section("default", &others));
    assert_eq!(cloud.place().await.0, other.account);
    for (name, value) in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].into_iter().zip(&keys) {
        cloud.set(name, value);
    }
    assert_eq!(cloud.place().await.0, cloud.account);
    cloud.variables.remove("AWS_SECRET_ACCESS_KEY");
    let error = cloud.connect().await.err().unwrap();
    assert_eq!(error.to_string(), "connect: AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
}

#[tokio::test]
async fn no_keys_and_no_region_say_where_they_were_looked_for() {
    let (mut cloud, _) = bare().await;
    cloud.set("AWS_PROFILE", "work");
    let error = cloud.connect().await.err().unwrap();
    assert_eq!(error.kind(), Kind::Credentials);
    let files = [".aws/config", ".aws/credentials"].map(|file| cloud.folder.path().join(file).display().to_string());
    let places = ["AWS_ACCESS_KEY_ID", "the profile work", &files[0], &files[1], "AWS_WEB_IDENTITY_TOKEN_FILE"];
    for place in places {
        assert!(error.to_string().contains(place), "{place} is not in {error}");
    }
    assert!(error.remedy().unwrap().contains("aws configure"), "{error:?}");
    cloud.region = None;
    let error = cloud.connect().await.err().unwrap();
    for place in ["--region", "f.yml", "AWS_REGION", "AWS_DEFAULT_REGION", "the profile work", &files[0]] {
        assert!(error.to_string().contains(place), "{place} is not in {error}");
    }
}

#[tokio::test]
async fn keys_that_are_wrong_and_a_clock_that_is_off_are_told_apart() {
    let cloud = Cloud::new().await;
    let wrong = [
        ("InvalidClientTokenId", "The security token included in the request is invalid.", Kind::Credentials),
        ("SignatureDoesNotMatch", "Signature expired: 20200101T000000Z is now earlier than", Kind::Clock),
        ("SignatureDoesNotMatch", "The request signature we calculated does not match", Kind::Credentials),
        ("ExpiredToken", "The security token included in the request is expired", Kind::Credentials),
    ];
    for (code, message, kind) in wrong {
        cloud.proxy.fail("GetCallerIdentity", [Fault::Refused(403, code, message)]);
        let error = cloud.connect().await.err().unwrap();
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(error.remedy().is_some(), "{error}");
    }
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);
}
