//! The `join_request` query parameter: base64url of a wrapped, perhaps gzipped `JoinRequest`.

use std::io::Read;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::MultiGzDecoder;
use prost::Message;
use thiserror::Error;

use crate::proto::wrapped_join_request::Compression;
use crate::proto::{JoinRequest, WrappedJoinRequest};

/// A request may not inflate to more than this (a small gzip can hold gigabytes).
const INFLATED_LIMIT: u64 = 1 << 20;

/// URL-safe alphabet, padded or not: clients differ.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why the parameter could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum JoinRequestError {
    #[error("join_request is missing")]
    Missing,
    #[error("join_request is not base64url")]
    Base64,
    #[error("join_request is not a WrappedJoinRequest")]
    Protobuf,
    #[error("join_request does not inflate")]
    Gzip,
    #[error("join_request is too large")]
    TooLarge,
}

/// Reads the parameter.
pub(crate) fn parse(parameter: &str) -> Result<JoinRequest, JoinRequestError> {
    if parameter.is_empty() {
        return Err(JoinRequestError::Missing);
    }
    let wrapped = decode_base64(parameter).ok_or(JoinRequestError::Base64)?;
    let wrapped = WrappedJoinRequest::decode(wrapped.as_slice()).map_err(|_| JoinRequestError::Protobuf)?;
    let request = match wrapped.compression() {
        Compression::None => wrapped.join_request.to_vec(),
        Compression::Gzip => inflate(&wrapped.join_request)?,
    };
    JoinRequest::decode(request.as_slice()).map_err(|_| JoinRequestError::Protobuf)
}

/// Reads base64 of a query parameter, in any of its spellings.
pub(crate) fn decode_base64(parameter: &str) -> Option<Vec<u8>> {
    // Some encoders use the plain alphabet; a query string turns its `+` into a space.
    let urlsafe: String = parameter
        .chars()
        .map(|c| match c {
            '+' | ' ' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    BASE64.decode(urlsafe).ok()
}

fn inflate(gzip: &[u8]) -> Result<Vec<u8>, JoinRequestError> {
    let mut out = Vec::new();
    // One byte more than allowed, so that reaching the limit can be told from ending at it.
    MultiGzDecoder::new(gzip)
        .take(INFLATED_LIMIT + 1)
        .read_to_end(&mut out)
        .map_err(|_| JoinRequestError::Gzip)?;
    if out.len() as u64 > INFLATED_LIMIT { Err(JoinRequestError::TooLarge) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
    use flate2::Compression as Level;
    use flate2::write::GzEncoder;

    use super::*;

    fn wrap(compression: Compression, body: Vec<u8>) -> Vec<u8> {
        WrappedJoinRequest { compression: compression.into(), join_request: body.into() }.encode_to_vec()
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Level::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn returning() -> JoinRequest {
        JoinRequest { reconnect: true, participant_sid: "PA_mediator~~??>>".into(), ..JoinRequest::default() }
    }

    #[test]
    fn every_spelling_clients_use_is_read() {
        let plain = wrap(Compression::None, returning().encode_to_vec());
        let packed = wrap(Compression::Gzip, gzip(&returning().encode_to_vec()));
        for bytes in [plain, packed] {
            for text in [
                URL_SAFE.encode(&bytes),
                URL_SAFE_NO_PAD.encode(&bytes),
                STANDARD.encode(&bytes).replace('+', " "),
            ] {
                assert_eq!(parse(&text).unwrap(), returning());
            }
        }
    }

    #[test]
    fn a_gzip_bomb_stops_at_a_mebibyte() {
        let bomb = wrap(Compression::Gzip, gzip(&vec![0; 64 << 20]));
        assert!(bomb.len() < 100_000, "control: the bomb itself is small");
        assert_eq!(parse(&URL_SAFE.encode(bomb)), Err(JoinRequestError::TooLarge));
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        assert_eq!(parse(""), Err(JoinRequestError::Missing));
        assert_eq!(parse("!!!"), Err(JoinRequestError::Base64));
        assert_eq!(parse(&URL_SAFE.encode([0xff, 0xff, 0xff])), Err(JoinRequestError::Protobuf));
        let torn = wrap(Compression::Gzip, b"not gzip".to_vec());
        assert_eq!(parse(&URL_SAFE.encode(torn)), Err(JoinRequestError::Gzip));
    }
}
