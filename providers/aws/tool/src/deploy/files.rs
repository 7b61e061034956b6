//! A bucket of S3, for files that browsers load.

use fx_deploy::{Answer, Pending};
use fx_provider::site::{Bucket, BucketCall, Remedies};

use crate::api::{Api, Call};

/// A bucket.
pub(super) struct Files {
    pub api: Api,
    pub name: String,
}

impl Bucket for Files {
    fn name(&self) -> &str {
        &self.name
    }

    fn address(&self) -> String {
        self.api.bucket_address(&self.name)
    }

    fn call(&self, call: BucketCall) -> Pending<'_, Answer> {
        Box::pin(async move {
            let path = call.path_and_query();
            let s3 = Call::s3(
                call.operation,
                call.method,
                Some(&self.api.place().account),
                &self.name,
                path,
                call.body.into(),
            );
            self.api.call(&call.headers.into_iter().fold(s3, |s3, (name, value)| s3.header(name, &value))).await
        })
    }

    fn remedies(&self) -> Remedies {
        Remedies {
            make: "make it in the region of the functions: `aws s3 mb s3://BUCKET --region REGION`",
            open: "let everybody read it: turn off \"block public access\" of the bucket and give it a policy that allows `s3:GetObject` to \
                   `*`; or put CloudFront in front of it, and name its address with `static.cdn` in f.yml",
            cors: "allow it: `aws s3api put-bucket-cors --bucket BUCKET --cors-configuration \
                   '{\"CORSRules\":[{\"AllowedOrigins\":[\"*\"],\"AllowedMethods\":[\"GET\"]}]}'`; CloudFront has to be told as well, with a \
                   response headers policy",
        }
    }
}
