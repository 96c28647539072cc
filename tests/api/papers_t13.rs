//! T13: what somebody hands in to do harm. Each is refused with a word that says what to do, and leaves nothing behind.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tests::dispute::Table;
use tests::papers::{pdf, pdf_bomb, photo, picture, png_bomb};
use tests::{Person, TestApp};

async fn refused(zhao: &Person, path: &str, name: &str, bytes: Vec<u8>, status: u16, code: &str) {
    zhao.hand_in(path, "all", name, bytes).await.refused(status, code);
}

/// What lies in the server's stores of papers.
fn left(app: &TestApp) -> Vec<String> {
    fn walk(folder: &std::path::Path, files: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                walk(&entry.path(), files);
            } else {
                files.push(entry.path().display().to_string());
            }
        }
    }
    let mut files = Vec::new();
    for folder in ["spool", "blobs"] {
        walk(&app.state.config.data_dir.join(folder), &mut files);
    }
    files
}

#[tokio::test]
async fn t13_what_is_no_paper_is_refused_with_a_word() {
    let app = TestApp::with(|config| config.papers.page_seconds = 3).await;
    let table = Table::set(&app).await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    let path = table.path("/papers");
    let cut = |mut bytes: Vec<u8>, to: usize| {
        bytes.truncate(to);
        bytes
    };
    refused(&zhao, &path, "空.jpg", vec![], 422, "paper_empty").await;
    refused(&zhao, &path, "a.jpg", b"<html><script>alert(1)</script>".to_vec(), 422, "paper_kind").await;
    refused(&zhao, &path, "a.svg", b"<svg onload='alert(1)'/>".to_vec(), 422, "paper_kind").await;
    refused(&zhao, &path, "a.docx", b"PK\x03\x04 word/document.xml".to_vec(), 422, "paper_office").await;
    refused(&zhao, &path, "IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), 422, "paper_heic").await;
    refused(&zhao, &path, "a.jpg", cut(photo(400, 300), 40), 422, "paper_broken").await;
    refused(&zhao, &path, "a.pdf", b"%PDF-1.7\n<script>alert(1)</script>".to_vec(), 422, "paper_broken")
        .await;
    refused(&zhao, &path, "bomb.png", png_bomb(), 422, "paper_too_large").await;
    refused(&zhao, &path, "a.pdf", pdf(61, 0), 422, "paper_too_long").await;
    let began = std::time::Instant::now();
    refused(&zhao, &path, "bomb.pdf", pdf_bomb(), 422, "paper_broken").await;
    assert!(began.elapsed() < Duration::from_mins(1), "the bound of time holds");
    let long = format!("{}.jpg", "长".repeat(1365));
    for name in ["../../../etc/cron.d/x.jpg", "..\\..\\x.jpg", "/etc/passwd", &long] {
        refused(&zhao, &path, name, photo(40, 30), 422, "paper_name").await;
    }
    assert_eq!(left(&app), Vec::<String>::new(), "nothing is left behind");
    assert!(!table.dispute.happened().await.contains(&"paper_lodged".to_owned()));
    // Control: what is a paper is taken, by the same path.
    zhao.hand_in(&path, "all", "墙.jpg", photo(40, 30)).await.ok();
    assert_eq!(left(&app).len(), 2, "the original and its page");
}

#[tokio::test]
async fn t13_the_quota_of_a_case_has_no_race() {
    let app = TestApp::with(|config| config.papers.case_mib = 1).await;
    let table = Table::set(&app).await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    let (qian, _) = table.comes_in(&app, "钱永福").await;
    let path = table.path("/papers");
    // Each is more than half of what the case may hold: one fits.
    let tries = (0..8).map(|n| {
        let (who, path) = (if n % 2 == 0 { &zhao } else { &qian }, &path);
        async move { who.hand_in(path, "all", "合同.pdf", pdf(1, 600_000)).await }
    });
    let replies = futures_util::future::join_all(tries).await;
    let taken = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(taken, 1, "{:?}", replies.iter().map(|r| r.status).collect::<Vec<_>>());
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        reply.refused(409, "paper_quota");
    }
    assert_eq!(left(&app).len(), 2);
    // Control: a case that may hold more takes all eight.
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    let path = table.path("/papers");
    let tries = (0..8).map(|_| zhao.hand_in(&path, "all", "合同.pdf", pdf(1, 600_000)));
    let replies = futures_util::future::join_all(tries).await;
    assert!(replies.iter().all(|reply| reply.status == 201));
}

fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().unwrap()
}

/// The story below, alone in a process of its own.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by t13_memory_stays_bounded"]
async fn alone_in_a_process() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    let path = table.path("/papers");
    zhao.hand_in(&path, "all", "a.jpg", photo(400, 300)).await.ok();
    zhao.hand_in(&path, "all", "a.pdf", pdf(1, 0)).await.ok();
    let vast = picture(10_000, 10_000, image::ImageFormat::Png); // 300 MB when decoded
    std::fs::write("/proc/self/clear_refs", "5").unwrap(); // the peak counts from now (proc(5))
    let before = status("VmRSS");
    let endless = || {
        let head = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"\xff\xd8\xff\xe0"))]);
        let piece = Bytes::from(vec![7; 64 << 10]);
        reqwest::Body::wrap_stream(head.chain(stream::iter((0..480).map(move |_| Ok(piece.clone())))))
    };
    let too_large = (0..4).map(|_| zhao.hand_in(&path, "all", "a.jpg", endless()));
    for reply in futures_util::future::join_all(too_large).await {
        reply.refused(413, "paper_too_large");
    }
    zhao.hand_in(&path, "all", "vast.png", vast.clone()).await.ok();
    zhao.hand_in(&path, "all", "c.png", png_bomb()).await.refused(422, "paper_too_large");
    println!("MEMORY {}", status("VmHWM").saturating_sub(before) / 1024);
    // Control: the same picture, decoded in this process instead of a child.
    let (original, page) = (app.state.config.data_dir.join("vast"), app.state.config.data_dir.join("page"));
    std::fs::write(&original, vast).unwrap();
    documents::picture::develop(&original, &page, 2000).unwrap();
    println!("CONTROL {}", status("VmHWM").saturating_sub(before) / 1024);
}

#[test]
fn t13_memory_stays_bounded() {
    let me = std::env::current_exe().unwrap();
    let words = ["--exact", "papers_t13::alone_in_a_process", "--ignored", "--nocapture", "--test-threads=1"];
    let run = std::process::Command::new(me).args(words).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    let figure = |name: &str| -> u64 {
        let after = said.split_once(name).and_then(|(_, rest)| rest.split_whitespace().next());
        after.unwrap().parse().unwrap()
    };
    let (more, control) = (figure("MEMORY "), figure("CONTROL "));
    println!("client and server together: +{more} MB; decoded in the server it would be +{control} MB");
    assert!(more <= 50, "+{more} MB");
    assert!(control > 200, "+{control} MB");
}
