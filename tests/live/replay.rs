//! `onedoor replay`: the stored facts give, byte for byte, the state the live hub had; whoever changes one is found out.

use onedoor::replay::{Verdict, judge, replay};
use serde_json::json;
use store::session_state::SessionState;

use crate::table::{Table, Zhao};

#[tokio::test]
async fn a_sitting_is_replayed_byte_for_byte_and_a_changed_fact_is_found_out() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    lin.command(table.caucus(Zhao)).await;
    lin.command(json!({"type": "confide", "seat": table.seat(Zhao), "text": "一千五就可以"})).await;
    zhao.command(json!({"type": "hand", "up": true})).await;
    let store = &table.state.store;
    let going_on = replay(store, table.session).await.unwrap();
    assert_eq!(going_on.verdict, Verdict::Same, "while it runs");
    assert!(
        going_on.course.iter().any(|line| line.contains("林岚") && line.contains("confided")),
        "{going_on:#?}"
    );

    lin.command(json!({"type": "close_caucus", "area": "caucus-1"})).await;
    qian.command(json!({"type": "leave"})).await;
    lin.command(json!({"type": "end", "outcome": "failed"})).await;
    let over = replay(store, table.session).await.unwrap();
    assert_eq!(over.verdict, Verdict::Same, "{:#?}", over.course);
    assert_ne!(over.sha256, going_on.sha256);
    assert_eq!(replay(store, table.session).await.unwrap(), over, "twice is the same");

    // Control: a fact whose words were changed, one that is missing, a kept state that was changed.
    let tx = store.read().await.unwrap();
    let rows = store::session_event::of_session(&tx, table.session).await.unwrap();
    let kept = store::session_state::find(&tx, table.session).await.unwrap().unwrap();
    assert!(kept.body.is_some(), "the whole state is kept at the end");
    let mut changed = rows.clone();
    let row = changed.iter_mut().find(|row| row.body.contains("一千五")).unwrap();
    row.body = row.body.replace("一千五", "一千八");
    let verdict = |rows: &[_], kept| judge(rows, Some(kept)).unwrap().verdict;
    assert!(matches!(verdict(&changed, kept.clone()), Verdict::Different { .. }));
    let mut holed = rows.clone();
    holed.remove(8);
    assert_eq!(verdict(&holed, kept.clone()), Verdict::Broken { after: 8 });
    assert_eq!(verdict(&rows[..rows.len() - 1], kept.clone()), Verdict::Broken { after: rows.len() - 1 });
    let body = kept.body.clone().map(|body| body.replace("failed", "agreed"));
    assert!(matches!(verdict(&rows, SessionState { body, ..kept }), Verdict::Different { .. }));
}
