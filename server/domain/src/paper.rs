//! Papers people lay on the table of a sitting (材料): whose they are, who may see them, and what their names may be.
//!
//! The original is kept byte for byte with its SHA-256 on the case's timeline; what is shown are pages the server made
//! of it. Who may see a paper now is decided in `session::sees_paper`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CaseId, PaperId, PartyId, Refusal, SeatId, SessionId, Side};

/// Papers of one case at most.
pub const MOST_PAPERS: usize = 60;
/// Characters of a title.
pub const TITLE_LIMIT: usize = 80;
/// Bytes of a file's name, as file systems have them.
const NAME_LIMIT: usize = 255;

/// Who may see a paper besides its owner. Each word holds the one before it; only the owner may widen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaperScope {
    /// 只给调解员: the mediators.
    Mediator,
    /// 我这一方: the owner's side as well.
    Side,
    /// 所有人: everybody at the table.
    All,
}

/// What a file is, by its first bytes; nothing else is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum PaperKind {
    /// A photo.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// A picture, often a screenshot.
    #[serde(rename = "image/png")]
    Png,
    /// A picture.
    #[serde(rename = "image/webp")]
    Webp,
    /// Pages.
    #[serde(rename = "application/pdf")]
    Pdf,
}

/// A paper of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Which.
    pub id: PaperId,
    /// Of which case.
    pub case_id: CaseId,
    /// In which sitting it was handed in.
    pub session_id: SessionId,
    /// By which seat of that sitting.
    pub seat: SeatId,
    /// For which party, if one sits there: the party owns it in later sittings too.
    pub party: Option<PartyId>,
    /// The owner's name, as it was then.
    pub owner: String,
    /// The owner's side.
    pub side: Side,
    /// Who may see it.
    pub scope: PaperScope,
    /// Its name for people.
    pub title: String,
    /// What it is.
    pub kind: PaperKind,
    /// Bytes of the original.
    pub size: i64,
    /// SHA-256 of the original, lower-case hex.
    pub sha256: String,
    /// How many pages can be shown.
    pub pages: u32,
    /// When it was handed in.
    pub at: DateTime<Utc>,
}

impl PaperKind {
    /// By the first twelve bytes of a file.
    ///
    /// # Errors
    /// `paper_empty`; `paper_heic` and `paper_office` for what people often try, since the words can say what to do;
    /// `paper_kind` for everything else.
    pub fn of(head: &[u8]) -> Result<Self, Refusal> {
        const OFFICE: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];
        let brand = head.get(8..12).filter(|_| head.get(4..8) == Some(b"ftyp"));
        if head.is_empty() {
            Err(Refusal::invalid("paper_empty"))
        } else if head.starts_with(b"\xff\xd8\xff") {
            Ok(Self::Jpeg)
        } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
            Ok(Self::Png)
        } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
            Ok(Self::Webp)
        } else if head.starts_with(b"%PDF-") {
            Ok(Self::Pdf)
        } else if brand
            .is_some_and(|b| [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"].iter().any(|k| *k == b))
        {
            Err(Refusal::invalid("paper_heic"))
        } else if OFFICE.iter().any(|magic| head.starts_with(magic)) {
            Err(Refusal::invalid("paper_office"))
        } else {
            Err(Refusal::invalid("paper_kind"))
        }
    }

    /// The media type (RFC 6838).
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    /// The usual ending of such a file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => ".jpg",
            Self::Png => ".png",
            Self::Webp => ".webp",
            Self::Pdf => ".pdf",
        }
    }
}

/// A title from what the file was called: its ending off, nothing in it that could be a path, a command or a trick of
/// the writing direction.
///
/// # Errors
/// `paper_name` for a name that no honest phone sends: longer than 255 bytes, with a path or control characters.
pub fn title(file_name: &str, kind: PaperKind) -> Result<String, Refusal> {
    let suspect = |c: char| c.is_control() || matches!(c, '/' | '\\');
    if file_name.len() > NAME_LIMIT || file_name.contains(suspect) || file_name.trim_matches('.').is_empty() {
        return if file_name.is_empty() { Ok(nameless(kind)) } else { Err(Refusal::invalid("paper_name")) };
    }
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    // Marks that turn the direction of writing, or are not seen at all (Unicode UAX #9, TR #36).
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{061c}');
    let clean: String = stem.chars().filter(|c| !hidden(*c)).take(TITLE_LIMIT).collect();
    let clean = clean.trim();
    Ok(if clean.is_empty() { nameless(kind) } else { clean.to_owned() })
}

fn nameless(kind: PaperKind) -> String {
    if kind == PaperKind::Pdf { "文件".to_owned() } else { "照片".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_are() {
        assert_eq!(PaperKind::of(b"%PDF-1.7\n"), Ok(PaperKind::Pdf));
        assert_eq!(PaperKind::of(b"RIFF\0\0\0\0WEBPVP8 "), Ok(PaperKind::Webp));
        for (bytes, code) in [
            (&b""[..], "paper_empty"),
            (b"\0\0\0\x18ftypheic", "paper_heic"),
            (b"PK\x03\x04\x14\0", "paper_office"),
            (b"<html><script>", "paper_kind"),
            (b"MZ\x90\0", "paper_kind"),
            (b"GIF89a", "paper_kind"),
        ] {
            assert_eq!(PaperKind::of(bytes).unwrap_err().code, code);
        }
    }

    #[test]
    fn t13_a_name_is_cleaned_or_refused() {
        let pdf = |name: &str| title(name, PaperKind::Pdf);
        assert_eq!(pdf("排水沟照片 3.jpg").unwrap(), "排水沟照片 3");
        assert_eq!(pdf("合同\u{202e}gpj.exe").unwrap(), "合同gpj");
        assert_eq!(pdf("").unwrap(), "文件");
        assert_eq!(title(".jpg", PaperKind::Jpeg).unwrap(), "照片");
        for name in ["../../etc/passwd", "C:\\x.pdf", "a\0b.pdf", "..", &"长".repeat(2000), "a\nb"] {
            assert_eq!(pdf(name).unwrap_err().code, "paper_name", "{name}");
        }
    }
}
