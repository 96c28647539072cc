//! The data of an agreement: the text that is frozen, and what is added when it is carried out (signatures, seal).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What the agreement says: everything here is part of the hashed text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgreementPaper {
    /// The mediation committee, in full, for instance 云岭县石桥镇人民调解委员会.
    pub organization: String,
    /// The reserved number, （2026）石桥人调字第17号.
    pub number: String,
    /// The parties in order: applicants first.
    pub parties: Vec<PaperParty>,
    /// The main facts of the dispute.
    pub facts: String,
    /// What is disputed.
    pub dispute: String,
    /// Who answers for what.
    pub responsibility: String,
    /// The clauses in order, without their 一、二、 numbers.
    pub clauses: Vec<String>,
    /// Method, place and deadline of performance.
    pub performance: String,
    /// How many copies are made (PML 29: one each, one for the committee).
    pub copies: u32,
    /// R18: signed on paper only.
    pub paper_only: bool,
    /// The day the text was frozen; printed beside the seal when nothing was signed yet.
    pub date: NaiveDate,
}

/// A party as the head of the agreement names it. Numbers come masked: the paper is copied and handed round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaperParty {
    /// 申请人, 被申请人 or 第三人.
    pub label: String,
    /// Name of the person or organisation.
    pub name: String,
    /// Age in years.
    pub age: Option<i32>,
    /// Masked identity number.
    pub id_masked: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Masked telephone number.
    pub phone_masked: Option<String>,
    /// Whether the party is an organisation (its `representative` is then 代表人, else 代理人).
    pub is_organization: bool,
    /// Who acts for the party.
    pub representative: Option<String>,
}

/// What is added to the frozen text when it is signed and sealed. Not part of the hash.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Execution {
    /// Everyone who must sign, in the order of the blocks; those who have not signed yet get an empty line.
    pub signatories: Vec<Signed>,
    /// Whether the committee's seal is drawn.
    pub sealed: bool,
    /// The day printed under the seal.
    pub date: Option<NaiveDate>,
    /// Head of the case's audit chain, lower-case hex.
    pub audit_head: Option<String>,
    /// What kind of electronic seal this is (R17: say so when no licensed CA stands behind it).
    pub seal_note: String,
}

/// One signature block.
#[derive(Clone, Debug, PartialEq)]
pub struct Signed {
    /// 申请人, 被申请人, 人民调解员 …
    pub label: String,
    /// The name under the line.
    pub name: String,
    /// The drawn signature, if given.
    pub ink: Option<Ink>,
    /// When it was given.
    pub signed_at: Option<DateTime<Utc>>,
}

/// A drawn signature: strokes of points in the pixels of a box `width` × `height`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ink {
    /// Width of the box drawn in, CSS pixels.
    pub width: f64,
    /// Height of the box drawn in, CSS pixels.
    pub height: f64,
    /// Each stroke as points `(x, y)`.
    pub strokes: Vec<Vec<(f64, f64)>>,
}

/// The block a signature is printed in, millimetres (templates/signing.typ).
const BOX_MM: (f64, f64) = (42.0, 16.0);

impl Ink {
    /// The strokes scaled into the printed block: fitted to their own extent, centred, in millimetres.
    pub(crate) fn in_millimetres(&self) -> Vec<Vec<[f64; 2]>> {
        let points = || self.strokes.iter().flatten().filter(|(x, y)| x.is_finite() && y.is_finite());
        let bounds = points().fold(None, |bounds: Option<(f64, f64, f64, f64)>, &(x, y)| {
            let (left, top, right, bottom) = bounds.unwrap_or((x, y, x, y));
            Some((left.min(x), top.min(y), right.max(x), bottom.max(y)))
        });
        let Some((left, top, right, bottom)) = bounds else { return Vec::new() };
        let (width, height) = ((right - left).max(1.0), (bottom - top).max(1.0));
        let scale =
            (BOX_MM.0 / width).min(BOX_MM.1 / height).min(BOX_MM.1 / self.height.clamp(1.0, 4000.0) * 1.6);
        let (dx, dy) = ((BOX_MM.0 - width * scale) / 2.0, (BOX_MM.1 - height * scale) / 2.0);
        let hundredth = |v: f64| (v * 100.0).round() / 100.0;
        self.strokes
            .iter()
            .map(|stroke| {
                stroke
                    .iter()
                    .filter(|(x, y)| x.is_finite() && y.is_finite())
                    .map(|(x, y)| [hundredth((x - left) * scale + dx), hundredth((y - top) * scale + dy)])
                    .collect::<Vec<_>>()
            })
            .filter(|stroke| !stroke.is_empty())
            .collect()
    }
}

/// What the template receives, as JSON.
#[derive(Serialize)]
pub(crate) struct TemplateData<'a> {
    organization: &'a str,
    number: &'a str,
    parties: &'a [PaperParty],
    facts: Vec<&'a str>,
    dispute: Vec<&'a str>,
    responsibility: Vec<&'a str>,
    clauses: Vec<Vec<&'a str>>,
    performance: Vec<&'a str>,
    copies: u32,
    paper_only: bool,
    text_sha256: Option<&'a str>,
    frozen_text: Option<String>,
    signatories: Vec<Block<'a>>,
    sealed: bool,
    date: NaiveDate,
    audit_head: Option<&'a str>,
    seal_note: &'a str,
}

#[derive(Serialize)]
struct Block<'a> {
    label: &'a str,
    name: &'a str,
    strokes: Vec<Vec<[f64; 2]>>,
    signed_at: Option<String>,
}

/// Users' line breaks become paragraphs of their own; blank lines vanish.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

impl<'a> TemplateData<'a> {
    /// Joins paper, execution and, from the second pass on, the frozen text.
    pub(crate) fn new(
        paper: &'a AgreementPaper,
        execution: &'a Execution,
        frozen: Option<&'a crate::Frozen>,
    ) -> Self {
        Self {
            organization: &paper.organization,
            number: &paper.number,
            parties: &paper.parties,
            facts: lines(&paper.facts),
            dispute: lines(&paper.dispute),
            responsibility: lines(&paper.responsibility),
            clauses: paper.clauses.iter().map(|clause| lines(clause)).collect(),
            performance: lines(&paper.performance),
            copies: paper.copies.max(1),
            paper_only: paper.paper_only,
            text_sha256: frozen.map(|f| f.text_sha256.as_str()),
            frozen_text: frozen.map(crate::Frozen::text),
            signatories: execution.signatories.iter().map(Block::new).collect(),
            sealed: execution.sealed,
            date: execution.date.unwrap_or(paper.date),
            audit_head: execution.audit_head.as_deref(),
            seal_note: &execution.seal_note,
        }
    }
}

impl<'a> Block<'a> {
    fn new(signed: &'a Signed) -> Self {
        Self {
            label: &signed.label,
            name: &signed.name,
            strokes: signed.ink.as_ref().map(Ink::in_millimetres).unwrap_or_default(),
            signed_at: signed.signed_at.map(|at| beijing(at).format("%Y-%m-%d %H:%M:%S").to_string()),
        }
    }
}

/// Papers show the time of the place they are signed in: China has one zone, UTC+8.
pub fn beijing(at: DateTime<Utc>) -> chrono::NaiveDateTime {
    (at + chrono::TimeDelta::hours(8)).naive_utc()
}
