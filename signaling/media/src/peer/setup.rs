//! How a connection is configured: codecs, header extensions, one certificate for the life of the process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use smallvec::SmallVec;
use str0m::bwe::Bitrate;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::rtp::{Extension, ExtensionMap, ExtensionSerializer, ExtensionValues};
use str0m::{Rtc, RtcConfig};

/// Largest data channel message taken; the wire's clients send at most 16 kB chunks.
const MAX_MESSAGE: u32 = 65_535;
/// Bytes of data channel messages the transport holds before it asks to wait.
const MAX_BUFFERED: usize = 512 * 1024;

const DEPENDENCY_DESCRIPTOR: &str =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

/// Where the bandwidth estimate of a connection begins: the first probes try three and six times this.
const INITIAL_ESTIMATE: Bitrate = Bitrate::kbps(1500);
/// How often a connection reports losses, delay and the estimate.
const REPORTS: Duration = Duration::from_millis(500);
/// Longest value of a header extension that fits the one-byte form (RFC 8285 section 4.2).
const ONE_BYTE_FORM: usize = 16;

/// A dependency descriptor as it came, unread: what it says is for the decoder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Descriptor(SmallVec<[u8; 24]>);

/// Passes the dependency descriptor through where a packet has one.
#[derive(Debug)]
struct PassedThrough;

impl ExtensionSerializer for PassedThrough {
    fn write_to(&self, buffer: &mut [u8], values: &ExtensionValues) -> usize {
        let Some(Descriptor(bytes)) = values.user_values.get::<Descriptor>() else { return 0 };
        let Some(place) = buffer.get_mut(..bytes.len()) else { return 0 };
        place.copy_from_slice(bytes);
        bytes.len()
    }

    fn parse_value(&self, bytes: &[u8], values: &mut ExtensionValues) -> bool {
        values.user_values.set(Descriptor(bytes.into()));
        true
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }

    fn requires_two_byte_form(&self, values: &ExtensionValues) -> bool {
        values.user_values.get::<Descriptor>().is_some_and(|Descriptor(bytes)| bytes.len() > ONE_BYTE_FORM)
    }
}

/// What all connections of the process share.
#[derive(Clone)]
pub(crate) struct Setup {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

impl Setup {
    /// Makes the ECDSA certificate.
    pub(crate) fn new() -> std::io::Result<Self> {
        let crypto = Arc::new(str0m::crypto::from_feature_flags());
        let certificate = crypto
            .dtls_provider
            .generate_certificate()
            .ok_or_else(|| std::io::Error::other("the crypto provider cannot make a DTLS certificate"))?;
        Ok(Self { crypto, certificate })
    }

    /// A fresh connection: ICE-lite, packets passed through undepacketised.
    pub(super) fn rtc(&self, now: Instant) -> Rtc {
        RtcConfig::new()
            .set_crypto_provider(Arc::clone(&self.crypto))
            .set_dtls_cert(self.certificate.clone())
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .enable_bwe(Some(INITIAL_ESTIMATE))
            .set_stats_interval(Some(REPORTS))
            .clear_codecs()
            .enable_opus(true, true) // redundant sound: see red.rs (sent) and copies.rs (received)
            .enable_vp8(true)
            .enable_h264(true)
            .enable_vp9(true)
            .enable_av1(true)
            .set_extension_map(extensions())
            .set_sctp_max_message_size(MAX_MESSAGE)
            .set_sctp_max_buffered_amount(MAX_BUFFERED)
            .build(now)
    }
}

/// Every extension any section may use; sixteen ids exist, and the first offer locks them.
fn extensions() -> ExtensionMap {
    let mut map = ExtensionMap::empty();
    map.set(1, Extension::AudioLevel);
    map.set(2, Extension::AbsoluteSendTime);
    map.set(3, Extension::TransportSequenceNumber);
    map.set(4, Extension::RtpMid);
    map.set(5, Extension::PlayoutDelay);
    map.set(6, Extension::VideoContentType);
    map.set(10, Extension::RtpStreamId);
    map.set(11, Extension::RepairedRtpStreamId);
    map.set(12, Extension::with_serializer(DEPENDENCY_DESCRIPTOR, PassedThrough));
    map.set(13, Extension::VideoOrientation);
    map.set(14, Extension::AbsoluteCaptureTime);
    map
}
