//! What may be done with papers: handed in, widened, shown, turned, taken off, marked.

use domain::{Paper, PaperId, PaperScope, Refusal, SeatId, Side};

use super::{Decision, live, not_over};
use crate::words::some_words;
use crate::{Command, Event, Mark, Seat, Session, sees_paper};

/// Characters in an objection.
const TEXT_LIMIT: usize = 500;

pub(super) fn decide(session: &Session, actor: SeatId, me: &Seat, command: &Command) -> Decision {
    not_over(session)?;
    match command {
        Command::WidenPaper { paper, scope } => widen(session, actor, me, *paper, *scope),
        Command::ShowPaper { paper, page } => show(session, actor, me, *paper, page.unwrap_or(1)),
        Command::TurnPage { page } => turn(session, actor, me, *page),
        Command::ClearTable => clear(session, actor, me),
        Command::MarkPaper { paper, mark, text } => mark_as(session, actor, me, *paper, *mark, text),
        _ => Err(Refusal::forbidden("host_only")),
    }
}

/// A paper was handed in, or its owner let more people see it in another sitting of the case.
pub(super) fn lodge(session: &Session, paper: Paper) -> Vec<Event> {
    match session.paper(paper.id) {
        None => vec![Event::PaperLodged(Box::new(paper))],
        Some(laid) if laid.paper.scope < paper.scope => {
            vec![Event::PaperWidened { paper: paper.id, scope: paper.scope }]
        }
        Some(_) => vec![],
    }
}

/// The owner, and nobody else: more people may see it. What was seen cannot be unseen, so there is no way back.
fn widen(session: &Session, actor: SeatId, me: &Seat, id: PaperId, scope: PaperScope) -> Decision {
    let laid = session.paper_for(actor, id)?;
    if !laid.owned_by(actor, me) {
        return Err(Refusal::forbidden("owner_only"));
    }
    if session.is_document(id) {
        return Err(Refusal::conflict("document_for_mediator"));
    }
    if scope == PaperScope::Side && laid.paper.side == Side::Neutral {
        return Err(Refusal::invalid("paper_scope"));
    }
    if scope < laid.paper.scope {
        return Err(Refusal::conflict("cannot_narrow"));
    }
    Ok(if scope == laid.paper.scope { vec![] } else { vec![Event::PaperWidened { paper: id, scope }] })
}

/// A host, or the owner where nothing else is shown: lays a paper before everybody in the own area, all of whom must
/// be allowed to see it.
fn show(session: &Session, actor: SeatId, me: &Seat, id: PaperId, page: u32) -> Decision {
    live(session)?;
    let laid = session.paper_for(actor, id)?;
    if !me.role.hosts() && !laid.owned_by(actor, me) {
        return Err(Refusal::forbidden("owner_only"));
    }
    if !me.admitted() {
        return Err(Refusal::conflict("not_at_table"));
    }
    page_of(&laid.paper, page)?;
    let now = session.on_table(me.area);
    if now.is_some_and(|shown| (shown.by, shown.paper, shown.page) == (actor, id, page)) {
        return Ok(vec![]);
    }
    if now.is_some_and(|shown| shown.by != actor) && !me.role.hosts() {
        return Err(Refusal::conflict("table_taken"));
    }
    if session.within(me.area).any(|(seat, s)| !s.left && !sees_paper(session, seat, laid)) {
        return Err(Refusal::conflict("not_for_all_here"));
    }
    Ok(vec![Event::PaperShown { paper: id, page, seat: actor, area: me.area }])
}

/// Who shows it turns.
fn turn(session: &Session, actor: SeatId, me: &Seat, page: u32) -> Decision {
    let shown = session.on_table(me.area).ok_or_else(|| Refusal::conflict("nothing_shown"))?;
    if shown.by != actor {
        return Err(Refusal::forbidden("who_shows_turns"));
    }
    page_of(&session.paper_for(actor, shown.paper)?.paper, page)?;
    Ok(if shown.page == page { vec![] } else { vec![Event::PageTurned { area: me.area, page }] })
}

/// Who shows it, its owner, or a host: takes it off.
fn clear(session: &Session, actor: SeatId, me: &Seat) -> Decision {
    let Some(shown) = session.on_table(me.area) else { return Ok(vec![]) };
    let owns = session.paper(shown.paper).is_some_and(|laid| laid.owned_by(actor, me));
    if shown.by == actor || owns || me.role.hosts() {
        Ok(vec![Event::TableCleared { area: me.area }])
    } else {
        Err(Refusal::forbidden("who_shows_turns"))
    }
}

/// A party: has seen it, or objects. A host: has seen the original.
fn mark_as(session: &Session, actor: SeatId, me: &Seat, id: PaperId, mark: Mark, text: &str) -> Decision {
    let laid = session.paper_for(actor, id)?;
    let text = match mark {
        Mark::OriginalShown if !me.role.hosts() => return Err(Refusal::forbidden("host_only")),
        Mark::Seen | Mark::Disputed if !me.may_stop() => return Err(Refusal::forbidden("party_only")),
        Mark::Seen | Mark::Disputed if laid.owned_by(actor, me) => {
            return Err(Refusal::conflict("own_paper"));
        }
        Mark::OriginalShown | Mark::Seen => None,
        Mark::Disputed => Some(some_words(text, TEXT_LIMIT)?),
    };
    let same = laid.marks.get(&actor).is_some_and(|before| (before.mark, &before.text) == (mark, &text));
    Ok(if same { vec![] } else { vec![Event::PaperMarked { paper: id, seat: actor, mark, text }] })
}

fn page_of(paper: &Paper, page: u32) -> Result<(), Refusal> {
    if (1..=paper.pages).contains(&page) { Ok(()) } else { Err(Refusal::invalid("no_such_page")) }
}
