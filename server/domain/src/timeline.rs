//! The timeline of a case: a hash chain that only grows, so that an edit, a swap or a cut tail can be shown.
//!
//! Each event's hash is the SHA-256 of its canonical JSON (keys sorted, no spaces, times cut to milliseconds), the
//! case's id and the former hash included. The head of the chain is printed on every signed document; who holds that
//! paper can prove later that nothing before it was changed or taken away.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::CaseId;

/// What an event says before it is put on the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Who did it: a name with a role, or `system`.
    pub actor: String,
    /// What kind of thing happened, `snake_case`.
    pub kind: String,
    /// One sentence for people.
    pub summary: String,
    /// Figures for programs. No personal data that is not in the case anyway.
    pub data: Value,
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineEvent {
    /// 1, 2, 3 …
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What kind.
    pub kind: String,
    /// In words.
    pub summary: String,
    /// In figures.
    pub data: Value,
    /// The hash of the event before, or [`genesis`].
    pub prev: String,
    /// This event's hash.
    pub hash: String,
}

/// The end of a chain: how many events, and the hash of the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The sequence number of the last event; 0 for an empty chain.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// What is wrong with a chain, at the first place where it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The event does not have the hash it says: it was changed, or belongs to another case.
    #[error("event {seq} was changed")]
    Changed {
        /// Where.
        seq: i64,
    },
    /// An event is missing, doubled or out of order here.
    #[error("the chain is not continuous at event {seq}")]
    Disordered {
        /// Where.
        seq: i64,
    },
    /// The chain ends before the head that was handed out.
    #[error("events after {seq} were cut off")]
    Cut {
        /// The last event that is left.
        seq: i64,
    },
    /// The chain is whole in itself, but it is not the one whose head was handed out.
    #[error("event {seq} is not the one that was handed out")]
    Rewritten {
        /// Where.
        seq: i64,
    },
}

/// What the first event of a case points back to.
pub fn genesis(case: CaseId) -> String {
    hex::encode(Sha256::digest(format!("onedoor timeline 1 {case}")))
}

impl Draft {
    /// Puts the event after `head` (`None`: the first of the case).
    pub fn after(self, case: CaseId, head: Option<&Head>, now: DateTime<Utc>) -> TimelineEvent {
        let mut event = TimelineEvent {
            seq: head.map_or(1, |h| h.seq + 1),
            at: now.trunc_subsecs(3),
            actor: self.actor,
            kind: self.kind,
            summary: self.summary,
            data: self.data,
            prev: head.map_or_else(|| genesis(case), |h| h.hash.clone()),
            hash: String::new(),
        };
        event.hash = event.digest(case);
        event
    }
}

impl TimelineEvent {
    /// The head of a chain that ends here.
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash.clone() }
    }

    fn digest(&self, case: CaseId) -> String {
        let body = json!({
            "case": case.to_string(),
            "seq": self.seq,
            "at": self.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "actor": self.actor,
            "kind": self.kind,
            "summary": self.summary,
            "data": self.data,
            "prev": self.prev,
        });
        hex::encode(Sha256::digest(canonical(&body)))
    }
}

/// Tries the whole chain of a case, from its first event; `known` is a head handed out earlier.
///
/// # Errors
/// [`Broken`] tells the first place where the chain does not hold.
pub fn verify(case: CaseId, events: &[TimelineEvent], known: Option<&Head>) -> Result<Head, Broken> {
    let mut head = Head { seq: 0, hash: genesis(case) };
    for event in events {
        if event.seq != head.seq + 1 || event.prev != head.hash {
            return Err(Broken::Disordered { seq: event.seq });
        }
        if event.digest(case) != event.hash {
            return Err(Broken::Changed { seq: event.seq });
        }
        head = event.head();
        if known.is_some_and(|k| k.seq == head.seq && k.hash != head.hash) {
            return Err(Broken::Rewritten { seq: head.seq });
        }
    }
    match known {
        Some(known) if known.seq > head.seq => Err(Broken::Cut { seq: head.seq }),
        _ => Ok(head),
    }
}

/// JSON with one spelling: keys sorted by code point, no spaces. Numbers as serde writes them, so `data` holds
/// integers and strings, never floats.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                // writing to a String cannot fail
                let _ = write!(out, "{}:", Value::String(key.clone()));
                write_canonical(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        leaf => {
            let _ = write!(out, "{leaf}");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn case() -> CaseId {
        CaseId(Uuid::from_u128(17))
    }

    fn chain(length: usize) -> Vec<TimelineEvent> {
        let start: DateTime<Utc> = "2026-03-30T01:02:03.456789Z".parse().unwrap();
        let mut events: Vec<TimelineEvent> = Vec::new();
        for i in 0..length {
            let head = events.last().map(TimelineEvent::head);
            let draft = Draft {
                actor: "mediator 李和".into(),
                kind: "note".into(),
                summary: format!("第{i}件事"),
                data: json!({"b": i, "a": [1, {"z": null, "y": "雨水"}]}),
            };
            events.push(draft.after(
                case(),
                head.as_ref(),
                start + chrono::Duration::seconds(i64::try_from(i).unwrap()),
            ));
        }
        events
    }

    #[test]
    fn t4_an_honest_chain_holds() {
        let events = chain(6);
        let head = verify(case(), &events, None).unwrap();
        assert_eq!(head, events[5].head());
        assert_eq!(verify(case(), &events, Some(&events[3].head())), Ok(head), "it may have grown since");
        assert_eq!(verify(case(), &[], None).unwrap().seq, 0);
    }

    #[test]
    fn t4_a_cut_tail_is_seen_only_by_who_holds_the_head() {
        let events = chain(6);
        let head = events[5].head();
        assert!(verify(case(), &events[..4], None).is_ok(), "the control: without a head nothing is missing");
        assert_eq!(verify(case(), &events[..4], Some(&head)), Err(Broken::Cut { seq: 4 }));
    }

    #[test]
    fn t4_a_chain_written_anew_is_not_the_one_that_was_handed_out() {
        let head = chain(6)[5].head();
        let mut anew: Vec<TimelineEvent> = Vec::new();
        for old in chain(6) {
            let last = anew.last().map(TimelineEvent::head);
            let draft = Draft { actor: "x".into(), kind: old.kind, summary: old.summary, data: old.data };
            anew.push(draft.after(case(), last.as_ref(), old.at));
        }
        assert!(verify(case(), &anew, None).is_ok());
        assert_eq!(verify(case(), &anew, Some(&head)), Err(Broken::Rewritten { seq: 6 }));
    }

    #[test]
    fn t4_events_of_another_case_do_not_fit() {
        assert!(verify(CaseId(Uuid::from_u128(18)), &chain(2), None).is_err());
    }

    #[test]
    fn the_same_facts_have_one_spelling() {
        let a: Value = serde_json::from_str(r#"{"b":1,"a":{"d":"x","c":[true,null]}}"#).unwrap();
        let b: Value = serde_json::from_str(r#" { "a" : {"c":[true ,null],"d":"x"}, "b":1 } "#).unwrap();
        assert_eq!(canonical(&a), canonical(&b));
        assert_eq!(canonical(&a), r#"{"a":{"c":[true,null],"d":"x"},"b":1}"#);
    }

    proptest! {
        #[test]
        fn t4_any_edit_swap_or_removal_is_found(at in 0usize..8, other in 0usize..8, what in 0u8..8) {
            let honest = chain(8);
            let head = honest[7].head();
            let mut events = honest.clone();
            match what {
                0 => events[at].summary.push('!'),
                1 => events[at].actor = "nobody".into(),
                2 => events[at].data["b"] = json!(99),
                3 => events[at].at += chrono::Duration::milliseconds(1),
                4 => events[at].kind = "other".into(),
                5 => events.swap(at, other),
                6 => { events.remove(at); }
                _ => { let copy = events[at].clone(); events.insert(other, copy); }
            }
            prop_assume!(events != honest);
            prop_assert!(verify(case(), &events, Some(&head)).is_err());
        }
    }
}
