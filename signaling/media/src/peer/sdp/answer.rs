//! Rewriting the library's answer: direction, msid, ssrc lines and the opus wishes of each section.

use std::fmt::Write;

use super::OfferedSection;
use crate::Codec;

/// What a section sends to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// `PA_x|camera`: the stream groups what is to be played in step.
    pub stream: String,
    /// `TR_…`.
    pub track: String,
    pub ssrc: u32,
    pub rtx: Option<u32>,
}

/// What the answer says about a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SectionAnswer {
    /// We send this.
    Send(Outgoing),
    /// We receive; how opus should be coded, whether with copies of what went before (RFC 2198), and which codec the
    /// track was announced with.
    Receive { dtx: bool, stereo: bool, red: bool, codec: Option<Codec> },
    /// Nothing flows.
    Idle,
}

/// Rewrites the answer. Sections the function gives `None` for (data) are left as they are.
///
/// Payload types are put in the order the client offered them (RFC 3264 section 6.1): a browser sends the first
/// codec of the answer, and should send the one it said it prefers. The codec its track was announced with comes
/// before all.
pub(crate) fn rewrite(
    sdp: &str,
    offered: &[OfferedSection],
    section_of: impl Fn(&str) -> Option<SectionAnswer>,
) -> String {
    let (session, sections) = split(sdp);
    let answers: Vec<_> = sections.iter().map(|section| mid(section).and_then(&section_of)).collect();
    let mut streams: Vec<&str> = Vec::new();
    for answer in answers.iter().flatten() {
        if let SectionAnswer::Send(outgoing) = answer
            && !streams.contains(&outgoing.stream.as_str())
        {
            streams.push(&outgoing.stream);
        }
    }
    let mut text = String::with_capacity(sdp.len() + 512);
    for line in session {
        if line.starts_with("a=msid-semantic:") {
            line_to(&mut text, format!("a=msid-semantic: WMS {}", streams.join(" ")).trim_end());
        } else {
            line_to(&mut text, line);
        }
    }
    for (section, answer) in sections.iter().zip(&answers) {
        match answer {
            Some(answer) => {
                let offered = mid(section).and_then(|mid| offered.iter().find(|offered| offered.mid == mid));
                section_to(&mut text, section, answer, offered);
            }
            None => section.iter().for_each(|line| line_to(&mut text, line)),
        }
    }
    text
}

/// The media line with its payload types in the order they were offered, those of the announced codec first.
fn media_line(
    section: &[&str],
    offered: &OfferedSection,
    codec: Option<Codec>,
    red: Option<&str>,
    without: Option<&str>,
) -> String {
    let mut words: Vec<&str> = section.first().map_or_else(Vec::new, |line| line.split(' ').collect());
    if let Some(at) = words.iter().skip(3).position(|word| Some(*word) == without) {
        words.remove(at + 3);
    }
    let place = |payload_type: &str| offered.payload_types.iter().position(|offered| offered == payload_type);
    if let Some(payload_types) = words.get_mut(3..) {
        payload_types.sort_by_key(|payload_type| {
            let other = codec.is_none_or(|codec| codec_of(section, payload_type) != Some(codec));
            // Before the sound it wraps, else browsers do not send it.
            (Some(*payload_type) != red, other, place(payload_type).unwrap_or(usize::MAX))
        });
    }
    words.join(" ")
}

/// The payload type of redundant sound in a section.
fn red_payload_type<'a>(section: &[&'a str]) -> Option<&'a str> {
    section.iter().find_map(|line| {
        let (payload_type, name) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        name.to_ascii_lowercase().starts_with("red/48000").then_some(payload_type)
    })
}

/// The payload type that a line describes.
fn payload_type_of(line: &str) -> Option<&str> {
    let of = ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"].iter().find_map(|kind| line.strip_prefix(kind))?;
    of.split(' ').next()
}

/// What a payload type stands for in a section.
fn codec_of(section: &[&str], payload_type: &str) -> Option<Codec> {
    section.iter().find_map(|line| {
        let (mapped, name) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        (mapped == payload_type).then(|| Codec::of_mime(name.split('/').next().unwrap_or_default()))?
    })
}

fn section_to(text: &mut String, section: &[&str], answer: &SectionAnswer, offered: Option<&OfferedSection>) {
    let opus = opus_payload_type(section);
    let announced = if let SectionAnswer::Receive { codec, .. } = answer { *codec } else { None };
    let mut opus_parameters_seen = false;
    let known = red_payload_type(section);
    let wanted = known.filter(|_| matches!(answer, SectionAnswer::Receive { red: true, .. }));
    let red = known.filter(|_| matches!(answer, SectionAnswer::Receive { red: false, .. }));
    for line in section {
        if red.is_some_and(|red| payload_type_of(line) == Some(red)) {
            continue;
        }
        if let (true, Some(offered)) = (line.starts_with("m="), offered) {
            line_to(text, &media_line(section, offered, announced, wanted, red));
            continue;
        }
        if ["a=msid:", "a=ssrc:", "a=ssrc-group:"].iter().any(|dropped| line.starts_with(dropped)) {
            continue;
        }
        if matches!(*line, "a=sendrecv" | "a=sendonly" | "a=recvonly" | "a=inactive") {
            line_to(text, direction_line(answer));
            if let SectionAnswer::Send(outgoing) = answer {
                line_to(text, &format!("a=msid:{} {}", outgoing.stream, outgoing.track));
            }
            continue;
        }
        if let Some(opus) = opus
            && line.strip_prefix("a=fmtp:").is_some_and(|rest| rest.split(' ').next() == Some(opus))
        {
            opus_parameters_seen = true;
            line_to(text, &format!("{line}{}", opus_wishes(answer, ";")));
            continue;
        }
        line_to(text, line);
    }
    if let (Some(opus), false) = (opus, opus_parameters_seen) {
        let wishes = opus_wishes(answer, "");
        if !wishes.is_empty() {
            line_to(text, &format!("a=fmtp:{opus} {wishes}"));
        }
    }
    if let SectionAnswer::Send(outgoing) = answer {
        ssrc_lines(text, outgoing);
    }
}

fn ssrc_lines(text: &mut String, outgoing: &Outgoing) {
    if let Some(rtx) = outgoing.rtx {
        line_to(text, &format!("a=ssrc-group:FID {} {rtx}", outgoing.ssrc));
    }
    for ssrc in [Some(outgoing.ssrc), outgoing.rtx].into_iter().flatten() {
        line_to(text, &format!("a=ssrc:{ssrc} cname:{}", outgoing.stream));
        line_to(text, &format!("a=ssrc:{ssrc} msid:{} {}", outgoing.stream, outgoing.track));
    }
}

fn direction_line(answer: &SectionAnswer) -> &'static str {
    match answer {
        SectionAnswer::Send(_) => "a=sendonly",
        SectionAnswer::Receive { .. } => "a=recvonly",
        SectionAnswer::Idle => "a=inactive",
    }
}

fn opus_wishes(answer: &SectionAnswer, separator: &str) -> String {
    let (dtx, stereo) = match answer {
        SectionAnswer::Receive { dtx, stereo, .. } => (*dtx, *stereo),
        SectionAnswer::Send(_) | SectionAnswer::Idle => (true, false),
    };
    let mut wishes = String::new();
    for (wanted, parameter) in [(dtx, "usedtx=1"), (stereo, "stereo=1")] {
        if wanted {
            let gap = if wishes.is_empty() { separator } else { ";" };
            let _ = write!(wishes, "{gap}{parameter}");
        }
    }
    wishes
}

fn opus_payload_type<'a>(section: &[&'a str]) -> Option<&'a str> {
    section.iter().find_map(|line| {
        let (payload_type, codec) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        codec.to_ascii_lowercase().starts_with("opus/").then_some(payload_type)
    })
}

fn mid<'a>(section: &[&'a str]) -> Option<&'a str> {
    section.iter().find_map(|line| line.strip_prefix("a=mid:"))
}

fn split(sdp: &str) -> (Vec<&str>, Vec<Vec<&str>>) {
    let mut session = Vec::new();
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in sdp.lines() {
        if line.starts_with("m=") {
            sections.push(vec![line]);
        } else if let Some(section) = sections.last_mut() {
            section.push(line);
        } else {
            session.push(line);
        }
    }
    (session, sections)
}

fn line_to(text: &mut String, line: &str) {
    text.push_str(line);
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "v=0\r\na=group:BUNDLE 0 1 2 3\r\na=msid-semantic: WMS x\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=msid:x y\r\na=rtpmap:111 opus/48000/2\r\n\
        a=fmtp:111 minptime=10;useinbandfec=1\r\na=ssrc:5 cname:z\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=sendonly\r\na=msid:x y\r\na=rtpmap:96 VP8/90000\r\n\
        a=ssrc:7 cname:z\r\na=ssrc:8 cname:z\r\na=ssrc-group:FID 7 8\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:3\r\na=recvonly\r\na=msid:x y\r\na=rtpmap:111 opus/48000/2\r\n";

    fn rewritten() -> String {
        let offer = "m=video 9 UDP/TLS/RTP/SAVPF 98 97 96\r\na=mid:1\r\na=recvonly\r\n";
        let offered = crate::peer::sdp::scan(offer).expect("a sound offer");
        rewrite(ANSWER, &offered, |mid| match mid {
            "0" => Some(SectionAnswer::Idle),
            "1" => Some(SectionAnswer::Send(Outgoing {
                stream: "PA_x|camera".into(),
                track: "TR_y".into(),
                ssrc: 100,
                rtx: Some(101),
            })),
            "3" => Some(SectionAnswer::Receive { dtx: true, stereo: true, red: false, codec: None }),
            _ => None,
        })
    }

    #[test]
    fn an_idle_section_names_no_source() {
        let text = rewritten();
        let audio = text.split("m=").nth(1).expect("the first section");
        assert!(
            audio.contains("a=inactive\r\n") && !audio.contains("ssrc") && !audio.contains("msid"),
            "{audio}"
        );
    }

    #[test]
    fn a_sending_section_carries_our_names_and_numbers() {
        let text = rewritten();
        let video = text.split("m=").nth(2).expect("the second section");
        assert!(video.starts_with("video 9 UDP/TLS/RTP/SAVPF 97 96\r\n"), "the client's order: {video}");
        assert!(video.contains("a=sendonly\r\na=msid:PA_x|camera TR_y\r\n"), "{video}");
        assert!(
            video.contains("a=ssrc-group:FID 100 101\r\n")
                && video.contains("a=ssrc:101 msid:PA_x|camera TR_y")
        );
        assert!(!video.contains("a=ssrc:7 ") && !video.contains("msid:x"));
        assert!(text.contains("a=msid-semantic: WMS PA_x|camera\r\n"));
    }

    #[test]
    fn the_announced_codec_comes_first_and_the_clients_order_after() {
        let offer = "m=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104 108\r\na=mid:1\r\na=sendonly\r\n";
        let offered = crate::peer::sdp::scan(offer).expect("a sound offer");
        let answer = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 97 108 96 104 103\r\na=mid:1\r\na=recvonly\r\n\
            a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=rtpmap:103 H264/90000\r\n\
            a=rtpmap:104 rtx/90000\r\na=rtpmap:108 H264/90000\r\n";
        let text = |codec| {
            rewrite(answer, &offered, |_| {
                Some(SectionAnswer::Receive { dtx: true, stereo: false, red: false, codec })
            })
        };
        assert!(text(Some(Codec::H264)).contains("SAVPF 103 108 96 97 104\r\n"));
        assert!(text(Some(Codec::Av1)).contains("SAVPF 96 97 103 104 108\r\n"), "not negotiated: no wish");
        assert!(text(None).contains("SAVPF 96 97 103 104 108\r\n"));
    }

    #[test]
    fn copies_of_sound_are_asked_for_first_or_not_at_all() {
        let offer = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9\r\na=mid:1\r\na=sendonly\r\n";
        let offered = crate::peer::sdp::scan(offer).expect("a sound offer");
        let answer = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:1\r\na=recvonly\r\n\
            a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
        let text = |red| {
            rewrite(answer, &offered, |_| {
                Some(SectionAnswer::Receive { dtx: true, stereo: false, red, codec: None })
            })
        };
        assert!(text(true).contains("SAVPF 63 111\r\n") && text(true).contains("a=fmtp:63 111/111\r\n"));
        assert!(text(false).contains("SAVPF 111\r\n") && !text(false).contains(":63 "), "{}", text(false));
    }

    #[test]
    fn opus_is_asked_for_dtx_and_stereo() {
        let text = rewritten();
        assert!(text.contains("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\r\n"), "{text}");
        assert!(text.contains("a=fmtp:111 usedtx=1;stereo=1\r\n"), "{text}");
        assert!(text.contains("a=mid:2\r\na=sctp-port:5000\r\n"), "data is left alone");
    }
}
