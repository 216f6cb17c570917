//! Keys of simulated identity providers, and the files and servers that publish them.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair,
};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;
use url::Url;

use crate::support::*;

/// A private key with its entry in the key set.
#[derive(Clone)]
pub struct Key {
    pub algorithm: Algorithm,
    pub private: EncodingKey,
    pub jwk: Value,
}

impl Key {
    pub fn kid(&self) -> &str {
        self.jwk["kid"].as_str().unwrap()
    }

    /// Returns the usual header of a token that is signed with this key.
    pub fn header(&self) -> Value {
        json!({"alg": format!("{:?}", self.algorithm), "typ": "JWT", "kid": self.kid()})
    }

    /// Signs a token with the usual header.
    pub fn token(&self, claims: &Value) -> String {
        self.sign(&self.header(), claims)
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// Signs a token with this header and these claims, which need not be JSON.
    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = crypto::sign(signed.as_bytes(), &self.private, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }

    /// Returns the same key with other parameters in the key set.
    pub fn with(&self, parameters: Value) -> Self {
        let mut key = self.clone();
        for (name, value) in parameters.as_object().unwrap() {
            key.jwk[name] = value.clone();
        }
        key
    }
}

pub fn encoded(text: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

pub fn ed25519(kid: &str) -> Key {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let public = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap().public_key().as_ref().to_vec();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": encoded(public)});
    Key { algorithm: Algorithm::EdDSA, private: EncodingKey::from_ed_der(document.as_ref()), jwk }
}

pub fn p256(kid: &str) -> Key {
    ecdsa(kid, &ECDSA_P256_SHA256_FIXED_SIGNING, "P-256", Algorithm::ES256)
}

pub fn p384(kid: &str) -> Key {
    ecdsa(kid, &ECDSA_P384_SHA384_FIXED_SIGNING, "P-384", Algorithm::ES384)
}

fn ecdsa(kid: &str, signing: &'static EcdsaSigningAlgorithm, curve: &str, algorithm: Algorithm) -> Key {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(signing, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(signing, document.as_ref(), &random).unwrap();
    // An uncompressed point: 0x04, x, y.
    let point = pair.public_key().as_ref().to_vec();
    let (x, y) = point[1..].split_at((point.len() - 1) / 2);
    let jwk = json!({"kty": "EC", "crv": curve, "kid": kid, "x": encoded(x), "y": encoded(y)});
    Key { algorithm, private: EncodingKey::from_ec_der(document.as_ref()), jwk }
}

/// Returns the RSA key of the tests, which takes long to generate, so there is only one.
pub fn rsa(kid: &str) -> Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let private = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        let (n, e) = (encoded(private.n().to_bytes_be()), encoded(private.e().to_bytes_be()));
        let private = EncodingKey::from_rsa_der(private.to_pkcs1_der().unwrap().as_bytes());
        Key { algorithm: Algorithm::RS256, private, jwk: json!({"kty": "RSA", "n": n, "e": e}) }
    });
    key.with(json!({ "kid": kid }))
}

/// Returns the key set with these keys.
pub fn key_set(keys: &[&Key]) -> Value {
    json!({"keys": keys.iter().map(|key| key.jwk.clone()).collect::<Value>()})
}

/// A temporary file with a key set, deleted when it is dropped.
pub struct KeyFile(pub PathBuf);

impl KeyFile {
    pub fn new(keys: &[&Key]) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let name = format!("entente-keys-{}-{}.json", std::process::id(), COUNTER.fetch_add(1, Ordering::SeqCst));
        let file = Self(std::env::temp_dir().join(name));
        file.write(&key_set(keys).to_string());
        file
    }

    /// Replaces the file as a whole, like tools for configuration do.
    pub fn write(&self, text: &str) {
        let draft = self.0.with_extension("new");
        std::fs::write(&draft, text).unwrap();
        std::fs::rename(&draft, &self.0).unwrap();
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What the server returns, and how often it was asked for it.
#[derive(Default)]
struct Published {
    key_set: Mutex<Option<String>>,
    issuer: Mutex<Option<String>>,
    hits: AtomicUsize,
}

/// An HTTP server on 127.0.0.1 that publishes a key set at `/keys`, and a discovery document.
pub struct KeyServer {
    pub base: String,
    published: Arc<Published>,
    server: actix_web::dev::ServerHandle,
}

impl KeyServer {
    pub fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let published = Arc::new(Published::default());
        let state = web::Data::from(published.clone());
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = move || App::new().app_data(state.clone()).default_service(web::to(respond));
                let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let server = Self { base, published, server: receiver.recv().unwrap() };
        server.publish(keys);
        server
    }

    pub fn url(&self) -> Url {
        Url::parse(&format!("{}/keys", self.base)).unwrap()
    }

    pub fn publish(&self, keys: &[&Key]) {
        self.publish_text(&key_set(keys).to_string());
    }

    pub fn publish_text(&self, text: &str) {
        *self.published.key_set.lock().unwrap() = Some(text.to_owned());
    }

    /// Responds with 500 from now on.
    pub fn fail(&self) {
        *self.published.key_set.lock().unwrap() = None;
    }

    /// Sets the issuer in the discovery document.
    pub fn set_issuer(&self, issuer: &str) {
        *self.published.issuer.lock().unwrap() = Some(issuer.to_owned());
    }

    /// Returns the number of requests for the key set.
    pub fn hits(&self) -> usize {
        self.published.hits.load(Ordering::SeqCst)
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn respond(request: HttpRequest, published: web::Data<Published>) -> HttpResponse {
    if request.path() == "/.well-known/openid-configuration" {
        let base = format!("http://{}", request.connection_info().host());
        let issuer = published.issuer.lock().unwrap().clone().unwrap_or_else(|| base.clone());
        let document = json!({"issuer": issuer, "jwks_uri": format!("{base}/keys"), "token_endpoint": "unused"});
        return HttpResponse::Ok().body(document.to_string());
    }
    assert_eq!(request.path(), "/keys");
    published.hits.fetch_add(1, Ordering::SeqCst);
    match published.key_set.lock().unwrap().clone() {
        Some(text) => HttpResponse::Ok().body(text),
        None => HttpResponse::InternalServerError().finish(),
    }
}
