//! A roster and calls laid ready, for stories that begin where somebody is on duty.

use domain::duress::{Duress, Place};
use domain::duty::{CallStatus, Residency, RingAnswer};
use domain::{CallId, DuressId, Expert, ExpertCall};
use serde_json::{Value, json};

use crate::dispute::Table;
use crate::{Person, TestApp};

/// Puts somebody on the roster, at any hour; gives the line.
pub async fn put(
    app: &TestApp,
    director: &Person,
    username: &str,
    expert: Expert,
    department: &str,
) -> Value {
    let tx = app.state.store.read().await.expect("a transaction");
    let staff = store::staff::credentials(&tx, username).await.expect("a look").expect("somebody").0;
    tx.rollback().await.expect("an end");
    let line = json!({
        "staff_id": staff.id, "expert": expert, "department": department, "residency": Residency::OnCall,
        "days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "until": "24:00",
    });
    director.post_json("/duty", &line).await.ok()
}

/// A line of the roster of 石桥, a call that 秦若溪 came to, a call for help of 赵守田: their ids.
pub async fn lay(app: &TestApp, table: &Table) -> (String, String, String) {
    let director = app.staff("director").await;
    let duty = put(app, &director, "lawyer", Expert::Lawyer, "").await;
    let now = app.state.clock.now();
    let tx = app.state.store.begin().await.expect("a transaction");
    let lawyer = store::staff::credentials(&tx, "lawyer2").await.expect("a look").expect("a lawyer").0;
    let call = ExpertCall {
        id: CallId(app.state.ids.next()),
        session_id: table.id().parse().expect("an id"),
        case_id: table.dispute.id().parse().expect("an id"),
        number: 1,
        expert: Expert::Lawyer,
        department: String::new(),
        private: false,
        question: "违约金能不能调低".into(),
        rang_at: now,
        status: CallStatus::Taken,
        taken_by: Some(lawyer.id),
        seat_id: None,
    };
    store::expert_call::insert(&tx, &call).await.expect("a call");
    store::expert_call::ring(&tx, call.id, lawyer.id, now).await.expect("a ring");
    store::expert_call::answer(&tx, call.id, lawyer.id, RingAnswer::Taken).await.expect("an answer");
    let duress = Duress {
        id: DuressId(app.state.ids.next()),
        session_id: call.session_id,
        case_id: call.case_id,
        seat_id: table.seat("赵守田").parse().expect("an id"),
        place: Place::Joint,
        at: now,
        acknowledged_at: None,
        closed_at: None,
    };
    store::duress::insert(&tx, &duress).await.expect("a call for help");
    tx.commit().await.expect("it is true");
    (duty["id"].as_str().expect("an id").to_owned(), call.id.to_string(), duress.id.to_string())
}
