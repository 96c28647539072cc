//! Papers kept on a disk and in a bucket.

use onedoor::compose::{disk_blobs, s3_blobs};
use onedoor::ports::Blobs;
use tests::s3::S3;

async fn contract(blobs: &Blobs) {
    blobs.ping().await.unwrap();
    assert_eq!(blobs.get("documents/agreement-17").await.unwrap(), None);
    let paper = vec![0x25; 300_000];
    blobs.put("documents/agreement-17", paper.clone()).await.unwrap();
    assert_eq!(blobs.get("documents/agreement-17").await.unwrap().unwrap(), paper);
    blobs.put("documents/empty", Vec::new()).await.unwrap();
    assert_eq!(blobs.get("documents/empty").await.unwrap().unwrap().len(), 0);

    blobs.delete("documents/agreement-17").await.unwrap();
    assert_eq!(blobs.get("documents/agreement-17").await.unwrap(), None);
    blobs.delete("documents/agreement-17").await.unwrap();

    for sly in ["../outside", "documents/../../outside", "documents//x", "/etc/passwd"] {
        assert!(blobs.put(sly, "x").await.is_err() || !sly.contains(".."), "{sly} left the house");
    }
}

#[tokio::test]
async fn on_a_disk() {
    let directory = tempfile::tempdir().unwrap();
    let house = directory.path().join("house");
    contract(&disk_blobs(&house).unwrap()).await;
    assert!(!directory.path().join("outside").exists());
}

#[tokio::test]
async fn in_a_bucket() {
    let s3 = S3::start().await;
    contract(&s3_blobs(&s3.settings()).unwrap()).await;
}

#[tokio::test]
async fn with_a_wrong_key_the_bucket_says_no() {
    let s3 = S3::start().await;
    let stranger = onedoor::config::Blobs { secret_key: "wrong".into(), ..s3.settings() };
    assert!(s3_blobs(&stranger).unwrap().put("documents/x", "x").await.is_err());
}
