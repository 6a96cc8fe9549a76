//! TLS to an engine: who is trusted, who is let in, and what is said when it fails.

// The lint configuration excuses test functions; here, too, a failure is to end the test with its reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

use std::{fs, path::Path, sync::Arc};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use stacktop::engine::{Choice, ConnectError, Connector, Surroundings};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// An authority that issues certificates.
struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key.
struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    fn issue(&self, name: &str) -> Identity {
        self.issue_until(name, 2100)
    }

    fn issue_until(&self, name: &str, year: i32) -> Identity {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        Identity { certificate: params.signed_by(&key, &self.issuer).unwrap(), key }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        roots
    }
}

impl Identity {
    fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.der().clone()]
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.key.serialize_der().into())
    }
}

/// Serves an engine that answers a ping, and returns its port. With `clients`, only their certificates are let in.
async fn serve(identity: &Identity, clients: Option<&Authority>) -> u16 {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let roots = Arc::new(authority.roots());
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let config = builder.with_single_cert(identity.chain(), identity.key()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    let _ =
                        http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(pong)).await;
                }
            });
        }
    });
    port
}

async fn pong(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::http::Error> {
    Response::builder().header("Api-Version", "1.45").body(Full::new(Bytes::from_static(b"{}")))
}

/// A folder with the files that the Docker CLI wants there.
fn folder(authority: &Authority, identity: Option<&Identity>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), authority, identity);
    folder
}

fn write(folder: &Path, authority: &Authority, identity: Option<&Identity>) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("ca.pem"), authority.certificate.pem()).unwrap();
    if let Some(identity) = identity {
        fs::write(folder.join("cert.pem"), identity.certificate.pem()).unwrap();
        fs::write(folder.join("key.pem"), identity.key.serialize_pem()).unwrap();
    }
}

fn connector(port: u16, folder: &TempDir) -> Connector {
    let mut around = Surroundings::default();
    around.variables.insert("DOCKER_TLS_VERIFY".into(), "1".into());
    around.variables.insert("DOCKER_CERT_PATH".into(), folder.path().display().to_string());
    let choice = Choice { host: Some(format!("tcp://127.0.0.1:{port}")), context: None };
    Connector::choose(&choice, &around).unwrap()
}

async fn failure(port: u16, folder: &TempDir) -> String {
    connector(port, folder).connect().await.unwrap_err().to_string()
}

#[tokio::test]
async fn an_engine_with_a_certificate_of_our_authority_is_trusted() {
    let authority = Authority::new();
    let port = serve(&authority.issue("127.0.0.1"), None).await;
    let folder = folder(&authority, None);
    let engine = connector(port, &folder).connect().await.unwrap();
    assert_eq!(engine.endpoint().to_string(), format!("tcp://127.0.0.1:{port} (TLS)"));
    assert_eq!(engine.api_version(), "1.45");
    engine.inspect_container("x").await.unwrap();
    engine.bollard().version().await.unwrap();
}

#[tokio::test]
async fn a_client_certificate_opens_an_engine_that_wants_one() {
    let authority = Authority::new();
    let port = serve(&authority.issue("127.0.0.1"), Some(&authority)).await;
    let folder = folder(&authority, Some(&authority.issue("client")));
    connector(port, &folder).connect().await.unwrap();
}

#[tokio::test]
async fn without_a_client_certificate_the_way_to_one_is_told() {
    let authority = Authority::new();
    let port = serve(&authority.issue("127.0.0.1"), Some(&authority)).await;
    let failure = failure(port, &folder(&authority, None)).await;
    assert!(failure.contains("it wants a client certificate; put cert.pem and key.pem"), "{failure}");
}

#[tokio::test]
async fn a_client_certificate_of_another_authority_is_turned_down() {
    let authority = Authority::new();
    let port = serve(&authority.issue("127.0.0.1"), Some(&authority)).await;
    let failure = failure(port, &folder(&authority, Some(&Authority::new().issue("client")))).await;
    assert!(failure.contains("it does not accept the client certificate"), "{failure}");
}

#[tokio::test]
async fn an_engine_of_another_authority_is_not_trusted() {
    let port = serve(&Authority::new().issue("127.0.0.1"), None).await;
    let failure = failure(port, &folder(&Authority::new(), None)).await;
    assert!(failure.contains("was not issued by the authority in ca.pem"), "{failure}");
}

#[tokio::test]
async fn an_expired_certificate_is_told() {
    let authority = Authority::new();
    let port = serve(&authority.issue_until("127.0.0.1", 2001), None).await;
    let failure = failure(port, &folder(&authority, None)).await;
    assert!(failure.contains("its certificate has expired; renew it there"), "{failure}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_told() {
    let authority = Authority::new();
    let port = serve(&authority.issue("elsewhere"), None).await;
    let failure = failure(port, &folder(&authority, None)).await;
    assert!(failure.contains("made out to another name"), "{failure}");
}

#[tokio::test]
async fn tls_on_a_port_without_it_is_explained() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(pong)).await
    });
    let error = connector(port, &folder(&Authority::new(), None)).connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::SpeaksPlainly { .. }), "{error}");
}

#[tokio::test]
async fn plain_http_on_a_port_with_tls_is_explained() {
    let port = serve(&Authority::new().issue("127.0.0.1"), None).await;
    let choice = Choice { host: Some(format!("tcp://127.0.0.1:{port}")), context: None };
    let error = Connector::choose(&choice, &Surroundings::default()).unwrap().connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::ExpectsTls { .. }), "{error}");
}

#[test]
fn half_a_client_certificate_is_an_error() {
    let authority = Authority::new();
    let folder = folder(&authority, Some(&authority.issue("client")));
    fs::remove_file(folder.path().join("key.pem")).unwrap();
    let mut around = Surroundings::default();
    around.variables.insert("DOCKER_TLS_VERIFY".into(), "1".into());
    around.variables.insert("DOCKER_CERT_PATH".into(), folder.path().display().to_string());
    let choice = Choice { host: Some("tcp://h:1".into()), context: None };
    let failure = Connector::choose(&choice, &around).unwrap_err().to_string();
    assert!(failure.contains("key.pem: there is no such file"), "{failure}");
}

/// The surroundings of a user with one context, and the folder of its certificates.
fn with_context(name: &str, port: u16, skip: bool) -> (TempDir, Surroundings, std::path::PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let hash: String = Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
    let contexts = home.path().join(".docker/contexts");
    let docker = json!({"Host": format!("tcp://127.0.0.1:{port}"), "SkipTLSVerify": skip});
    let meta = contexts.join("meta").join(&hash);
    fs::create_dir_all(&meta).unwrap();
    let content = json!({"Name": name, "Endpoints": {"docker": docker}});
    fs::write(meta.join("meta.json"), content.to_string()).unwrap();
    let around = Surroundings { home: Some(home.path().to_owned()), ..Surroundings::default() };
    (home, around, contexts.join("tls").join(hash).join("docker"))
}

#[tokio::test]
async fn a_contexts_certificates_are_used() {
    let authority = Authority::new();
    let port = serve(&authority.issue("127.0.0.1"), Some(&authority)).await;
    let (_home, around, certificates) = with_context("prod", port, false);
    write(&certificates, &authority, Some(&authority.issue("client")));
    let choice = Choice { host: None, context: Some("prod".into()) };
    Connector::choose(&choice, &around).unwrap().connect().await.unwrap();
}

#[tokio::test]
async fn a_context_may_ask_for_any_certificate() {
    let port = serve(&Authority::new().issue_until("elsewhere", 2001), None).await;
    let (_home, around, _) = with_context("lab", port, true);
    let choice = Choice { host: None, context: Some("lab".into()) };
    Connector::choose(&choice, &around).unwrap().connect().await.unwrap();
}
