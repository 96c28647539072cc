//! The clerk's desk of these stories: fonts, case ① of the demo as a paper, its signatures, and a seal.

use std::path::PathBuf;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use documents::{
    AgreementPaper, Execution, Fonts, Ink, LocalKey, PaperParty, SealRequest, Signed, Typesetter,
};

pub const COMMITTEE: &str = "云岭县石桥镇人民调解委员会";

/// Fonts are read once: they are 30 MB.
pub static TYPESETTER: LazyLock<Typesetter> = LazyLock::new(|| {
    Typesetter::new(
        Fonts::load(&fonts_folder()).expect("fonts: run `cargo xtask run` or `test` once to fetch them"),
    )
});

pub static KEY: LazyLock<LocalKey> =
    LazyLock::new(|| LocalKey::generate(COMMITTEE, now()).expect("a seal key"));

/// `ONEDOOR_FONTS`, else `data/fonts` of this workspace.
pub fn fonts_folder() -> PathBuf {
    std::env::var_os("ONEDOOR_FONTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/fonts"), PathBuf::from)
}

pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 8, 30, 0).unwrap()
}

fn party(label: &str, name: &str, age: i32, address: &str) -> PaperParty {
    PaperParty {
        label: label.to_owned(),
        name: name.to_owned(),
        age: Some(age),
        id_masked: Some("990000********0011".to_owned()),
        address: Some(address.to_owned()),
        phone_masked: Some("000****0017".to_owned()),
        is_organization: false,
        representative: None,
    }
}

/// Case ①: water from a raised yard.
pub fn neighbours() -> AgreementPaper {
    AgreementPaper {
        organization: COMMITTEE.to_owned(),
        number: "（2026）石桥人调字第17号".to_owned(),
        parties: vec![party("申请人", "赵守田", 67, "云岭县石桥镇老槐村3组"), party("被申请人", "钱永福", 52, "云岭县石桥镇老槐村3组")],
        facts: "2026年3月，钱永福将自家院坪垫高约30厘米，雨水倒灌，致赵守田家东墙约12平方米墙皮脱落。双方多次协商未果。\n2026年4月8日网格员上报，本委员会受理。".to_owned(),
        dispute: "墙面损失的赔偿数额；院坪排水的改造。".to_owned(),
        responsibility: "钱永福对排水改道造成的墙面损失承担赔偿责任。".to_owned(),
        clauses: vec![
            "钱永福于2026年5月20日前沿界址自费修排水沟一条，长9米、宽0.3米。".to_owned(),
            "钱永福于2026年5月10日前向赵守田转账1800元（大写：壹仟捌佰元整）,用于墙面修补。".to_owned(),
            "施工期间赵守田允许从其一侧通行两日。".to_owned(),
            "沟渠日后由两家各清理一半。".to_owned(),
        ],
        performance: "按上列各条约定的方式、地点和期限履行。".to_owned(),
        copies: 3,
        paper_only: false,
        date: NaiveDate::from_ymd_opt(2026, 4, 29).unwrap(),
    }
}

/// A plausible drawn name: three wavy strokes and a dot.
pub fn ink(seed: f64) -> Ink {
    let stroke = |row: f64| {
        (0..40)
            .map(|i| {
                let t = f64::from(i) / 39.0;
                (30.0 + 280.0 * t, 40.0 + 35.0 * row + 22.0 * (t * 9.0 + seed + row).sin())
            })
            .collect::<Vec<_>>()
    };
    Ink {
        width: 340.0,
        height: 160.0,
        strokes: vec![stroke(0.0), stroke(1.0), stroke(2.0), vec![(170.0, 20.0)]],
    }
}

pub fn signed(label: &str, name: &str, seed: f64) -> Signed {
    Signed { label: label.to_owned(), name: name.to_owned(), ink: Some(ink(seed)), signed_at: Some(now()) }
}

pub fn carried_out() -> Execution {
    Execution {
        signatories: vec![
            signed("申请人", "赵守田", 0.3),
            signed("被申请人", "钱永福", 1.9),
            signed("人民调解员", "李春梅", 4.0),
        ],
        sealed: true,
        date: Some(NaiveDate::from_ymd_opt(2026, 4, 29).unwrap()),
        audit_head: Some("5f0c".repeat(16)),
        seal_note: "电子印章由出具单位自有证书加盖，未经依法设立的电子认证服务机构认证。".to_owned(),
    }
}

pub fn seal_request() -> SealRequest {
    SealRequest {
        organization: COMMITTEE.to_owned(),
        reason: "人民调解协议书（2026）石桥人调字第17号".to_owned(),
        at: now(),
    }
}

/// The neighbours' agreement, signed and sealed.
pub static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let pdf = TYPESETTER.pdf(&neighbours(), &carried_out(), now()).expect("a PDF");
    documents::seal::seal(&pdf, &*KEY, &seal_request()).expect("a sealed PDF")
});

/// What the county office trusts: the committee's own authority.
pub fn anchors() -> Vec<Vec<u8>> {
    use documents::Signer as _;
    vec![KEY.chain().last().unwrap().clone()]
}
