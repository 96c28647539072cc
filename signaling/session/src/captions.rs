//! What somebody is saying, in writing: for who hears badly, and for who needs another language (R38, R39).
//!
//! A caption is a [`crate::Line`] on behalf of the voice it follows: it reaches whom that voice reaches now, so a private
//! talk's words stay in the private talk. Nobody's voice leaves the house for it: people write captions, no service.

use domain::{Refusal, Right, SeatId};

use crate::chat::TEXT_LIMIT;
use crate::decide::{Decision, known, live};
use crate::words::some_words;
use crate::{Event, Seat, Session, visible};

/// Whose task it is to write along: mediators, the clerk, an interpreter, the helper beside somebody.
fn writes(seat: &Seat) -> bool {
    seat.role.has(Right::Caption)
}

/// Who writes along: what a voice says that the writer hears.
pub(crate) fn caption(session: &Session, actor: SeatId, me: &Seat, of: SeatId, text: &str) -> Decision {
    live(session)?;
    if !writes(me) {
        return Err(Refusal::forbidden("not_a_caption_writer"));
    }
    known(session, of)?;
    if !visible(session, of, actor) {
        return Err(Refusal::conflict("not_heard"));
    }
    let text = some_words(text, TEXT_LIMIT)?;
    // Whom the voice reaches, and its owner, who should see what is written under the own name. The writer's words must
    // reach them too: a caption is no way around a screen between writer and reader.
    let mut to = session.reach(of);
    to.insert(of);
    to.retain(|reader| visible(session, actor, *reader));
    to.remove(&actor);
    Ok(vec![Event::Said { seat: actor, to, text, of: Some(of) }])
}
