//! The sequence header of AV1 (bitstream specification, section 5.5), as far as a file must repeat it.

use super::bits::Bits;

/// What a sequence header says.
pub(super) struct Sequence {
    pub profile: u8,
    pub level: u8,
    /// Third byte of the configuration record: tier, depth and chroma.
    pub form: u8,
    pub width: u32,
    pub height: u32,
}

impl Sequence {
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(content);
        let profile = bits.take(3)?;
        bits.bit()?;
        let reduced = bits.bit()?;
        let (level, tier) = if reduced { (bits.take(5)?, false) } else { operating_points(&mut bits)? };
        let (width_bits, height_bits) = (bits.take(4)? + 1, bits.take(4)? + 1);
        let (width, height) = (bits.take(width_bits)? + 1, bits.take(height_bits)? + 1);
        skip_tools(&mut bits, reduced)?;
        let color = color(&mut bits, profile)?;
        let form = u8::from(tier) << 7 | color;
        Some(Self {
            profile: u8::try_from(profile).ok()?,
            level: u8::try_from(level).ok()?,
            form,
            width,
            height,
        })
    }
}

/// Level and tier of the first operating point; the others are skipped.
fn operating_points(bits: &mut Bits<'_>) -> Option<(u32, bool)> {
    let mut delay_length = None;
    if bits.bit()? {
        bits.take(32)?;
        bits.take(32)?;
        if bits.bit()? {
            bits.golomb()?;
        }
        if bits.bit()? {
            delay_length = Some(bits.take(5)? + 1);
            bits.take(32)?;
            bits.take(10)?;
        }
    }
    let display_delay = bits.bit()?;
    let mut first = None;
    for _ in 0..=bits.take(5)? {
        bits.take(12)?;
        let level = bits.take(5)?;
        let tier = level > 7 && bits.bit()?;
        first.get_or_insert((level, tier));
        if let Some(length) = delay_length
            && bits.bit()?
        {
            bits.take(length)?;
            bits.take(length)?;
            bits.bit()?;
        }
        if display_delay && bits.bit()? {
            bits.take(4)?;
        }
    }
    first
}

/// Coding tools, between the sizes and the color.
fn skip_tools(bits: &mut Bits<'_>, reduced: bool) -> Option<()> {
    if !reduced && bits.bit()? {
        bits.take(7)?;
    }
    bits.take(3)?;
    if !reduced {
        bits.take(4)?;
        let order_hint = bits.bit()?;
        if order_hint {
            bits.take(2)?;
        }
        let choose_content = bits.bit()?;
        let content = choose_content || bits.bit()?;
        if content && !bits.bit()? {
            bits.bit()?;
        }
        if order_hint {
            bits.take(3)?;
        }
    }
    bits.take(3)?;
    Some(())
}

/// Depth, chroma and its position, as the record has them (section 5.5.2).
fn color(bits: &mut Bits<'_>, profile: u32) -> Option<u8> {
    const SRGB: [u32; 3] = [1, 13, 0];
    let high = bits.bit()?;
    let twelve = profile == 2 && high && bits.bit()?;
    let mono = profile != 1 && bits.bit()?;
    let described = bits.bit()?;
    let description = if described { [bits.take(8)?, bits.take(8)?, bits.take(8)?] } else { [2, 2, 2] };
    let (across, down) = if mono {
        bits.bit()?;
        (true, true)
    } else if description == SRGB {
        (false, false)
    } else {
        bits.bit()?;
        match profile {
            0 => (true, true),
            1 => (false, false),
            _ if twelve => {
                let across = bits.bit()?;
                (across, across && bits.bit()?)
            }
            _ => (true, false),
        }
    };
    let position = if across && down && !mono { bits.take(2)? } else { 0 };
    let flag = |flag: bool, at: u8| u8::from(flag) << at;
    Some(
        flag(high, 6)
            | flag(twelve, 5)
            | flag(mono, 4)
            | flag(across, 3)
            | flag(down, 2)
            | u8::try_from(position).ok()?,
    )
}
