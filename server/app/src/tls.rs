//! TLS: a real certificate from PEM files, or one made on the spot for a local network.
//!
//! Browsers give a page its camera only over https (or on localhost), so `onedoor demo --lan` makes a certificate for
//! the machine's own addresses and keeps it: a phone that once accepted it is not asked again.

use std::fs;
use std::net::{IpAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::compose::write_private;
use crate::config::Config;
use crate::problem::Fault;

/// The acceptor the settings ask for; `None` for plain HTTP.
pub fn acceptor(config: &Config) -> Result<Option<TlsAcceptor>, Fault> {
    let http = &config.http;
    match (&http.tls_certificate, &http.tls_key) {
        (Some(certificate), Some(key)) => from_files(certificate, key).map(Some),
        (None, None) if http.self_signed => {
            let (certificate, key) = (config.data_dir.join("lan.crt"), config.data_dir.join("lan.key"));
            if !certificate.exists() || !key.exists() {
                make(&certificate, &key)?;
            }
            from_files(&certificate, &key).map(Some)
        }
        (None, None) => Ok(None),
        _ => Err(Fault::new("reading the TLS settings", "http.tls_certificate and http.tls_key go together")),
    }
}

fn from_files(certificate: &Path, key: &Path) -> Result<TlsAcceptor, Fault> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| Fault::new("reading the certificate", error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| Fault::new("reading the key of the certificate", error.to_string()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Fault::of("setting up TLS"))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(Fault::of("using the certificate"))?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(server)))
}

fn make(certificate: &Path, key: &Path) -> Result<(), Fault> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    names.extend(lan_address().map(|address| address.to_string()));
    let mut params = CertificateParams::new(names).map_err(Fault::of("naming the certificate"))?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "OneDoor on the local network");
    let pair = KeyPair::generate().map_err(Fault::of("making a key"))?;
    let signed = params.self_signed(&pair).map_err(Fault::of("signing the certificate"))?;
    fs::write(certificate, signed.pem()).map_err(Fault::of("keeping the certificate"))?;
    write_private(key, &pair.serialize_pem()).map_err(Fault::of("keeping the key"))
}

/// This machine's address on the local network. Connecting a UDP socket only asks the routing table; nothing is sent.
pub fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified() && !address.is_loopback()).then_some(address)
}
