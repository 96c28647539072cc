//! The table of the agreement stories: 林岚 at her desk, 赵守田 and 钱永福 on their phones, and the clauses of case ①.

use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use onedoor::config::Config;
use serde_json::{Value, json};
use tests::dispute::{Dispute, Table, application};
use tests::{Person, TestApp};

pub const DITCH: &str = "钱永福于2026年12月20日前沿界址自费修排水沟一条，长9米、宽0.3米。";
pub const MONEY: &str = "钱永福于2026年12月10日前向赵守田转账1800元（大写：壹仟捌佰元整），用于墙面修补。";

/// Everybody with their own token.
pub struct Parlour {
    pub app: TestApp,
    pub table: Table,
    pub lin: Person,
    pub zhao: Person,
    pub qian: Person,
}

/// Papers are set in the house's own fonts.
pub fn with_fonts(config: &mut Config) {
    config.documents.fonts = std::env::var_os("ONEDOOR_FONTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/fonts"), PathBuf::from);
}

/// A table about maintenance in a family, which the law keeps from electronic signatures (R18).
pub async fn family_table(app: &TestApp) -> Table {
    let mediator = app.staff("mediator").await;
    let mut application = application();
    application["kind"] = json!("family");
    let case = mediator.post_json("/cases", &application).await.ok();
    let mut dispute = Dispute { mediator, case };
    for party in 0..2 {
        dispute.says(party, "mediation", true).await;
    }
    dispute.case = dispute.mediator.post_json(&dispute.path("/accept"), &json!({})).await.ok();
    let new = json!({"scheduled_at": app.state.clock.now() + TimeDelta::days(1), "room": "一号调解室"});
    let session = dispute.mediator.post_json(&dispute.path("/sessions"), &new).await.ok();
    Table { dispute, session }
}

impl Parlour {
    pub async fn open() -> Self {
        Self::in_(TestApp::with(with_fonts).await).await
    }

    pub async fn in_(app: TestApp) -> Self {
        let table = Table::set(&app).await;
        Self::at(app, table).await
    }

    pub async fn at(app: TestApp, table: Table) -> Self {
        let (lin, _) = table.host().await;
        let (zhao, _) = table.comes_in(&app, "赵守田").await;
        let (qian, _) = table.comes_in(&app, "钱永福").await;
        Self { app, table, lin, zhao, qian }
    }

    pub fn path(&self, rest: &str) -> String {
        self.table.path(&format!("/agreement{rest}"))
    }

    pub async fn read(&self, who: &Person) -> Value {
        who.get(&self.path("")).await.ok()
    }

    /// 林岚 writes a clause; gives the agreement.
    pub async fn clause(&self, text: &str) -> Value {
        self.lin.post_json(&self.path("/clauses"), &json!({"text": text})).await.ok()
    }

    pub async fn stance(&self, who: &Person, clause: &Value, stance: &str) -> tests::Reply {
        let path = self.path(&format!("/clauses/{}/stance", clause["id"].as_str().unwrap()));
        who.put_json(&path, &json!({"stance": stance, "version": clause["version"]})).await
    }

    /// Both say yes to everything.
    pub async fn all_agree(&self) -> Value {
        let agreement = self.read(&self.lin).await;
        for clause in agreement["clauses"].as_array().unwrap() {
            for who in [&self.zhao, &self.qian] {
                self.stance(who, clause, "agree").await.ok();
            }
        }
        self.read(&self.lin).await
    }

    pub async fn freeze(&self) -> tests::Reply {
        let version = self.read(&self.lin).await["version"].clone();
        self.lin.post_json(&self.path("/freeze"), &json!({"version": version})).await
    }

    /// Two clauses, agreed and frozen.
    pub async fn frozen(&self) -> Value {
        self.clause(DITCH).await;
        self.clause(MONEY).await;
        self.all_agree().await;
        self.freeze().await.ok()
    }

    pub async fn code(&self, who: &Person) -> String {
        let sent = who.post_json(&self.path("/code"), &json!({})).await.ok();
        sent["demo_code"].as_str().expect("the demo shows the code").to_owned()
    }

    pub async fn sign_with(&self, who: &Person, hash: &Value, code: &str) -> tests::Reply {
        let points: Vec<_> =
            (0..30).map(|i| json!({"x": 20 + 8 * i, "y": 60 + (i % 5) * 12, "t": i * 16})).collect();
        let signature = json!({"text_sha256": hash, "strokes": [{"points": points}], "width": 300, "height": 150, "code": code});
        who.post_json(&self.path("/sign"), &signature).await
    }

    /// Asks for a code and signs the text that is on the screen.
    pub async fn sign(&self, who: &Person) -> tests::Reply {
        let hash = self.read(who).await["text_sha256"].clone();
        let code = self.code(who).await;
        self.sign_with(who, &hash, &code).await
    }

    /// The agreement once the worker has sealed it.
    pub async fn sealed(&self) -> Value {
        for _ in 0..600 {
            let agreement = self.read(&self.lin).await;
            if agreement["state"] == "effective" {
                return agreement;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not sealed within 30 s: {}", self.read(&self.lin).await);
    }
}
