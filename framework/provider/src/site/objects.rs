//! The calls of an object store that a site needs.

use std::collections::BTreeMap;

use fx_deploy::{CloudError, Kind};
use http::Method;

use super::{Bucket, BucketCall};

/// The cache may keep it for a year and never ask: another content has another name.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// How many objects a list has at once.
const PAGE: &str = "1000";

/// Names and sizes of the objects whose names begin so.
pub(crate) async fn list(bucket: &dyn Bucket, prefix: &str) -> Result<BTreeMap<String, u64>, CloudError> {
    let mut objects = BTreeMap::new();
    let mut marker = String::new();
    loop {
        let mut query = vec![("max-keys", PAGE.to_owned()), ("prefix", prefix.to_owned())];
        if !marker.is_empty() {
            query.insert(0, ("marker", marker.clone()));
        }
        let call = BucketCall { query, ..bare("ListObjects", Method::GET, "") };
        let answer = bucket.call(call).await.map_err(|error| missing(bucket, error))?;
        let page = page(&answer.body)?;
        let last = page.objects.last().map(|(name, _)| name.clone());
        objects.extend(page.objects);
        match last {
            // Where the next page begins is said in some stores only.
            Some(last) if page.goes_on && last > marker => marker = last,
            _ => return Ok(objects),
        }
    }
}

/// Writes an object that never changes.
pub(crate) async fn put(bucket: &dyn Bucket, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), CloudError> {
    let headers = vec![("cache-control", FOR_GOOD.to_owned()), ("content-type", content_type.to_owned())];
    let call = BucketCall { headers, body: bytes, ..bare("PutObject", Method::PUT, key) };
    bucket.call(call).await.map(drop)
}

/// Deletes an object. That it is gone already is no failure.
pub(crate) async fn delete(bucket: &dyn Bucket, key: &str) -> Result<(), CloudError> {
    match bucket.call(bare("DeleteObject", Method::DELETE, key)).await {
        Err(error) if error.kind() != Kind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Deletes the bucket, which is empty. That it is gone already is no failure.
pub(crate) async fn delete_bucket(bucket: &dyn Bucket) -> Result<(), CloudError> {
    match bucket.call(bare("DeleteBucket", Method::DELETE, "")).await {
        Err(error) if error.kind() != Kind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn bare(operation: &'static str, method: Method, key: &str) -> BucketCall {
    BucketCall { operation, method, key: key.to_owned(), query: Vec::new(), headers: Vec::new(), body: Vec::new() }
}

/// A list says of nothing but the bucket that it is not there.
fn missing(bucket: &dyn Bucket, error: CloudError) -> CloudError {
    if error.kind() != Kind::NotFound {
        return error;
    }
    let message = format!("there is no bucket {}, and fx makes none", bucket.name());
    CloudError::new(Kind::NotFound, "ListObjects", message).help(bucket.remedies().make).caused_by(error)
}

struct Page {
    objects: Vec<(String, u64)>,
    goes_on: bool,
}

fn page(body: &[u8]) -> Result<Page, CloudError> {
    let wrong = |reason: String| {
        CloudError::new(Kind::Invalid, "ListObjects", format!("the answer is no list of objects: {reason}"))
    };
    let text = std::str::from_utf8(body).map_err(|error| wrong(error.to_string()))?;
    let document = roxmltree::Document::parse(text).map_err(|error| wrong(error.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "ListBucketResult" {
        return Err(wrong(format!("it is a `{}`", root.tag_name().name())));
    }
    let child = |node: roxmltree::Node<'_, '_>, name: &str| {
        let child = node.children().find(|child| child.tag_name().name() == name)?;
        Some(child.text().unwrap_or_default().to_owned())
    };
    let contents = root.children().filter(|node| node.tag_name().name() == "Contents");
    let object = |node| {
        let size = child(node, "Size").and_then(|size| size.trim().parse().ok());
        child(node, "Key").zip(size).ok_or_else(|| wrong("an object without a name or a size".into()))
    };
    let objects = contents.map(object).collect::<Result<_, _>>()?;
    Ok(Page { objects, goes_on: child(root, "IsTruncated").is_some_and(|said| said.trim() == "true") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_whatever_its_namespace() {
        let xml = "<?xml version='1.0'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>\
                   <IsTruncated>true</IsTruncated><Contents><Key>a &amp; b</Key><Size>7</Size></Contents></ListBucketResult>";
        let page = page(xml.as_bytes()).unwrap();
        assert_eq!((page.objects, page.goes_on), (vec![("a & b".to_owned(), 7)], true));
    }

    #[test]
    fn what_is_no_list_is_no_empty_bucket() {
        for body in ["", "<html/>", "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>"] {
            assert!(page(body.as_bytes()).is_err(), "{body}");
        }
    }
}
