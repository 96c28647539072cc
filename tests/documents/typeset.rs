//! The paper itself: complete, repeatable, safe from what people type, and never with an empty box for a name.

use documents::{Execution, Frozen, TypesetError};

use crate::desk::{TYPESETTER, carried_out, neighbours, now};

#[test]
fn the_frozen_text_holds_every_part_of_the_form() {
    let frozen = TYPESETTER.freeze(&neighbours(), &Execution::default()).unwrap();
    let text = frozen.text();
    for part in [
        "云岭县石桥镇人民调解委员会",
        "编号：（2026）石桥人调字第17号",
        "申请人：赵守田，67岁",
        "被申请人：钱永福，52岁",
        "雨水倒灌",
        "一、钱永福于2026年5月20日前",
        "四、沟渠日后由两家各清理一半。",
        "本协议一式三份",
        "第二十九条",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert_eq!(frozen.text_sha256, Frozen::hash(&frozen.paragraphs));
    assert!(frozen.pages >= 1);
}

#[test]
fn signing_adds_nothing_to_the_frozen_text_and_one_character_changes_the_hash() {
    let before = TYPESETTER.freeze(&neighbours(), &Execution::default()).unwrap();
    let after = TYPESETTER.freeze(&neighbours(), &carried_out()).unwrap();
    assert_eq!(before.text_sha256, after.text_sha256);
    let mut edited = neighbours();
    edited.clauses[1] = edited.clauses[1].replace("1800", "1801");
    assert_ne!(TYPESETTER.freeze(&edited, &Execution::default()).unwrap().text_sha256, before.text_sha256);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let once = TYPESETTER.pdf(&neighbours(), &carried_out(), now()).unwrap();
    let again = TYPESETTER.pdf(&neighbours(), &carried_out(), now()).unwrap();
    assert!(once == again, "the PDF differs from run to run");
    let page = TYPESETTER.png(&neighbours(), &carried_out(), 1, 2.0).unwrap();
    assert!(page == TYPESETTER.png(&neighbours(), &carried_out(), 1, 2.0).unwrap(), "the page image differs");
    assert!(page.starts_with(b"\x89PNG"));
    if let Some(folder) = std::env::var_os("ONEDOOR_LOOK") {
        std::fs::write(std::path::Path::new(&folder).join("agreement.png"), &page).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("agreement.pdf"), &once).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("sealed.pdf"), &*crate::desk::SEALED).unwrap();
    }
}

#[test]
fn what_people_type_is_never_markup() {
    let hostile = [
        r#"#import "form.typ": paper"#,
        r"#panic(1) $x^2$ \ @label <frozen> `raw` *b* _i_ = h",
        r#"") #eval("1+1") ("#,
        r"\u{202} // comment /* block */ #{",
        "= heading\n- list\n#pagebreak()",
    ];
    for words in hostile {
        let mut paper = neighbours();
        paper.clauses = vec![words.to_owned()];
        paper.facts = words.to_owned();
        paper.parties[0].name = words.lines().next().unwrap().to_owned();
        let frozen = TYPESETTER.freeze(&paper, &Execution::default()).unwrap();
        let text = frozen.text();
        for line in words.lines() {
            assert!(text.contains(line.trim()), "{line} was not printed as typed:\n{text}");
        }
        TYPESETTER.pdf(&paper, &carried_out(), now()).unwrap();
    }
}

/// Rare characters of names and places from the household registers' everyday trouble list.
const RARE_NAMES: &str = "㛃䶮喆堃犇翀龑赟淼燚昇祎頔亓逄仝郄啟甯尉迟邢郗夌玥珺瑀璟晟昊昱曌翾骉麤彧旸暠滢漪琤璠璁瓛砉禛穑筠絜翙芃芾苼荇菉蓥蕤虓衎褚谡谌赪轶邰鄢钏钲铖锜镕闫闳阚隽雒雱靓靳韪颀飏飐馀騋骐鬯魃鲧鸷麑黻黼齮龢䂮㭎䥽";

#[test]
fn rare_names_are_drawn_and_what_cannot_be_drawn_is_refused() {
    let mut paper = neighbours();
    paper.parties[0].name = RARE_NAMES.to_owned();
    TYPESETTER.freeze(&paper, &Execution::default()).unwrap();

    paper.parties[0].name = "赵\u{30edd}田".to_owned();
    match TYPESETTER.freeze(&paper, &Execution::default()) {
        Err(TypesetError::MissingGlyph(missing)) => assert_eq!(missing, ['\u{30edd}']),
        other => panic!("an empty box would have been printed: {other:?}"),
    }
}

#[test]
fn a_page_that_is_not_there_is_refused() {
    assert!(matches!(
        TYPESETTER.png(&neighbours(), &Execution::default(), 9, 1.0),
        Err(TypesetError::NoSuchPage { asked: 9, .. })
    ));
    assert!(TYPESETTER.png(&neighbours(), &Execution::default(), 0, 1.0).is_err());
}
