//! Regions, from the endpoint list of botocore (`endpoints.json`, service `lambda`), without the isolated partitions. A new one is missing here until the list is renewed, so an unknown
//! region is only a warning.

pub(crate) const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// A part of AWS that has its own names and addresses, from botocore's `partitions.json` and the endpoint rules of IAM.
pub(crate) struct Partition {
    /// How its ARNs begin: `arn:NAME:`.
    pub name: &'static str,
    /// What its hosts end in.
    pub domain: &'static str,
    /// The host of IAM, of which each part has one, and the region that its signatures are made for.
    pub iam: (&'static str, &'static str),
}

/// The part that a region is in.
pub(crate) fn partition(region: &str) -> &'static Partition {
    match region.split('-').next().unwrap_or_default() {
        "cn" => &Partition {
            name: "aws-cn",
            domain: "amazonaws.com.cn",
            iam: ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        },
        "eusc" => &Partition {
            name: "aws-eusc",
            domain: "amazonaws.eu",
            iam: ("iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        },
        "us" if region.starts_with("us-gov-") => &Partition {
            name: "aws-us-gov",
            domain: "amazonaws.com",
            iam: ("iam.us-gov.amazonaws.com", "us-gov-west-1"),
        },
        _ => &Partition { name: "aws", domain: "amazonaws.com", iam: ("iam.amazonaws.com", "us-east-1") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_aws_has_its_own_names() {
        let name = |region| partition(region).name;
        assert_eq!((name("us-east-1"), name("us-gov-west-1")), ("aws", "aws-us-gov"));
        assert_eq!((name("cn-northwest-1"), name("eusc-de-east-1")), ("aws-cn", "aws-eusc"));
        assert_eq!((name("eu-central-1"), name("*")), ("aws", "aws"));
    }
}
