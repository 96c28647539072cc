//! The handle of a running recording.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

use chrono::{DateTime, Utc};
use media::Tap;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

use crate::tap::{Item, RecorderTap, Shared};
use crate::writer::Writer;
use crate::{Manifest, Mark, RecorderEvent, Settings, Status};

/// A running recording. Dropped without [`Recorder::finish`], what was written stays, to be closed by
/// [`crate::recover`].
pub struct Recorder {
    items: Sender<Item>,
    shared: Arc<Shared>,
    folder: PathBuf,
    ring: usize,
}

impl Recorder {
    /// Begins a recording in a folder, which is made and must not hold another. `session` names the sitting;
    /// `now` is written into the manifest as time zero. Events should be drained: they are few.
    ///
    /// # Errors
    /// When the folder or its first files cannot be written.
    pub fn start(
        settings: Settings,
        folder: &Path,
        session: &str,
        now: DateTime<Utc>,
    ) -> io::Result<(Self, UnboundedReceiver<RecorderEvent>)> {
        let began = Instant::now();
        fs::create_dir_all(folder)?;
        let (items, queue) = channel();
        let (events, heard) = unbounded_channel();
        let shared = Arc::new(Shared::default());
        let ring = settings.ring;
        let writer =
            Writer::create(settings, folder, (session, now), began, queue, Arc::clone(&shared), events)?;
        std::thread::Builder::new().name("recorder".into()).spawn(move || writer.run())?;
        Ok((Self { items, shared, folder: folder.to_owned(), ring }, heard))
    }

    /// The end that is attached to a room. May be taken again after [`RecorderEvent::Detached`].
    pub fn tap(&self) -> Box<dyn Tap> {
        Box::new(RecorderTap {
            items: self.items.clone(),
            shared: Arc::clone(&self.shared),
            ring: self.ring,
            holes: Vec::new(),
            attached: false,
        })
    }

    /// Writes down a decision, as of now.
    pub fn mark(&self, mark: Mark) {
        let _ = self.items.send(Item::Mark { at: Instant::now(), mark });
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How it does.
    pub fn status(&self) -> Status {
        let shared = &self.shared;
        Status {
            writing: !shared.stopped.load(Ordering::Relaxed),
            tracks: shared.tracks.load(Ordering::Relaxed),
            bytes: shared.bytes.load(Ordering::Relaxed),
            packets: shared.packets.load(Ordering::Relaxed),
            dropped: shared.dropped.load(Ordering::Relaxed),
            free: shared.free.load(Ordering::Relaxed),
        }
    }

    /// Ends the recording: what is on its way is written, files become seekable, hashes and the manifest are made.
    /// Takes as long as reading the files once. Detach the tap before: what comes later is not recorded.
    ///
    /// # Errors
    /// When the manifest could not be written; [`crate::recover`] may then try again.
    pub async fn finish(self) -> io::Result<Manifest> {
        let (reply, answer) = oneshot::channel();
        let _ = self.items.send(Item::Finish(reply));
        answer.await.unwrap_or_else(|_| Err(io::Error::other("the recorder's thread ended early")))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.items.send(Item::Abandoned);
    }
}
