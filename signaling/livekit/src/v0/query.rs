//! The query of `/rtc`, put into the words of the newer wire's `JoinRequest`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::join_request;
use crate::proto::client_info::{Capability, Sdk};
use crate::proto::{ClientInfo, ConnectionSettings, JoinRequest};

/// What a client may say; whatever it leaves out is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    pub access_token: String,
    auto_subscribe: String,
    adaptive_stream: String,
    sdk: String,
    version: String,
    protocol: String,
    client_protocol: String,
    os: String,
    os_version: String,
    device_model: String,
    browser: String,
    browser_version: String,
    network: String,
    reconnect: String,
    sid: String,
    reconnect_reason: String,
    capabilities: String,
    attributes: String,
}

impl From<Wish> for JoinRequest {
    fn from(wish: Wish) -> Self {
        let settings = ConnectionSettings {
            // Asked for unless refused: the oldest clients do not say.
            auto_subscribe: wish.auto_subscribe.is_empty() || is_yes(&wish.auto_subscribe),
            adaptive_stream: is_yes(&wish.adaptive_stream),
            ..ConnectionSettings::default()
        };
        let client = ClientInfo {
            sdk: sdk(&wish.sdk).into(),
            version: wish.version,
            protocol: wish.protocol.parse().unwrap_or_default(),
            os: wish.os,
            os_version: wish.os_version,
            device_model: wish.device_model,
            browser: wish.browser,
            browser_version: wish.browser_version,
            network: wish.network,
            client_protocol: wish.client_protocol.parse().unwrap_or_default(),
            capabilities: wish.capabilities.split(',').filter_map(capability).map(i32::from).collect(),
            ..ClientInfo::default()
        };
        Self {
            client_info: Some(client),
            connection_settings: Some(settings),
            participant_attributes: attributes(&wish.attributes),
            reconnect: is_yes(&wish.reconnect),
            reconnect_reason: wish.reconnect_reason.parse().unwrap_or_default(),
            participant_sid: wish.sid,
            ..Self::default()
        }
    }
}

fn is_yes(word: &str) -> bool {
    matches!(word, "1" | "t" | "true" | "True" | "TRUE")
}

fn sdk(word: &str) -> Sdk {
    match word {
        "ios" => Sdk::Swift,
        "reactnative" => Sdk::ReactNative,
        "unityweb" => Sdk::UnityWeb,
        other => Sdk::from_str_name(&other.to_ascii_uppercase()).unwrap_or(Sdk::Unknown),
    }
}

/// By number or by name.
fn capability(word: &str) -> Option<Capability> {
    let number = word.trim().parse().ok().and_then(|number: i32| Capability::try_from(number).ok());
    number.or_else(|| Capability::from_str_name(word.trim()))
}

/// JSON in base64url. What cannot be read is left out, as if nothing had been said.
fn attributes(word: &str) -> BTreeMap<String, String> {
    let bytes = join_request::decode_base64(word).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_is_read_as_the_newer_wire_would_put_it() {
        let wish = Wish {
            auto_subscribe: "0".into(),
            adaptive_stream: "1".into(),
            sdk: "flutter".into(),
            protocol: "16".into(),
            client_protocol: "1".into(),
            capabilities: "1,CAP_COMPRESSION_DEFLATE_RAW,99".into(),
            attributes: "eyJsYW5nIjoi57KkIn0".into(),
            ..Wish::default()
        };
        let request = JoinRequest::from(wish);
        let client = request.client_info.expect("a client");
        assert_eq!((client.sdk(), client.protocol, client.client_protocol), (Sdk::Flutter, 16, 1));
        assert_eq!(client.capabilities, [1, 2]);
        let settings = request.connection_settings.expect("settings");
        assert!(!settings.auto_subscribe && settings.adaptive_stream);
        assert_eq!(request.participant_attributes.get("lang").map(String::as_str), Some("粤"));
        assert!(!request.reconnect);
    }

    #[test]
    fn a_return_names_its_session_and_silence_means_subscribe() {
        let wish = Wish { reconnect: "1".into(), sid: "PA_x".into(), ..Wish::default() };
        let request = JoinRequest::from(wish);
        assert!(request.reconnect && request.participant_sid == "PA_x");
        assert!(request.connection_settings.is_some_and(|settings| settings.auto_subscribe));
    }

    #[test]
    fn nonsense_is_taken_for_nothing_said() {
        let wish = Wish { protocol: "x".into(), attributes: "!!".into(), sdk: "?".into(), ..Wish::default() };
        let request = JoinRequest::from(wish);
        assert_eq!(
            request.client_info.map(|client| (client.sdk(), client.protocol)),
            Some((Sdk::Unknown, 0))
        );
        assert!(request.participant_attributes.is_empty());
    }
}
