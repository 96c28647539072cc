//! `GET` and `PUT /calls/{call}/note`: what an expert leaves; `GET /cases/{id}/expert-notes`: what of it is in the file.
//!
//! A lawyer's, a department's, a social worker's or an interpreter's note goes into the case file, its hash onto the
//! timeline. A counsellor's goes nowhere but to the counsellor (R31: 精神卫生法 23): not into the file, not onto the
//! timeline, and for everybody else there is none.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::duty::{ExpertCall, RingAnswer};
use domain::timeline::Draft;
use domain::{CallId, CaseId, Expert, Refusal, SessionId, link};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;
use store::expert_note::ExpertNote;
use utoipa::ToSchema;

use super::mine;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// Characters in a note.
const TEXT: usize = 2000;

/// The words. There is no field for anything else, a diagnosis least of all.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewNote {
    text: String,
}

/// The caller's own note.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnNote {
    text: String,
    at: Option<DateTime<Utc>>,
    /// It stands in the case file, where the mediator reads it; else nobody but the author does.
    in_file: bool,
}

/// The notes in a case file.
#[derive(Serialize, ToSchema)]
pub(super) struct ExpertNotes {
    items: Vec<ExpertNoteView>,
}

/// A note in a case file.
#[derive(Serialize, ToSchema)]
#[schema(as = ExpertNote)]
struct ExpertNoteView {
    call_id: CallId,
    session_id: SessionId,
    author: String,
    expert: Expert,
    text: String,
    at: DateTime<Utc>,
}

/// The own note; empty while there is none.
#[utoipa::path(
    get,
    path = "/calls/{call}/note",
    tag = "calls",
    params(("call" = CallId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = OwnNote),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn read(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CallId>,
) -> Answer<Json<OwnNote>> {
    let tx = app.store.read().await?;
    let call = came_to(&tx, &app, &caller, id).await?;
    Ok(Json(own(&tx, &caller, &call).await?))
}

/// Keeps the own note, in place of a former one.
#[utoipa::path(
    put,
    path = "/calls/{call}/note",
    tag = "calls",
    params(("call" = CallId, Path)),
    request_body = NewNote,
    security(("staff" = [])),
    responses(
        (status = 200, body = OwnNote),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 422, body = ProblemBody, description = "nothing_said, text_too_long"),
    )
)]
pub(super) async fn write(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CallId>,
    Json(note): Json<NewNote>,
) -> Answer<Json<OwnNote>> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let call = came_to(&tx, &app, &caller, id).await?;
    let text = note.text.trim().to_owned();
    if text.is_empty() {
        return Err(Refusal::invalid("nothing_said").into());
    }
    if text.chars().count() > TEXT {
        return Err(Refusal::invalid("text_too_long").into());
    }
    if call.expert == Expert::Counsellor {
        store::counsel_note::put(&tx, caller.id, id, &text, now).await?;
    } else {
        file(&tx, &caller, &call, text, now).await?;
    }
    let own = own(&tx, &caller, &call).await?;
    tx.commit().await?;
    app.live.hub.bell().ring();
    Ok(Json(own))
}

/// What experts left in the case file.
#[utoipa::path(
    get,
    path = "/cases/{id}/expert-notes",
    tag = "calls",
    params(("id" = CaseId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = ExpertNotes),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn of_case(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CaseId>,
) -> Answer<Json<ExpertNotes>> {
    let tx = app.store.read().await?;
    guard::case(&tx, &caller, id, Action::ReadCase).await?;
    let notes = store::expert_note::of_case(&tx, id).await?;
    let items = notes.into_iter().map(|note| {
        let ExpertNote { call_id, session_id, author, expert, text, at, .. } = note;
        ExpertNoteView { call_id, session_id, author, expert, text, at }
    });
    Ok(Json(ExpertNotes { items: items.collect() }))
}

/// A call the caller came to: only then is there something to note.
async fn came_to(tx: &Tx, app: &AppState, caller: &StaffCaller, id: CallId) -> Answer<ExpertCall> {
    let (call, rung) = mine(tx, app, caller, id).await?;
    if rung.answer == Some(RingAnswer::Taken) { Ok(call) } else { Err(Problem::not_found()) }
}

async fn own(tx: &Tx, caller: &StaffCaller, call: &ExpertCall) -> Answer<OwnNote> {
    let in_file = call.expert != Expert::Counsellor;
    let found = if in_file {
        let note = store::expert_note::of_call(tx, call.id).await?;
        note.filter(|note| note.staff_id == caller.id).map(|note| (note.text, note.at))
    } else {
        store::counsel_note::of_author(tx, caller.id, call.id).await?
    };
    let (text, at) = found.map_or_else(|| (String::new(), None), |(text, at)| (text, Some(at)));
    Ok(OwnNote { text, at, in_file })
}

async fn file(
    tx: &Tx,
    caller: &StaffCaller,
    call: &ExpertCall,
    text: String,
    now: DateTime<Utc>,
) -> Answer<()> {
    let author = guard::name(tx, caller).await?;
    let draft = Draft {
        actor: author.clone(),
        kind: "expert_noted".into(),
        summary: format!("{author}留下意见"),
        data: json!({"session": call.session_id, "expert": call.expert, "sha256": link::hash(&text)}),
    };
    let note = ExpertNote {
        call_id: call.id,
        case_id: call.case_id,
        session_id: call.session_id,
        staff_id: caller.id,
        author,
        expert: call.expert,
        text,
        at: now,
    };
    store::expert_note::put(tx, &note).await?;
    store::timeline::append(tx, call.case_id, draft, now).await?;
    Ok(())
}
