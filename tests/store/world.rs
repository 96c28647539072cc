//! The small world of the stories: a county, a township, its people, and the quarrel about the water at 老槐村.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use domain::staff::Level;
use domain::{
    Case, CaseId, CaseState, DisputeKind, Organization, OrganizationId, Particulars, Party, PartyId, Phase,
    Seat, SeatId, SeatRole, SessionId, Side, Sitting, Source, Staff, StaffId, StaffRole,
};
use store::{Settings, Store, Tx};
use uuid::Uuid;

/// Runs stories on both databases.
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() { super::$story($crate::world::World::on_sqlite().await).await })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() { super::$story($crate::world::World::on_postgres().await).await })*
        }
    };
}
pub(crate) use on_both;

/// A database with people in it.
pub struct World {
    pub store: Store,
    pub url: String,
    pub shiqiao: Organization,
    /// 李和, mediates.
    pub li: StaffId,
    /// 王敏, receives.
    pub wang: StaffId,
    ids: AtomicU64,
    _folder: Option<tempfile::TempDir>,
}

/// A moment of spring 2026.
pub fn at(text: &str) -> DateTime<Utc> {
    format!("{text}Z").parse().unwrap()
}

impl World {
    pub async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("onedoor.db").display());
        Self::settle(&url, Some(folder)).await
    }

    pub async fn on_postgres() -> Self {
        Self::settle(&tests::postgres::fresh().await.unwrap(), None).await
    }

    async fn settle(url: &str, folder: Option<tempfile::TempDir>) -> Self {
        let store = Store::connect(url, &Settings::default()).await.unwrap();
        store.migrate().await.unwrap();
        assert_eq!(store.pending_migrations().await.unwrap(), 0);
        let county = Organization {
            id: OrganizationId(Uuid::from_u128(1)),
            parent_id: None,
            level: Level::County,
            name: "云岭县矛盾纠纷调处化解中心".into(),
            short_name: "云岭".into(),
        };
        let shiqiao = Organization {
            id: OrganizationId(Uuid::from_u128(2)),
            parent_id: Some(county.id),
            level: Level::Township,
            name: "石桥镇人民调解委员会".into(),
            short_name: "石桥".into(),
        };
        let world = Self {
            store,
            url: url.to_owned(),
            shiqiao,
            li: StaffId(Uuid::from_u128(11)),
            wang: StaffId(Uuid::from_u128(12)),
            ids: AtomicU64::new(1000),
            _folder: folder,
        };
        let now = at("2026-03-01T00:00:00");
        let tx = world.store.begin().await.unwrap();
        store::organization::insert(&tx, &county, now).await.unwrap();
        store::organization::insert(&tx, &world.shiqiao, now).await.unwrap();
        for (id, role, name, username) in
            [(world.li, StaffRole::Mediator, "李和", "Li.He"), (world.wang, StaffRole::Clerk, "王敏", "wang")]
        {
            let staff = Staff {
                id,
                organization_id: world.shiqiao.id,
                role,
                name: name.into(),
                title: "调解员".into(),
                username: username.into(),
                active: true,
                created_at: now,
            };
            store::staff::insert(&tx, &staff, "$argon2id$secret").await.unwrap();
        }
        tx.commit().await.unwrap();
        world
    }

    pub fn id(&self) -> Uuid {
        Uuid::from_u128(self.ids.fetch_add(1, Ordering::Relaxed).into())
    }

    /// Registers a quarrel of neighbours and answers its id.
    pub async fn register(&self, tx: &Tx, title: &str) -> CaseId {
        let now = at("2026-03-30T01:00:00");
        let (serial, register_no) = store::case::next_register_no(tx, &self.shiqiao, 2026).await.unwrap();
        let case = Case {
            id: CaseId(self.id()),
            organization_id: self.shiqiao.id,
            register_no,
            number: None,
            title: title.into(),
            kind: DisputeKind::Neighbour,
            source: Source::GridReport,
            state: CaseState::Registered,
            facts: "院坪垫高约30厘米,雨水倒灌。".into(),
            requests: "修排水沟,赔墙面。".into(),
            place: "石桥镇老槐村".into(),
            requested_at: now,
            accepted_at: None,
            due_at: None,
            suspended_at: None,
            effective_at: None,
            first_receiver: self.wang,
            mediator: Some(self.li),
            updated_at: now,
        };
        store::case::insert(tx, &case, 2026, serial).await.unwrap();
        case.id
    }

    /// Adds a party.
    pub async fn party(&self, tx: &Tx, case: CaseId, side: Side, name: &str) -> PartyId {
        let position = i32::try_from(store::party::count(tx, case).await.unwrap()).unwrap();
        let particulars =
            Particulars { name: name.into(), phone: Some("00013800017".into()), ..Default::default() };
        let party = Party { id: PartyId(self.id()), case_id: case, position, side, particulars };
        store::party::insert(tx, &party, at("2026-03-30T01:00:00")).await.unwrap();
        party.id
    }

    /// Schedules a sitting with one seat for 赵守田 and answers both.
    pub async fn sitting(&self, tx: &Tx, case: CaseId) -> (SessionId, SeatId) {
        let sitting = Sitting {
            id: SessionId(self.id()),
            case_id: case,
            scheduled_at: at("2026-04-10T01:00:00"),
            room: "二号调解室".into(),
            phase: Phase::Scheduled,
            outcome: None,
            started_at: None,
            ended_at: None,
            checklist: true,
        };
        store::sitting::insert(tx, &sitting, at("2026-04-01T01:00:00")).await.unwrap();
        let seat = Seat {
            id: SeatId(self.id()),
            session_id: sitting.id,
            role: SeatRole::Applicant,
            side: Side::Applicant,
            name: "赵守田".into(),
            party_id: None,
            staff_id: None,
            bound_to: None,
            same_device: false,
            mandate: None,
        };
        store::seat::insert(tx, &seat).await.unwrap();
        (sitting.id, seat.id)
    }
}
