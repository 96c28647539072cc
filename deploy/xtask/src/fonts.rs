//! The fonts that Chinese documents are set in. They come from an npm package of the web project (OFL-1.1) and are
//! copied to `data/fonts`; the host's own fonts are never used, so a document looks the same everywhere.

use anyhow::{Context as _, Result};

use crate::place;

/// Noto Serif SC in the two weights that the templates use.
const FACES: &[(&str, &str)] = &[
    ("400Regular/NotoSerifSC_400Regular.ttf", "NotoSerifSC-Regular.ttf"),
    ("700Bold/NotoSerifSC_700Bold.ttf", "NotoSerifSC-Bold.ttf"),
];

/// Copies the faces that are missing; `web` packages must be installed.
pub fn copy() -> Result<()> {
    let root = place::root();
    let from = root.join("web/node_modules/@expo-google-fonts/noto-serif-sc");
    let to = root.join("data/fonts");
    std::fs::create_dir_all(&to)?;
    for (source, name) in FACES {
        let target = to.join(name);
        let source = from.join(source);
        let length = std::fs::metadata(&source)
            .with_context(|| format!("font {} is missing", source.display()))?
            .len();
        if std::fs::metadata(&target).is_ok_and(|meta| meta.len() == length) {
            continue;
        }
        std::fs::copy(&source, &target)?;
    }
    Ok(())
}
