//! 赵守田 photographs his wall, 林岚 shows it, 钱永福 sees what he may see, and nothing else.

use chrono::TimeDelta;
use image::ImageFormat;
use serde_json::json;
use sha2::{Digest, Sha256};
use tests::TestApp;
use tests::dispute::Table;
use tests::papers::{WHERE_IT_WAS_TAKEN, pdf, photo, photo_with_place, picture};

use crate::agreement_table::with_fonts;

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn page(paper: &serde_json::Value, n: u32) -> String {
    format!("/papers/{}/pages/{n}", paper["id"].as_str().unwrap())
}

#[tokio::test]
async fn r07_a_photo_is_kept_byte_for_byte_and_shown_without_its_secrets() {
    let app = TestApp::with(with_fonts).await;
    let table = Table::set(&app).await;
    let (host, _) = table.host().await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    let (qian, _) = table.comes_in(&app, "钱永福").await;
    let bytes = photo_with_place(1200, 800);
    let paper = zhao.hand_in(&table.path("/papers"), "mediator", "东墙.jpg", bytes.clone()).await.ok();
    assert_eq!(
        (&paper["title"], &paper["pages"], &paper["kind"]),
        (&json!("东墙"), &json!(1), &json!("image/jpeg"))
    );
    assert_eq!(paper["sha256"], sha256(&bytes));

    // The page is upright, marked for the one who looks, and says nothing of where it was taken.
    let shown = host.get(&page(&paper, 1)).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert_eq!(
        (&shown.headers["content-type"], &shown.headers["cache-control"]),
        (&"image/jpeg".parse().unwrap(), &"private, no-store".parse().unwrap())
    );
    let picture = image::load_from_memory(&shown.bytes).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (800, 1200), "turned upright");
    assert!(picture.get_pixel(20, 600).0[0] > 150 && picture.get_pixel(780, 600).0[0] < 100, "the right way");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(text(&bytes).contains(WHERE_IT_WAS_TAKEN) && !text(&shown.bytes).contains(WHERE_IT_WAS_TAKEN));
    let other = zhao.get(&page(&paper, 1)).await;
    assert_ne!(other.bytes, shown.bytes, "the viewer's name is over it");

    // The original: for the owner and the mediator, as a file to save.
    let original = format!("/papers/{}/original", paper["id"].as_str().unwrap());
    for reader in [&zhao, &host, &table.dispute.mediator] {
        let saved = reader.get(&original).await;
        assert_eq!(saved.bytes, bytes, "{}", reader.name);
        assert!(saved.headers["content-disposition"].to_str().unwrap().starts_with("attachment;"));
    }
    // For the other side there is no such paper, not by any address.
    qian.get(&page(&paper, 1)).await.refused(404, "not_found");
    qian.get(&original).await.refused(404, "not_found");
    for stranger in ["director", "clerk", "mediator2", "counsellor", "admin"] {
        let reply = app.staff(stranger).await.get(&page(&paper, 1)).await;
        assert!([403, 404].contains(&reply.status.as_u16()), "{stranger}: {}", reply.text());
    }
    let list = table.dispute.mediator.get(&table.dispute.path("/papers")).await.ok();
    assert_eq!(list["items"][0]["id"], paper["id"]);
    assert!(table.dispute.happened().await.contains(&"paper_lodged".to_owned()));
    let timeline = table.dispute.mediator.get(&table.dispute.path("/timeline")).await;
    assert!(timeline.text().contains(&sha256(&bytes)) && !timeline.text().contains("东墙.jpg"));
}

#[tokio::test]
async fn the_pages_of_a_pdf_are_made_when_they_are_looked_at() {
    let app = TestApp::with(with_fonts).await;
    let table = Table::set(&app).await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    let paper = zhao.hand_in(&table.path("/papers"), "mediator", "流转合同.pdf", pdf(3, 0)).await.ok();
    assert_eq!(paper["pages"], 3);
    let began = std::time::Instant::now();
    let mut sizes = Vec::new();
    for n in 1..=3 {
        let shown = zhao.get(&page(&paper, n)).await;
        assert_eq!(shown.status, 200, "{}", shown.text());
        let picture = image::load_from_memory(&shown.bytes).unwrap();
        assert_eq!(picture.height(), 2000);
        sizes.push(shown.bytes.len());
    }
    println!("3 pages made, marked and sent in {:?}: {sizes:?} bytes", began.elapsed());
    zhao.get(&page(&paper, 4)).await.refused(404, "not_found");
    zhao.get(&page(&paper, 0)).await.refused(404, "not_found");
    for (name, format) in [("截图.png", ImageFormat::Png), ("图.webp", ImageFormat::WebP)] {
        let paper = zhao.hand_in(&table.path("/papers"), "side", name, picture(300, 200, format)).await.ok();
        assert_eq!(zhao.get(&page(&paper, 1)).await.status, 200);
    }
}

#[tokio::test]
async fn a_phone_that_tries_again_hands_in_once_and_a_revoked_link_opens_nothing() {
    let app = TestApp::with(with_fonts).await;
    let table = Table::set(&app).await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    let path = table.path("/papers");
    let paper = zhao.hand_in_once(&path, "try-1", "all", photo(60, 40)).await.ok();
    assert_eq!(zhao.hand_in_once(&path, "try-1", "all", photo(60, 40)).await.ok(), paper);
    zhao.hand_in_once(&path, "try-1", "all", photo(61, 40)).await.refused(422, "idempotency_key_reused");
    let list = table.dispute.mediator.get(&table.dispute.path("/papers")).await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);

    app.clock.advance(TimeDelta::seconds(2)); // tokens tell their time in whole seconds
    table.link("赵守田").await; // a new link ends the old one
    zhao.get(&page(&paper, 1)).await.refused(410, "link_revoked");
    zhao.hand_in(&path, "all", "a.jpg", photo(60, 40)).await.refused(410, "link_revoked");
    // The mediator has no side.
    let (host, _) = table.host().await;
    host.hand_in(&path, "side", "a.jpg", photo(60, 40)).await.refused(422, "paper_scope");
    host.hand_in(&path, "everybody", "a.jpg", photo(60, 40)).await.refused(422, "paper_scope");
    host.post_json(&path, &json!({})).await.refused(415, "not_a_form");
}
