//! The darkroom: makes pages of what people hand in, so that nothing of a stranger's file reaches another screen but
//! pixels (trust.md T7, T13).
//!
//! ```text
//!  upload ─▶ spool (disk) ─▶ child with bounds: `onedoor develop` (photo) or `pdfinfo`, `pdftoppm` (PDF) ─▶ JPEG page
//!  page + the viewer's name (R7) ─▶ what is sent
//! ```
//! Two files are looked at at a time, and uploads that arrive are on the disk, not in memory.

mod jail;
mod spool;

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use documents::Stamp;
use domain::{PaperId, PaperKind, Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::jail::Ended;
use self::spool::Spool;
pub(crate) use self::spool::Spooled;
use crate::config::Papers as Settings;
use crate::ids::Ids;
use crate::ports::Blobs;
use crate::press::Press;
use crate::problem::{Answer, Fault, Problem};

/// The longer side of a shown page, in pixels: A4 at 170 dpi, sharp on a phone when zoomed.
pub const SIDE: u32 = 2000;
/// Exit code of `onedoor develop` for a picture with too many pixels.
pub const TOO_LARGE: u8 = 3;
/// Uploads that may arrive at once.
const ARRIVING: usize = 16;
/// Files looked at at once.
const LOOKED_AT: usize = 2;
/// Marked pages kept in memory: some 400 KB each.
const SHELF: usize = 32;
/// Marks kept in memory: some 100 KB each.
const STAMPS: usize = 32;

/// A page as one viewer gets it: of which paper, which, and the words over it.
type Leaf = (PaperId, u32, String);

/// Makes pages. A cheap handle.
#[derive(Clone)]
pub struct Darkroom(Arc<Inner>);

struct Inner {
    settings: Settings,
    spool: Spool,
    blobs: Blobs,
    press: Press,
    ids: Ids,
    arriving: Arc<Semaphore>,
    looked_at: Semaphore,
    stamping: Semaphore,
    stamps: Mutex<VecDeque<(String, Stamp)>>,
    shelf: Mutex<VecDeque<(Leaf, Bytes)>>,
}

/// What an uploaded file turned out to be.
pub(crate) struct Examined {
    /// How many pages can be shown.
    pub pages: u32,
    /// The first of them.
    pub first: Spooled,
}

impl Darkroom {
    /// Works in this folder, keeps in this store.
    pub fn new(
        settings: Settings,
        folder: PathBuf,
        blobs: Blobs,
        press: Press,
        ids: Ids,
    ) -> Result<Self, Fault> {
        Ok(Self(Arc::new(Inner {
            settings,
            spool: Spool::open(folder)?,
            blobs,
            press,
            ids,
            arriving: Arc::new(Semaphore::new(ARRIVING)),
            looked_at: Semaphore::new(LOOKED_AT),
            stamping: Semaphore::new(1),
            stamps: Mutex::default(),
            shelf: Mutex::default(),
        })))
    }

    /// A place to receive a file in; refused while too many arrive.
    pub(crate) fn place(&self) -> Answer<(Spooled, OwnedSemaphorePermit)> {
        let permit = self.0.arriving.clone().try_acquire_owned().map_err(|_| Problem::too_many(2))?;
        Ok((self.spooled(""), permit))
    }

    /// Whether it can be shown, and its first page.
    ///
    /// # Errors
    /// `paper_broken`, `paper_locked`, `paper_too_long`, `paper_too_large`: the file's fault.
    pub(crate) async fn examine(&self, file: &Path, kind: PaperKind) -> Answer<Examined> {
        let _turn = self.turn().await?;
        let pages = if kind == PaperKind::Pdf { self.count(file).await? } else { 1 };
        let first = self.render(file, kind, 1).await?;
        Ok(Examined { pages, first })
    }

    /// One page, without a mark: from the shelf of the store, or made of the original and kept.
    pub(crate) async fn page(&self, paper: PaperId, kind: PaperKind, n: u32) -> Answer<Bytes> {
        let key = page_key(paper, n);
        if let Some(found) = self.0.blobs.get(&key).await? {
            return Ok(found);
        }
        let _turn = self.turn().await?;
        // Somebody else may have made it meanwhile.
        if let Some(found) = self.0.blobs.get(&key).await? {
            return Ok(found);
        }
        let original = self.spooled("");
        let bytes = self.0.blobs.get(&original_key(paper)).await?;
        let bytes = bytes.ok_or_else(|| Fault::new("reading a paper", "its original is not in the store"))?;
        tokio::fs::write(original.path(), bytes).await.map_err(Fault::of("laying out a paper"))?;
        let made = self.render(original.path(), kind, n).await?;
        let page = tokio::fs::read(made.path()).await.map_err(Fault::of("reading a page"))?;
        let page = Bytes::from(page);
        self.0.blobs.put(&key, page.clone()).await?;
        Ok(page)
    }

    /// The same with the viewer's words over it (R7).
    pub(crate) async fn page_for(
        &self,
        paper: PaperId,
        kind: PaperKind,
        n: u32,
        words: &str,
    ) -> Answer<Bytes> {
        let leaf = (paper, n, words.to_owned());
        if let Some(found) = found(&self.0.shelf, &leaf) {
            return Ok(found);
        }
        let page = self.page(paper, kind, n).await?;
        let _turn = self.0.stamping.acquire().await.map_err(Fault::of("waiting for a mark"))?;
        let stamp = match found(&self.0.stamps, &leaf.2) {
            Some(stamp) => stamp,
            None => keep(&self.0.stamps, STAMPS, leaf.2.clone(), self.0.press.stamp(words).await?),
        };
        let marked = tokio::task::spawn_blocking(move || stamp.press(&page)).await;
        let marked = marked.map_err(Fault::of("marking a page"))?.map_err(Fault::of("marking a page"))?;
        Ok(keep(&self.0.shelf, SHELF, leaf, Bytes::from(marked)))
    }

    fn spooled(&self, ending: &str) -> Spooled {
        self.0.spool.name(self.0.ids.next(), ending)
    }

    async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Fault> {
        self.0.looked_at.acquire().await.map_err(Fault::of("waiting for the darkroom"))
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.0.settings.page_seconds)
    }

    /// Pages of a PDF.
    async fn count(&self, file: &Path) -> Answer<u32> {
        let ended = jail::run(&self.0.settings.pdfinfo, &[file.as_os_str()], self.patience()).await?;
        let Ended::Well(words) = ended else { return Err(Refusal::invalid("paper_broken").into()) };
        // What the file says of itself is printed first: the last line of a name is pdfinfo's own.
        let last = |name: &str| words.lines().rev().find_map(|line| line.strip_prefix(name)).map(str::trim);
        if last("Encrypted:").is_some_and(|yes| yes.starts_with("yes")) {
            return Err(Refusal::invalid("paper_locked").into());
        }
        let pages: u32 = last("Pages:").and_then(|n| n.parse().ok()).unwrap_or(0);
        let most = self.0.settings.most_pages;
        match pages {
            0 => Err(Refusal::invalid("paper_broken").into()),
            n if n > most => Err(Refusal::invalid("paper_too_long").with("most", most).into()),
            n => Ok(n),
        }
    }

    async fn render(&self, file: &Path, kind: PaperKind, n: u32) -> Answer<Spooled> {
        let page = self.spooled(".jpg");
        let began = tokio::time::Instant::now();
        let ended = if kind == PaperKind::Pdf {
            let (n, side) = (n.to_string(), SIDE.to_string());
            let words =
                ["-f", &n, "-l", &n, "-singlefile", "-scale-to", &side, "-jpeg", "-jpegopt", "quality=85"];
            let stem = page.path().with_extension("");
            let files = [file.as_os_str(), stem.as_os_str()];
            let arguments: Vec<&OsStr> = words.iter().map(OsStr::new).chain(files).collect();
            jail::run(&self.0.settings.pdftoppm, &arguments, self.patience()).await?
        } else {
            let program = self.developer()?;
            let arguments = [OsStr::new("develop"), file.as_os_str(), page.path().as_os_str()];
            jail::run(&program, &arguments, self.patience()).await?
        };
        metrics::histogram!("onedoor_page_seconds").record(began.elapsed().as_secs_f64());
        match ended {
            Ended::Well(_) if page.path().is_file() => Ok(page),
            Ended::Badly(Some(code)) if code == i32::from(TOO_LARGE) => {
                Err(Refusal::invalid("paper_too_large").into())
            }
            Ended::Well(_) | Ended::Badly(_) => Err(Refusal::invalid("paper_broken").into()),
        }
    }

    /// This very program, or the one that was named: a test is not the server.
    fn developer(&self) -> Result<PathBuf, Fault> {
        let named = &self.0.settings.developer;
        if named.as_os_str().is_empty() {
            std::env::current_exe().map_err(Fault::of("finding this program"))
        } else {
            Ok(named.clone())
        }
    }
}

/// Where the original of a paper lies.
pub(crate) fn original_key(paper: PaperId) -> String {
    format!("papers/{paper}/original")
}

/// Where a page of it lies.
pub(crate) fn page_key(paper: PaperId, n: u32) -> String {
    format!("papers/{paper}/page-{n}.jpg")
}

fn found<K: PartialEq, V: Clone>(shelf: &Mutex<VecDeque<(K, V)>>, key: &K) -> Option<V> {
    let shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
    shelf.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone())
}

fn keep<K, V: Clone>(shelf: &Mutex<VecDeque<(K, V)>>, most: usize, key: K, value: V) -> V {
    let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
    shelf.push_front((key, value.clone()));
    shelf.truncate(most);
    value
}

/// `onedoor develop`: the child's side. Answers its exit code.
pub(crate) fn develop(original: &Path, page: &Path) -> u8 {
    match documents::picture::develop(original, page, SIDE) {
        Ok(()) => 0,
        Err(documents::PictureError::TooLarge { .. }) => TOO_LARGE,
        Err(_) => 1,
    }
}
