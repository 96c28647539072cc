//! Parties (当事人), and how much of them others may read.

use chrono::{Datelike, NaiveDate};

use crate::{CaseId, PartyId, Refusal, Side};

/// A party of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub id: PartyId,
    /// In which case.
    pub case_id: CaseId,
    /// The order in which the parties are named.
    pub position: i32,
    /// On which side.
    pub side: Side,
    /// What is known of the person.
    pub particulars: Particulars,
}

impl std::ops::Deref for Party {
    type Target = Particulars;
    fn deref(&self) -> &Particulars {
        &self.particulars
    }
}

/// What the register asks of a party (form 1, 申请书).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// Name of the person or organisation.
    pub name: String,
    /// Phone, digits with an optional leading `+`.
    pub phone: Option<String>,
    /// 18-digit identity number, or the credit code of an organisation.
    pub id_number: Option<String>,
    /// Where to write to.
    pub address: Option<String>,
    /// Age in years, when no identity number tells it.
    pub age: Option<i32>,
    /// A legal person or other organisation.
    pub is_organization: bool,
    /// Who speaks for it: legal representative or guardian.
    pub representative: Option<String>,
}

impl Particulars {
    /// Takes the words as typed and keeps what can be kept.
    ///
    /// # Errors
    /// `name_invalid`, `phone_invalid`, `id_number_invalid`, `age_invalid`, `text_too_long`.
    pub fn parse(raw: Self) -> Result<Self, Refusal> {
        let name = raw.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Refusal::invalid("name_invalid"));
        }
        let phone = tidy(raw.phone).map(|p| p.replace([' ', '-'], ""));
        if let Some(phone) = &phone {
            let digits = phone.strip_prefix('+').unwrap_or(phone);
            if !(5..=20).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Refusal::invalid("phone_invalid"));
            }
        }
        let id_number = tidy(raw.id_number).map(|id| id.to_ascii_uppercase());
        if let Some(id) = &id_number {
            let plausible = (6..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
            if !plausible || (!raw.is_organization && id.len() == 18 && birth_date(id).is_none()) {
                return Err(Refusal::invalid("id_number_invalid"));
            }
        }
        if raw.age.is_some_and(|age| !(0..=130).contains(&age)) {
            return Err(Refusal::invalid("age_invalid"));
        }
        let (address, representative) = (tidy(raw.address), tidy(raw.representative));
        if [&address, &representative].into_iter().flatten().any(|text| text.chars().count() > 300) {
            return Err(Refusal::invalid("text_too_long"));
        }
        Ok(Self {
            name,
            phone,
            id_number,
            address,
            age: raw.age,
            is_organization: raw.is_organization,
            representative,
        })
    }

    /// Age on a day: from the identity number if there is one, else as told. Organisations have none.
    pub fn age_on(&self, today: NaiveDate) -> Option<i32> {
        if self.is_organization {
            return None;
        }
        self.id_number.as_deref().and_then(birth_date).map(|born| years_between(born, today)).or(self.age)
    }

    /// R29 (Civil Code 19–20): under 18, a guardian acts.
    pub fn needs_guardian(&self, today: NaiveDate) -> bool {
        self.age_on(today).is_some_and(|age| age < 18)
    }

    /// The phone as others may read it.
    pub fn phone_masked(&self) -> Option<String> {
        self.phone.as_deref().map(|p| mask(p, 3, 4))
    }

    /// The identity number as others may read it.
    pub fn id_masked(&self) -> Option<String> {
        self.id_number.as_deref().map(|id| mask(id, 3, 2))
    }
}

fn tidy(text: Option<String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

/// Keeps `head` and `tail` characters and covers the rest; what is too short is covered whole.
pub fn mask(text: &str, head: usize, tail: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= head + tail {
        return "*".repeat(chars.len());
    }
    let covered = chars.len() - head - tail;
    chars[..head]
        .iter()
        .copied()
        .chain(std::iter::repeat_n('*', covered))
        .chain(chars[head + covered..].iter().copied())
        .collect()
}

/// The date of birth in digits 7–14 of an 18-digit identity number (GB 11643). The check digit is not tested: that
/// is the identity check's work, and old papers carry wrong ones.
pub fn birth_date(id_number: &str) -> Option<NaiveDate> {
    if id_number.len() != 18 || !id_number.is_ascii() {
        return None;
    }
    let number = |range: std::ops::Range<usize>| id_number.get(range)?.parse::<u32>().ok();
    NaiveDate::from_ymd_opt(i32::try_from(number(6..10)?).ok()?, number(10..12)?, number(12..14)?)
}

fn years_between(born: NaiveDate, today: NaiveDate) -> i32 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i32::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn masks_keep_only_what_helps_to_recognise() {
        assert_eq!(mask("00013800017", 3, 4), "000****0017");
        assert_eq!(mask("990000195903070017", 3, 2), "990*************17");
        assert_eq!(mask("12345", 3, 4), "*****");
    }

    #[test]
    fn r29_age_comes_from_the_identity_number() {
        let zhao = Particulars {
            name: "赵守田".into(),
            id_number: Some("990000195903070017".into()),
            age: Some(12),
            ..Particulars::default()
        };
        assert_eq!(zhao.age_on(day("2026-03-06")), Some(66), "the day before the birthday");
        assert_eq!(zhao.age_on(day("2026-03-07")), Some(67));
        assert!(!zhao.needs_guardian(day("2026-11-23")));
        let child = Particulars { id_number: Some("990000201511230010".into()), ..zhao };
        assert!(child.needs_guardian(day("2026-11-23")));
    }

    #[test]
    fn what_cannot_be_true_is_refused() {
        let named = |name: &str| Particulars { name: name.into(), ..Particulars::default() };
        let code = |p: Particulars| Particulars::parse(p).map(|_| ()).unwrap_err().code;
        assert_eq!(code(named("   ")), "name_invalid");
        assert_eq!(code(Particulars { phone: Some("call me".into()), ..named("林晓") }), "phone_invalid");
        let no_such_day = Some("990000199702310010".into());
        assert_eq!(code(Particulars { id_number: no_such_day, ..named("林晓") }), "id_number_invalid");
        assert_eq!(code(Particulars { age: Some(900), ..named("林晓") }), "age_invalid");
        let kept =
            Particulars::parse(Particulars { phone: Some(" 000-1380 0017 ".into()), ..named(" 林晓 ") })
                .unwrap();
        assert_eq!((kept.name.as_str(), kept.phone.as_deref()), ("林晓", Some("00013800017")));
    }
}
