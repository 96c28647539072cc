//! Cases: register, find, save, and the list of those one may see.

use domain::case::register_no;
use domain::{Case, CaseId, CaseState, DisputeKind, Organization, OrganizationId, StaffId};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::entity::case_file::{Column, Entity, Model};
use crate::entity::{party, register_sequence, seat, session};
use crate::{Result, StoreError, Tx, word};

/// The next number of an organisation's register of a year: counted up in the transaction, so no number is lost or
/// given twice.
pub async fn next_register_no(tx: &Tx, organization: &Organization, year: i32) -> Result<(i32, String)> {
    use register_sequence::{Column, Entity, Model};
    let first = Model { organization_id: organization.id.0, year, last: 0 };
    Entity::insert(first.into_active_model())
        .on_conflict_do_nothing_on([Column::OrganizationId, Column::Year])
        .exec_without_returning(tx.db())
        .await?;
    let counted = Entity::update_many()
        .col_expr(Column::Last, Expr::col(Column::Last).add(1))
        .filter(Column::OrganizationId.eq(organization.id.0))
        .filter(Column::Year.eq(year))
        .exec_with_returning(tx.db())
        .await?;
    let serial = counted.first().map_or(1, |row| row.last);
    Ok((serial, register_no(year, &organization.short_name, serial)))
}

/// Adds a case under its register number (year and serial from [`next_register_no`]).
pub async fn insert(tx: &Tx, case: &Case, year: i32, serial: i32) -> Result<()> {
    let row = Model {
        id: case.id.0,
        organization_id: case.organization_id.0,
        register_year: year,
        register_serial: serial,
        register_no: case.register_no.clone(),
        number: case.number.clone(),
        title: case.title.clone(),
        kind: word::of(&case.kind),
        source: word::of(&case.source),
        state: word::of(&case.state),
        facts: case.facts.clone(),
        requests: case.requests.clone(),
        place: case.place.clone(),
        requested_at: case.requested_at,
        accepted_at: case.accepted_at,
        due_at: case.due_at,
        suspended_at: case.suspended_at,
        effective_at: case.effective_at,
        first_receiver_id: case.first_receiver.0,
        mediator_id: case.mediator.map(|id| id.0),
        updated_at: case.updated_at,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One case.
pub async fn find(tx: &Tx, id: CaseId) -> Result<Option<Case>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(Case::try_from).transpose()
}

/// One case, kept from other writers until this transaction ends: read this way before [`save`].
pub async fn lock(tx: &Tx, id: CaseId) -> Result<Option<Case>> {
    Entity::find_by_id(id.0).lock_exclusive().one(tx.db()).await?.map(Case::try_from).transpose()
}

/// Writes back what can change of a case: number, words, state, times, mediator. Its register number, its first
/// receiver (首问负责) and `requested_at` (R26) never change.
pub async fn save(tx: &Tx, case: &Case) -> Result<()> {
    let Some(row) = Entity::find_by_id(case.id.0).one(tx.db()).await? else {
        return Err(StoreError::Unreadable { place: "case_file.id", value: case.id.to_string() });
    };
    let changed = Model {
        number: case.number.clone(),
        title: case.title.clone(),
        kind: word::of(&case.kind),
        state: word::of(&case.state),
        facts: case.facts.clone(),
        requests: case.requests.clone(),
        place: case.place.clone(),
        accepted_at: case.accepted_at,
        due_at: case.due_at,
        suspended_at: case.suspended_at,
        effective_at: case.effective_at,
        mediator_id: case.mediator.map(|id| id.0),
        updated_at: case.updated_at,
        ..row
    };
    Entity::update(changed.into_active_model().reset_all()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Which cases somebody may see. Empty: none.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Those this member of staff mediates.
    pub handler: Option<StaffId>,
    /// Those this member of staff received first.
    pub receiver: Option<StaffId>,
    /// Those of these organisations.
    pub organizations: Vec<OrganizationId>,
    /// Those with a sitting at which this member of staff has a seat.
    pub at_table: Option<StaffId>,
}

impl Scope {
    fn condition(&self) -> Condition {
        let mut any = Condition::any().add(Expr::value(false));
        if let Some(staff) = self.handler {
            any = any.add(Column::MediatorId.eq(staff.0));
        }
        if let Some(staff) = self.receiver {
            any = any.add(Column::FirstReceiverId.eq(staff.0));
        }
        if !self.organizations.is_empty() {
            any = any.add(Column::OrganizationId.is_in(self.organizations.iter().map(|id| id.0)));
        }
        if let Some(staff) = self.at_table {
            let seated = Query::select()
                .column((session::Entity, session::Column::CaseId))
                .from(session::Entity)
                .inner_join(
                    seat::Entity,
                    Expr::col((seat::Entity, seat::Column::SessionId))
                        .equals((session::Entity, session::Column::Id)),
                )
                .and_where(Expr::col((seat::Entity, seat::Column::StaffId)).eq(staff.0))
                .to_owned();
            any = any.add(Column::Id.in_subquery(seated));
        }
        any
    }
}

/// What the list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these states; empty: all.
    pub states: Vec<CaseState>,
    /// Only this kind.
    pub kind: Option<DisputeKind>,
    /// Words in title, numbers or a party's name.
    pub text: Option<String>,
    /// Rows at most.
    pub limit: u64,
}

/// The cases in a scope, last changed first.
pub async fn list(tx: &Tx, scope: &Scope, filter: &Filter) -> Result<Vec<Case>> {
    let mut query = Entity::find().filter(scope.condition());
    if !filter.states.is_empty() {
        query = query.filter(Column::State.is_in(filter.states.iter().map(word::of)));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(Column::Kind.eq(word::of(&kind)));
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let like = LikeExpr::new(format!("%{escaped}%")).escape('\\');
        let named = Query::select()
            .column(party::Column::CaseId)
            .from(party::Entity)
            .and_where(Expr::col(party::Column::Name).like(like.clone()))
            .to_owned();
        query = query.filter(
            Condition::any()
                .add(Column::Title.like(like.clone()))
                .add(Column::RegisterNo.like(like.clone()))
                .add(Column::Number.like(like))
                .add(Column::Id.in_subquery(named)),
        );
    }
    let rows = query
        .order_by_desc(Column::UpdatedAt)
        .order_by_asc(Column::Id)
        .limit(if filter.limit == 0 { 200 } else { filter.limit })
        .all(tx.db())
        .await?;
    rows.into_iter().map(Case::try_from).collect()
}

impl TryFrom<Model> for Case {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            organization_id: row.organization_id.into(),
            register_no: row.register_no,
            number: row.number,
            title: row.title,
            kind: word::parse(&row.kind)?,
            source: word::parse(&row.source)?,
            state: word::parse(&row.state)?,
            facts: row.facts,
            requests: row.requests,
            place: row.place,
            requested_at: row.requested_at,
            accepted_at: row.accepted_at,
            due_at: row.due_at,
            suspended_at: row.suspended_at,
            effective_at: row.effective_at,
            first_receiver: row.first_receiver_id.into(),
            mediator: row.mediator_id.map(Into::into),
            updated_at: row.updated_at,
        })
    }
}
