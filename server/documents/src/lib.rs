//! What people sign: agreements typeset by Typst, page images, the PAdES seal and its verification.
//!
//! ```text
//!  AgreementPaper ──▶ Typesetter ──▶ Frozen text + SHA-256
//!        │  (templates/*.typ)  ├──▶ page images (PNG)
//!        │                     └──▶ PDF/A-3 ──▶ seal (CMS, Signer) ──▶ sealed PDF ──▶ verify ──▶ Report
//!   strokes, seal, audit head ─┘
//! ```
//!
//! Nothing here reads a clock, a database or the network: the caller brings the data, the fonts' folder and the key.

pub mod fonts;
pub mod paper;
pub mod picture;
pub mod seal;
pub mod typeset;
pub mod verify;
mod world;

pub use fonts::{FontError, Fonts};
pub use paper::{AgreementPaper, Execution, Ink, PaperParty, Signed, beijing};
pub use picture::{PictureError, Stamp};
pub use seal::{LocalKey, SealError, SealRequest, Signer};
pub use typeset::{Frozen, TypesetError, Typesetter};

pub use verify::{Finding, Report, Verdict, verify};
