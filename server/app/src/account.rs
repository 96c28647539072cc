//! `onedoor account`: the first accounts of an installation, and help for somebody who is locked out.

use std::io::{BufRead as _, Write as _};

use anyhow::{Context as _, bail, ensure};
use clap::{Subcommand, ValueEnum};
use domain::staff::Level;
use domain::{Organization, Staff, StaffRole};

use crate::state::AppState;

/// Shorter ones are refused (NIST SP 800-63B asks for 8; these accounts see whole case files).
const SHORTEST: usize = 10;

/// What may be done with accounts.
#[derive(Subcommand)]
pub enum Account {
    /// Add a committee: `--short 石桥 --name 云岭县石桥镇人民调解委员会 --level township --above 云岭`.
    Office {
        /// Short name, as in numbers.
        #[arg(long)]
        short: String,
        /// Full name, as printed.
        #[arg(long)]
        name: String,
        /// Where it stands.
        #[arg(long, value_enum)]
        level: LevelWord,
        /// Short name of the one above it.
        #[arg(long)]
        above: Option<String>,
    },
    /// Add a member of staff; the password is read from standard input.
    Add {
        /// The name at sign-in.
        username: String,
        /// The office, for instance `mediator`.
        #[arg(long)]
        role: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// What stands beside the name, for instance 首席调解员.
        #[arg(long, default_value = "")]
        title: String,
        /// Short name of the committee.
        #[arg(long)]
        office: String,
    },
    /// Set a new password, read from standard input, and end every sign-in.
    Password {
        /// The name at sign-in.
        username: String,
    },
    /// Close an account and end every sign-in.
    Close {
        /// The name at sign-in.
        username: String,
    },
    /// Who there is.
    List,
}

/// A level on the command line.
#[derive(Clone, Copy, ValueEnum)]
pub enum LevelWord {
    /// 县
    County,
    /// 乡镇
    Township,
    /// 网格、村
    Grid,
}

/// Carries the command out.
pub async fn run(app: &AppState, command: Account) -> anyhow::Result<()> {
    match command {
        Account::Office { short, name, level, above } => office(app, short, name, level, above).await,
        Account::Add { username, role, name, title, office } => {
            let role = role_of(&role)?;
            add(app, (&username, role, &name, &title, &office)).await
        }
        Account::Password { username } => {
            let hash = app.passwords.hash(read_password()?).await?;
            change(app, &username, async |tx, staff| store::staff::set_password(tx, staff.id, &hash).await)
                .await
        }
        Account::Close { username } => {
            change(app, &username, async |tx, staff| store::staff::set_active(tx, staff.id, false).await)
                .await
        }
        Account::List => list(app).await,
    }
}

async fn office(
    app: &AppState,
    short_name: String,
    name: String,
    level: LevelWord,
    above: Option<String>,
) -> anyhow::Result<()> {
    let tx = app.store.begin().await?;
    let all = store::organization::all(&tx).await?;
    ensure!(all.iter().all(|office| office.short_name != short_name), "{short_name} is there already");
    let parent_id = match above {
        Some(above) => {
            Some(all.iter().find(|office| office.short_name == above).context("no such office above")?.id)
        }
        None => None,
    };
    let level = match level {
        LevelWord::County => Level::County,
        LevelWord::Township => Level::Township,
        LevelWord::Grid => Level::Grid,
    };
    let organization = Organization { id: app.ids.next(), parent_id, level, name, short_name };
    store::organization::insert(&tx, &organization, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

async fn add(app: &AppState, who: (&str, StaffRole, &str, &str, &str)) -> anyhow::Result<()> {
    let (username, role, name, title, office) = who;
    let hash = app.passwords.hash(read_password()?).await?;
    let tx = app.store.begin().await?;
    let all = store::organization::all(&tx).await?;
    let office =
        all.iter().find(|organization| organization.short_name == office).context("no such office")?;
    let staff = Staff {
        id: app.ids.next(),
        organization_id: office.id,
        role,
        name: name.to_owned(),
        title: title.to_owned(),
        username: username.to_lowercase(),
        active: true,
        created_at: app.clock.now(),
    };
    store::staff::insert(&tx, &staff, &hash).await.context("is the name at sign-in taken?")?;
    Ok(tx.commit().await?)
}

/// Changes an account and ends its sign-ins: whoever is signed in with the old password is out.
async fn change(
    app: &AppState,
    username: &str,
    how: impl AsyncFnOnce(&store::Tx, &Staff) -> store::Result<bool>,
) -> anyhow::Result<()> {
    let tx = app.store.begin().await?;
    let Some((staff, _)) = store::staff::credentials(&tx, username).await? else {
        bail!("nobody called {username}")
    };
    how(&tx, &staff).await?;
    store::login::revoke_all(&tx, staff.id, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

async fn list(app: &AppState) -> anyhow::Result<()> {
    let tx = app.store.read().await?;
    let offices = store::organization::all(&tx).await?;
    for staff in store::staff::all(&tx).await? {
        let office = offices.iter().find(|office| office.id == staff.organization_id);
        let office = office.map_or("", |office| office.name.as_str());
        let closed = if staff.active { "" } else { " (closed)" };
        println!("{:<16} {:?} {} {office}{closed}", staff.username, staff.role, staff.name);
    }
    Ok(())
}

fn role_of(word: &str) -> anyhow::Result<StaffRole> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).with_context(|| {
        "the office is one of admin, director, mediator, clerk, lawyer, counsellor, grid_worker, liaison, incident_desk"
    })
}

/// From standard input, so that it stands in no list of processes and no shell history.
fn read_password() -> anyhow::Result<String> {
    eprint!("password: ");
    std::io::stderr().flush()?;
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    ensure!(password.chars().count() >= SHORTEST, "the password needs {SHORTEST} characters or more");
    Ok(password)
}
