//! Photos of papers: made anew for showing, so that nothing of the file but its pixels reaches another screen.
//!
//! [`develop`] runs in a child process of its own with little memory and little time (`onedoor develop`): whatever a
//! file does to its decoder, it does not do it to the server. [`Stamp`] lays the viewer's name over a page.

use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor, Write as _};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageReader, Limits, RgbImage};

/// Pixels of a photo at most; the largest phone cameras make 108 million, and usually store 12.
const MOST_PIXELS: u64 = 110_000_000;
/// Bytes a decoder may take.
const MOST_MEMORY: u64 = 512 << 20;
/// JPEG quality of shown pages.
const QUALITY: u8 = 85;
/// How strongly the mark covers the page, of 256.
const STRENGTH: u32 = 40;
/// Fainter than this nothing of the mark is drawn.
const FAINT: u8 = 24;

/// Why a picture cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It is no whole picture of its kind.
    #[error("not a picture: {0}")]
    Broken(#[source] ImageError),
    /// It would need more room than anybody is given.
    #[error("{width} × {height} pixels are too many")]
    TooLarge {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// The file cannot be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl From<ImageError> for PictureError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                Self::Io(error)
            }
            error => Self::Broken(error),
        }
    }
}

/// Makes a page of a photo: upright, its longer side at most `side` pixels, without any of the file's own words
/// (place, time, camera). Its size is looked at before a pixel is decoded.
pub fn develop(original: &Path, page: &Path, side: u32) -> Result<(), PictureError> {
    let mut reader = ImageReader::new(BufReader::new(File::open(original)?)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if width.max(height) > side {
        picture = picture.thumbnail(side, side);
    }
    picture.apply_orientation(turn);
    let mut out = BufWriter::new(File::create(page)?);
    // What a picture lets through shows white, as on paper.
    encode(&on_white(&picture), &mut out)?;
    out.flush()?;
    Ok(())
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.to_rgba8().pixels()) {
        let alpha = u32::from(from.0[3]);
        for (to, from) in to.0.iter_mut().zip(from.0) {
            *to = mixed(255, u32::from(from), alpha, 255);
        }
    }
    flat
}

fn encode(picture: &RgbImage, out: &mut impl std::io::Write) -> Result<(), PictureError> {
    Ok(JpegEncoder::new_with_quality(out, QUALITY).encode_image(picture)?)
}

/// `part` of `whole` parts of `over`, the rest of `under`.
fn mixed(under: u32, over: u32, part: u32, whole: u32) -> u8 {
    u8::try_from((under * (whole - part) + over * part) / whole).unwrap_or(u8::MAX)
}

/// The viewer's name as a pattern that is laid over every page made for them.
#[derive(Clone, Debug)]
pub struct Stamp {
    width: u32,
    height: u32,
    /// Where ink is, and how much.
    ink: Vec<(u32, u32, u8)>,
}

impl Stamp {
    /// From drawn RGBA pixels, row by row: only how much they cover counts.
    pub(crate) fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Self {
        let at = |i: usize| u32::try_from(i).map_or((0, 0), |i| (i % width.max(1), i / width.max(1)));
        let covered =
            rgba.chunks_exact(4).map(|pixel| pixel[3]).enumerate().filter(|(_, alpha)| *alpha >= FAINT);
        let ink = covered.map(|(i, alpha)| (at(i).0, at(i).1, alpha)).collect();
        Self { width: width.max(1), height: height.max(1), ink }
    }

    /// Whether there is any ink in it.
    pub fn is_blank(&self) -> bool {
        self.ink.is_empty()
    }

    /// The page with the mark over it, light beside dark so that it shows on paper and on dark photos.
    pub fn press(&self, page: &[u8]) -> Result<Vec<u8>, PictureError> {
        let mut reader = ImageReader::with_format(Cursor::new(page), image::ImageFormat::Jpeg);
        reader.limits(Limits::default());
        let mut picture = reader.decode()?.into_rgb8();
        for top in (0..picture.height()).step_by(self.height as usize) {
            for left in (0..picture.width()).step_by(self.width as usize) {
                for &(x, y, alpha) in &self.ink {
                    tint(&mut picture, left + x + 1, top + y + 1, 255, alpha);
                    tint(&mut picture, left + x, top + y, 60, alpha);
                }
            }
        }
        let mut out = Vec::with_capacity(page.len());
        encode(&picture, &mut out)?;
        Ok(out)
    }
}

fn tint(picture: &mut RgbImage, x: u32, y: u32, ink: u32, alpha: u8) {
    if let Some(pixel) = picture.get_pixel_mut_checked(x, y) {
        for part in &mut pixel.0 {
            *part = mixed(u32::from(*part), ink, u32::from(alpha) * STRENGTH / 256, 255);
        }
    }
}
