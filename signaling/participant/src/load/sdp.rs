//! Session descriptions of the lean load client: a few lines of text, since it only ever speaks of Opus and VP8.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::Context as _;

use super::lean::{Fleet, Sends, Terms, rtp};

const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const TRANSPORT: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";

/// Payload types that count as media when the offer was ours.
pub const OUR_MEDIA: &[u8] = &[rtp::OPUS, rtp::VP8];

/// Our side of one connection.
pub struct Own {
    /// The peer's number: its address.
    pub peer: u32,
    address: Ipv4Addr,
    port: u16,
    ufrag: String,
    password: String,
    fingerprint: String,
    session: u64,
    version: u32,
}

/// One media section of ours.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Picture or sound.
    pub video: bool,
    /// The SSRC when it sends; otherwise it receives.
    pub sends: Option<u32>,
}

/// The other side, as its description tells.
pub struct Far {
    ufrag: String,
    password: String,
    address: SocketAddr,
}

impl Own {
    /// Fresh credentials for a peer.
    pub fn new(fleet: &Fleet, peer: u32) -> Self {
        Self {
            peer,
            address: fleet.address(peer),
            port: fleet.port(),
            ufrag: format!("{:08x}", rand::random::<u32>()),
            password: format!("{:016x}{:016x}", rand::random::<u64>(), rand::random::<u64>()),
            fingerprint: fleet.fingerprint().to_owned(),
            session: rand::random::<u64>() >> 2,
            version: 0,
        }
    }

    /// What to connect with, once the other side has answered. Media types are those of our own offers.
    pub fn terms(&self, far: &Far, room: u32, audience: u32, sends: Option<Sends>, media: Vec<u8>) -> Terms {
        Terms {
            peer: self.peer,
            room,
            audience,
            remote: far.address,
            names: format!("{}:{}", far.ufrag, self.ufrag),
            remote_password: far.password.clone(),
            password: self.password.clone(),
            sends,
            media,
        }
    }

    /// The name of a published track: what signalling announces and the offer carries.
    pub fn track(&self, video: bool) -> String {
        format!("{}-{}", if video { "camera" } else { "microphone" }, self.peer)
    }

    /// An offer with these sections, mids counted from 0; each call raises the version.
    pub fn offer(&mut self, sections: &[Section]) -> String {
        let mids: Vec<String> = (0..sections.len()).map(|mid| mid.to_string()).collect();
        let mut text = self.head(&mids);
        for (mid, section) in mids.iter().zip(sections) {
            let types: &[u8] = if section.video { &[rtp::VP8, rtp::VP8_RTX] } else { &[rtp::OPUS] };
            self.section(&mut text, mid, section.video, types, section.sends.is_some());
            let (mut lines, track) = (String::new(), self.track(section.video));
            if section.video {
                lines += "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 ccm fir\r\n\
                          a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n\
                          a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
            } else {
                lines += "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n\
                          a=fmtp:111 minptime=10;useinbandfec=1\r\n";
            }
            if let Some(ssrc) = section.sends {
                let _ = write!(
                    lines,
                    "a=msid:- {track}\r\na=ssrc:{ssrc} cname:load\r\na=ssrc:{ssrc} msid:- {track}\r\n"
                );
            }
            text += &lines;
        }
        text
    }

    /// An answer that receives everything offered, with the first codec of each section; also the payload types of it.
    pub fn answer(&mut self, offer: &str) -> (String, Vec<u8>) {
        let sections: Vec<&str> = offer.split("\r\nm=").skip(1).collect();
        let mids: Vec<String> = sections.iter().filter_map(|text| value(text, "a=mid:")).collect();
        let mut text = self.head(&mids);
        let mut media = Vec::new();
        for (section, mid) in sections.iter().zip(&mids) {
            let video = section.starts_with("video");
            let first =
                section.lines().next().and_then(|line| line.split(' ').nth(3)?.parse().ok()).unwrap_or(0);
            media.push(first);
            self.section(&mut text, mid, video, &[first], false);
            let prefixes =
                [format!("a=rtpmap:{first} "), format!("a=fmtp:{first} "), format!("a=rtcp-fb:{first} ")];
            for line in section.lines().filter(|line| prefixes.iter().any(|prefix| line.starts_with(prefix)))
            {
                let _ = write!(text, "{line}\r\n");
            }
        }
        (text, media)
    }

    fn head(&mut self, mids: &[String]) -> String {
        self.version += 1;
        format!(
            "v=0\r\no=- {} {} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\na=msid-semantic: WMS *\r\n",
            self.session,
            self.version,
            mids.join(" ")
        )
    }

    fn section(&self, text: &mut String, mid: &str, video: bool, types: &[u8], sends: bool) {
        let Self { address, port, ufrag, password, fingerprint, .. } = self;
        let types = types.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
        let (kind, way) =
            (if video { "video" } else { "audio" }, if sends { "sendonly" } else { "recvonly" });
        // Always the DTLS client: then one role is enough.
        let _ = write!(
            text,
            "m={kind} 9 UDP/TLS/RTP/SAVPF {types}\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
             a=candidate:1 1 udp 2130706431 {address} {port} typ host\r\na=end-of-candidates\r\n\
             a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:active\r\n\
             a=mid:{mid}\r\na=extmap:{} {TRANSPORT}\r\na=extmap:{} {MID}\r\n",
            rtp::TRANSPORT_SEQUENCE,
            rtp::MID
        );
        if !video {
            let _ = write!(text, "a=extmap:{} {AUDIO_LEVEL}\r\n", rtp::AUDIO_LEVEL);
        }
        let _ = write!(text, "a={way}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n");
    }
}

impl Far {
    /// Reads what a connection needs: credentials and the first UDP candidate.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let candidate =
            text.lines().filter_map(|line| line.trim().strip_prefix("a=candidate:")).find_map(|line| {
                let words: Vec<&str> = line.split(' ').collect();
                let udp = words.get(2)?.eq_ignore_ascii_case("udp");
                let ip: IpAddr = words.get(4)?.parse().ok()?;
                (udp && ip.is_ipv4()).then_some(SocketAddr::new(ip, words.get(5)?.parse().ok()?))
            });
        Ok(Self {
            ufrag: value(text, "a=ice-ufrag:").context("no ice-ufrag in the other side's description")?,
            password: value(text, "a=ice-pwd:").context("no ice-pwd in the other side's description")?,
            address: candidate.context("no UDP candidate in the other side's description")?,
        })
    }
}

fn value(text: &str, prefix: &str) -> Option<String> {
    text.lines().find_map(|line| line.trim().strip_prefix(prefix)).map(str::to_owned)
}
