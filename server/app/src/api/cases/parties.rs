//! `POST /cases/{id}/parties`: adds a party.

use axum::extract::State;
use axum::http::StatusCode;
use domain::access::Action;
use domain::timeline::Draft;
use domain::{CaseId, Particulars, Party, Refusal, Side};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::PartyView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// A party as told.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct NewParty {
    name: String,
    phone: Option<String>,
    id_number: Option<String>,
    address: Option<String>,
    age: Option<i32>,
    #[serde(default)]
    is_organization: bool,
    representative: Option<String>,
}

/// A party and its side.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct AddedParty {
    #[serde(flatten)]
    party: NewParty,
    side: Side,
}

impl NewParty {
    pub(super) fn into_particulars(self) -> Result<Particulars, Refusal> {
        let Self { name, phone, id_number, address, age, is_organization, representative } = self;
        Particulars::parse(Particulars {
            name,
            phone,
            id_number,
            address,
            age,
            is_organization,
            representative,
        })
    }
}

/// Adds a party. One who joins after acceptance still has to agree to mediation before the next sitting.
#[utoipa::path(
    post,
    path = "/cases/{id}/parties",
    tag = "cases",
    params(("id" = CaseId, Path)),
    request_body = AddedParty,
    security(("staff" = [])),
    responses(
        (status = 201, body = PartyView),
        (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody, description = "wrong_state"),
        (status = 422, body = ProblemBody, description = "side_invalid, name_invalid, phone_invalid, id_number_invalid …"),
    )
)]
pub(super) async fn add(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CaseId>,
    Json(new): Json<AddedParty>,
) -> Answer<(StatusCode, Json<PartyView>)> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let case = guard::case_to_change(&tx, &caller, id, Action::EditParties).await?;
    if !case.state.is_before_effect() {
        return Err(Refusal::conflict("wrong_state").into());
    }
    if new.side == Side::Neutral {
        return Err(Refusal::invalid("side_invalid").into());
    }
    let position = i32::try_from(store::party::count(&tx, case.id).await?).unwrap_or(i32::MAX);
    let particulars = new.party.into_particulars()?;
    let party = Party { id: app.ids.next(), case_id: case.id, position, side: new.side, particulars };
    store::party::insert(&tx, &party, now).await?;
    let draft = Draft {
        actor: guard::name(&tx, &caller).await?,
        kind: "party_added".into(),
        summary: format!("增加当事人：{}", party.name),
        data: json!({"party": party.id, "side": party.side}),
    };
    store::timeline::append(&tx, case.id, draft, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(PartyView::of(&party, &[], now))))
}
