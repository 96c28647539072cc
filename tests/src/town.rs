//! The town the stories play in: 云岭县 with two townships, and staff of every office.
//!
//! Usernames are the office in 石桥镇 (`mediator`), with `_dg` behind it in 东关镇 (`mediator_dg`). 东关镇 is there to be
//! kept out: nothing of 石桥镇 is its business.

use domain::staff::Level;
use domain::{Organization, OrganizationId, Staff, StaffRole};
use onedoor::AppState;

/// Everybody's password.
pub const PASSWORD: &str = "yunling-2026";

const SHIQIAO: [(&str, StaffRole, &str, &str); 9] = [
    ("mediator", StaffRole::Mediator, "林岚", "首席调解员"),
    ("mediator2", StaffRole::Mediator, "韩春生", "调解员"),
    ("clerk", StaffRole::Clerk, "苏禾", "书记员"),
    ("director", StaffRole::Director, "郭守成", "主任"),
    ("lawyer", StaffRole::Lawyer, "许明达", "律师"),
    ("counsellor", StaffRole::Counsellor, "叶清", "心理咨询师"),
    ("grid_worker", StaffRole::GridWorker, "田小满", "网格员"),
    ("liaison", StaffRole::Liaison, "方志平", "市场监管联络员"),
    ("incident_desk", StaffRole::IncidentDesk, "值守席", "值守员"),
];
const DONGGUAN: [(&str, StaffRole, &str, &str); 4] = [
    ("mediator_dg", StaffRole::Mediator, "马会民", "调解员"),
    ("director_dg", StaffRole::Director, "唐文", "主任"),
    ("clerk_dg", StaffRole::Clerk, "白雪", "书记员"),
    ("incident_desk_dg", StaffRole::IncidentDesk, "东关值守席", "值守员"),
];
const COUNTY: [(&str, StaffRole, &str, &str); 3] = [
    ("admin", StaffRole::Admin, "管理员", "系统管理员"),
    ("director_county", StaffRole::Director, "高远", "主任"),
    ("lawyer2", StaffRole::Lawyer, "秦若溪", "值班律师"),
];

/// Settles the town in a fresh database; does nothing in one that is settled.
pub async fn settle(app: &AppState) {
    let hash = app.passwords.hash(PASSWORD.to_owned()).await.expect("a hash");
    let tx = app.store.begin().await.expect("a transaction");
    if store::staff::count(&tx).await.expect("a count") > 0 {
        return;
    }
    let now = app.clock.now();
    let organization = async |parent_id, level, name: &str, short_name: &str| -> OrganizationId {
        let id = app.ids.next();
        let organization =
            Organization { id, parent_id, level, name: name.to_owned(), short_name: short_name.to_owned() };
        store::organization::insert(&tx, &organization, now).await.expect("an organisation");
        id
    };
    let county = organization(None, Level::County, "云岭县人民调解委员会", "云岭").await;
    let shiqiao = organization(Some(county), Level::Township, "石桥镇人民调解委员会", "石桥").await;
    let dongguan = organization(Some(county), Level::Township, "东关镇人民调解委员会", "东关").await;
    let people = [(county, &COUNTY[..]), (shiqiao, &SHIQIAO[..]), (dongguan, &DONGGUAN[..])];
    for (organization_id, people) in people {
        for (username, role, name, title) in people {
            let staff = Staff {
                id: app.ids.next(),
                organization_id,
                role: *role,
                name: (*name).to_owned(),
                title: (*title).to_owned(),
                username: (*username).to_owned(),
                active: true,
                created_at: now,
            };
            store::staff::insert(&tx, &staff, &hash).await.expect("a member of staff");
        }
    }
    tx.commit().await.expect("the town is settled");
}
