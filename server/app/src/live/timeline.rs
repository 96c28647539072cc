//! What of a sitting stands in the case's timeline: its beginning and end, breaks, the times of private talks, calls
//! for help. Never what was said, nor who was moved where in between.

use serde_json::{Value, json};
use session::{AreaId, Event, Outcome, PauseCause, Session, Stamped};

/// An entry before it is put on the chain.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub actor: String,
    pub kind: &'static str,
    pub summary: String,
    pub data: Value,
}

/// The entry of this fact, if it has one. `after` is the state all facts of its transaction led to.
pub(super) fn line(after: &Session, fact: &Stamped) -> Option<Line> {
    let (kind, summary, data) = match &fact.event {
        Event::Started => ("session_started", "调解会开始".to_owned(), json!({})),
        Event::Paused { cause: PauseCause::Host } => {
            ("session_paused", "暂停".to_owned(), json!({"cause": "host"}))
        }
        Event::Paused { cause: PauseCause::NeverAlone } => {
            ("session_paused", "调解员离线，双方已分开，暂停".to_owned(), json!({"cause": "never_alone"}))
        }
        Event::Resumed => ("session_resumed", "继续".to_owned(), json!({})),
        Event::Opened { area } => (
            opened(*area),
            format!("{}开始", name(*area)),
            json!({"area": area, "seats": seats(after, *area)}),
        ),
        Event::Closed { area } => (closed(*area), format!("{}结束", name(*area)), json!({"area": area})),
        Event::Ended { outcome } => {
            ("session_ended", format!("调解会结束：{}", outcome_name(*outcome)), json!({"outcome": outcome}))
        }
        Event::Cancelled => ("session_cancelled", "调解会取消".to_owned(), json!({})),
        Event::Distress { seat } => ("distress_called", "有人按下紧急求助".to_owned(), json!({"seat": seat})),
        Event::DistressSeen { seat } => {
            ("distress_answered", "紧急求助已有人处理".to_owned(), json!({"seat": seat}))
        }
        _ => return None,
    };
    let mut data = data;
    data["session"] = json!(after.id());
    Some(Line { actor: actor(after, fact), kind, summary, data })
}

fn actor(session: &Session, fact: &Stamped) -> String {
    fact.by.and_then(|seat| session.seat(seat)).map_or_else(|| "system".to_owned(), |seat| seat.name.clone())
}

fn seats(session: &Session, area: AreaId) -> Vec<domain::SeatId> {
    session.within(area).map(|(id, _)| id).collect()
}

fn name(area: AreaId) -> &'static str {
    if matches!(area, AreaId::Consult(_)) { "单独咨询" } else { "背靠背" }
}

fn opened(area: AreaId) -> &'static str {
    if matches!(area, AreaId::Consult(_)) { "consult_opened" } else { "caucus_opened" }
}

fn closed(area: AreaId) -> &'static str {
    if matches!(area, AreaId::Consult(_)) { "consult_closed" } else { "caucus_closed" }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Agreed => "达成协议",
        Outcome::Adjourned => "择日再调",
        Outcome::Failed => "未达成协议",
        Outcome::Stopped => "当事人终止调解",
    }
}
