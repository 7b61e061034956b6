//! moto: AWS's API as somebody else has read it, on this machine.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Ends with the tests: when they are over, what it reads from is closed. Of AWS's own policies each account gets those for Lambda: all
/// thousand of them take it seconds an account.
const PROGRAM: &str = "
import json, os, sys, threading
from moto.iam import models
from moto.server import main
policies = json.loads(models.aws_managed_policies_data)
models.aws_managed_policies_data = json.dumps({name: policies[name] for name in policies if name.startswith('AWSLambda')})
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main(['-p', '0'])
";

struct Moto {
    address: String,
    _process: Child,
    _open: Option<ChildStdin>,
}

/// Credentials of an account of one's own.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its number, of twelve digits.
    pub number: String,
    /// The variables of the environment that hold them.
    pub variables: Vec<(&'static str, String)>,
    pub(crate) client: reqwest::Client,
}

/// Where it answers; it is started once for all tests.
pub fn address() -> &'static str {
    static MOTO: OnceLock<Moto> = OnceLock::new();
    &MOTO.get_or_init(start).address
}

fn start() -> Moto {
    let tools =
        std::env::var("FX_TOOLS").expect("FX_TOOLS: run `cargo xtask test`, or name the folder it has installed");
    let mut process = Command::new(format!("{tools}/python/bin/python3"))
        .args(["-c", PROGRAM])
        .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
        // It would let every page of every address load everything, whatever a bucket says.
        .env("MOTO_DISABLE_GLOBAL_CORS", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("moto can be started");
    let open = process.stdin.take();
    let mut said = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = said.by_ref().find_map(|line| Some(line.split_once("Running on ")?.1.trim().to_owned()));
    let address = address.expect("moto says where it runs");
    // What nobody reads would stop it in the end.
    std::thread::spawn(move || said.for_each(drop));
    Moto { address, _process: process, _open: open }
}

/// An account that no other test uses, with keys that expire, as of somebody who has signed in.
pub async fn account() -> Account {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = format!("{:012}", 100_000_000_000_u64 + u64::from(NEXT.fetch_add(1, Ordering::Relaxed)));
    let form = format!(
        "Action=AssumeRole&Version=2011-06-15&RoleSessionName=test&RoleArn=arn%3Aaws%3Aiam%3A%3A{number}%3Arole%2Ftest"
    );
    let scope = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0";
    let client = crate::plain_client();
    let answer = client
        .post(address())
        .header("authorization", scope)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send();
    let xml = answer.await.unwrap().text().await.unwrap();
    let value = |name: &str| {
        let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {xml}"));
        rest.split_once('<').unwrap().0.to_owned()
    };
    let variables = vec![
        ("AWS_ACCESS_KEY_ID", value("AccessKeyId")),
        ("AWS_SECRET_ACCESS_KEY", value("SecretAccessKey")),
        ("AWS_SESSION_TOKEN", value("SessionToken")),
    ];
    Account { number, variables, client }
}
