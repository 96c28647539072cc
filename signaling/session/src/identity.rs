//! Who somebody is, checked for each person in each sitting (R9, R10): the mediator asks for the document, the person
//! holds it to the camera or takes a photo of it, and a human compares.
//!
//! The photo is a paper of its owner that the mediators alone see. It stays so: nobody can widen it by a slip.

use chrono::{DateTime, Utc};
use domain::{PaperId, PaperScope, Refusal, SeatId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decide::{Decision, known, not_over};
use crate::{Event, Seat, Session};

/// How somebody's identity was checked. A face is never the only way (R10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMethod {
    /// The mediator compared the document held to the camera with the person.
    DocumentOnCamera,
    /// A code sent to the person's telephone.
    SmsCode,
    /// The mediator knows the person.
    KnownInPerson,
    /// A grid worker or clerk beside the person saw the document.
    SeenOnSite,
}

/// A check of one person for this sitting (R9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentityCheck {
    /// How.
    pub method: IdentityMethod,
    /// It is the person.
    pub matches: bool,
    /// The last four characters of the document's number; the rest is never kept here.
    pub id_tail: Option<String>,
    /// The photo of the document that was compared, among the papers of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<PaperId>,
    /// By which seat.
    pub by: SeatId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Host or clerk: this is the person, or it is not.
pub(crate) fn identify(
    session: &Session,
    seat: SeatId,
    method: IdentityMethod,
    matches: bool,
    id_tail: Option<String>,
) -> Decision {
    not_over(session)?;
    let who = known(session, seat)?;
    let tail = id_tail.filter(|tail| !tail.is_empty());
    if tail.as_ref().is_some_and(|t| t.len() > 4 || !t.chars().all(|c| c.is_ascii_alphanumeric())) {
        return Err(Refusal::invalid("id_tail"));
    }
    let same = who
        .identity
        .as_ref()
        .is_some_and(|check| (check.method, check.matches, &check.id_tail) == (method, matches, &tail));
    let document = who.document.filter(|_| method == IdentityMethod::DocumentOnCamera);
    let same = same && who.identity.as_ref().is_some_and(|check| check.document == document);
    Ok(if same { vec![] } else { vec![Event::Identified { seat, method, matches, id_tail: tail, document }] })
}

/// Host: please show your document.
pub(crate) fn ask(session: &Session, seat: SeatId) -> Decision {
    not_over(session)?;
    let asked = known(session, seat)?.document_asked;
    Ok(if asked { vec![] } else { vec![Event::DocumentAsked { seat }] })
}

/// Anyone: here is a photo of my document, or, without one, I hold it to the camera.
pub(crate) fn present(session: &Session, actor: SeatId, me: &Seat, paper: Option<PaperId>) -> Decision {
    not_over(session)?;
    if let Some(id) = paper {
        let paper = &session.paper_for(actor, id)?.paper;
        if paper.seat != actor {
            return Err(Refusal::forbidden("owner_only"));
        }
        if paper.scope != PaperScope::Mediator {
            return Err(Refusal::conflict("document_for_mediator"));
        }
    }
    let same = !me.document_asked && (paper.is_none() || me.document == paper);
    Ok(if same { vec![] } else { vec![Event::DocumentPresented { seat: actor, paper }] })
}

impl Session {
    /// Whether somebody showed this paper as the document that says who they are.
    pub(crate) fn is_document(&self, paper: PaperId) -> bool {
        let checked = |seat: &Seat| seat.identity.as_ref().and_then(|check| check.document);
        self.seats().any(|(_, seat)| [seat.document, checked(seat)].contains(&Some(paper)))
    }
}
