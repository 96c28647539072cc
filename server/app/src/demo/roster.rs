//! The demo's duty roster: a resident lawyer and one on call, a counsellor, liaisons of the departments the cases need.

use domain::duty::{Expert, Hours, Residency};
use domain::{Duty, Staff};

use super::tell::County;
use crate::state::AppState;

/// Somebody's line.
struct Line {
    username: &'static str,
    expert: Expert,
    department: &'static str,
    residency: Residency,
    days: &'static [u8],
    from: &'static str,
    until: &'static str,
}

const WEEK: &[u8] = &[1, 2, 3, 4, 5];
const EVERY_DAY: &[u8] = &[1, 2, 3, 4, 5, 6, 7];

/// Comes when called, at any hour: the demo is looked at in the evening too.
const fn on_call(username: &'static str, expert: Expert, department: &'static str) -> Line {
    let (residency, days) = (Residency::OnCall, EVERY_DAY);
    Line { username, expert, department, residency, days, from: "00:00", until: "24:00" }
}

const ROSTER: &[Line] = &[
    Line {
        username: "xumingda",
        expert: Expert::Lawyer,
        department: "",
        residency: Residency::Resident,
        days: WEEK,
        from: "09:00",
        until: "17:30",
    },
    on_call("xumingda", Expert::Lawyer, ""),
    on_call("qinruoxi", Expert::Lawyer, ""),
    Line {
        username: "yeqing",
        expert: Expert::Counsellor,
        department: "",
        residency: Residency::Rotating,
        days: &[2, 4],
        from: "09:00",
        until: "17:30",
    },
    on_call("yeqing", Expert::Counsellor, ""),
    on_call("fangzhiping", Expert::Liaison, "市场监管局"),
    on_call("zhounong", Expert::Liaison, "农业农村局"),
    on_call("hetian", Expert::Liaison, "自然资源局"),
    on_call("wushuyan", Expert::Liaison, "人力资源和社会保障局"),
    on_call("tianxiaoman", Expert::SocialWorker, ""),
];

/// Puts everybody on the roster.
pub(super) async fn fill(app: &AppState, county: &County) -> anyhow::Result<()> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    for (position, line) in (1..).zip(ROSTER) {
        let Staff { id, organization_id, .. } = county.member(line.username)?.clone();
        let duty = Duty {
            id: app.ids.next(),
            organization_id,
            staff_id: id,
            expert: line.expert,
            department: line.department.to_owned(),
            residency: line.residency,
            hours: Hours::parse(line.days, line.from, line.until)?,
            position,
        };
        store::duty::insert(&tx, &duty, now).await?;
    }
    Ok(tx.commit().await?)
}
