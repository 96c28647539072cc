//! What a forwarded packet allocates, counted by the allocator itself.
//!
//! Only the media thread's allocations count. What remains is the library's: the decrypted payload once a
//! packet, and for each subscriber the datagram that leaves. Ours is nothing; the bound keeps it so.

#[global_allocator]
static COUNTED: counted::Counted = counted::Counted;

mod counted;
mod far_end;

use std::time::Duration;

use far_end::{FarEnd, media};
use media::Kind;

/// Allocations for each packet handed to a subscriber, with six of them; see ARCHITECTURE.md.
const BOUND: f64 = 4.5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forwarding_allocates_what_the_library_must_and_nothing_of_ours() {
    let media = media();
    let room = media.room("joint");
    let mut applicant = FarEnd::join(&room, 'a').await;
    applicant.publish(Kind::Audio, &[]).await;
    applicant.publish(Kind::Video, &[]).await;
    let mut listeners = Vec::new();
    for name in ['b', 'c', 'd', 'e', 'f', 'g'] {
        let mut listener = FarEnd::join(&room, name).await;
        listener.offer_again().await;
        listeners.push(listener);
    }
    for listener in &listeners {
        listener.hears('a', Kind::Audio).await;
        listener.hears('a', Kind::Video).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = (media.stats().await, counted::on_media_threads());
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (counts, allocations) = (counted::on_media_threads(), media.stats().await);
    let packets = allocations.packets_forwarded - before.0.packets_forwarded;
    #[expect(clippy::cast_precision_loss, reason = "counts of seconds")]
    let each = |count: u64| count as f64 / packets as f64;
    let calls = each(counts.calls - before.1.calls);
    let bytes = each(counts.bytes - before.1.bytes);
    println!("{packets} packets forwarded; each {calls:.2} allocations, {bytes:.0} bytes");
    assert!(packets > 1000, "{packets} packets are no steady state");
    assert!(calls < BOUND, "{calls:.2} allocations a packet");
}
