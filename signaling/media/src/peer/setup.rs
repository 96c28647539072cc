//! How a connection is configured: codecs, header extensions, one certificate for the life of the process.

use std::sync::Arc;
use std::time::Instant;

use str0m::config::{CryptoProvider, DtlsCert};
use str0m::rtp::{Extension, ExtensionMap, ExtensionSerializer, ExtensionValues};
use str0m::{Rtc, RtcConfig};

/// Largest data channel message taken; the wire's clients send at most 16 kB chunks.
const MAX_MESSAGE: u32 = 65_535;
/// Bytes of data channel messages the transport holds before it asks to wait.
const MAX_BUFFERED: usize = 512 * 1024;

const DEPENDENCY_DESCRIPTOR: &str =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

/// Accepted in every video section, because clients drop from later offers what the first answer refuses,
/// but neither read nor sent: forwarded on VP8 its numbering would break at layer switches.
#[derive(Debug)]
struct AcceptedOnly;

impl ExtensionSerializer for AcceptedOnly {
    fn write_to(&self, _: &mut [u8], _: &ExtensionValues) -> usize {
        0
    }

    fn parse_value(&self, _: &[u8], _: &mut ExtensionValues) -> bool {
        true
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
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
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .enable_h264(true)
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
    map.set(12, Extension::with_serializer(DEPENDENCY_DESCRIPTOR, AcceptedOnly));
    map.set(13, Extension::VideoOrientation);
    map.set(14, Extension::AbsoluteCaptureTime);
    map
}
