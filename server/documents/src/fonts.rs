//! The fonts of the papers: read from one folder given by configuration, never from the host by luck.
//!
//! A name with a rare character must be printed with that character or not at all: `Fonts::missing` finds what the
//! fonts cannot draw, so that the typesetter can refuse instead of printing an empty box.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// The families the templates ask for, best first.
pub const FAMILIES: [&str; 2] = ["Noto Serif SC", "Noto Serif CJK SC"];

/// Why the fonts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The folder cannot be read.
    #[error("cannot read the fonts in {folder}: {source}")]
    Unreadable {
        /// The folder or file.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder holds no font of the families the papers need.
    #[error(
        "no “Noto Serif SC” in {0}: run `cargo xtask run` once, or set documents.fonts to a folder that has it"
    )]
    Absent(PathBuf),
}

/// The loaded fonts with their index.
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) faces: Vec<Font>,
}

impl Fonts {
    /// Reads every `.ttf`, `.otf` and `.ttc` of one folder, in the order of their names.
    pub fn load(folder: &Path) -> Result<Self, FontError> {
        let unreadable = |path: &Path| {
            let folder = path.to_path_buf();
            move |source| FontError::Unreadable { folder, source }
        };
        let mut files = std::fs::read_dir(folder)
            .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
            .map_err(unreadable(folder))?;
        files.retain(|path| {
            path.extension()
                .is_some_and(|e| ["ttf", "otf", "ttc"].iter().any(|known| e.eq_ignore_ascii_case(known)))
        });
        files.sort();
        let mut faces = Vec::new();
        for file in files {
            let data = std::fs::read(&file).map_err(unreadable(&file))?;
            faces.extend(
                Font::iter(Bytes::new(data)).filter(|face| FAMILIES.contains(&face.info().family.as_str())),
            );
        }
        if faces.is_empty() {
            return Err(FontError::Absent(folder.to_path_buf()));
        }
        Ok(Self { book: LazyHash::new(FontBook::from_fonts(&faces)), faces })
    }

    /// The characters of `text` that some weight of the papers' fonts cannot draw, each once, in code point order.
    pub fn missing(&self, text: &str) -> Vec<char> {
        text.chars()
            .filter(|c| !c.is_control())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter(|c| !self.faces.iter().all(|face| face.info().coverage.contains(u32::from(*c))))
            .collect()
    }
}
