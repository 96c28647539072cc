//! T6: nobody reaches another case, by any operation of the contract, with any id of it.
//!
//! The operations are read from the OpenAPI document itself, bodies are made from its schemas, so an endpoint that is
//! added tomorrow is tried tomorrow. Each stranger tries each operation twice: with the ids of the foreign case, and
//! with ids of nothing. The two must be answered alike, and never with a success.

use reqwest::Method;
use serde_json::{Map, Value, json};
use tests::dispute::Table;
use tests::{Person, Reply, TestApp};

/// What the path parameters stand for in the foreign case; a list for those that name different things by path.
struct Ids<'a> {
    case: &'a str,
    party: &'a str,
    session: &'a str,
    seat: &'a str,
    entry: &'a str,
    recording: &'a str,
    duty: &'a str,
    call: &'a str,
    duress: &'a str,
    paper: &'a str,
}

impl Ids<'_> {
    fn fill(&self, path: &str) -> String {
        let of_session = path.contains("/sessions/{id}");
        let mut filled = path.to_owned();
        for (name, id) in [
            ("id", if of_session { self.session } else { self.case }),
            ("case", self.case),
            ("session", self.session),
            ("party", self.party),
            ("seat", self.seat),
            ("entry", self.entry),
            ("recording", self.recording),
            ("duty", self.duty),
            ("call", self.call),
            ("duress", self.duress),
            ("paper", self.paper),
            ("kind", "recording"),
            ("n", "1"),
        ] {
            filled = filled.replace(&format!("{{{name}}}"), id);
        }
        // clauses, documents and whatever comes: an id that belongs to nothing here
        while let (Some(from), Some(to)) = (filled.find('{'), filled.find('}')) {
            filled.replace_range(from..=to, NOTHING);
        }
        filled
    }
}

const NOTHING: &str = "00000000-0000-7000-8000-00000000dead";

/// An instance of a schema: whatever is required, in the plainest form.
fn example(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return example(document, &document.pointer(&reference[1..]).cloned().unwrap_or_default());
    }
    if let Some(all) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in all {
            if let Value::Object(fields) = example(document, part) {
                whole.extend(fields);
            }
        }
        return Value::Object(whole);
    }
    if let Some(one) = schema["oneOf"].as_array().and_then(|all| all.iter().find(|s| s["type"] != "null")) {
        return example(document, one);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match (kind, schema["format"].as_str()) {
        ("string", Some("uuid")) => json!(NOTHING),
        ("string", Some("date-time")) => json!("2031-01-01T00:00:00Z"),
        ("string", _) => json!("试一试"),
        ("integer" | "number", _) => json!(1),
        ("boolean", _) => json!(true),
        ("array", _) => json!([example(document, &schema["items"])]),
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = required
                .iter()
                .filter_map(Value::as_str)
                .map(|name| (name.to_owned(), example(document, &schema["properties"][name])));
            Value::Object(fields.collect())
        }
    }
}

/// The administrator's county has this roster below it; the desk of this very town is the one that was called.
fn is_theirs(person: &Person, path: &str) -> bool {
    match person.name.as_str() {
        "admin" => path.contains("/duty/{duty}"),
        "incident_desk" => path.contains("/duress/{duress}"),
        _ => false,
    }
}

async fn call(person: &Person, document: &Value, method: &str, path: &str, operation: &Value) -> Reply {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let body = (!schema.is_null()).then(|| example(document, schema));
    let query = if method == "delete" { "?version=1" } else { "" };
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    person.send(method, &format!("!{path}{query}"), body.as_ref(), &[]).await
}

#[tokio::test]
async fn t6_no_operation_of_the_contract_opens_a_foreign_case() {
    let app = TestApp::start().await;
    let ours = Table::set(&app).await;
    let (host, _) = ours.host().await;
    let (zhao, _) = ours.comes_in(&app, "赵守田").await;
    let line = json!({"kind": "statement", "speaker": "赵守田", "text": "墙皮脱落"});
    let entry = host.post_json(&ours.path("/minutes"), &line).await.ok();
    let seats = [ours.seat("赵守田"), ours.seat("钱永福")];
    let recording = tests::tape::lay(&app, ours.dispute.id(), ours.id(), seats).await.id.to_string();
    let (duty, ringing, duress) = tests::duty::lay(&app, &ours).await;
    let photo = tests::papers::photo(40, 30);
    let paper = zhao.hand_in(&ours.path("/papers"), "all", "墙.jpg", photo).await.ok();
    let paper = paper["id"].as_str().unwrap().to_owned();
    let ids = Ids {
        case: ours.dispute.id(),
        party: ours.dispute.case["parties"][0]["id"].as_str().unwrap(),
        session: ours.id(),
        seat: ours.seat("赵守田"),
        entry: entry["id"].as_str().unwrap(),
        recording: &recording,
        duty: &duty,
        call: &ringing,
        duress: &duress,
        paper: &paper,
    };
    let nothing = Ids {
        case: NOTHING,
        party: NOTHING,
        session: NOTHING,
        seat: NOTHING,
        entry: NOTHING,
        recording: NOTHING,
        duty: NOTHING,
        call: NOTHING,
        duress: NOTHING,
        paper: NOTHING,
    };

    let mut strangers = Vec::new();
    for name in [
        "mediator2",
        "mediator_dg",
        "director_dg",
        "clerk_dg",
        "lawyer",
        "counsellor",
        "grid_worker",
        "liaison",
        "incident_desk",
        "incident_desk_dg",
        "admin",
    ] {
        strangers.push(app.staff(name).await);
    }
    // people at another table of the same mediator, and somebody from the street
    let theirs = Table::set(&app).await;
    strangers.push(theirs.host().await.0);
    strangers.push(theirs.comes_in(&app, "钱永福").await.0);
    strangers.push(app.anybody("from the street"));

    let document = app.anybody("a tester").get("!/api/openapi.json").await.ok();
    let mut tried = 0;
    let mut owners = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        if !path.contains('{') || path.contains("{token}") {
            continue; // a personal link is its own key: tried in `join`
        }
        for (method, operation) in operations.as_object().unwrap() {
            for stranger in strangers.iter().filter(|stranger| !is_theirs(stranger, path)) {
                let foreign = call(stranger, &document, method, &ids.fill(path), operation).await;
                let absent = call(stranger, &document, method, &nothing.fill(path), operation).await;
                let said =
                    format!("{} {method} {path}: {} {}", stranger.name, foreign.status, foreign.text());
                assert!(foreign.status.is_client_error(), "{said}");
                assert_eq!((foreign.status, foreign.text()), (absent.status, absent.text()), "{said}");
                tried += 1;
            }
            // the control: for those whose case it is, the same calls are not all refused
            if method == "get" {
                for owner in [&ours.dispute.mediator, &host, &zhao] {
                    let reply = call(owner, &document, method, &ids.fill(path), operation).await;
                    owners += usize::from(reply.status.is_success());
                }
            }
        }
    }
    let after = ours.dispute.read().await;
    assert_eq!(after["parties"].as_array().unwrap().len(), 2, "nothing was changed on the way");
    println!(
        "{tried} tries by {} strangers, 0 got in; {owners} reads by those whose case it is",
        strangers.len()
    );
    assert!(tried > 150 && owners >= 4, "{tried} {owners}");
}
