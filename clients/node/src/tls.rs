//! HTTPS from two PEM files.

use crate::settings::TlsSettings;
use axum_server::tls_rustls::RustlsConfig;
use rustls::{
    crypto::ring,
    pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
    ServerConfig,
};
use std::sync::Arc;
use thiserror::Error;

/// Why HTTPS cannot be offered.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file is not readable PEM.
    #[error("cannot read TLS files {files}: {message}; name PEM files in `[tls]`")]
    Pem {
        /// Both files.
        files: String,
        /// What is wrong.
        message: String,
    },
    /// Certificate and key do not work.
    #[error("TLS files {files} do not work together: {source}")]
    Unusable {
        /// Both files.
        files: String,
        /// What is wrong.
        source: rustls::Error,
    },
}

/// Reads certificate chain and key.
pub(crate) fn load(settings: &TlsSettings) -> Result<RustlsConfig, TlsError> {
    let files = settings.describe();
    let unreadable = |error: rustls::pki_types::pem::Error| TlsError::Pem {
        files: files.clone(),
        message: error.to_string(),
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&settings.certificate_path)
        .map_err(unreadable)?
        .collect();
    let key = PrivateKeyDer::from_pem_file(&settings.private_key_path).map_err(unreadable)?;
    let chain = chain.map_err(unreadable)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
    let mut config = config.map_err(|source| TlsError::Unusable {
        files: files.clone(),
        source,
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
