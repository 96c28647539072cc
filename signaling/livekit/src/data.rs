//! Data packets: who really sent them, whom they are for, and which were seen before.

use bytes::Bytes;
use prost::Message;

use crate::proto::DataPacket;
use crate::proto::data_packet::Value;

/// Larger packets are dropped: the SDP states 64000 as the largest message.
pub(crate) const LARGEST: usize = 64_000;

/// Who sends a packet, by the server's own knowledge.
pub(crate) struct Sender<'a> {
    pub identity: &'a str,
    pub sid: &'a str,
    /// Only agents may publish transcriptions.
    pub is_agent: bool,
}

/// A packet ready to be sent on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Routed {
    /// Identities it is for; empty is everyone.
    pub to: Vec<String>,
    /// Sids it is for (an older form of the same); empty is everyone.
    pub to_sids: Vec<String>,
    /// The sender's number of a reliable packet, 0 without.
    pub sequence: u32,
    /// The packet with the sender written in.
    pub bytes: Bytes,
}

impl Routed {
    /// Whether it is for this participant.
    pub fn is_for(&self, identity: &str, sid: &str) -> bool {
        if self.to.is_empty() && self.to_sids.is_empty() {
            return true;
        }
        self.to.iter().any(|to| to == identity) || self.to_sids.iter().any(|to| to == sid)
    }
}

/// Reads a packet, writes the true sender over whatever it claims, and finds whom it is for. `None`: not to be
/// forwarded (unreadable, too large, of no known kind, or of a kind this sender may not send).
pub(crate) fn route(bytes: Bytes, sender: &Sender<'_>) -> Option<Routed> {
    if bytes.len() > LARGEST {
        return None;
    }
    let mut packet = DataPacket::decode(bytes).ok()?;
    let mut to = std::mem::take(&mut packet.destination_identities);
    let mut to_sids = Vec::new();
    match packet.value.as_mut()? {
        Value::User(user) => {
            sender.identity.clone_into(&mut user.participant_identity);
            sender.sid.clone_into(&mut user.participant_sid);
            to.append(&mut user.destination_identities);
            to_sids.append(&mut user.destination_sids);
        }
        // Speakers are told by the server, metrics to nobody.
        Value::Speaker(_) | Value::Metrics(_) => return None,
        Value::Transcription(_) if !sender.is_agent => return None,
        Value::Transcription(_)
        | Value::SipDtmf(_)
        | Value::ChatMessage(_)
        | Value::RpcRequest(_)
        | Value::RpcAck(_)
        | Value::RpcResponse(_)
        | Value::StreamHeader(_)
        | Value::StreamChunk(_)
        | Value::StreamTrailer(_)
        | Value::EncryptedPacket(_) => {}
    }
    sender.identity.clone_into(&mut packet.participant_identity);
    sender.sid.clone_into(&mut packet.participant_sid);
    // Whom else a packet goes to is nobody's business: the destinations are taken out.
    Some(Routed { to, to_sids, sequence: packet.sequence, bytes: packet.encode_to_vec().into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::UserPacket;

    const RESPONDENT: Sender<'_> = Sender { identity: "respondent", sid: "PA_r", is_agent: false };

    fn user(text: &str) -> DataPacket {
        DataPacket {
            value: Some(Value::User(UserPacket {
                payload: Bytes::copy_from_slice(text.as_bytes()),
                ..UserPacket::default()
            })),
            ..DataPacket::default()
        }
    }

    fn routed(packet: &DataPacket) -> Option<Routed> {
        route(packet.encode_to_vec().into(), &RESPONDENT)
    }

    #[test]
    fn a_claimed_sender_is_overwritten_everywhere() {
        let mut packet = user("我同意");
        packet.participant_identity = "mediator".into();
        packet.participant_sid = "PA_m".into();
        let Some(Value::User(inner)) = &mut packet.value else { unreachable!() };
        inner.participant_identity = "mediator".into();
        inner.participant_sid = "PA_m".into();
        let sent = DataPacket::decode(routed(&packet).unwrap().bytes).unwrap();
        assert_eq!(
            (sent.participant_identity.as_str(), sent.participant_sid.as_str()),
            ("respondent", "PA_r")
        );
        let Some(Value::User(inner)) = sent.value else { unreachable!() };
        assert_eq!(
            (inner.participant_identity.as_str(), inner.participant_sid.as_str()),
            ("respondent", "PA_r")
        );
        assert_eq!(inner.payload, "我同意".as_bytes());
    }

    #[test]
    fn destinations_route_and_are_not_passed_on() {
        let mut packet = user("只给调解员");
        packet.destination_identities = vec!["mediator".into()];
        packet.sequence = 7;
        let routed = routed(&packet).unwrap();
        assert!(routed.is_for("mediator", "PA_m"));
        assert!(!routed.is_for("applicant", "PA_a"));
        assert_eq!(routed.sequence, 7);
        assert!(DataPacket::decode(routed.bytes).unwrap().destination_identities.is_empty());
    }

    #[test]
    fn without_destinations_it_is_for_everyone() {
        assert!(routed(&user("大家好")).unwrap().is_for("applicant", "PA_a"));
    }

    #[test]
    fn kinds_a_client_may_not_send_are_dropped() {
        let kind = |value| DataPacket { value: Some(value), ..DataPacket::default() };
        assert!(routed(&kind(Value::ChatMessage(Bytes::from_static(b"\x22\x02hi")))).is_some(), "control");
        assert!(routed(&kind(Value::Transcription(Bytes::new()))).is_none());
        assert!(routed(&kind(Value::Speaker(Bytes::new()))).is_none());
        assert!(routed(&DataPacket::default()).is_none());
        assert!(route(Bytes::from_static(&[0xff; 9]), &RESPONDENT).is_none());
        assert!(route(Bytes::from(vec![0; LARGEST + 1]), &RESPONDENT).is_none());
    }
}
