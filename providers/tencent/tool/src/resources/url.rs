//! A function's address. The platform chooses it, and its name too: it is known by its type, of which an alias has one.

use fx_deploy::{Fields, Outputs, Value as Setting};
use serde_json::{Value, json};

use super::trigger::Shape;
use crate::api::TriggerInfo;

/// The output that is the address.
pub(crate) const URL: &str = "url";

/// The setting that is who may call a function from where, for pages of other sites.
const CORS: &str = "cors";

/// The address of a function with HTTP routes.
pub(crate) struct Url;

impl Url {
    /// An address out in the open; `auth`: who may call it.
    pub fn desired(auth: &str, cors: Option<&Value>) -> Fields {
        let fields = Fields::new().plain("auth", auth).plain("internet", "true").plain("enabled", "true");
        match cors {
            Some(cors) => fields.plain(CORS, plain(cors).to_string()),
            None => fields,
        }
    }
}

/// Without the members that say nothing: the platform adds some, and nobody means anything by them.
fn plain(cors: &Value) -> Value {
    let nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        other => *other == json!(false) || *other == json!(0),
    };
    let members = cors.as_object().into_iter().flatten().filter(|(_, value)| !nothing(value));
    Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
}

impl Shape for Url {
    const KIND: &'static str = "url";

    fn wire_type(_name: &str) -> &'static str {
        "http"
    }

    fn is(_trigger: &TriggerInfo, _name: &str) -> bool {
        true
    }

    fn read(trigger: &TriggerInfo) -> Fields {
        let said: Value = serde_json::from_str(&trigger.trigger_desc).unwrap_or_default();
        let mut fields = Fields::new()
            .plain("auth", said["AuthType"].as_str().unwrap_or_default())
            .plain("internet", said["NetConfig"]["EnableExtranet"].as_bool().unwrap_or(false).to_string());
        let cors = &said["CorsConfig"];
        if cors["Enable"] == true {
            fields.set(CORS, Setting::plain(plain(cors).to_string()));
        }
        fields
    }

    fn write(wanted: &Fields, _name: &str) -> (String, Option<String>) {
        let mut said = json!({
            "AuthType": wanted.text("auth"),
            "NetConfig": { "EnableIntranet": false, "EnableExtranet": true },
        });
        let cors = wanted.text(CORS).and_then(|text| serde_json::from_str(text).ok());
        said["CorsConfig"] = cors.unwrap_or_else(|| json!({ "Enable": false }));
        (said.to_string(), None)
    }

    fn outputs(trigger: &TriggerInfo) -> Outputs {
        let said: Value = serde_json::from_str(&trigger.trigger_desc).unwrap_or_default();
        let url = said["NetConfig"]["ExtranetUrl"].as_str().filter(|url| !url.is_empty());
        url.map(|url| (URL, url.trim_end_matches('/').to_owned())).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_with_more_than_was_said() {
        let text = r#"{"TriggerName":"abc123","Type":"http","Qualifier":"$DEFAULT","Enable":1,"TriggerDesc":
            "{\"AuthType\":\"NONE\",\"NetConfig\":{\"EnableIntranet\":false,\"EnableExtranet\":true,\"ExtranetUrl\":\"https://1-a.ap-tokyo.tencentscf.com/\",\"IntranetUrl\":\"\"},\"CorsConfig\":{\"Enable\":false}}"}"#;
        let trigger: TriggerInfo = serde_json::from_str(text).unwrap();
        let actual = Url::read(&trigger).plain("enabled", "true");
        assert!(actual.changes_to(&Url::desired("NONE", None)).is_empty(), "{actual:?}");
        assert_eq!(Url::outputs(&trigger)[URL], "https://1-a.ap-tokyo.tencentscf.com");
    }
}
