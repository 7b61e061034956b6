//! What runs the functions that were deployed: fx's own emulators, with the zip and the environment that have arrived.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use fx_build::artifact::{Document, unpack};
use fx_provider::{
    Provider,
    emulator::{Event, Failure, Launch, Platform, full, read},
};
use fx_spec::Service;
use http::{Request, Response, StatusCode};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// The largest answer of a function.
const LARGEST: usize = 16 << 20;

/// Somebody who runs what was deployed, whichever platform it is.
pub trait Runner: fx_aliyun_stub::Runner + fx_tencent_stub::Runner + fx_aws_stub::Runner + 'static {}

impl<R: fx_aliyun_stub::Runner + fx_tencent_stub::Runner + fx_aws_stub::Runner + 'static> Runner for R {}

/// What a platform hands over to be run.
struct Code {
    function: String,
    version: String,
    zip: Arc<Vec<u8>>,
    environment: BTreeMap<String, String>,
}

/// A version that runs.
struct Instance {
    platform: Box<dyn Platform>,
    _code: TempDir,
}

/// The functions of a package, each version started when it is first asked.
pub struct Emulators {
    provider: &'static dyn Provider,
    service: Service,
    running: tokio::sync::Mutex<BTreeMap<(String, String), Arc<Instance>>>,
}

impl Emulators {
    /// For the package in a folder. The folder says what each function is; the code is what was deployed.
    pub fn of(provider: &'static dyn Provider, package: &Path) -> Self {
        let service = Document::read(package).unwrap().to_service().unwrap();
        Self { provider, service, running: Default::default() }
    }

    async fn instance(&self, code: Code) -> Arc<Instance> {
        let mut running = self.running.lock().await;
        let key = (code.function.clone(), code.version.clone());
        if let Some(instance) = running.get(&key) {
            return instance.clone();
        }
        let instance = Arc::new(self.start(code).await);
        running.insert(key, instance.clone());
        instance
    }

    async fn start(&self, code: Code) -> Instance {
        let folder = tempfile::tempdir().unwrap();
        let zip = folder.path().join("code.zip");
        std::fs::write(&zip, &*code.zip).unwrap();
        let unpacked = folder.path().join("code");
        unpack(&zip, None, &unpacked).unwrap();
        let unit = self.service.units.iter().find(|unit| unit.name.value == code.function).unwrap().clone();
        let program = self.provider.package().unwrap().bundle(&unit).program;
        let launch = Launch {
            unit,
            executable: unpacked.join(program),
            code: unpacked,
            environment: code.environment,
            region: None,
        };
        // Nobody reads what the functions write.
        let (lines, _) = mpsc::unbounded_channel();
        let started = self.provider.emulator().unwrap().start(launch, lines);
        let platform = tokio::time::timeout(Duration::from_secs(60), started).await.unwrap().unwrap();
        Instance { platform, _code: folder }
    }

    async fn visit(&self, code: Code, request: Request<Bytes>) -> Response<Bytes> {
        let answer = self.instance(code).await.platform.http(request.map(full)).await;
        let (head, body) = answer.into_parts();
        match read(body, LARGEST).await {
            Ok(Some(body)) => Response::from_parts(head, body),
            _ => {
                let mut broken = Response::new(Bytes::from_static(b"the answer broke off"));
                *broken.status_mut() = StatusCode::BAD_GATEWAY;
                broken
            }
        }
    }

    async fn invoke(&self, code: Code, event: Bytes) -> Result<Bytes, Failure> {
        let result = self.instance(code).await.platform.invoke(Event::Native(event)).await?;
        Ok(result.to_string().into())
    }
}

impl fx_aliyun_stub::Runner for Emulators {
    fn visit(
        &self,
        deployed: fx_aliyun_stub::Deployed,
        request: Request<Bytes>,
    ) -> fx_aliyun_stub::Running<'_, Response<Bytes>> {
        let fx_aliyun_stub::Deployed { function, version, zip, environment } = deployed;
        Box::pin(self.visit(Code { function, version, zip, environment }, request))
    }

    fn invoke(
        &self,
        deployed: fx_aliyun_stub::Deployed,
        event: Bytes,
    ) -> fx_aliyun_stub::Running<'_, Result<Bytes, fx_aliyun_stub::Failed>> {
        let fx_aliyun_stub::Deployed { function, version, zip, environment } = deployed;
        Box::pin(async move {
            let result = self.invoke(Code { function, version, zip, environment }, event).await;
            result.map_err(|Failure { kind, message }| fx_aliyun_stub::Failed { kind, body: message.into() })
        })
    }
}

impl fx_tencent_stub::Runner for Emulators {
    fn visit(
        &self,
        deployed: fx_tencent_stub::Deployed,
        request: Request<Bytes>,
    ) -> fx_tencent_stub::Running<'_, Response<Bytes>> {
        let fx_tencent_stub::Deployed { function, version, zip, environment, .. } = deployed;
        Box::pin(self.visit(Code { function, version, zip, environment }, request))
    }

    fn invoke(
        &self,
        deployed: fx_tencent_stub::Deployed,
        event: Bytes,
    ) -> fx_tencent_stub::Running<'_, Result<Bytes, fx_tencent_stub::Failed>> {
        let fx_tencent_stub::Deployed { function, version, zip, environment, .. } = deployed;
        Box::pin(async move {
            let result = self.invoke(Code { function, version, zip, environment }, event).await;
            result.map_err(|Failure { kind, message }| fx_tencent_stub::Failed { kind, body: message.into() })
        })
    }
}

impl fx_aws_stub::Runner for Emulators {
    fn visit(
        &self,
        deployed: fx_aws_stub::Deployed,
        request: Request<Bytes>,
    ) -> fx_aws_stub::Running<'_, Response<Bytes>> {
        let fx_aws_stub::Deployed { function, version, zip, environment } = deployed;
        Box::pin(self.visit(Code { function, version, zip, environment }, request))
    }

    fn invoke(
        &self,
        deployed: fx_aws_stub::Deployed,
        event: Bytes,
    ) -> fx_aws_stub::Running<'_, Result<Bytes, fx_aws_stub::Failed>> {
        let fx_aws_stub::Deployed { function, version, zip, environment } = deployed;
        Box::pin(async move {
            let result = self.invoke(Code { function, version, zip, environment }, event).await;
            result.map_err(|Failure { kind, message }| {
                let body = json!({ "errorType": kind, "errorMessage": message }).to_string();
                fx_aws_stub::Failed { kind: "Unhandled".into(), body: body.into() }
            })
        })
    }
}
