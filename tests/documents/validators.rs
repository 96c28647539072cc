//! Two independent validators agree with ours: poppler's `pdfsig`, and pyHanko in a virtual environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use lopdf::{Document, IncrementalDocument, Object};

use crate::desk::{SEALED, anchors};

/// The Python that `cargo xtask test` prepared, else one in `target/…/pyhanko`: made once, kept between runs.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    if let Some(python) = std::env::var_os("ONEDOOR_TEST_PYTHON") {
        return PathBuf::from(python);
    }
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pyhanko");
    let python = home.join("bin/python");
    if !home.join("ready").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&home), "install python3 and python3-venv");
        run(
            Command::new(&python).args(["-m", "pip", "install", "--quiet", "pyHanko==0.38.0"]),
            "pip must reach a package index",
        );
        std::fs::write(home.join("ready"), b"").unwrap();
    }
    python
});

fn run(command: &mut Command, advice: &str) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}; {advice}"));
    let text = [output.stdout, output.stderr].map(|o| String::from_utf8_lossy(&o).into_owned()).concat();
    assert!(output.status.success(), "{command:?} failed; {advice}\n{text}");
    text
}

fn pdfsig(file: &Path) -> String {
    let output =
        Command::new("pdfsig").arg("-nocert").arg(file).output().expect("pdfsig: install poppler-utils");
    [output.stdout, output.stderr].map(|o| String::from_utf8_lossy(&o).into_owned()).concat()
}

/// pyHanko's answer as the script prints it: intact, valid, trusted, coverage, `bottom_line`.
fn pyhanko(file: &Path, anchor: &Path) -> String {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("python/verify_pdf.py");
    run(Command::new(&*PYTHON).arg(script).arg(file).arg(anchor), "see the message above")
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn both_validators_accept_a_sealed_agreement_as_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "agreement.pdf", &SEALED);
    let anchor = write(folder.path(), "anchor.der", &anchors()[0]);
    let words = pdfsig(&file);
    assert!(words.contains("Signature is Valid") && words.contains("Total document signed"), "{words}");
    assert!(words.contains("ETSI.CAdES.detached"), "{words}");
    let answer = pyhanko(&file, &anchor);
    assert_eq!(answer.trim(), "intact=True valid=True trusted=True coverage=ENTIRE_FILE bottom_line=True");
}

#[test]
fn t2_both_validators_reject_what_we_reject() {
    let folder = tempfile::tempdir().unwrap();
    let anchor = write(folder.path(), "anchor.der", &anchors()[0]);

    // A digit of the text stream, far from any structure that would make the file unreadable.
    let mut flipped = SEALED.clone();
    let stream =
        flipped.windows(8).position(|w| w == b"stream\n\x78" || w.starts_with(b"stream\n")).unwrap() + 300;
    flipped[stream] ^= 1;
    let file = write(folder.path(), "flipped.pdf", &flipped);
    assert!(!pdfsig(&file).contains("Signature is Valid"), "pdfsig took a flipped byte");
    assert!(pyhanko(&file, &anchor).contains("bottom_line=False"), "pyHanko took a flipped byte");

    let previous = Document::load_mem(&SEALED).unwrap();
    let page = previous.page_iter().next().unwrap();
    let mut update = IncrementalDocument::create_from(SEALED.clone(), previous);
    update.opt_clone_object_to_new_document(page).unwrap();
    update.new_document.get_dictionary_mut(page).unwrap().set("Rotate", Object::Integer(180));
    let mut appended = Vec::new();
    update.save_to(&mut appended).unwrap();
    let file = write(folder.path(), "appended.pdf", &appended);
    assert!(!pdfsig(&file).contains("Total document signed"), "pdfsig: the update is not told");
    assert!(pyhanko(&file, &anchor).contains("bottom_line=False"), "pyHanko took an update");
}
