//! A domain of the user's own, and the API that it leads to. Function URLs have none, so one stands in front of an API.

use std::collections::BTreeMap;

use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Readiness, Resource, ResourceId,
    Value as Setting,
};
use fx_provider::deploy::{Address, Order};
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    OWNER, TAG,
    gateway::{NUMBER, STAGE_NAME, call, gateway_id, list},
    owner,
    routes::routes_id,
};
use crate::{api::Api, package::domain};

/// The output that is the name to which the domain's DNS record leads.
const TARGET: &str = "target";
/// The output that is the zone of it, for records of Route 53.
const ZONE: &str = "zone";
const CERTIFICATE: &str = "certificate";

/// A domain.
pub(crate) struct Domain {
    api: Api,
    id: ResourceId,
    mark: String,
    desired: Fields,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    domain_name: String,
    #[serde(default)]
    domain_name_arn: Option<String>,
    #[serde(default)]
    domain_name_configurations: Vec<Configuration>,
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    #[serde(default)]
    certificate_arn: Option<String>,
    #[serde(default)]
    api_gateway_domain_name: Option<String>,
    #[serde(default)]
    hosted_zone_id: Option<String>,
    #[serde(default)]
    domain_name_status: Option<String>,
    #[serde(default)]
    domain_name_status_message: Option<String>,
}

impl Domain {
    /// The domain that f.yml names, with the certificate that it names.
    pub fn of(api: &Api, order: &Order<'_>) -> Result<Option<Self>, CloudError> {
        let Some(name) = domain(order.document) else { return Ok(None) };
        let Some(certificate) = &order.document.certificate_arn else {
            let message = format!("the domain {name} needs a certificate");
            let help = format!(
                "have one issued by AWS Certificate Manager in {}, and name it: `certificateArn: arn:aws:acm:…` under \
                 `custom.customDomain` in f.yml",
                api.place().region
            );
            return Err(CloudError::new(Kind::Invalid, "f.yml", message).help(help));
        };
        let mark = order.identity.mark();
        let desired = Fields::new().plain(CERTIFICATE, certificate).plain(OWNER, &mark);
        Ok(Some(Self { desired, ..Self::found(api, name, &mark) }))
    }

    fn found(api: &Api, name: &str, mark: &str) -> Self {
        Self { api: api.clone(), id: domain_id(name), mark: mark.to_owned(), desired: Fields::new() }
    }

    fn path(&self) -> String {
        format!("/v2/domainnames/{}", self.id.name)
    }

    async fn find(&self) -> Result<Option<Found>, CloudError> {
        self.api.find(&call("GetDomainName", Method::GET, self.path(), None)).await
    }

    fn configurations(&self) -> Value {
        let certificate = self.desired.text(CERTIFICATE).unwrap_or_default();
        json!([{ "certificateArn": certificate, "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2" }])
    }

    async fn make(&self) -> Result<Outputs, CloudError> {
        let input = json!({
            "domainName": self.id.name, "domainNameConfigurations": self.configurations(), "tags": { TAG: self.mark },
        });
        let made = call("CreateDomainName", Method::POST, "/v2/domainnames", Some(&input));
        Ok(self.api.ask::<Found>(&made).await?.outputs())
    }

    async fn change(&self, changes: &[FieldChange]) -> Result<Outputs, CloudError> {
        let gone = || CloudError::new(Kind::NotFound, self.id.to_string(), "the domain is gone");
        let mut found = self.find().await?.ok_or_else(gone)?;
        // Nothing of somebody else's is changed before it is ours.
        if changes.iter().any(|change| change.field == OWNER) {
            let arn = found.domain_name_arn.clone().unwrap_or_else(|| self.arn());
            let arn: String = form_urlencoded::byte_serialize(arn.as_bytes()).collect();
            let input = json!({ "tags": { TAG: self.mark } });
            self.api.call(&call("TagResource", Method::POST, format!("/v2/tags/{arn}"), Some(&input))).await?;
        }
        if changes.iter().any(|change| change.field == CERTIFICATE) {
            let input = json!({ "domainNameConfigurations": self.configurations() });
            found = self.api.ask(&call("UpdateDomainName", Method::PATCH, self.path(), Some(&input))).await?;
        }
        Ok(found.outputs())
    }

    fn arn(&self) -> String {
        let (partition, region) = (self.api.partition(), &self.api.place().region);
        format!("arn:{partition}:apigateway:{region}::/domainnames/{}", self.id.name)
    }
}

impl Found {
    fn mark(&self) -> Option<&str> {
        self.tags.as_ref()?.get(TAG).map(String::as_str)
    }

    fn outputs(&self) -> Outputs {
        let configuration = self.domain_name_configurations.first();
        let target = configuration.and_then(|one| Some((TARGET, one.api_gateway_domain_name.clone()?)));
        let zone = configuration.and_then(|one| Some((ZONE, one.hosted_zone_id.clone()?)));
        target.into_iter().chain(zone).collect()
    }
}

impl Resource for Domain {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let Some(found) = self.find().await? else { return Ok(None) };
            let mut fields = Fields::new();
            let configuration = found.domain_name_configurations.first();
            if let Some(certificate) = configuration.and_then(|one| one.certificate_arn.as_ref()) {
                fields.set(CERTIFICATE, Setting::plain(certificate));
            }
            if let Some(mark) = found.mark() {
                fields.set(OWNER, Setting::plain(mark));
            }
            Ok(Some(Actual { fields, owner: owner(found.mark(), &self.mark), outputs: found.outputs() }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.make())
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.change(changes))
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async { self.api.remove(&call("DeleteDomainName", Method::DELETE, self.path(), None)).await })
    }

    fn ready<'a>(&'a self, _: &'a Known) -> Pending<'a, Readiness> {
        Box::pin(async {
            let found = self.find().await?;
            let configuration = found.and_then(|found| found.domain_name_configurations.into_iter().next());
            let status = configuration.as_ref().and_then(|one| one.domain_name_status.as_deref());
            Ok(match status {
                None | Some("AVAILABLE") => Readiness::Ready,
                Some("UPDATING") => Readiness::NotYet("UPDATING".into()),
                Some(status) => {
                    let said = configuration.as_ref().and_then(|one| one.domain_name_status_message.as_deref());
                    Readiness::Failed(said.map_or_else(|| status.to_owned(), |said| format!("{said} ({status})")))
                }
            })
        })
    }
}

/// That a domain leads to the service's API.
pub(crate) struct Mapping {
    api: Api,
    id: ResourceId,
    domain: ResourceId,
    gateway: ResourceId,
    needs: Vec<ResourceId>,
    desired: Fields,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Led {
    api_id: String,
    api_mapping_id: String,
    #[serde(default)]
    api_mapping_key: Option<String>,
}

/// The setting that is the API.
const API: &str = "api";

impl Mapping {
    /// All of a domain leads to the API, once that leads somewhere.
    pub fn of(domain: &Domain) -> Self {
        let mut mapping = Self::found(domain);
        mapping.desired = Fields::new().plain(API, &mapping.gateway.name);
        mapping.needs.push(routes_id(&domain.mark));
        mapping
    }

    fn found(domain: &Domain) -> Self {
        let gateway = gateway_id(&domain.mark);
        Self {
            api: domain.api.clone(),
            id: ResourceId::new("mapping", &domain.id.name),
            domain: domain.id.clone(),
            needs: vec![domain.id.clone(), gateway.clone()],
            gateway,
            desired: Fields::new(),
        }
    }

    fn path(&self) -> String {
        format!("/v2/domainnames/{}/apimappings", self.domain.name)
    }

    /// Where the whole of the domain leads, not a part of it.
    async fn find(&self) -> Result<Option<Led>, CloudError> {
        let led: Vec<Led> = list(&self.api, "GetApiMappings", &self.path()).await?;
        Ok(led.into_iter().find(|led| led.api_mapping_key.as_deref().unwrap_or_default().is_empty()))
    }
}

impl Resource for Mapping {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn fixed(&self) -> &[&'static str] {
        &[API]
    }

    fn read<'a>(&'a self, known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let Some(led) = self.find().await? else { return Ok(None) };
            let ours = known.get(&self.gateway, NUMBER) == Some(&led.api_id);
            let fields = Fields::new().plain(API, if ours { self.gateway.name.clone() } else { led.api_id });
            Ok(Some(Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let number = known.require(&self.gateway, NUMBER)?;
            let input = json!({ "apiId": number, "stage": STAGE_NAME });
            self.api.call(&call("CreateApiMapping", Method::POST, self.path(), Some(&input))).await?;
            Ok(Outputs::new())
        })
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        self.create(known)
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            let Some(led) = self.find().await? else { return Ok(()) };
            let path = format!("{}/{}", self.path(), led.api_mapping_id);
            self.api.remove(&call("DeleteApiMapping", Method::DELETE, path, None)).await
        })
    }
}

/// The domains of a service that exist, and that they lead to its API.
pub(crate) async fn found_domains(api: &Api, mark: &str) -> Result<Vec<(Domain, Mapping)>, CloudError> {
    let found: Vec<Found> = list(api, "GetDomainNames", "/v2/domainnames").await?;
    let ours = found.iter().filter(|found| found.mark() == Some(mark));
    let domains = ours.map(|found| Domain::found(api, &found.domain_name, mark));
    Ok(domains
        .map(|domain| {
            let mapping = Mapping::found(&domain);
            (domain, mapping)
        })
        .collect())
}

/// The addresses at which domains answer, once the user's DNS leads there.
pub(crate) fn domain_addresses(known: &Known) -> impl Iterator<Item = Address> {
    known.iter().filter(|(id, _)| id.kind == "domain").map(|(id, outputs)| {
        let note = outputs.get(TARGET).map(|target| {
            let zone = outputs.get(ZONE).map(|zone| format!(" (zone {zone})")).unwrap_or_default();
            format!("needs a DNS record, once: {} CNAME {target}; in Route 53 an alias to it{zone}", id.name)
        });
        Address { function: None, url: format!("https://{}", id.name), note }
    })
}

fn domain_id(name: &str) -> ResourceId {
    ResourceId::new("domain", name)
}
