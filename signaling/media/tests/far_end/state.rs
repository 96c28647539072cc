//! What a far end's thread works on: its session, what it publishes, what it was sent, and how bad its link is.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::Kind;
use str0m::channel::ChannelId;
use str0m::format::Codec;
use str0m::media::{ExtensionValues, MediaKind, Mid, Rid};
use str0m::net::Receive;
use str0m::rtp::rtcp::Rtcp;
use str0m::rtp::{RawPacket, RtpWrite};
use str0m::{Event, Input, Output, Rtc};

use super::epoch;
use super::link::Link;

/// A packet as the receiver saw it.
#[derive(Debug, Clone)]
pub struct Heard {
    pub mid: Mid,
    pub ssrc: u32,
    pub sequence: u64,
    pub timestamp: u32,
    pub kind: Kind,
    /// Who made it (first letter) and on which layer.
    pub from: char,
    pub layer: char,
    pub created: Instant,
    pub number: u32,
    pub keyframe: bool,
    pub picture_id: u16,
}

/// One encoding the client publishes.
pub(super) struct Stream {
    pub(super) mid: Mid,
    pub(super) rid: Option<Rid>,
    pub(super) kind: Kind,
    pub(super) layer: char,
    pub(super) next: Instant,
    pub(super) every: Duration,
    pub(super) sequence: u64,
    pub(super) timestamp: u32,
    pub(super) picture: u16,
    pub(super) keyframe: bool,
    pub(super) level: i8,
    pub(super) running: bool,
}

/// What the client's thread works on.
pub struct State {
    pub rtc: Rtc,
    pub(super) name: char,
    pub(super) link: Link,
    pub(super) local: SocketAddr,
    pub(super) streams: Vec<Stream>,
    pub slots: Vec<Mid>,
    pub heard: Vec<Heard>,
    pub keyframe_requests: Vec<(Instant, Option<Rid>)>,
    pub data: Vec<(String, Vec<u8>)>,
    pub(super) labels: Vec<(ChannelId, String)>,
    pub twcc_reports: u32,
    pub connected: bool,
    /// One in so many media datagrams is lost, each way; 0 loses none.
    pub lose_out: u32,
    pub lose_in: u32,
    pub(super) counter: u32,
    /// Media datagrams wait here while it is there: a line that stands still.
    pub held: Option<Vec<(Vec<u8>, SocketAddr)>>,
    /// Bytes a second of media and its control that come in; what is above is dropped, as a policer does.
    pub limit_in: Option<u32>,
    pub(super) allowance: (Option<Instant>, f64),
    /// Media as it came in, retransmissions and padding included.
    pub raw: Vec<Raw>,
    pub lost: u32,
    /// Media datagrams as they left, while it is there.
    pub record: Option<Vec<Vec<u8>>>,
    /// What is done to the next offers' text.
    pub tamper: Option<fn(String) -> String>,
    pub(super) server_ice_name: String,
}

/// Something that came in as media, whatever the session made of it.
#[derive(Debug, Clone)]
pub struct Raw {
    pub at: Instant,
    pub ssrc: u32,
    /// Who made it, when, and its number; none of what is blank.
    pub stamp: Option<(char, Instant, u32)>,
}

impl State {
    /// Both data channels are open.
    pub fn has_channels(&self) -> bool {
        self.labels.len() == 2
    }

    /// The client's socket.
    pub fn link(&self) -> Link {
        self.link.clone()
    }

    /// The name fragment of the server's ICE, as its answer stated it.
    pub fn ice_name_of_server(&self) -> String {
        self.server_ice_name.clone()
    }

    pub(super) fn receive(&mut self, source: SocketAddr, datagram: &[u8]) {
        if self.loses(self.lose_in, datagram) || self.exceeds(datagram) {
            return;
        }
        let now = Instant::now();
        let Ok(receive) = Receive::new(self.link.protocol(), source, self.local, datagram) else { return };
        let input = Input::Receive(now, receive);
        if self.rtc.accepts(&input) {
            let _ = self.rtc.handle_input(input);
        }
        self.poll();
    }

    /// Only media is lost on purpose: what begins a connection has its own retransmissions.
    fn loses(&mut self, one_in: u32, datagram: &[u8]) -> bool {
        let media = datagram[0] & 0xc0 == 0x80 && !(64..96).contains(&(datagram[1] & 0x7f));
        if one_in == 0 || !media {
            return false;
        }
        self.counter += 1;
        let lost = self.counter.is_multiple_of(one_in);
        self.lost += u32::from(lost);
        lost
    }

    /// Whether a datagram is above the limit: a bucket of a tenth of a second.
    fn exceeds(&mut self, datagram: &[u8]) -> bool {
        let Some(limit) = self.limit_in else { return false };
        if datagram[0] & 0xc0 != 0x80 {
            return false;
        }
        let now = Instant::now();
        let (at, left) = &mut self.allowance;
        let rate = f64::from(limit);
        let passed = at.replace(now).map_or(0.0, |at| now.duration_since(at).as_secs_f64());
        *left = (*left + passed * rate).min(rate / 10.0);
        let size = f64::from(u32::try_from(datagram.len()).expect("short"));
        if *left < size {
            self.lost += 1;
            return true;
        }
        *left -= size;
        false
    }

    /// The line goes on, with what waited first.
    pub fn release(&mut self) {
        for (datagram, to) in self.held.take().unwrap_or_default() {
            self.link.send(&datagram, to);
        }
    }

    pub fn poll(&mut self) {
        let now = Instant::now();
        let _ = self.rtc.handle_input(Input::Timeout(now));
        for _ in 0..1000 {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) if at > now => return,
                Ok(Output::Timeout(_)) => drop(self.rtc.handle_input(Input::Timeout(now))),
                Ok(Output::Transmit(transmit)) => {
                    if !self.loses(self.lose_out, &transmit.contents) {
                        if let (Some(record), 128..192) = (&mut self.record, transmit.contents[0]) {
                            record.push(transmit.contents.to_vec());
                        }
                        match &mut self.held {
                            Some(held) if transmit.contents[0] & 0xc0 == 0x80 => {
                                held.push((transmit.contents.to_vec(), transmit.destination));
                            }
                            _ => self.link.send(&transmit.contents, transmit.destination),
                        }
                    }
                }
                Ok(Output::Event(event)) => self.event(event),
                Err(_) => return,
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::KeyframeRequest(request) => {
                self.keyframe_requests.push((Instant::now(), request.rid));
                // As browsers do: a request for one layer brings keyframes of all.
                for stream in &mut self.streams {
                    if stream.mid == request.mid {
                        stream.keyframe = true;
                    }
                }
            }
            Event::ChannelOpen(id, label) => self.labels.push((id, label)),
            Event::ChannelData(message) => {
                if let Some((_, label)) = self.labels.iter().find(|(id, _)| *id == message.id) {
                    self.data.push((label.clone(), message.data));
                }
            }
            Event::RawPacket(raw) => match *raw {
                RawPacket::RtcpRx(Rtcp::Twcc(_)) => self.twcc_reports += 1,
                RawPacket::RtpRx(header, payload) => {
                    let stamp = stamp(&payload).map(|(from, _, created, number)| (from, created, number));
                    self.raw.push(Raw { at: Instant::now(), ssrc: *header.ssrc, stamp });
                }
                _ => {}
            },
            Event::RtpPacket(packet) => {
                let Some(mid) =
                    self.rtc.direct_api().stream_rx(&packet.header.ssrc).map(|stream| stream.mid())
                else {
                    return;
                };
                let kind = if self.rtc.media(mid).is_some_and(|media| media.kind() == MediaKind::Audio) {
                    Kind::Audio
                } else {
                    Kind::Video
                };
                let payload = &packet.payload;
                let Some((from, layer, created, number)) = stamp(payload) else { return };
                self.heard.push(Heard {
                    mid,
                    ssrc: *packet.header.ssrc,
                    sequence: *packet.seq_no,
                    timestamp: packet.header.timestamp,
                    kind,
                    from,
                    layer,
                    created,
                    number,
                    keyframe: kind == Kind::Video && payload[4] & 1 == 0,
                    picture_id: if kind == Kind::Video {
                        u16::from_be_bytes([payload[2] & 0x7f, payload[3]])
                    } else {
                        0
                    },
                });
            }
            _ => {}
        }
    }

    pub(super) fn publish(&mut self) {
        if !self.connected {
            return;
        }
        let now = Instant::now();
        for stream in &mut self.streams {
            if !stream.running || stream.next > now {
                continue;
            }
            stream.next = now + stream.every;
            let codec = if stream.kind == Kind::Audio { Codec::Opus } else { Codec::Vp8 };
            let Some(media) = self.rtc.media(stream.mid) else { continue };
            let Some(payload_type) = self
                .rtc
                .codec_config()
                .params()
                .iter()
                .find(|params| params.spec().codec == codec && media.remote_pts().contains(&params.pt()))
                .map(str0m::format::PayloadParams::pt)
            else {
                continue;
            };
            let mut payload = Vec::with_capacity(700);
            if stream.kind == Kind::Video {
                stream.picture = (stream.picture + 1) & 0x7fff;
                let [high, low] = stream.picture.to_be_bytes();
                // X and S bits; picture id of 15 bits; then the frame tag, whose lowest bit is clear in a keyframe.
                payload.extend([0x90, 0x80, 0x80 | high, low]);
                payload.extend([u8::from(!stream.keyframe), 0, 0, 0x9d, 0x01, 0x2a, 0, 0, 0, 0]);
                payload.resize(
                    match stream.layer {
                        'q' => 200,
                        'f' => 1000,
                        _ => 600,
                    },
                    0x55,
                );
                stream.keyframe = false;
            } else {
                payload.resize(80, 0x55);
            }
            stream.sequence += 1;
            // By the clock, as a capture is: this thread is late at times.
            let ticks = if stream.kind == Kind::Audio { 48 } else { 90 };
            let us = u32::try_from(now.duration_since(epoch()).as_micros()).expect("an hour");
            stream.timestamp = 1_000_000_u32.wrapping_add(us / 1000 * ticks);
            payload.push(u8::try_from(self.name).expect("a letter"));
            payload.push(u8::try_from(stream.layer).expect("a letter"));
            let nanos = u64::try_from(now.duration_since(epoch()).as_nanos()).expect("centuries");
            payload.extend(nanos.to_be_bytes());
            payload.extend(u32::try_from(stream.sequence).expect("few").to_be_bytes());
            let levels = ExtensionValues {
                audio_level: (stream.kind == Kind::Audio).then_some(stream.level),
                voice_activity: (stream.kind == Kind::Audio).then_some(true),
                ..ExtensionValues::default()
            };
            let write = RtpWrite::new(payload_type, stream.sequence.into(), stream.timestamp, now, payload)
                .marker(true)
                .ext_vals(levels)
                .nackable(stream.kind == Kind::Video);
            if let Some(sender) = self.rtc.direct_api().stream_tx_by_mid(stream.mid, stream.rid) {
                sender.write_rtp(write);
            }
        }
    }
}

/// Who made a packet, which layer it is of, when it was made, and its number: the last bytes of every payload.
pub(super) fn stamp(payload: &[u8]) -> Option<(char, char, Instant, u32)> {
    let stamp = &payload[payload.len().checked_sub(14)?..];
    let (from, layer) = (char::from(stamp[0]), char::from(stamp[1]));
    if !from.is_ascii_lowercase() || !(layer.is_ascii_lowercase() || layer == '-') {
        return None;
    }
    let created = epoch() + Duration::from_nanos(u64::from_be_bytes(stamp[2..10].try_into().ok()?));
    Some((from, layer, created, u32::from_be_bytes(stamp[10..14].try_into().ok()?)))
}
