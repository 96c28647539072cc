//! The sources a section of a description of ours names (RFC 5576).

/// SSRC of the section called `mid`, and of its retransmissions.
pub(crate) fn sources(sdp: &str, mid: &str) -> Option<(u32, Option<u32>)> {
    let name = format!("a=mid:{mid}");
    let section =
        sdp.split("\nm=").skip(1).find(|section| section.lines().any(|line| line.trim_end() == name))?;
    let after = |start: &str| section.lines().find_map(|line| line.trim_end().strip_prefix(start));
    let number = |word: Option<&str>| word.and_then(|word| word.parse().ok());
    if let Some(pair) = after("a=ssrc-group:FID ") {
        let mut words = pair.split(' ');
        return Some((number(words.next())?, number(words.next())));
    }
    Some((number(after("a=ssrc:")?.split(' ').next())?, None))
}

#[cfg(test)]
mod tests {
    use super::sources;

    #[test]
    fn sources_are_found_by_section() {
        let sdp = "v=0\r\nm=audio 9 X 111\r\na=mid:a\r\na=ssrc:5 cname:z\r\n\
            m=video 9 X 96\r\na=mid:b\r\na=ssrc:7 cname:z\r\na=ssrc:8 cname:z\r\na=ssrc-group:FID 7 8\r\n\
            m=audio 9 X 111\r\na=mid:c\r\n";
        assert_eq!(sources(sdp, "a"), Some((5, None)));
        assert_eq!(sources(sdp, "b"), Some((7, Some(8))));
        assert_eq!((sources(sdp, "c"), sources(sdp, "d")), (None, None));
    }
}
