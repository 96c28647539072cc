//! The press: typesetter, seals and a shelf of page images, made when first needed.
//!
//! Typesetting takes tenths of a second of one core, so it runs on blocking threads, one sheet at a time: a freeze must
//! not slow the sittings that run on this node.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use documents::{
    AgreementPaper, Execution, Fonts, Frozen, LocalKey, SealRequest, Signer, Stamp, TypesetError, Typesetter,
};
use domain::{OrganizationId, Refusal};
use tokio::sync::{OnceCell, Semaphore};

use crate::problem::{Fault, Problem};

/// Page images kept in memory: some 300 KB each.
const SHELF: usize = 48;
/// Pixels for each point of paper: an A4 page is 1190 pixels wide, sharp on a phone when zoomed.
const SCALE: f64 = 2.0;

/// Makes papers. A cheap handle.
#[derive(Clone)]
pub struct Press(Arc<Inner>);

struct Inner {
    fonts: PathBuf,
    seals: PathBuf,
    typesetter: OnceCell<Arc<Typesetter>>,
    one_at_a_time: Semaphore,
    shelf: Mutex<VecDeque<((String, usize), Bytes)>>,
}

/// A paper that cannot be made: the user's doing (a character no font has) or ours.
#[derive(Debug)]
pub enum Unprinted {
    /// To be told to the user.
    Refused(Refusal),
    /// A bug or an outage.
    Failed(Fault),
}

impl From<Unprinted> for Problem {
    fn from(unprinted: Unprinted) -> Self {
        match unprinted {
            Unprinted::Refused(refusal) => refusal.into(),
            Unprinted::Failed(fault) => fault.into(),
        }
    }
}

impl From<TypesetError> for Unprinted {
    fn from(error: TypesetError) -> Self {
        match error {
            TypesetError::MissingGlyph(missing) => {
                let characters = missing.into_iter().collect::<String>();
                Self::Refused(Refusal::invalid("glyph_missing").with("characters", characters))
            }
            TypesetError::NoSuchPage { .. } => Self::Refused(Refusal::not_found("not_found")),
            error @ TypesetError::Template(_) => Self::Failed(Fault::new("typesetting a paper", error)),
        }
    }
}

impl Press {
    /// A press with the fonts of one folder, and the seal keys of another.
    pub fn new(fonts: PathBuf, seals: PathBuf) -> Self {
        Self(Arc::new(Inner {
            fonts,
            seals,
            typesetter: OnceCell::new(),
            one_at_a_time: Semaphore::new(1),
            shelf: Mutex::default(),
        }))
    }

    /// The text of a paper as it will be signed.
    pub async fn freeze(&self, paper: AgreementPaper, execution: Execution) -> Result<Frozen, Unprinted> {
        self.work(move |typesetter| typesetter.freeze(&paper, &execution)).await?.map_err(Into::into)
    }

    /// One page as PNG. `text_sha256` names the text for the shelf: the same text has the same pages.
    pub async fn page(
        &self,
        text_sha256: &str,
        page: usize,
        paper: AgreementPaper,
        execution: Execution,
    ) -> Result<Bytes, Unprinted> {
        let name = (text_sha256.to_owned(), page);
        if let Some(found) = self.shelf().iter().find(|(n, _)| *n == name).map(|(_, png)| png.clone()) {
            return Ok(found);
        }
        let png = self.work(move |typesetter| typesetter.png(&paper, &execution, page, SCALE)).await??;
        let png = Bytes::from(png);
        let mut shelf = self.shelf();
        shelf.push_front((name, png.clone()));
        shelf.truncate(SHELF);
        Ok(png)
    }

    /// The mark that is laid over pages shown to somebody.
    pub async fn stamp(&self, words: &str) -> Result<Stamp, Unprinted> {
        let words = words.to_owned();
        self.work(move |typesetter| typesetter.stamp(&words)).await?.map_err(Into::into)
    }

    /// The sealed paper of an organisation: typeset, checked to hold the text that was signed, sealed, verified.
    pub async fn sealed(&self, order: Order) -> Result<Vec<u8>, Unprinted> {
        let seals = self.0.seals.clone();
        self.work(move |typesetter| order.carry_out(typesetter, &seals)).await?
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Typesetter) -> T + Send + 'static,
    ) -> Result<T, Unprinted> {
        let failed = |fault| Unprinted::Failed(fault);
        let _turn = self
            .0
            .one_at_a_time
            .acquire()
            .await
            .map_err(Fault::of("waiting for the press"))
            .map_err(failed)?;
        let typesetter = self.typesetter().await.map_err(failed)?;
        tokio::task::spawn_blocking(move || job(&typesetter))
            .await
            .map_err(Fault::of("typesetting"))
            .map_err(failed)
    }

    async fn typesetter(&self) -> Result<Arc<Typesetter>, Fault> {
        let load = || async {
            let fonts = self.0.fonts.clone();
            let loaded = tokio::task::spawn_blocking(move || Fonts::load(&fonts)).await;
            let fonts =
                loaded.map_err(Fault::of("loading the fonts"))?.map_err(Fault::of("loading the fonts"))?;
            Ok(Arc::new(Typesetter::new(fonts)))
        };
        self.0.typesetter.get_or_try_init(load).await.cloned()
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, VecDeque<((String, usize), Bytes)>> {
        self.0.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is to be sealed.
pub struct Order {
    /// Whose seal.
    pub organization_id: OrganizationId,
    /// The text, as it was frozen.
    pub paper: AgreementPaper,
    /// Its hash, as it was signed.
    pub text_sha256: String,
    /// Signatures and printed proofs; the note about the key is filled in here.
    pub execution: Execution,
    /// The moment of sealing.
    pub at: DateTime<Utc>,
}

impl Order {
    fn carry_out(mut self, typesetter: &Typesetter, seals: &std::path::Path) -> Result<Vec<u8>, Unprinted> {
        let failed =
            |doing: &'static str| move |e: documents::SealError| Unprinted::Failed(Fault::new(doing, e));
        let organization = &self.paper.organization;
        let folder = seals.join(self.organization_id.to_string());
        let key =
            LocalKey::load_or_create(&folder, organization, self.at).map_err(failed("opening the seal"))?;
        if !key.ca_backed() {
            self.execution.seal_note =
                "电子印章由出具单位自有证书加盖，未经依法设立的电子认证服务机构认证。".to_owned();
        }
        let pdf = typesetter.pdf(&self.paper, &self.execution, self.at)?;
        let request = SealRequest {
            organization: organization.clone(),
            reason: format!("人民调解协议书 {}", self.paper.number),
            at: self.at,
        };
        let sealed = documents::seal::seal(&pdf, &key, &request).map_err(failed("sealing"))?;
        let report = documents::verify(&sealed, key.chain());
        let says = report.printed.as_ref().map(|printed| printed.text_sha256.as_str());
        if report.verdict() == documents::Verdict::Good && says == Some(self.text_sha256.as_str()) {
            Ok(sealed)
        } else {
            // Never hand out a paper with another text than the one that was signed.
            Err(Unprinted::Failed(Fault::new("checking a sealed paper", report.to_string())))
        }
    }
}
