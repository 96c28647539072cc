//! An S3 server in this process, over a temporary directory.

use std::net::SocketAddr;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use onedoor::config::Blobs;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const BUCKET: &str = "papers";
const KEY: &str = "test-key";
const SECRET: &str = "test-secret";

/// A running S3 with one empty bucket; dropped, it is gone.
pub struct S3 {
    address: SocketAddr,
    _directory: TempDir,
    server: JoinHandle<()>,
}

impl S3 {
    /// Starts one.
    pub async fn start() -> Self {
        let directory = TempDir::with_prefix("ods3").expect("a directory");
        std::fs::create_dir(directory.path().join(BUCKET)).expect("a bucket");
        let mut builder = S3ServiceBuilder::new(FileSystem::new(directory.path()).expect("a file system"));
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = builder.build();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        #[expect(clippy::disallowed_methods, reason = "the far end of a test ends with its runtime")]
        let server = tokio::task::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
                tokio::task::spawn(async move { drop(connection.await) });
            }
        });
        Self { address, _directory: directory, server }
    }

    /// The settings that lead here.
    pub fn settings(&self) -> Blobs {
        Blobs {
            bucket: BUCKET.into(),
            endpoint: format!("http://{}", self.address),
            access_key: KEY.into(),
            secret_key: SECRET.into(),
            ..Blobs::default()
        }
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.server.abort();
    }
}
