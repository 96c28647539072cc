//! What the demo hands out: `demo.json` for programs, a printed page for people, a QR code for a phone.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use domain::{CaseId, SeatId, SeatRole, SessionId, Side, StaffRole};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde::{Deserialize, Serialize};

use crate::compose::write_private;

/// `data/demo/demo.json`. Its form is fixed: tests and bots read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handout {
    /// Where the server is.
    pub url: String,
    /// The media wire's key.
    pub api_key: String,
    /// Its secret.
    pub api_secret: String,
    /// Who can sign in.
    pub staff: Vec<SignIn>,
    /// The six cases, in order.
    pub cases: Vec<CaseOf>,
    /// The sittings that can be walked into.
    pub sessions: Vec<SittingOf>,
}

/// A sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// The office.
    pub role: StaffRole,
    /// The name at sign-in.
    pub username: String,
    /// The password.
    pub password: String,
    /// The person.
    pub name: String,
    /// Where they work.
    pub organization: String,
}

/// A case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseOf {
    /// Which.
    pub id: CaseId,
    /// The agreement's number, once there is one.
    pub number: Option<String>,
    /// Its short name.
    pub title: String,
}

/// A sitting that can be walked into.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SittingOf {
    /// Which.
    pub id: SessionId,
    /// Of which case.
    pub case_id: CaseId,
    /// Its title.
    pub title: String,
    /// Who sits there.
    pub seats: Vec<SeatOf>,
}

/// A place at the table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SeatOf {
    /// Which.
    pub id: SeatId,
    /// In what part.
    pub role: SeatRole,
    /// On whose side.
    pub side: Side,
    /// Who.
    pub name: String,
    /// A personal link, or for staff the desk's page of the sitting.
    pub join_url: String,
}

impl Handout {
    /// Where it is kept.
    pub fn file(data_dir: &Path) -> PathBuf {
        data_dir.join("demo").join("demo.json")
    }

    /// What a former start left; `None` on a fresh directory.
    pub fn read(data_dir: &Path) -> anyhow::Result<Option<Self>> {
        let file = Self::file(data_dir);
        match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .with_context(|| format!("reading {}", file.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
        }
    }

    /// Keeps it, for the owner's eyes: it holds passwords and links.
    pub fn write(&self, data_dir: &Path) -> anyhow::Result<()> {
        let file = Self::file(data_dir);
        std::fs::create_dir_all(file.parent().context("a directory")?)?;
        write_private(&file, &(serde_json::to_string_pretty(self)? + "\n"))?;
        Ok(())
    }

    /// The same links at another address: the port changed, or `--lan` came or went.
    pub fn moved_to(&mut self, url: &str) {
        let former = std::mem::replace(&mut self.url, url.to_owned());
        for seat in self.sessions.iter_mut().flat_map(|session| &mut session.seats) {
            if let Some(path) = seat.join_url.strip_prefix(&former) {
                seat.join_url = format!("{url}{path}");
            }
        }
    }

    /// For people. With `bots` the first sitting is taken: the phone is invited to the second.
    pub fn print(&self, file: &Path, bots: bool) {
        println!("\n  一扇门 OneDoor · 演示 demo\n  {}\n", self.url);
        for session in &self.sessions {
            println!("  ▍{}", session.title);
            if bots && session.id == self.sessions[0].id {
                println!("    当事人和律师由模拟参与人扮演 played by simulated participants");
            }
            for seat in &session.seats {
                println!("    {:　<5} {}  {}", seat.name, pad(role(seat.role)), seat.join_url);
            }
            println!();
        }
        println!("  工作人员登录 staff sign-in: {}/desk", self.url);
        for sign_in in &self.staff {
            let SignIn { name, username, password, organization, .. } = sign_in;
            println!("    {username:<14} {password:<16} {name:　<5} {organization}");
        }
        println!("\n  全部写在 all of it in: {}", file.display());
        let phone = self
            .sessions
            .iter()
            .skip(usize::from(bots))
            .flat_map(|s| &s.seats)
            .find(|seat| seat.role == SeatRole::Applicant);
        if let Some(seat) = phone
            && let Ok(code) = QrCode::new(&seat.join_url)
        {
            println!("\n  手机扫码，以{}的身份进入 scan to enter as {}:\n", seat.name, seat.name);
            println!("{}", qr(&code));
            if self.url.starts_with("http://localhost") {
                println!("  手机摄像头需要 https：cargo xtask run --lan (a phone's camera needs https)\n");
            }
        }
    }
}

/// Light on dark, as most terminals are: a dark module is the terminal's own ground.
fn qr(code: &QrCode) -> String {
    code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).quiet_zone(true).build()
}

fn role(role: SeatRole) -> &'static str {
    match role {
        SeatRole::Mediator | SeatRole::CoMediator => "调解员",
        SeatRole::Clerk => "书记员",
        SeatRole::Applicant => "申请人",
        SeatRole::Respondent => "被申请人",
        SeatRole::Lawyer => "律师",
        SeatRole::Helper => "陪同",
        SeatRole::Counsellor => "咨询师",
        SeatRole::Liaison => "联络员",
        _ => "参与人",
    }
}

/// To four characters, in the width of Chinese ones.
fn pad(text: &str) -> String {
    format!("{text}{}", "　".repeat(4_usize.saturating_sub(text.chars().count())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handout_moves_with_its_server() {
        let seat = SeatOf {
            id: SeatId(uuid::Uuid::nil()),
            role: SeatRole::Applicant,
            side: Side::Applicant,
            name: "赵守田".into(),
            join_url: "http://localhost:7880/j/abc".into(),
        };
        let session = SittingOf {
            id: SessionId(uuid::Uuid::nil()),
            case_id: CaseId(uuid::Uuid::nil()),
            title: "邻里".into(),
            seats: vec![seat],
        };
        let mut handout = Handout {
            url: "http://localhost:7880".into(),
            api_key: "devkey".into(),
            api_secret: "secret".into(),
            staff: vec![],
            cases: vec![],
            sessions: vec![session],
        };
        handout.moved_to("https://192.0.2.7:7880");
        assert_eq!(handout.sessions[0].seats[0].join_url, "https://192.0.2.7:7880/j/abc");
    }
}
