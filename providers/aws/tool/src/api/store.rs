//! Packages that are larger than a request to Lambda go through a bucket.

use bytes::Bytes;
use fx_deploy::{CloudError, Kind};
use http::Method;

use super::{Api, Call};

/// The bucket for packages: names of buckets are shared by all accounts, so the account's number is part of it.
pub(crate) fn code_bucket(account: &str, region: &str) -> String {
    format!("fx-code-{account}-{region}")
}

impl Api {
    /// Writes a package, whatever was there, into the bucket for them, which is made if it is not there. `key` has nothing in it that would
    /// have to be escaped. Says the bucket's name.
    pub async fn store(&self, key: &str, package: Bytes) -> Result<String, CloudError> {
        let place = self.place();
        let bucket = code_bucket(&place.account, &place.region);
        // Somebody else could have taken the name, which anybody can work out: nothing is written to a bucket of theirs.
        let owner = Some(place.account.as_str());
        match self.call(&Call::s3("HeadBucket", Method::HEAD, owner, &bucket, "/", Bytes::new())).await {
            Ok(_) => {}
            Err(error) if error.kind() == Kind::NotFound => self.make_bucket(&bucket).await?,
            Err(error) => return Err(error),
        }
        self.call(&Call::s3("PutObject", Method::PUT, owner, &bucket, format!("/{key}"), package)).await?;
        Ok(bucket)
    }

    async fn make_bucket(&self, bucket: &str) -> Result<(), CloudError> {
        let region = &self.place().region;
        // Said of its own region, S3 refuses it.
        let place = match region.as_str() {
            "us-east-1" => String::new(),
            region => format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
            ),
        };
        match self.call(&Call::s3("CreateBucket", Method::PUT, None, bucket, "/", place.into())).await {
            // Another unit of the same deploy was faster.
            Err(error) if error.kind() == Kind::AlreadyExists => Ok(()),
            result => result.map(drop),
        }
    }
}
