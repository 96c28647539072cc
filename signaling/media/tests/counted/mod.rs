//! An allocator that counts what media threads ask of it. They are told by their name, once.

#![expect(unsafe_code, reason = "an allocator cannot be written without; tests only, and it only passes on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct Counted;

/// Allocations so far.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    pub calls: u64,
    pub bytes: u64,
}

static CALLS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Not known, known to be no media thread, known to be one.
    static MEDIA: Cell<u8> = const { Cell::new(0) };
}

pub fn on_media_threads() -> Counts {
    Counts { calls: CALLS.load(Ordering::Relaxed), bytes: BYTES.load(Ordering::Relaxed) }
}

/// Whether the calling thread is a media thread: the kernel knows its name.
fn is_media() -> bool {
    MEDIA
        .try_with(|known| {
            if known.get() == 0 {
                // Reading the name allocates: until it is known this thread counts as none.
                known.set(1);
                let name = std::fs::read("/proc/thread-self/comm").unwrap_or_default();
                known.set(if name.starts_with(b"media-") { 2 } else { 1 });
            }
            known.get() == 2
        })
        .unwrap_or(false)
}

fn count(bytes: usize) {
    if is_media() {
        CALLS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as the caller promised.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: as the caller promised.
        unsafe { System.realloc(at, layout, size) }
    }
}
