//! What of a sitting stands in the case's timeline: its beginning and end, breaks, the times of private talks, calls
//! for help, and who agreed to be recorded when. Never what was said, nor who was moved where in between.

use super::ledger::Interval;
use domain::PaperScope;
use serde_json::{Value, json};
use session::{
    AreaId, Event, Expert, Mark, OpeningItem, Outcome, PauseCause, RecordingEnd, RecordingPause, Session,
    Stamped,
};

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
        Event::Ended { outcome, next_at } => (
            "session_ended",
            format!("调解会结束：{}", outcome_name(*outcome)),
            json!({"outcome": outcome, "next_at": next_at}),
        ),
        Event::Cancelled => ("session_cancelled", "调解会取消".to_owned(), json!({})),
        Event::Distress { seat } => ("distress_called", "有人按下紧急求助".to_owned(), json!({"seat": seat})),
        Event::DistressSeen { seat } => {
            ("distress_answered", "紧急求助已有人处理".to_owned(), json!({"seat": seat}))
        }
        _ => return opening(after, fact).or_else(|| recording(after, fact)).or_else(|| paper(after, fact)),
    };
    Some(entry(after, fact, kind, summary, data))
}

/// Before the start and besides: who was checked and how (R9), what was told (R8), disclosed (R4), decided about
/// safety (R32) and about guests (R5).
fn opening(after: &Session, fact: &Stamped) -> Option<Line> {
    let seat_name = |seat: &domain::SeatId| after.seat(*seat).map(|s| s.name.clone()).unwrap_or_default();
    let (kind, summary, data) = match &fact.event {
        Event::Greeted { greeting: Some(greeting) } => {
            let word = format!("{}在开始前与{}见面", seat_name(&greeting.host), seat_name(&greeting.seat));
            ("greeted", word, json!({"host": greeting.host, "seat": greeting.seat}))
        }
        Event::DeviceMoved { seat, .. } => {
            ("device_moved", format!("{}换了一台设备", seat_name(seat)), json!({"seat": seat}))
        }
        Event::DocumentPresented { seat, paper: Some(paper) } => {
            let data = json!({"seat": seat, "paper": paper});
            ("document_presented", format!("{}出示身份证件照片", seat_name(seat)), data)
        }
        Event::Identified { seat, method, matches, id_tail, document } => {
            let result = if *matches { "身份核对一致" } else { "身份核对不一致" };
            let mut data = json!({"seat": seat, "method": method, "matches": matches, "id_tail": id_tail});
            if let Some(paper) = document {
                data["document"] = json!(paper);
            }
            ("identity_checked", format!("{}{result}", seat_name(seat)), data)
        }
        Event::OpeningDone { item } => {
            ("opening_item_done", item_name(*item).to_owned(), json!({"item": item}))
        }
        Event::ConflictDeclared { disclosed } => {
            let word = if disclosed.is_some() {
                "调解员作出利益冲突披露"
            } else {
                "调解员声明无利益冲突"
            };
            ("conflict_declared", word.to_owned(), json!({"disclosed": disclosed}))
        }
        Event::AnotherMediatorAsked { seat, .. } => {
            ("another_mediator_asked", format!("{}申请更换调解员", seat_name(seat)), json!({"seat": seat}))
        }
        Event::GuestAnswered { guest, party, yes } => {
            let word = if *yes { "同意" } else { "不同意" };
            let summary = format!("{}{word}{}参加", seat_name(party), seat_name(guest));
            ("guest_answered", summary, json!({"guest": guest, "party": party, "yes": yes}))
        }
        // Set in the case file it was written down there.
        Event::Screened { a, b } if fact.by.is_some() => {
            ("screened", "两席不得同处一室".to_owned(), json!({"a": a, "b": b}))
        }
        // R32: who was afraid, why and what was done about it stay with the mediators, in the sitting's own facts.
        Event::JointAllowed { .. } => ("joint_allowed", "决定可以同场调解".to_owned(), json!({})),
        Event::SafetyReported { .. } => ("safety_handled", "安全事项已处理".to_owned(), json!({})),
        Event::DistressClosed { seat, action } => {
            let data = json!({"seat": seat, "action": action});
            ("distress_closed", "紧急求助处理结果".to_owned(), data)
        }
        Event::Rang { expert, .. } => {
            ("expert_called", format!("呼叫{}", expert_name(*expert)), json!({"expert": expert}))
        }
        Event::CallTaken { seat, .. } => {
            ("expert_answered", format!("{}应答", seat_name(seat)), json!({"seat": seat}))
        }
        Event::ChairGiven { seat } => {
            ("chair_given", format!("由{}主持", seat_name(seat)), json!({"seat": seat}))
        }
        _ => return None,
    };
    Some(entry(after, fact, kind, summary, data))
}

fn expert_name(expert: Expert) -> &'static str {
    match expert {
        Expert::Lawyer => "律师",
        Expert::Counsellor => "心理咨询师",
        Expert::SocialWorker => "社会工作者",
        Expert::Liaison => "部门联络员",
        Expert::Interpreter => "翻译",
    }
}

fn item_name(item: OpeningItem) -> &'static str {
    match item {
        OpeningItem::RightsTold => "已告知权利义务",
        OpeningItem::ShamWarned => "已告知虚假调解的后果",
        OpeningItem::AddressConfirmed => "已确认送达地址",
    }
}

/// R12: when a recording was asked for, who agreed and who took it back, when it ran.
fn recording(after: &Session, fact: &Stamped) -> Option<Line> {
    let (kind, summary, data) = match &fact.event {
        Event::RecordingAsked => ("recording_asked", "请求录音录像".to_owned(), json!({})),
        Event::RecordingAnswered { seat, yes } => {
            let who = after.seat(*seat).map(|s| s.name.as_str()).unwrap_or_default();
            let word = if *yes { "同意" } else { "不同意" };
            let kind = if *yes { "consent_given" } else { "consent_refused" };
            (kind, format!("{who}{word}录音录像"), json!({"seat": seat, "question": "recording"}))
        }
        Event::RecordingStarted => ("recording_started", "开始录音录像".to_owned(), json!({})),
        Event::RecordingPaused { why } => {
            ("recording_paused", format!("录音录像暂停：{}", pause_name(*why)), json!({"why": why}))
        }
        Event::RecordingStopped { cause } => {
            ("recording_stopped", format!("录音录像结束：{}", end_name(*cause)), json!({"cause": cause}))
        }
        _ => return None,
    };
    Some(entry(after, fact, kind, summary, data))
}

/// What was said of a paper and who let more people see it; its handing in is written with its hash (`api::papers`).
/// By number, not by title: whoever reads the file's course need not read its papers.
fn paper(after: &Session, fact: &Stamped) -> Option<Line> {
    let name = |seat: &domain::SeatId| after.seat(*seat).map(|s| s.name.clone()).unwrap_or_default();
    let (kind, summary, data) = match &fact.event {
        Event::PaperWidened { paper, scope } => {
            let whom = if *scope == PaperScope::All { "所有人" } else { "己方" };
            ("paper_widened", format!("材料改为{whom}可见"), json!({"paper": paper, "scope": scope}))
        }
        Event::PaperMarked { paper, seat, mark, text } => {
            let sha256 = after.paper(*paper).map(|laid| laid.paper.sha256.clone());
            let words = match mark {
                Mark::Seen => format!("{}看过一份材料", name(seat)),
                Mark::Disputed => format!("{}对一份材料有异议", name(seat)),
                Mark::OriginalShown => "一份材料的原件已出示".to_owned(),
            };
            // The words themselves stay with the sitting: here they are only held to what they were.
            let said = text.as_deref().map(domain::link::hash);
            let data = json!({"paper": paper, "sha256": sha256, "mark": mark, "words_sha256": said});
            ("paper_marked", words, data)
        }
        _ => return None,
    };
    Some(entry(after, fact, kind, summary, data))
}

fn entry(after: &Session, fact: &Stamped, kind: &'static str, summary: String, data: Value) -> Line {
    let mut data = data;
    data["session"] = json!(after.id());
    Line { actor: actor(after, fact), kind, summary, data }
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

fn pause_name(why: RecordingPause) -> &'static str {
    match why {
        RecordingPause::Consent => "有人未同意",
        RecordingPause::Unattended => "调解员不在",
        RecordingPause::Break => "调解会未进行",
        RecordingPause::Disk => "磁盘空间不足",
        RecordingPause::Elsewhere => "不在共同调解区",
    }
}

fn end_name(cause: RecordingEnd) -> &'static str {
    match cause {
        RecordingEnd::Host => "调解员停止",
        RecordingEnd::Over => "调解会结束",
        RecordingEnd::Failed => "无法写入",
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Agreed => "达成协议",
        Outcome::Adjourned => "择日再调",
        Outcome::Failed => "未达成协议",
        Outcome::Stopped => "当事人终止调解",
        Outcome::NoShow => "有人未到场",
    }
}

/// An interval of the hearing ledger, with its sitting.
pub(super) fn hearing(session: &Session, interval: &Interval) -> Value {
    let mut data = json!(interval);
    data["session"] = json!(session.id());
    data
}
