//! Offers as a browser writes them: three receiving sections of each kind, data, and what it publishes.

use std::fmt::Write;

use livekit::proto::SessionDescription;

#[derive(Default)]
pub struct Offer {
    count: u32,
    /// (cid, video) in the order published.
    sending: Vec<(String, bool)>,
}

impl Offer {
    pub fn add_sending(&mut self, cid: &str, video: bool) {
        self.sending.push((cid.to_owned(), video));
    }

    /// The next offer of this client.
    pub fn next(&mut self) -> SessionDescription {
        self.count += 1;
        let mut sections: Vec<String> = Vec::new();
        for _ in 0..3 {
            sections.push(media("audio", "recvonly", ""));
        }
        for _ in 0..3 {
            sections.push(media("video", "recvonly", ""));
        }
        sections.push(data());
        for (index, (cid, video)) in self.sending.iter().enumerate() {
            let kind = if *video { "video" } else { "audio" };
            let ssrc = 1000 + 10 * index;
            let mut sending = format!("a=msid:- {cid}\r\n");
            if *video {
                let _ = write!(
                    sending,
                    "a=ssrc-group:FID {ssrc} {}\r\na=ssrc:{} cname:seat\r\n",
                    ssrc + 1,
                    ssrc + 1
                );
            }
            let _ = write!(sending, "a=ssrc:{ssrc} cname:seat\r\n");
            sections.push(media(kind, "sendonly", &sending));
        }
        let mids: Vec<String> = (0..sections.len()).map(|mid| mid.to_string()).collect();
        let mut sdp = format!(
            "v=0\r\no=- 4611731400430051336 {} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n",
            self.count,
            mids.join(" ")
        );
        for (mid, section) in sections.iter().enumerate() {
            sdp.push_str(&section.replace("a=mid:?", &format!("a=mid:{mid}")));
        }
        SessionDescription { r#type: "offer".into(), sdp, id: self.count, ..SessionDescription::default() }
    }
}

const TRANSPORT: &str = "c=IN IP4 0.0.0.0\r\na=ice-ufrag:sEaT\r\na=ice-pwd:0123456789abcdefghijklmn\r\na=ice-options:trickle\r\na=fingerprint:sha-256 19:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2\r\na=setup:actpass\r\na=mid:?\r\n";

fn media(kind: &str, direction: &str, more: &str) -> String {
    let (payloads, codecs) = if kind == "audio" {
        (
            "111",
            "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n",
        )
    } else {
        (
            "96 97",
            "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 ccm fir\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n",
        )
    };
    format!(
        "m={kind} 9 UDP/TLS/RTP/SAVPF {payloads}\r\n{TRANSPORT}a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na={direction}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n{codecs}{more}"
    )
}

fn data() -> String {
    format!(
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n{TRANSPORT}a=sctp-port:5000\r\na=max-message-size:262144\r\n"
    )
}
