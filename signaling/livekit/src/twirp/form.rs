//! The two forms of a Twirp message: protobuf, or JSON translated by the protocol's own descriptors.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, header};
use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions,
};

use super::{Code, Refused};

/// Which form a call came in; its answer goes back in the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Protobuf,
    Json,
}

impl Form {
    /// From the content type, parameters aside.
    pub fn of(verb: &Method, headers: &HeaderMap) -> Result<Self, Refused> {
        let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = stated.and_then(|stated| stated.split(';').next()).unwrap_or_default().trim();
        match kind.to_ascii_lowercase().as_str() {
            _ if verb != Method::POST => {
                Err(Refused::new(Code::BadRoute, format!("unsupported method {verb} (only POST is allowed)")))
            }
            "application/json" => Ok(Self::Json),
            "application/protobuf" => Ok(Self::Protobuf),
            other => Err(Refused::new(Code::BadRoute, format!("unexpected Content-Type: {other:?}"))),
        }
    }

    /// Reads a message. Field names may be written either way (`track_sid`, `trackSid`); unknown ones are ignored.
    pub fn read<T: Message + Name + Default>(self, body: Bytes) -> Result<T, Refused> {
        let malformed = |error: &dyn std::fmt::Display| Refused::new(Code::Malformed, error.to_string());
        match self {
            Self::Protobuf => T::decode(body).map_err(|error| malformed(&error)),
            Self::Json => {
                let mut json = serde_json::Deserializer::from_slice(&body);
                let options = DeserializeOptions::new().deny_unknown_fields(false);
                DynamicMessage::deserialize_with_options(descriptor::<T>()?, &mut json, &options)
                    .map_err(|error| malformed(&error))?
                    .transcode_to()
                    .map_err(|error| malformed(&error))
            }
        }
    }

    /// Writes a message: JSON with the protocol's own names and every field, as LiveKit's server does.
    pub fn write<T: Message + Name>(self, message: &T) -> Result<Response, Refused> {
        let broken = |error: &dyn std::fmt::Display| Refused::new(Code::Unavailable, error.to_string());
        if self == Self::Protobuf {
            let kind = [(header::CONTENT_TYPE, "application/protobuf")];
            return Ok((kind, message.encode_to_vec()).into_response());
        }
        let mut dynamic = DynamicMessage::new(descriptor::<T>()?);
        dynamic.transcode_from(message).map_err(|error| broken(&error))?;
        let options = SerializeOptions::new().use_proto_field_name(true).skip_default_fields(false);
        let mut json = serde_json::Serializer::new(Vec::new());
        dynamic.serialize_with_options(&mut json, &options).map_err(|error| broken(&error))?;
        Ok(([(header::CONTENT_TYPE, "application/json")], json.into_inner()).into_response())
    }
}

/// The protocol files, as the build script compiled them.
static PROTOCOL: LazyLock<Option<DescriptorPool>> = LazyLock::new(|| {
    DescriptorPool::decode(include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin")).as_slice()).ok()
});

fn descriptor<T: Name>() -> Result<MessageDescriptor, Refused> {
    PROTOCOL
        .as_ref()
        .and_then(|protocol| protocol.get_message_by_name(&T::full_name()))
        .ok_or_else(|| Refused::new(Code::Unimplemented, "JSON is not offered for this message"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{MuteRoomTrackRequest, ParticipantInfo, SendDataRequest};

    #[test]
    fn json_is_read_in_either_spelling_and_unknown_fields_are_ignored() {
        for text in [
            r#"{"room":"hall","track_sid":"TR_1","muted":true}"#,
            r#"{"room":"hall","trackSid":"TR_1","muted":true,"newer":{"field":[1]}}"#,
        ] {
            let read: MuteRoomTrackRequest = Form::Json.read(text.into()).unwrap();
            assert_eq!((read.room.as_str(), read.track_sid.as_str(), read.muted), ("hall", "TR_1", true));
        }
        let read: SendDataRequest =
            Form::Json.read(r#"{"room":"hall","data":"aGk=","kind":"LOSSY"}"#.into()).unwrap();
        assert_eq!((read.data.as_ref(), read.kind), (b"hi".as_slice(), 1));
        let read: Result<SendDataRequest, _> = Form::Json.read("{".into());
        assert_eq!(read.unwrap_err().code, Code::Malformed);
    }

    #[tokio::test]
    async fn json_is_written_with_every_field_and_names_for_numbers() {
        let info = ParticipantInfo { identity: "mediator".into(), joined_at: 7, ..Default::default() };
        let body = Form::Json.write(&info).unwrap().into_body();
        let text = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(json["joined_at"], "7", "64 bits are text");
        assert_eq!((&json["state"], &json["is_publisher"]), (&"JOINING".into(), &false.into()));
    }
}
