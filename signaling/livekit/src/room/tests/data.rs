//! Data of every kind: whose name it carries, whom it reaches, and that a flip stops it in the middle.

use bytes::Bytes;
use media::{Channel, PeerEvent};
use prost::Message as _;

use super::Table;
use crate::proto::data_packet::Value;
use crate::proto::{DataChannelReceiveState, DataPacket, UserPacket};

impl Table {
    /// `from` sends a reliable packet with this number.
    async fn sends(&mut self, from: &str, sequence: u32, packet: DataPacket) {
        let bytes = DataPacket { sequence, ..packet }.encode_to_vec().into();
        self.happens(from, PeerEvent::Data { channel: Channel::Reliable, bytes }).await;
    }

    /// The reliable packets `to` was sent of `from`, by the log they would be replayed from.
    fn sent(&self, from: &str, to: &str) -> Vec<DataPacket> {
        let state = DataChannelReceiveState { publisher_sid: self.sid(from), last_seq: 0 };
        let missed = self.room.reliable.missed(&self.sid(to), &[state]);
        missed.into_iter().map(|(_, bytes)| DataPacket::decode(bytes).expect("readable")).collect()
    }
}

fn kinds() -> Vec<(&'static str, Value)> {
    let body = Bytes::from_static(b"\x0a\x02hi");
    vec![
        ("user", Value::User(UserPacket { payload: body.clone(), ..UserPacket::default() })),
        ("chat", Value::ChatMessage(body.clone())),
        ("rpc request", Value::RpcRequest(body.clone())),
        ("rpc ack", Value::RpcAck(body.clone())),
        ("rpc response", Value::RpcResponse(body.clone())),
        ("stream header", Value::StreamHeader(body.clone())),
        ("stream chunk", Value::StreamChunk(body.clone())),
        ("stream trailer", Value::StreamTrailer(body.clone())),
        ("dtmf", Value::SipDtmf(body.clone())),
        ("encrypted", Value::EncryptedPacket(body)),
    ]
}

#[tokio::test]
async fn every_kind_reaches_those_in_sight_under_the_true_name_and_nobody_else() {
    for (kind, value) in kinds() {
        let mut table = Table::caucus().await;
        let packet = DataPacket {
            value: Some(value),
            participant_identity: "mediator".into(),
            participant_sid: table.sid("mediator"),
            ..DataPacket::default()
        };
        table.sends("applicant", 1, packet.clone()).await;
        let [received] =
            table.sent("applicant", "mediator").try_into().unwrap_or_else(|_| panic!("control: {kind}"));
        assert_eq!(received.participant_identity, "applicant", "{kind}");
        assert_eq!(received.participant_sid, table.sid("applicant"), "{kind}");
        assert!(table.sent("applicant", "respondent").is_empty(), "{kind}");
        assert!(table.sent("applicant", "applicant").is_empty(), "no echo: {kind}");
        // Named by identity or sid, the respondent is still out of reach.
        let aimed = DataPacket { destination_identities: vec!["respondent".into()], ..packet };
        table.sends("applicant", 2, aimed).await;
        assert!(table.sent("applicant", "respondent").is_empty(), "{kind}");
        assert_eq!(table.sent("applicant", "mediator").len(), 1, "and it goes to nobody else: {kind}");
    }
}

#[tokio::test]
async fn only_an_agent_s_transcriptions_are_passed_on() {
    let mut table = Table::caucus().await;
    let words = DataPacket { value: Some(Value::Transcription(Bytes::new())), ..DataPacket::default() };
    table.sends("applicant", 1, words.clone()).await;
    assert!(table.sent("applicant", "mediator").is_empty());
    table.room.people.get_mut("applicant").expect("here").claims.kind = "agent".into();
    table.sends("applicant", 2, words).await;
    assert_eq!(table.sent("applicant", "mediator").len(), 1, "control");
}

#[tokio::test]
async fn a_stream_under_way_stops_at_the_flip_and_is_not_replayed_after_it() {
    let mut table = Table::caucus().await;
    let piece = |value| DataPacket { value: Some(value), ..DataPacket::default() };
    table.sends("mediator", 1, piece(Value::StreamHeader(Bytes::from_static(b"\x0a\x01a")))).await;
    let apart = [("mediator", "applicant"), ("applicant", "mediator")];
    let pairs = apart.map(|(from, to)| (from.to_owned(), to.to_owned()));
    let flip = table.room.flip(pairs.into()).await;
    assert!(flip.generation > 0);
    table.sends("mediator", 2, piece(Value::StreamChunk(Bytes::from_static(b"\x0a\x01b")))).await;
    assert_eq!(table.sent("mediator", "respondent").len(), 1, "nothing after the flip");
    assert_eq!(table.sent("mediator", "applicant").len(), 2, "control: inside it goes on");
    let missed = table.room.missed_in_sight(
        "respondent",
        &[DataChannelReceiveState { publisher_sid: table.sid("mediator"), last_seq: 0 }],
    );
    assert!(missed.is_empty(), "what came before is not said again to someone out of sight");
}

#[tokio::test]
async fn a_packet_sent_again_after_a_resume_is_passed_on_once() {
    let mut table = Table::caucus().await;
    let said = DataPacket { value: Some(Value::ChatMessage(Bytes::new())), ..DataPacket::default() };
    for sequence in [1, 2, 2, 1, 3] {
        table.sends("applicant", sequence, said.clone()).await;
    }
    let numbers: Vec<_> = table.sent("applicant", "mediator").iter().map(|packet| packet.sequence).collect();
    assert_eq!(numbers, [1, 2, 3]);
}
