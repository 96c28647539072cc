//! The seal as our own check sees it.

use documents::{LocalKey, SealError, Signer, Verdict, verify};

use crate::desk::{COMMITTEE, KEY, SEALED, TYPESETTER, anchors, carried_out, neighbours, now, seal_request};

#[test]
fn a_sealed_agreement_is_good_and_says_what_is_printed() {
    let report = verify(&SEALED, &anchors());
    assert_eq!(report.verdict(), Verdict::Good, "{report}");
    assert!(report.covers_whole_file);
    let frozen = TYPESETTER.freeze(&neighbours(), &carried_out()).unwrap();
    let printed = report.printed.clone().unwrap();
    assert_eq!(printed.text_sha256, frozen.text_sha256);
    assert_eq!(printed.text, frozen.text());
    assert_eq!(printed.audit_head, carried_out().audit_head);
    let words = report.to_string();
    assert!(words.contains("真实完整") && words.contains(COMMITTEE), "{words}");
}

#[test]
fn without_anchors_the_paper_is_intact_but_nobody_is_called_known() {
    assert_eq!(verify(&SEALED, &[]).verdict(), Verdict::IntactIssuerUnknown);
}

#[test]
fn a_paper_is_sealed_once() {
    assert!(matches!(documents::seal::seal(&SEALED, &*KEY, &seal_request()), Err(SealError::AlreadySealed)));
}

#[test]
fn the_key_is_kept_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = LocalKey::load_or_create(folder.path(), COMMITTEE, now()).unwrap();
    let again = LocalKey::load_or_create(folder.path(), COMMITTEE, now()).unwrap();
    assert_eq!(first.chain(), again.chain());
    assert_eq!(LocalKey::chain_of(folder.path()).unwrap(), first.chain());
    assert!(!first.ca_backed(), "a local key must say that no licensed authority stands behind it");
}
