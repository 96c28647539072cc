//! What checking a paper found, and how to say it to people.

use std::fmt;

/// The outcome of a check. Good only when `verdict()` is not `Rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Everything that is wrong; empty for a good paper.
    pub findings: Vec<Finding>,
    /// Whether the signature covers every byte of the file but its own container.
    pub covers_whole_file: bool,
    /// Whose seal it says it is.
    pub sealed_by: Option<SealedBy>,
    /// The time the seal states (the server's clock, PDF date).
    pub signed_at: Option<String>,
    /// What the paper itself says about its text.
    pub printed: Option<Printed>,
}

/// The short answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Intact, and issued under a certificate that is trusted here.
    Good,
    /// Intact, but nobody told us to trust the issuer.
    IntactIssuerUnknown,
    /// Changed, incomplete, or not sealed.
    Rejected,
}

/// The certificate behind the seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBy {
    /// Subject of the certificate.
    pub subject: String,
    /// Issuer of the certificate.
    pub issuer: String,
    /// Lower-case hex SHA-256 of the certificate.
    pub fingerprint: String,
    /// Whether the chain ends in a trusted anchor.
    pub known: bool,
}

/// What is printed on and attached to the paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// 正文校验值 as printed.
    pub text_sha256: String,
    /// The hash of the text attached to the file, computed now.
    pub attached_sha256: String,
    /// 案件记录链首值 as printed.
    pub audit_head: Option<String>,
    /// The attached text.
    pub text: String,
}

/// One thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Not a PDF, or damaged beyond reading.
    NotReadable,
    /// No signature at all: never sealed, or the seal was taken off.
    NotSealed,
    /// More than one signature field.
    SeveralSeals,
    /// Bytes outside the signature: something was appended or put in front.
    NotWholeFile,
    /// The container is not what a seal of this house looks like.
    SealUnreadable,
    /// The file's digest is not the sealed one, or the container was touched.
    ContentChanged,
    /// The signature does not fit the certificate's key.
    SignatureWrong,
    /// A certificate of the chain was not issued by the next one.
    ChainBroken,
    /// The chain does not end in a trusted certificate.
    IssuerNotTrusted,
    /// The attached text has another hash than the printed one.
    TextNotAsPrinted,
    /// The paper prints no hash: it is no agreement of this house.
    NothingPrinted,
}

impl Report {
    /// The short answer.
    pub fn verdict(&self) -> Verdict {
        match (self.findings.as_slice(), &self.sealed_by) {
            ([], Some(by)) if by.known => Verdict::Good,
            ([], Some(_)) => Verdict::IntactIssuerUnknown,
            _ => Verdict::Rejected,
        }
    }

    /// Whether the paper is as it was sealed.
    pub fn intact(&self) -> bool {
        self.verdict() != Verdict::Rejected
    }
}

impl Finding {
    fn words(self) -> &'static str {
        match self {
            Self::NotReadable => "不是可读取的 PDF 文件，或文件已损坏",
            Self::NotSealed => "文件上没有电子印章（未盖章，或印章被移除）",
            Self::SeveralSeals => "文件上有多个电子签章，不是本系统出具的样式",
            Self::NotWholeFile => "电子印章没有覆盖整个文件：盖章后有内容被追加或插入",
            Self::SealUnreadable => "电子印章数据无法识别",
            Self::ContentChanged => "文件内容与盖章时不一致：盖章后被改动",
            Self::SignatureWrong => "电子印章的签名与证书不符",
            Self::ChainBroken => "证书链不完整或被替换",
            Self::IssuerNotTrusted => "盖章证书不是受信任的机构签发",
            Self::TextNotAsPrinted => "附带的正文与印在页面上的校验值不一致",
            Self::NothingPrinted => "页面上没有正文校验值，不是本系统出具的协议书",
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict() {
            Verdict::Good => writeln!(f, "结论：真实完整。盖章后未被改动，盖章证书受信任。")?,
            Verdict::IntactIssuerUnknown => {
                writeln!(
                    f,
                    "结论：完整，盖章后未被改动；但未提供受信任的证书，请向出具单位核对下面的证书指纹。"
                )?;
            }
            Verdict::Rejected => {
                writeln!(f, "结论：不可信。")?;
                for finding in &self.findings {
                    writeln!(f, "  - {}", finding.words())?;
                }
            }
        }
        if let Some(by) = &self.sealed_by {
            writeln!(
                f,
                "盖章单位：{}\n签发机构：{}\n证书指纹 SHA-256：{}",
                by.subject, by.issuer, by.fingerprint
            )?;
        }
        if let Some(at) = &self.signed_at {
            writeln!(f, "盖章时间：{at}")?;
        }
        if let Some(printed) = &self.printed {
            writeln!(f, "正文校验值 SHA-256：{}", printed.text_sha256)?;
            if let Some(head) = &printed.audit_head {
                writeln!(f, "案件记录链首值：{head}")?;
            }
        }
        Ok(())
    }
}
