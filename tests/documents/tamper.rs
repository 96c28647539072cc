//! T2: an agreement changed after it was sealed is found out, whatever the way; a whole one never raises an alarm.

use documents::{Finding, LocalKey, Verdict, verify};
use lopdf::{Document, IncrementalDocument, Object, dictionary};

use crate::desk::{COMMITTEE, KEY, SEALED, TYPESETTER, anchors, carried_out, neighbours, now, seal_request};

#[test]
fn t2_a_flip_of_any_byte_is_rejected() {
    let step = SEALED.len() / 600 + 1;
    let hole = SEALED.windows(9).position(|w| w == b"/Contents").unwrap();
    // Everywhere thinly; around the signature dictionary and its container every byte of the first 3 KB counts.
    let places = (0..SEALED.len())
        .step_by(step)
        .chain((hole.saturating_sub(300)..hole + 3000).step_by(7))
        .chain(SEALED.len() - 60..SEALED.len());
    let mut tried = 0;
    for at in places {
        for bit in [0x01, 0x20] {
            let mut forged = SEALED.clone();
            forged[at] ^= bit;
            let report = verify(&forged, &anchors());
            assert_eq!(report.verdict(), Verdict::Rejected, "a flip at {at} (bit {bit:#x}) went unseen");
            tried += 1;
        }
    }
    println!("{tried} byte flips, all rejected");
}

#[test]
fn t2_an_appended_update_is_rejected() {
    let previous = Document::load_mem(&SEALED).unwrap();
    let page = previous.page_iter().next().unwrap();
    let mut update = IncrementalDocument::create_from(SEALED.clone(), previous);
    update.opt_clone_object_to_new_document(page).unwrap();
    let note = update.new_document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "FreeText", "Contents" => Object::string_literal("18000"),
        "Rect" => vec![100.into(), 400.into(), 200.into(), 420.into()],
    });
    update.new_document.get_dictionary_mut(page).unwrap().set("Annots", vec![Object::Reference(note)]);
    let mut forged = Vec::new();
    update.save_to(&mut forged).unwrap();
    assert_eq!(verify(&forged, &anchors()).findings[0], Finding::NotWholeFile);
}

#[test]
fn t2_bytes_behind_or_before_the_file_are_rejected() {
    for forged in [
        [SEALED.as_slice(), b"\n"].concat(),
        [SEALED.as_slice(), b"%%EOF\n"].concat(),
        [b"\n".as_slice(), &SEALED].concat(),
        SEALED[..SEALED.len() - 1].to_vec(),
    ] {
        assert_eq!(verify(&forged, &anchors()).verdict(), Verdict::Rejected);
    }
}

#[test]
fn t2_a_stripped_seal_is_rejected() {
    let bare = TYPESETTER.pdf(&neighbours(), &carried_out(), now()).unwrap();
    assert_eq!(verify(&bare, &anchors()).findings, [Finding::NotSealed]);
}

#[test]
fn t2_a_seal_moved_to_another_paper_is_rejected() {
    let mut other = neighbours();
    other.clauses[1] = other.clauses[1].replace("1800", "18000");
    let pdf = TYPESETTER.pdf(&other, &carried_out(), now()).unwrap();
    let mut forged = documents::seal::seal(&pdf, &*KEY, &seal_request()).unwrap();
    let container = |file: &[u8]| {
        let start = file.windows(5).position(|w| w == b"<3082").unwrap();
        let end = start + file[start..].iter().position(|b| *b == b'>').unwrap();
        start..end
    };
    let (from, to) = (container(&SEALED), container(&forged));
    assert_eq!(from.len(), to.len());
    let own = SEALED[from].to_vec();
    forged[to].copy_from_slice(&own);
    assert!(verify(&forged, &anchors()).findings.contains(&Finding::ContentChanged));
}

#[test]
fn t2_a_paper_resealed_by_a_stranger_is_rejected() {
    let stranger = LocalKey::generate(COMMITTEE, now()).unwrap();
    let pdf = TYPESETTER.pdf(&neighbours(), &carried_out(), now()).unwrap();
    let forged = documents::seal::seal(&pdf, &stranger, &seal_request()).unwrap();
    assert_eq!(verify(&forged, &anchors()).findings, [Finding::IssuerNotTrusted]);
}

#[test]
fn t2_rubbish_is_rejected_without_a_panic() {
    for rubbish in [b"".as_slice(), b"%PDF-1.7", b"hello", &SEALED[..SEALED.len() / 2], &[0; 4096]] {
        assert_eq!(verify(rubbish, &anchors()).verdict(), Verdict::Rejected);
    }
}

#[test]
fn t2_no_false_alarm_over_many_seals() {
    for round in 0..20 {
        let mut paper = neighbours();
        paper.number = format!("（2026）石桥人调字第{round}号");
        paper.clauses.truncate(1 + round % 4);
        let pdf = TYPESETTER.pdf(&paper, &carried_out(), now()).unwrap();
        let sealed = documents::seal::seal(&pdf, &*KEY, &seal_request()).unwrap();
        let report = verify(&sealed, &anchors());
        assert_eq!(report.verdict(), Verdict::Good, "{report}");
    }
}
