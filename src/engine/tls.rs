//! TLS to an engine: whom to trust, and who we are.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};

use super::ConnectError;

/// The files of a TLS connection, named as the Docker CLI names them: `ca.pem`, `cert.pem`, `key.pem`.
#[derive(Debug, Default)]
pub(super) struct Material {
    /// Their folder, if there is one.
    pub(super) folder: Option<PathBuf>,
    /// Whether the folder must hold a `ca.pem`; else the system's authorities stand in for a missing one.
    pub(super) needs_ca: bool,
    /// Whether any certificate will do.
    pub(super) skip_verify: bool,
}

/// Reads the files and builds rustls's configuration.
pub(super) fn config(material: &Material) -> Result<Arc<ClientConfig>, ConnectError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| file(Path::new("-"), &error))?;
    let builder = if material.skip_verify {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate { provider }))
    } else {
        builder.with_root_certificates(roots(material)?)
    };
    let config = match identity(material)? {
        None => builder.with_no_client_auth(),
        Some((path, chain, key)) => {
            builder.with_client_auth_cert(chain, key).map_err(|error| file(&path, &error))?
        }
    };
    Ok(Arc::new(config))
}

fn roots(material: &Material) -> Result<RootCertStore, ConnectError> {
    let mut roots = RootCertStore::empty();
    let own = material.folder.as_ref().map(|folder| folder.join("ca.pem"));
    match own.filter(|path| material.needs_ca || path.exists()) {
        Some(path) => {
            for certificate in chain(&path)? {
                roots.add(certificate).map_err(|error| file(&path, &error))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(roots)
}

type Identity = (PathBuf, Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Our own certificate and key; half a pair is an error, none is not.
fn identity(material: &Material) -> Result<Option<Identity>, ConnectError> {
    let Some(folder) = &material.folder else { return Ok(None) };
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    if !certificate.exists() && !key.exists() {
        return Ok(None);
    }
    let chain = chain(&certificate)?;
    let key = PrivateKeyDer::from_pem_file(&key).map_err(|error| file(&key, &error))?;
    Ok(Some((certificate, chain, key)))
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let read = CertificateDer::pem_file_iter(path).map_err(|error| file(path, &error))?;
    let chain: Result<Vec<_>, _> = read.collect();
    let chain = chain.map_err(|error| file(path, &error))?;
    if chain.is_empty() { Err(file(path, &"it holds no certificate")) } else { Ok(chain) }
}

fn file(path: &Path, cause: &dyn std::fmt::Display) -> ConnectError {
    let cause = if path.exists() { cause.to_string() } else { "there is no such file".to_owned() };
    ConnectError::CertificateFile { path: path.display().to_string(), cause }
}

/// What is wrong with a TLS connection, and the way out.
pub(super) fn explain(endpoint: &str, error: &rustls::Error) -> ConnectError {
    use rustls::{AlertDescription as Alert, CertificateError as Bad, Error};
    let endpoint = endpoint.to_owned();
    let (cause, way_out) = match error {
        Error::InvalidMessage(_) => return ConnectError::SpeaksPlainly { endpoint },
        Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => {
            ("its certificate has expired".to_owned(), "renew it there")
        }
        Error::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => {
            ("its certificate is not valid yet".to_owned(), "compare the clocks of both machines")
        }
        Error::InvalidCertificate(Bad::UnknownIssuer | Bad::BadSignature) => (
            "its certificate was not issued by the authority in ca.pem".to_owned(),
            "take the ca.pem that belongs to this engine",
        ),
        Error::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => (
            "its certificate is made out to another name".to_owned(),
            "use a name that the certificate holds",
        ),
        Error::AlertReceived(Alert::CertificateRequired | Alert::HandshakeFailure) => (
            "it wants a client certificate".to_owned(),
            "put cert.pem and key.pem beside ca.pem in DOCKER_CERT_PATH or into the context",
        ),
        Error::AlertReceived(
            Alert::BadCertificate
            | Alert::UnknownCA
            | Alert::CertificateUnknown
            | Alert::CertificateExpired
            | Alert::CertificateRevoked
            | Alert::DecryptError
            | Alert::AccessDenied,
        ) => (
            "it does not accept the client certificate".to_owned(),
            "have cert.pem issued by the authority that this engine trusts",
        ),
        other => (other.to_string(), "check ca.pem, cert.pem and key.pem"),
    };
    ConnectError::Certificate { endpoint, cause, way_out: way_out.to_owned() }
}

/// Accepts any certificate, as a context with `SkipTLSVerify` asks for. Signatures are still checked.
#[derive(Debug)]
struct AnyCertificate {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
