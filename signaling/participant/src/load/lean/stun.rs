//! The little ICE a controlling client needs against a server that is ICE-lite (RFC 8445 §2.5): checks that nominate,
//! and answers to checks.

use std::net::SocketAddr;

use rtc::crypto::RTCCrypto;
use rtc::shared::error::Result;
use rtc::stun::attributes::{ATTR_ICE_CONTROLLING, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME};
use rtc::stun::fingerprint::FINGERPRINT;
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId};
use rtc::stun::textattrs::TextAttribute;
use rtc::stun::xoraddr::XorMappedAddress;

/// A host candidate of a single interface (RFC 8445 §5.1.2.1).
const PRIORITY: u32 = (126 << 24) | (65_535 << 8) | 255;

/// A check that nominates its pair at once: there is only one.
pub fn check(names: &str, password: &str, crypto: &dyn RTCCrypto) -> Result<Vec<u8>> {
    let mut message = Message::new();
    message.build(&[
        Box::new(BINDING_REQUEST),
        Box::new(TransactionId(rand::random())),
        Box::new(TextAttribute::new(ATTR_USERNAME, names.to_owned())),
    ])?;
    message.add(ATTR_PRIORITY, &PRIORITY.to_be_bytes());
    message.add(ATTR_ICE_CONTROLLING, &1_u64.to_be_bytes());
    message.add(ATTR_USE_CANDIDATE, &[]);
    seal(message, password, crypto)
}

/// What a datagram with a STUN header is to us.
pub enum Heard {
    /// An answer to a check of ours.
    Answer,
    /// A check of the other side's, and what to answer.
    Asked(Vec<u8>),
    /// Neither.
    Other,
}

/// Reads a STUN datagram from `source`.
pub fn hear(datagram: &[u8], source: SocketAddr, password: &str, crypto: &dyn RTCCrypto) -> Heard {
    let mut message = Message::new();
    if message.unmarshal_binary(datagram).is_err() {
        return Heard::Other;
    }
    if message.typ == BINDING_SUCCESS {
        return Heard::Answer;
    }
    if message.typ != BINDING_REQUEST {
        return Heard::Other;
    }
    let mut answer = Message::new();
    let built = answer.build(&[
        Box::new(BINDING_SUCCESS),
        Box::new(message.transaction_id),
        Box::new(XorMappedAddress { ip: source.ip(), port: source.port() }),
    ]);
    match built.and_then(|()| seal(answer, password, crypto)) {
        Ok(bytes) => Heard::Asked(bytes),
        Err(_) => Heard::Other,
    }
}

fn seal(mut message: Message, password: &str, crypto: &dyn RTCCrypto) -> Result<Vec<u8>> {
    MessageIntegrity::new_short_term_integrity_with_provider(password.to_owned(), crypto)
        .add_to(&mut message)?;
    FINGERPRINT.add_to(&mut message)?;
    Ok(message.raw)
}
