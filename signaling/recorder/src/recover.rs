//! Closing a folder: files are made whole and seekable, hashed, and the manifest is written. The same after a crash
//! and at the end.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::journal::{Journal, Line, TrackLine};
use crate::{Chapter, Consent, End, Gap, MANIFEST, Manifest, Mark, Pause, Speech, Track};

/// Closes a recording whose process died: torn ends are cut off, files become seekable, hashes and the manifest are
/// made. A folder that is complete is left as it is. Blocks for as long as reading the files takes.
///
/// # Errors
/// When there is no recording in the folder, or it cannot be written.
pub fn recover(folder: &Path) -> io::Result<Manifest> {
    if folder.join(MANIFEST).exists() {
        return Manifest::read(folder).map_err(io::Error::other);
    }
    // A reserve the dead process had set aside.
    let _ = fs::remove_file(folder.join("reserve"));
    close(folder, End::Recovered)
}

/// Makes the manifest of what the journal and the files say.
pub(crate) fn close(folder: &Path, end: End) -> io::Result<Manifest> {
    let lines = Journal::read(folder)?;
    let Some(Line::Begun { version, session, started_at }) = lines.first().cloned() else {
        return Err(io::Error::other("the journal has no beginning"));
    };
    let mut manifest = Manifest {
        version,
        session,
        started_at,
        duration_ms: 0,
        end,
        tracks: Vec::new(),
        consents: Vec::new(),
        pauses: Vec::new(),
        chapters: Vec::new(),
    };
    for line in &lines {
        enter(&mut manifest, line, folder)?;
    }
    // Names may have been said before the tracks they are for.
    for line in &lines {
        if let Line::Mark { mark: Mark::Seat { seat, person }, .. } = line {
            for track in manifest.tracks.iter_mut().filter(|track| track.seat == *seat) {
                track.person = Some(person.clone());
            }
        }
    }
    let last = manifest.tracks.iter().map(|track| track.offset_ms + track.duration_ms).max();
    manifest.duration_ms = manifest.duration_ms.max(last.unwrap_or(0));
    manifest.write(folder)?;
    Ok(manifest)
}

fn enter(manifest: &mut Manifest, line: &Line, folder: &Path) -> io::Result<()> {
    match line {
        Line::Begun { .. } => {}
        Line::Track(track) => manifest.tracks.extend(track_of(track, folder)?),
        Line::Gap { file, from_ms, to_ms, cause } => {
            for track in manifest.tracks.iter_mut().filter(|track| track.file == *file) {
                track.gaps.push(Gap { from_ms: *from_ms, to_ms: *to_ms, cause: *cause });
            }
        }
        Line::Speech { file, from_ms, to_ms } => {
            for track in manifest.tracks.iter_mut().filter(|track| track.file == *file) {
                track.speech.push(Speech { from_ms: *from_ms, to_ms: *to_ms });
            }
        }
        Line::Mark { at_ms, mark } => {
            manifest.duration_ms = manifest.duration_ms.max(*at_ms);
            marked(manifest, *at_ms, mark);
        }
        Line::Ended { at_ms } => manifest.duration_ms = manifest.duration_ms.max(*at_ms),
    }
    Ok(())
}

fn marked(manifest: &mut Manifest, at_ms: u64, mark: &Mark) {
    match mark {
        Mark::Seat { .. } => {}
        Mark::Consented { seat } => {
            let stands = |one: &Consent| one.seat == *seat && one.to_ms.is_none();
            if !manifest.consents.iter().any(stands) {
                manifest.consents.push(Consent { seat: seat.clone(), from_ms: at_ms, to_ms: None });
            }
        }
        Mark::Withdrew { seat } => {
            for one in manifest.consents.iter_mut().filter(|one| one.seat == *seat && one.to_ms.is_none()) {
                one.to_ms = Some(at_ms);
            }
        }
        Mark::Paused { cause } => {
            end_pause(manifest, at_ms);
            manifest.pauses.push(Pause { from_ms: at_ms, to_ms: None, cause: *cause });
        }
        Mark::Resumed => end_pause(manifest, at_ms),
        Mark::Chapter { title } => manifest.chapters.push(Chapter { at_ms, title: title.clone() }),
    }
}

fn end_pause(manifest: &mut Manifest, at_ms: u64) {
    for pause in manifest.pauses.iter_mut().filter(|pause| pause.to_ms.is_none()) {
        pause.to_ms = Some(at_ms);
    }
}

/// The track of a file; none if the file did not survive.
fn track_of(line: &TrackLine, folder: &Path) -> io::Result<Option<Track>> {
    let path = folder.join(&line.file);
    let Some(sealed) = crate::webm::seal(&path)? else { return Ok(None) };
    let (bytes, sha256) = digest(&path)?;
    let TrackLine { file, seat, track, kind, source, codec, mime, offset_ms, width, height } = line.clone();
    Ok(Some(Track {
        file,
        seat,
        person: None,
        track,
        kind,
        source,
        codec,
        mime,
        offset_ms,
        duration_ms: sealed.duration_ms,
        frames: sealed.frames,
        width,
        height,
        bytes,
        sha256,
        gaps: Vec::new(),
        speech: Vec::new(),
    }))
}

fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    Ok((fs::metadata(path)?.len(), hex::encode(hash.finalize())))
}
