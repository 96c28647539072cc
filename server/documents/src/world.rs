//! The world a template sees: its sister files, the fonts and one JSON string. No disk, no network, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Str, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fonts::Fonts;

/// The templates, in the binary: small text files that belong to the version of the program.
static TEMPLATES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    [
        ("agreement.typ", include_str!("../templates/agreement.typ")),
        ("form.typ", include_str!("../templates/form.typ")),
        ("signing.typ", include_str!("../templates/signing.typ")),
        ("stamp.typ", include_str!("../templates/stamp.typ")),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some(Source::new(file_id(name)?, text.to_owned())))
    .collect()
});

fn file_id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

/// One compilation: the fonts shared by all, and the data of this paper.
pub(crate) struct PaperWorld<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    main: FileId,
}

impl<'a> PaperWorld<'a> {
    /// A world for the agreement template, with `data` (JSON) as `sys.inputs.data`.
    pub(crate) fn new(fonts: &'a Fonts, data: String) -> Self {
        Self::of(TEMPLATES[0].id(), fonts, data)
    }

    /// A world for the mark that is laid over shown pages, with `data` (text) as `sys.inputs.data`.
    pub(crate) fn stamp(fonts: &'a Fonts, data: String) -> Self {
        Self::of(TEMPLATES[3].id(), fonts, data)
    }

    fn of(main: FileId, fonts: &'a Fonts, data: String) -> Self {
        let mut inputs = Dict::new();
        inputs.insert(Str::from("data"), Value::Str(Str::from(data)));
        Self { library: LazyHash::new(Library::builder().with_inputs(inputs).build()), fonts, main }
    }
}

impl World for PaperWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        TEMPLATES
            .iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or_else(|| FileError::NotFound(id.get().vpath().get_without_slash().into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.source(id).map(|source| Bytes::from_string(source.text().to_owned()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    /// A paper never reads the clock: its dates are data.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
