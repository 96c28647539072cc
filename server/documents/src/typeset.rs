//! From data to paper: the frozen text with its hash, page images, and the PDF.
//!
//! The same input gives the same bytes: no clock, no random identifier, fonts from one folder. That is what lets the
//! job that seals prove that it prints the very text the parties signed.

use chrono::{DateTime, Datelike, Timelike, Utc};
use sha2::{Digest, Sha256};
use typst::diag::SourceDiagnostic;
use typst::foundations::{Label, Selector, Smart, Value};
use typst::introspection::MetadataElem;
use typst::utils::{PicoStr, Scalar};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use typst_render::RenderOptions;

use crate::fonts::Fonts;
use crate::paper::{AgreementPaper, Execution, TemplateData};
use crate::picture::Stamp;
use crate::world::PaperWorld;

/// Why a paper could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// Characters no font of the house can draw: the paper is refused rather than printed with empty boxes.
    #[error("no glyph for {}", .0.iter().map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect::<Vec<_>>().join(", "))]
    MissingGlyph(Vec<char>),
    /// There is no such page.
    #[error("page {asked} of {pages}")]
    NoSuchPage {
        /// The page asked for, 1-based.
        asked: usize,
        /// How many there are.
        pages: usize,
    },
    /// A fault of the template or the typesetter: not the user's doing.
    #[error("typesetting failed: {0}")]
    Template(String),
}

/// The text as it will be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The paragraphs in reading order.
    pub paragraphs: Vec<String>,
    /// Lower-case hex SHA-256 of `text()`.
    pub text_sha256: String,
    /// Pages of the typeset paper.
    pub pages: usize,
}

impl Frozen {
    /// The canonical text: the paragraphs joined by one line feed, UTF-8, none at the end.
    pub fn text(&self) -> String {
        self.paragraphs.join("\n")
    }

    /// The hash of such paragraphs.
    pub fn hash(paragraphs: &[String]) -> String {
        hex::encode(Sha256::digest(paragraphs.join("\n").as_bytes()))
    }
}

/// Typesets papers with one set of fonts. Cheap to share behind an `Arc`; work is CPU-bound (tenths of a second), so
/// async callers use a blocking thread.
pub struct Typesetter {
    fonts: Fonts,
}

impl Typesetter {
    /// A typesetter with these fonts.
    pub fn new(fonts: Fonts) -> Self {
        Self { fonts }
    }

    /// The text of the paper as it will be frozen, with its hash and page count.
    pub fn freeze(&self, paper: &AgreementPaper, execution: &Execution) -> Result<Frozen, TypesetError> {
        let (_, frozen) = self.laid_out(paper, execution)?;
        Ok(frozen)
    }

    /// The PDF (PDF/A-3b, the frozen text attached), without the cryptographic seal. `made_at` is written as its
    /// creation date.
    pub fn pdf(
        &self,
        paper: &AgreementPaper,
        execution: &Execution,
        made_at: DateTime<Utc>,
    ) -> Result<Vec<u8>, TypesetError> {
        let (document, frozen) = self.laid_out(paper, execution)?;
        let options = PdfOptions {
            ident: Smart::Custom(format!("{} {}", paper.number, frozen.text_sha256)),
            creator: Smart::Custom(Some("OneDoor".to_owned())),
            timestamp: timestamp(made_at),
            standards: PdfStandards::new(&[PdfStandard::A_3b])
                .map_err(|e| TypesetError::Template(e.message().to_string()))?,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|errors| template_fault(&errors))
    }

    /// One page as PNG, `page` from 1, at `pixel_per_point` (2.0 gives 1190 px for A4's width).
    pub fn png(
        &self,
        paper: &AgreementPaper,
        execution: &Execution,
        page: usize,
        pixel_per_point: f64,
    ) -> Result<Vec<u8>, TypesetError> {
        let (document, frozen) = self.laid_out(paper, execution)?;
        let sheet = page
            .checked_sub(1)
            .and_then(|index| document.pages().get(index))
            .ok_or(TypesetError::NoSuchPage { asked: page, pages: frozen.pages })?;
        let options =
            RenderOptions { pixel_per_pt: Scalar::new(pixel_per_point), ..RenderOptions::default() };
        typst_render::render(sheet, &options).encode_png().map_err(|e| TypesetError::Template(e.to_string()))
    }

    /// The mark that says for whom a shown page was made. A character no font can draw becomes a dot: the mark matters,
    /// not its spelling.
    pub fn stamp(&self, words: &str) -> Result<Stamp, TypesetError> {
        let missing = self.fonts.missing(words);
        let words =
            words.chars().map(|c| if missing.contains(&c) || c.is_control() { '·' } else { c }).collect();
        let world = PaperWorld::stamp(&self.fonts, words);
        let made =
            typst::compile::<PagedDocument>(&world).output.map_err(|errors| template_fault(&errors))?;
        let sheet = made.pages().first().ok_or(TypesetError::NoSuchPage { asked: 1, pages: 0 })?;
        let options = RenderOptions { pixel_per_pt: Scalar::new(1.0), ..RenderOptions::default() };
        let drawn = typst_render::render(sheet, &options);
        typst::comemo::evict(2);
        Ok(Stamp::from_rgba(drawn.width(), drawn.height(), drawn.data()))
    }

    /// Two passes: the first finds the frozen text, the second prints its hash.
    fn laid_out(
        &self,
        paper: &AgreementPaper,
        execution: &Execution,
    ) -> Result<(PagedDocument, Frozen), TypesetError> {
        let first = self.compile(&TemplateData::new(paper, execution, None))?;
        let paragraphs = frozen_paragraphs(&first);
        let mut frozen = Frozen { text_sha256: Frozen::hash(&paragraphs), paragraphs, pages: 0 };
        let document = self.compile(&TemplateData::new(paper, execution, Some(&frozen)))?;
        if frozen_paragraphs(&document) != frozen.paragraphs {
            return Err(TypesetError::Template("the frozen text depends on its own hash".to_owned()));
        }
        frozen.pages = document.pages().len();
        typst::comemo::evict(2);
        Ok((document, frozen))
    }

    fn compile(&self, data: &TemplateData<'_>) -> Result<PagedDocument, TypesetError> {
        let json = serde_json::to_string(data).map_err(|e| TypesetError::Template(e.to_string()))?;
        self.all_drawable(&json)?;
        let world = PaperWorld::new(&self.fonts, json);
        typst::compile::<PagedDocument>(&world).output.map_err(|errors| template_fault(&errors))
    }

    /// `serde_json` writes characters above ASCII as themselves, so the data itself can be asked for its characters.
    fn all_drawable(&self, json: &str) -> Result<(), TypesetError> {
        match self.fonts.missing(json) {
            missing if missing.is_empty() => Ok(()),
            missing => Err(TypesetError::MissingGlyph(missing)),
        }
    }
}

/// The words the template marked `<frozen>`, in reading order.
fn frozen_paragraphs(document: &PagedDocument) -> Vec<String> {
    use typst::introspection::Introspector as _;
    let Some(label) = Label::new(PicoStr::intern("frozen")) else { return Vec::new() };
    document
        .introspector()
        .query(&Selector::Label(label))
        .iter()
        .filter_map(|content| match &content.to_packed::<MetadataElem>()?.value {
            Value::Str(words) => Some(words.to_string()),
            _ => None,
        })
        .collect()
}

fn timestamp(at: DateTime<Utc>) -> Option<Timestamp> {
    let small = |v: u32| u8::try_from(v).ok();
    let datetime = typst::foundations::Datetime::from_ymd_hms(
        at.year(),
        small(at.month())?,
        small(at.day())?,
        small(at.hour())?,
        small(at.minute())?,
        small(at.second())?,
    )?;
    Some(Timestamp::new_utc(datetime))
}

fn template_fault(errors: &[SourceDiagnostic]) -> TypesetError {
    TypesetError::Template(errors.iter().map(|e| e.message.to_string()).collect::<Vec<_>>().join("; "))
}
