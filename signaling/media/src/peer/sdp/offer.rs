//! Reading an offer: one entry for each media section, in order.

use crate::Kind;

/// Longest offer that is read at all; a session of a hundred sections stays below.
const MAX_BYTES: usize = 512 * 1024;
/// Most sections that are read at all.
const MAX_SECTIONS: usize = 256;

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// Sound or picture.
    Rtp(Kind),
    /// Data channels.
    Data,
}

/// Direction as the offerer states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

/// One section of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfferedSection {
    pub mid: String,
    pub media: Media,
    pub direction: Direction,
    /// Track id of `a=msid` (its second word).
    pub msid_track: Option<String>,
    /// Payload types in the order the client prefers them.
    pub payload_types: Vec<String>,
    /// Restriction identifiers it will send, in order; empty without simulcast.
    pub rids: Vec<String>,
}

/// Reads the sections. The text is refused when it is too big, or names a mid or rid that the library would
/// have to change (it keeps 16 and 8 letters or digits).
pub(crate) fn scan(sdp: &str) -> Result<Vec<OfferedSection>, String> {
    if sdp.len() > MAX_BYTES {
        return Err("too long".into());
    }
    let mut sections: Vec<OfferedSection> = Vec::new();
    let mut session_direction = Direction::SendRecv;
    let mut port_zero: Vec<bool> = Vec::new();
    for line in sdp.lines() {
        if let Some(description) = line.strip_prefix("m=") {
            if sections.len() == MAX_SECTIONS {
                return Err("too many sections".into());
            }
            let mut words = description.split(' ');
            let media = match words.next() {
                Some("audio") => Media::Rtp(Kind::Audio),
                Some("video") => Media::Rtp(Kind::Video),
                Some("application") => Media::Data,
                other => return Err(format!("unknown media {other:?}")),
            };
            port_zero.push(words.next() == Some("0"));
            sections.push(OfferedSection {
                mid: String::new(),
                media,
                direction: session_direction,
                msid_track: None,
                payload_types: words.skip(1).map(str::to_owned).collect(),
                rids: Vec::new(),
            });
            continue;
        }
        let Some(attribute) = line.strip_prefix("a=") else { continue };
        if let Some(direction) = direction(attribute) {
            match sections.last_mut() {
                Some(section) => section.direction = direction,
                None => session_direction = direction,
            }
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        if let Some(mid) = attribute.strip_prefix("mid:") {
            check_token(mid, 16)?;
            section.mid = mid.into();
        } else if let Some(msid) = attribute.strip_prefix("msid:") {
            section.msid_track = msid.split(' ').nth(1).map(str::to_owned);
        } else if let Some(rid) = attribute.strip_prefix("rid:") {
            let mut words = rid.split(' ');
            if let (Some(rid), Some("send")) = (words.next(), words.next()) {
                check_token(rid, 8)?;
                section.rids.push(rid.into());
            }
        }
    }
    if sections.iter().any(|section| section.mid.is_empty()) {
        return Err("a section without mid".into());
    }
    // Port 0 outside a bundle is a rejected section (RFC 8843 section 7.3); inside it merely shares the port.
    for (section, port_zero) in sections.iter_mut().zip(port_zero) {
        if port_zero && !bundled(sdp, &section.mid) {
            section.direction = Direction::Inactive;
        }
    }
    Ok(sections)
}

fn direction(attribute: &str) -> Option<Direction> {
    match attribute {
        "sendrecv" => Some(Direction::SendRecv),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::RecvOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    }
}

fn bundled(sdp: &str, mid: &str) -> bool {
    sdp.lines()
        .take_while(|line| !line.starts_with("m="))
        .filter_map(|line| line.strip_prefix("a=group:BUNDLE "))
        .any(|mids| mids.split(' ').any(|entry| entry == mid))
}

fn check_token(token: &str, longest: usize) -> Result<(), String> {
    let sound =
        !token.is_empty() && token.len() <= longest && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if sound { Ok(()) } else { Err(format!("identifier {token:?} not supported")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\na=group:BUNDLE 0 1 2\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=recvonly\r\n\
        m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\na=msid:- cam-1\r\na=sendonly\r\na=rid:q send\r\na=rid:h send\r\n\
        a=simulcast:send q;h\r\nm=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=mid:3\r\na=sendrecv\r\n";

    #[test]
    fn sections_are_read_in_order() {
        let sections = scan(OFFER).expect("a sound offer");
        assert_eq!(sections.len(), 4);
        assert_eq!(sections[0].payload_types, ["111"]);
        assert_eq!(sections[0].direction, Direction::RecvOnly);
        assert_eq!(sections[1].media, Media::Data);
        assert_eq!(sections[2].msid_track.as_deref(), Some("cam-1"));
        assert_eq!(sections[2].rids, ["q", "h"]);
        assert_eq!(sections[3].direction, Direction::Inactive, "port 0 outside the bundle is a rejection");
    }

    #[test]
    fn odd_identifiers_are_refused() {
        assert!(scan("m=audio 9 X 0\r\na=mid:a-b\r\n").is_err());
        assert!(scan("m=audio 9 X 0\r\na=mid:12345678901234567\r\n").is_err());
        assert!(scan("m=audio 9 X 0\r\n").is_err());
        assert!(scan("m=image 9 X 0\r\na=mid:0\r\n").is_err());
    }
}
