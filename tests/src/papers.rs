//! What people photograph and scan, and what somebody with bad intentions would send instead.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::PathBuf;

use image::{ImageFormat, Rgb, RgbImage};

/// Words a phone writes into its photos and that nobody else may read.
pub const WHERE_IT_WAS_TAKEN: &str = "26.0614N 119.3061E Zhao kitchen";

/// The server's program, built beside the tests: it makes pages of photos in a child process.
pub fn developer() -> PathBuf {
    let here = std::env::current_exe().expect("this program");
    here.parent().and_then(|deps| deps.parent()).expect("a target folder").join("onedoor")
}

/// A photo: dark above, light below, so that one sees which way it is turned.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    picture(width, height, ImageFormat::Jpeg)
}

/// The same picture in another format.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture =
        RgbImage::from_fn(width, height, |_, y| Rgb(if y < height / 2 { [40; 3] } else { [220; 3] }));
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).expect("a picture");
    out.into_inner()
}

/// The same photo as a phone held upright stores it: lying, with a note to turn it and the place it was taken.
pub fn photo_with_place(width: u32, height: u32) -> Vec<u8> {
    let plain = photo(width, height);
    // EXIF (TIFF, little endian): ImageDescription (0x010e) and Orientation (0x0112) = 6, turn right.
    let words = format!("{WHERE_IT_WAS_TAKEN}\0");
    let length = u32::try_from(words.len()).expect("short words");
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend([0x0e, 0x01, 2, 0]);
    exif.extend(length.to_le_bytes());
    exif.extend(38_u32.to_le_bytes());
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    exif.extend([0; 4]);
    exif.extend(words.as_bytes());
    let mut photo = plain[..2].to_vec();
    photo.extend([0xff, 0xe1]);
    photo.extend(u16::try_from(exif.len() + 2).expect("a short note").to_be_bytes());
    photo.extend(exif);
    photo.extend(&plain[2..]);
    photo
}

/// A PDF of A4 pages with a line on each; `padding` bytes of nothing make it heavier.
pub fn pdf(pages: usize, padding: usize) -> Vec<u8> {
    let line = |n: usize| format!("BT /F1 36 Tf 80 700 Td (Page {n}) Tj ET");
    let mut objects = vec!["<</Type/Catalog/Pages 2 0 R>>".to_owned(), String::new()];
    objects.push("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned());
    let mut kids = String::new();
    for n in 1..=pages {
        let _ = write!(kids, "{} 0 R ", objects.len() + 1);
        let contents = objects.len() + 2;
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {contents} 0 R>>"
        ));
        objects.push(format!("<</Length {}>>stream\n{}\nendstream", line(n).len(), line(n)));
    }
    objects[1] = format!("<</Type/Pages/Count {pages}/Kids[{kids}]>>");
    assemble(&objects, padding)
}

/// A PDF whose one page draws a form that draws another ten times, and so on: ten thousand million lines.
pub fn pdf_bomb() -> Vec<u8> {
    const DEPTH: usize = 10;
    let mut objects =
        vec!["<</Type/Catalog/Pages 2 0 R>>".to_owned(), "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned()];
    let draw = "/X Do ".repeat(10);
    let stream = |words: &str| format!("/Length {}>>stream\n{words}\nendstream", words.len());
    objects.push(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R>>"
            .into(),
    );
    objects.push(format!("<<{}", stream(&draw)));
    for level in 0..DEPTH {
        let next = objects.len() + 2;
        let (resources, words) = if level + 1 == DEPTH {
            (String::new(), "0 0 m 595 842 l S".to_owned())
        } else {
            (format!("/Resources<</XObject<</X {next} 0 R>>>>"), draw.clone())
        };
        objects.push(format!("<</Type/XObject/Subtype/Form/BBox[0 0 595 842]{resources}{}", stream(&words)));
    }
    assemble(&objects, 0)
}

/// A PNG that says it is 60,000 pixels square, in 60 bytes.
pub fn png_bomb() -> Vec<u8> {
    let mut png = picture(2, 2, ImageFormat::Png);
    let side = 60_000_u32.to_be_bytes();
    png[16..20].copy_from_slice(&side);
    png[20..24].copy_from_slice(&side);
    let sum = crc(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&sum);
    png
}

fn assemble(objects: &[String], padding: usize) -> Vec<u8> {
    let mut out = "%PDF-1.4\n".to_owned();
    for _ in 0..padding / 100 {
        out.push_str("%--------------------------------------------------------------------------------------------------\n");
    }
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", n + 1);
    }
    let start = out.len();
    let _ = write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(out, "{place:010} 00000 n ");
    }
    let _ = write!(out, "trailer<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    out.into_bytes()
}

/// CRC-32 (ISO 3309), as PNG has it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 * (sum & 1)))
    })
}
