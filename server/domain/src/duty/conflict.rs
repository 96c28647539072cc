//! Who may not be called to a case: R30 (律师法 38–39: secrecy, never both sides) and R4, for every expert alike.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CaseId, Party, Side};

/// Why somebody is not rung for a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// Stands on a side of this very case.
    OnASide,
    /// Stood in another case for somebody who is a party here.
    FormerClient,
    /// Said so.
    Declared,
}

/// A seat somebody has or had on a side of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Which case.
    pub case: CaseId,
    /// On which side.
    pub side: Side,
    /// The parties on that side: for whom they stood.
    pub clients: Vec<Party>,
}

impl Conflict {
    /// What keeps somebody with these stands from advising the parties of this case as a neutral.
    pub fn of(case: CaseId, parties: &[Party], stands: &[Stand], declared: bool) -> Option<Self> {
        let partial = || stands.iter().filter(|stand| stand.side != Side::Neutral);
        if partial().any(|stand| stand.case == case) {
            return Some(Self::OnASide);
        }
        let clients = || partial().flat_map(|stand| &stand.clients);
        if clients().any(|client| parties.iter().any(|party| same_person(client, party))) {
            return Some(Self::FormerClient);
        }
        declared.then_some(Self::Declared)
    }
}

/// By the identity number where both have one, else by name and phone: two people may have one name.
fn same_person(a: &Party, b: &Party) -> bool {
    match (&a.id_number, &b.id_number) {
        (Some(a), Some(b)) => a == b,
        _ => a.name == b.name && a.phone.is_some() && a.phone == b.phone,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Particulars, PartyId};

    fn party(name: &str, phone: &str, id: Option<&str>) -> Party {
        Party {
            id: PartyId(Uuid::from_u128(1)),
            case_id: CaseId(Uuid::from_u128(1)),
            position: 1,
            side: Side::Applicant,
            particulars: Particulars {
                name: name.into(),
                phone: Some(phone.into()),
                id_number: id.map(Into::into),
                ..Particulars::default()
            },
        }
    }

    #[test]
    fn r30_a_lawyer_is_never_on_both_sides() {
        let (here, there) = (CaseId(Uuid::from_u128(7)), CaseId(Uuid::from_u128(8)));
        let parties = [party("赵守田", "0001", Some("990000195903070017")), party("钱永福", "0002", None)];
        let stand = |case, side, clients| [Stand { case, side, clients }];
        assert_eq!(
            Conflict::of(here, &parties, &stand(here, Side::Respondent, vec![]), false),
            Some(Conflict::OnASide)
        );
        assert_eq!(Conflict::of(here, &parties, &stand(here, Side::Neutral, vec![]), false), None);
        let client = vec![party("赵守田", "000-old", Some("990000195903070017"))];
        let former = stand(there, Side::Applicant, client);
        assert_eq!(Conflict::of(here, &parties, &former, false), Some(Conflict::FormerClient));
        let namesake = vec![party("钱永福", "0009", None)];
        assert_eq!(Conflict::of(here, &parties, &stand(there, Side::Applicant, namesake), false), None);
        let client = vec![party("钱永福", "0002", None)];
        let former = stand(there, Side::Respondent, client);
        assert_eq!(Conflict::of(here, &parties, &former, false), Some(Conflict::FormerClient));
        assert_eq!(Conflict::of(here, &parties, &[], true), Some(Conflict::Declared));
    }
}
