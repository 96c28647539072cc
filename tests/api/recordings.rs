//! Recordings at the desk: 林岚 plays one of her case, others do not; every look is in the log; it goes when its time is
//! over, and not while somebody holds it.

use std::time::Duration;

use chrono::TimeDelta;
use domain::Recording;
use reqwest::Method;
use serde_json::json;
use tests::dispute::Table;
use tests::{Person, TestApp, tape};

async fn recorded(app: &TestApp) -> (Table, Recording) {
    let table = Table::set(app).await;
    let seats = [table.seat("赵守田"), table.seat("钱永福")];
    let recording = tape::lay(app, table.dispute.id(), table.id(), seats).await;
    (table, recording)
}

async fn bytes(person: &Person, path: &str, range: &str) -> tests::Reply {
    let headers: &[(&str, &str)] = if range.is_empty() { &[] } else { &[("Range", range)] };
    person.send(Method::GET, path, None::<&()>, headers).await
}

#[tokio::test]
async fn r12_the_handler_plays_a_recording_in_pieces_and_every_look_is_written_down() {
    let app = TestApp::start().await;
    let (table, recording) = recorded(&app).await;
    let lin = &table.dispute.mediator;
    let list = lin.get(&table.dispute.path("/recordings")).await.ok();
    assert_eq!(
        (&list["items"][0]["id"], &list["items"][0]["status"]),
        (&json!(recording.id), &json!("finished"))
    );
    assert_eq!(list["items"][0]["may"], json!({"play": true, "hold": true, "release": false, "log": true}));

    let path = format!("/recordings/{}", recording.id);
    let contents = lin.get(&path).await.ok();
    let tracks = contents["tracks"].as_array().unwrap();
    assert_eq!(tracks.len(), 4);
    assert_eq!(
        (&tracks[0]["person"], &tracks[0]["kind"], &tracks[1]["kind"]),
        (&json!("赵守田"), &json!("audio"), &json!("video"))
    );
    assert_eq!(tracks[0]["speech"], json!([[500, 1500]]));
    assert_eq!(contents["pauses"][0]["cause"], "caucus");
    assert_eq!(contents["chapters"][0]["title"], "共同调解");

    // Without a playback there are no bytes, whoever asks.
    let track = format!("{path}/tracks/1");
    bytes(lin, &track, "").await.refused(401, "token_missing");
    lin.send(Method::POST, &format!("{path}/playback"), None::<&()>, &[]).await.ok();
    let whole = bytes(lin, &track, "").await;
    assert_eq!(whole.status, 200);
    assert_eq!(whole.headers["content-type"], "video/webm; codecs=vp8");
    assert!(
        whole.headers["content-disposition"].to_str().unwrap().starts_with("attachment"),
        "never a page (T7)"
    );
    let part = bytes(lin, &track, "bytes=100-199").await;
    assert_eq!((part.status.as_u16(), &part.bytes[..]), (206, &whole.bytes[100..200]));
    bytes(lin, &format!("{path}/tracks/9"), "").await.refused(404, "not_found");

    let log = lin.get(&format!("{path}/log")).await.ok();
    let looks: Vec<_> =
        log["items"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(looks, ["played", "opened"]);
    assert_eq!(log["items"][0]["viewer"], "林岚");
}

#[tokio::test]
async fn t6_a_playback_opens_one_recording_and_only_for_whom_it_was_begun() {
    let app = TestApp::start().await;
    let (ours, recording) = recorded(&app).await;
    let theirs = {
        let dispute = tests::dispute::Dispute::accepted(&app).await;
        let new = json!({"scheduled_at": app.state.clock.now() + TimeDelta::days(2), "room": ""});
        let session = dispute.mediator.post_json(&dispute.path("/sessions"), &new).await.ok();
        Table { dispute, session }
    };
    let seats = [theirs.seat("赵守田"), theirs.seat("钱永福")];
    let other = tape::lay(&app, theirs.dispute.id(), theirs.id(), seats).await;
    let lin = &ours.dispute.mediator;
    lin.send(Method::POST, &format!("/recordings/{}/playback", recording.id), None::<&()>, &[]).await.ok();
    bytes(lin, &format!("/recordings/{}/tracks/0", recording.id), "").await;
    // The cookie is for one recording; carried to another by hand it opens nothing.
    let claims = onedoor::tokens::PlaybackClaims {
        staff: app.state.tokens.check_staff(app.state.clock.now(), lin.token()).unwrap(),
        recording: recording.id,
    };
    let stolen = app.state.tokens.playback(app.state.clock.now(), &claims).unwrap().token;
    let carried = format!("od_playback={stolen}");
    let nobody = app.anybody("somebody with a copied cookie");
    let get = async |id| {
        let path = format!("/recordings/{id}/tracks/0");
        nobody.send(Method::GET, &path, None::<&()>, &[("Cookie", &carried)]).await
    };
    get(other.id).await.refused(404, "not_found");
    assert_eq!(get(recording.id).await.status, 200, "control: the cookie is good for its own recording");
    // Another township is told that there is no such recording; the clerk of the house that she may not.
    let path = format!("/recordings/{}", other.id);
    app.staff("mediator_dg").await.get(&path).await.refused(404, "not_found");
    app.staff("clerk").await.get(&path).await.refused(403, "not_allowed");
    app.staff("director").await.get(&path).await.refused(403, "not_allowed");
    let (zhao, _) = theirs.comes_in(&app, "赵守田").await;
    zhao.get(&path).await.refused(401, "token_invalid");

    // Signed out, the playback is over.
    lin.send(Method::POST, "/logout/everywhere", None::<&()>, &[]).await;
    get(recording.id).await.refused(401, "login_revoked");
}

#[tokio::test]
async fn r35_a_recording_goes_after_its_time_unless_it_is_held() {
    let app = TestApp::start().await;
    let (table, recording) = recorded(&app).await;
    let path = format!("/recordings/{}", recording.id);
    let hold = format!("{path}/hold");
    let because = |reason: &str| json!({"reason": reason});
    let lin = &table.dispute.mediator;
    lin.put_json(&hold, &because(" ")).await.refused(422, "reason_missing");
    let held = lin.put_json(&hold, &because("法院调取")).await.ok();
    assert_eq!((&held["hold"]["reason"], &held["hold"]["by"]), (&json!("法院调取"), &json!("林岚")));
    lin.put_json(&hold, &because("再来一次")).await.refused(409, "recording_held");
    lin.post_json(&hold, &because("不需要了")).await.refused(403, "not_allowed");

    app.clock.advance(TimeDelta::days(200));
    assert_eq!(app.state.recordings.sweep().await.unwrap(), 0, "held");
    let folder = app.state.recordings.folder(recording.session_id, recording.id);
    assert!(folder.is_dir());
    let director = app.staff("director").await;
    let released = director.post_json(&hold, &because("案件已结")).await.ok();
    assert_eq!(released["hold"], json!(null));
    assert_eq!(app.state.recordings.sweep().await.unwrap(), 1);
    assert!(!folder.exists(), "the files are gone");
    let lin = app.staff("mediator").await;
    lin.get(&path).await.refused(409, "recording_gone");
    let list = lin.get(&table.dispute.path("/recordings")).await.ok();
    assert_eq!(list["items"][0]["status"], "deleted");
    let timeline = lin.get(&table.dispute.path("/timeline")).await.ok();
    assert_eq!(timeline["intact"], true);
    let kinds: Vec<_> =
        timeline["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(&kinds[kinds.len() - 3..], ["recording_held", "recording_released", "recording_deleted"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_film_is_made_of_all_tracks_and_taking_it_is_written_down() {
    let app = TestApp::start().await;
    let (table, recording) = recorded(&app).await;
    let (lin, path) = (&table.dispute.mediator, format!("/recordings/{}", recording.id));
    let film = format!("{path}/composite");
    lin.send(Method::POST, &format!("{path}/playback"), None::<&()>, &[]).await.ok();
    bytes(lin, &film, "").await.refused(409, "composite_not_ready");
    let asked = lin.send(Method::POST, &film, None::<&()>, &[]).await.ok();
    assert_eq!(asked["composite"]["state"], "running");
    lin.send(Method::POST, &film, None::<&()>, &[]).await.ok();
    let ready = async {
        loop {
            let list = lin.get(&table.dispute.path("/recordings")).await.ok();
            let state = list["items"][0]["composite"]["state"].clone();
            if state != "running" {
                return state;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let state = tokio::time::timeout(Duration::from_secs(90), ready).await.expect("the film is made");
    assert_eq!(state, "ready");
    let made = bytes(lin, &film, "").await;
    assert_eq!((made.status.as_u16(), &made.headers["content-type"]), (200, &"video/mp4".parse().unwrap()));
    let folder = app.state.recordings.folder(recording.session_id, recording.id);
    let probe = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "stream=codec_type,width:format=duration", "-of", "json"])
        .arg(folder.join("composite.mp4"))
        .output()
        .unwrap();
    let probe: serde_json::Value = serde_json::from_slice(&probe.stdout).unwrap();
    let streams = probe["streams"].as_array().unwrap();
    assert!(streams.iter().any(|one| one["codec_type"] == "audio"), "{probe}");
    assert!(streams.iter().any(|one| one["width"] == 1280), "two cells beside each other: {probe}");
    let seconds: f64 = probe["format"]["duration"].as_str().unwrap().parse().unwrap();
    assert!((3.5..=4.5).contains(&seconds), "{seconds}");
    let log = lin.get(&format!("{path}/log")).await.ok();
    let looks: Vec<_> =
        log["items"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(looks, ["downloaded", "composed", "played"]);
}
