//! Papers on the table (材料): handed in by their owner, shown to an area page by page, marked by the parties.
//!
//! ```text
//!  handed in (scope: mediator | side | all) ─▶ shown to one area, a page at a time ─▶ seen / disputed by a party
//!        └── widened by its owner alone                └── whoever shows it turns     original shown: a host
//! ```
//!
//! Who may see a paper, and what lies on the table of an area, is decided in `visibility.rs`. The bytes are elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{Paper, PaperId, PaperKind, PaperScope, Refusal, SeatId, Side};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AreaId, Phase, Seat, Session, Time, sees_paper, shown_to, visible};

/// The far edge of a page, for the pointer: a place is (0..=10000, 0..=10000) of width and height.
pub const POINT_MOST: u16 = 10_000;

/// What somebody says of a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// 看过: a party has seen it.
    Seen,
    /// 有异议: a party objects, in words.
    Disputed,
    /// 原件已出示: a host saw the original.
    OriginalShown,
}

/// A party's word on a paper, or a host's on its original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// What.
    pub mark: Mark,
    /// Why, if it is disputed.
    pub text: Option<String>,
    /// When.
    pub at: Time,
}

/// A paper with what was said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaidPaper {
    /// The paper; its scope is that of now.
    pub paper: Paper,
    /// The last word of each seat.
    pub marks: BTreeMap<SeatId, Marked>,
}

/// What lies on the table of an area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Which paper.
    pub paper: PaperId,
    /// At which page, from 1.
    pub page: u32,
    /// Who shows it, and turns.
    pub by: SeatId,
    /// Since when.
    pub since: Time,
}

/// A paper on the screen of somebody who may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperView {
    /// Which.
    pub id: PaperId,
    /// Its name for people.
    pub title: String,
    /// What it is.
    pub kind: PaperKind,
    /// How many pages can be shown.
    pub pages: u32,
    /// Bytes of the original.
    pub size: i64,
    /// SHA-256 of the original.
    pub sha256: String,
    /// The viewer owns it.
    pub mine: bool,
    /// The owner's name: for hosts, the owner, and who can see the owner now.
    pub owner: Option<String>,
    /// The owner's side.
    pub side: Side,
    /// Who may see it.
    pub scope: PaperScope,
    /// What was said of it: everything for hosts, the own word and that of people in view for others.
    pub marks: Vec<MarkView>,
    /// When it was handed in.
    pub at: DateTime<Utc>,
}

/// A word on a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarkView {
    /// What.
    pub mark: Mark,
    /// The viewer's own.
    pub mine: bool,
    /// Whose.
    pub name: String,
    /// Of which side.
    pub side: Side,
    /// Why.
    pub text: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The page that lies before the viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownView {
    /// Which paper.
    pub paper: PaperId,
    /// At which page, from 1.
    pub page: u32,
    /// Who shows it.
    pub name: String,
    /// The viewer shows it, and turns.
    pub mine: bool,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Where somebody points, and who sees it. Never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointing {
    /// Those before whom the same page lies and who can see the one who points.
    pub to: BTreeSet<SeatId>,
    /// Who points.
    pub name: String,
    /// On which paper.
    pub paper: PaperId,
    /// On which page.
    pub page: u32,
}

impl LaidPaper {
    /// Whether this seat handed it in, or sits for the party that did.
    pub(crate) fn owned_by(&self, id: SeatId, seat: &Seat) -> bool {
        self.paper.seat == id || (self.paper.party.is_some() && self.paper.party == seat.party)
    }
}

impl Session {
    /// One paper.
    pub fn paper(&self, id: PaperId) -> Option<&LaidPaper> {
        self.papers.iter().find(|laid| laid.paper.id == id)
    }

    /// One paper, if this seat may see it: absent and hidden are the same.
    ///
    /// # Errors
    /// `unknown_paper`
    pub fn paper_for(&self, viewer: SeatId, id: PaperId) -> Result<&LaidPaper, Refusal> {
        let laid = self.paper(id).filter(|laid| sees_paper(self, viewer, laid));
        laid.ok_or_else(|| Refusal::not_found("unknown_paper"))
    }

    /// The papers this seat may see, the oldest first.
    pub fn papers(&self, viewer: SeatId) -> Vec<PaperView> {
        let Some(me) = self.seat(viewer) else { return Vec::new() };
        let known = |other: SeatId| other == viewer || me.role.hosts() || visible(self, other, viewer);
        let seen = self.papers.iter().filter(|laid| sees_paper(self, viewer, laid));
        seen.map(|laid| {
            let Paper { id, title, kind, pages, size, sha256, side, scope, owner, at, .. } =
                laid.paper.clone();
            let mine = laid.owned_by(viewer, me);
            let owner = (mine || known(laid.paper.seat)).then_some(owner);
            let marks = laid.marks.iter().filter(|(seat, _)| known(**seat)).filter_map(|(seat, marked)| {
                let who = self.seat(*seat)?;
                let Marked { mark, text, at } = marked.clone();
                Some(MarkView {
                    mark,
                    mine: *seat == viewer,
                    name: who.name.clone(),
                    side: who.side,
                    text,
                    at,
                })
            });
            let marks = marks.collect();
            PaperView { id, title, kind, pages, size, sha256, mine, owner, side, scope, marks, at }
        })
        .collect()
    }

    /// The page that lies before this seat, as its screen shows it.
    pub fn shown_view(&self, viewer: SeatId) -> Option<ShownView> {
        let Shown { paper, page, by, since } = shown_to(self, viewer)?.clone();
        let name = self.seat(by)?.name.clone();
        Some(ShownView { paper, page, name, mine: by == viewer, since })
    }

    /// This seat points at the page before it. Nothing is stored, nothing changes.
    ///
    /// # Errors
    /// `nothing_shown`
    pub fn point(&self, from: SeatId) -> Result<Pointing, Refusal> {
        let shown = shown_to(self, from).ok_or_else(|| Refusal::conflict("nothing_shown"))?;
        let reached = |to: SeatId| {
            visible(self, from, to) && shown_to(self, to).is_some_and(|other| other.paper == shown.paper)
        };
        Ok(Pointing {
            to: self.seats().map(|(id, _)| id).filter(|id| reached(*id)).collect(),
            name: self.seat(from).map(|s| s.name.clone()).unwrap_or_default(),
            paper: shown.paper,
            page: shown.page,
        })
    }

    /// An area whose paper is shown by somebody who has gone: it is taken off.
    pub(crate) fn forsaken_table(&self) -> Option<AreaId> {
        self.areas.iter().find_map(|(id, area)| {
            let shown = area.shown.as_ref()?;
            let there = self.seat(shown.by).is_some_and(|s| s.area == *id && !s.left);
            (!there || self.phase.is_over()).then_some(*id)
        })
    }

    /// What lies on the table of this area, whoever sees it.
    pub(crate) fn on_table(&self, area: AreaId) -> Option<&Shown> {
        self.areas.get(&area)?.shown.as_ref()
    }

    pub(crate) fn laid_mut(&mut self, id: PaperId) -> Option<&mut LaidPaper> {
        self.papers.iter_mut().find(|laid| laid.paper.id == id)
    }

    /// Whether pages are shown at all now.
    pub(crate) fn table_is_open(&self) -> bool {
        self.phase == Phase::Live
    }
}
