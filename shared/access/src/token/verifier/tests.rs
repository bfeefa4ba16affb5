use std::{fs, path::Path, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::JwkSet};
use salient_failure::Failure;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::{TempDir, tempdir};
use uuid::Uuid;

use super::{Expected, KeySource, Subject, Verified, Verifier, now};
use crate::token::Issuer;

const PERSON: Uuid = Uuid::from_u128(7);
const HOUR: Duration = Duration::from_secs(3600);

/// A verifier, and the folder of the issuer that it believes.
struct Setting {
    folder: TempDir,
    verifier: Verifier,
}

async fn setting() -> Setting {
    let folder = tempdir().expect("a folder");
    Issuer::open(folder.path(), "salient", "salient").expect("made");
    let expected = Expected {
        issuer: "salient".into(),
        audience: "salient".into(),
        algorithm: Algorithm::EdDSA,
    };
    let source = KeySource::File(folder.path().join("jwks.json"));
    let verifier = Verifier::start(source, expected).await.expect("keys");
    Setting { folder, verifier }
}

impl Setting {
    fn issuer(&self) -> Issuer {
        Issuer::open(self.folder.path(), "salient", "salient").expect("opened")
    }

    /// Signs a good token's claims with the changes given.
    fn signed(&self, change: &Value) -> String {
        self.signed_with(&self.header(), change)
    }

    fn signed_with(&self, header: &Header, change: &Value) -> String {
        let key = fs::read(self.folder.path().join("issuer.pk8")).expect("the key");
        encode(header, &claims(change), &EncodingKey::from_ed_der(&key)).expect("signed")
    }

    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid.clone_from(&self.published().keys[0].common.key_id);
        header
    }

    fn published(&self) -> JwkSet {
        serde_json::from_slice(&fs::read(self.folder.path().join("jwks.json")).expect("there")).expect("keys")
    }

    fn refused(&self, token: &str) -> &'static str {
        Failure::from(self.verifier.verify(token).expect_err(token)).reason()
    }
}

fn claims(change: &Value) -> Value {
    let mut claims = json!({
        "iss": "salient", "aud": "salient", "sub": format!("employees/{PERSON}"), "exp": now() + 60,
    });
    for (name, value) in change.as_object().expect("an object") {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

const INVALID: &str = "ERROR_REASON_TOKEN_INVALID";
const EXPIRED: &str = "ERROR_REASON_TOKEN_EXPIRED";

#[tokio::test]
async fn what_the_issuer_signs_is_accepted_again_and_again() {
    let setting = setting().await;
    let person = setting.issuer().issue_person(PERSON, HOUR).expect("signed");
    let service = setting.issuer().issue_service("contracts", HOUR).expect("signed");
    for _ in 0..2 {
        assert_eq!(
            setting.verifier.verify(&person).expect("good"),
            Subject::Person(PERSON)
        );
        assert_eq!(
            setting.verifier.verify(&service).expect("good"),
            Subject::Service("contracts".into())
        );
    }
}

#[tokio::test]
async fn an_expired_token_says_so() {
    let setting = setting().await;
    assert_eq!(
        setting.refused(&setting.signed(&json!({"exp": now() - 10}))),
        EXPIRED
    );
    assert_eq!(setting.refused(&setting.signed(&json!({"exp": 0}))), EXPIRED);
}

#[tokio::test]
async fn clocks_may_differ_by_a_few_seconds_and_no_more() {
    let setting = setting().await;
    assert!(
        setting
            .verifier
            .verify(&setting.signed(&json!({"exp": now() - 2})))
            .is_ok()
    );
    assert!(
        setting
            .verifier
            .verify(&setting.signed(&json!({"nbf": now() + 2})))
            .is_ok()
    );
    assert_eq!(
        setting.refused(&setting.signed(&json!({"exp": now() - 7}))),
        EXPIRED
    );
    assert_eq!(
        setting.refused(&setting.signed(&json!({"nbf": now() + 30}))),
        INVALID
    );
}

#[tokio::test]
async fn every_claim_is_required_and_must_be_right() {
    let setting = setting().await;
    for change in [
        json!({"exp": null}),
        json!({"iss": null}),
        json!({"aud": null}),
        json!({"sub": null}),
        json!({"exp": "tomorrow"}),
        json!({"iss": "elsewhere"}),
        json!({"aud": "elsewhere"}),
        json!({"aud": ["elsewhere", "nowhere"]}),
        json!({"sub": "root"}),
        json!({"sub": "employees/1"}),
    ] {
        assert_eq!(setting.refused(&setting.signed(&change)), INVALID, "{change}");
    }
    assert!(
        setting
            .verifier
            .verify(&setting.signed(&json!({"aud": ["elsewhere", "salient"]})))
            .is_ok()
    );
    assert!(
        setting
            .verifier
            .verify(&setting.signed(&json!({"exp": 4_102_444_800.5})))
            .is_ok()
    );
}

#[tokio::test]
async fn an_unsigned_token_is_not_valid() {
    let setting = setting().await;
    let kid = setting.header().kid.expect("set");
    let encoded = |part: Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    for algorithm in ["none", "None", "NONE", ""] {
        let header = encoded(json!({"alg": algorithm, "typ": "JWT", "kid": kid}));
        let unsigned = format!("{header}.{}.", encoded(claims(&json!({}))));
        assert_eq!(setting.refused(&unsigned), INVALID, "{algorithm:?}");
    }
}

#[tokio::test]
async fn the_public_key_is_no_shared_secret() {
    let setting = setting().await;
    let published = serde_json::to_value(setting.published()).expect("JSON");
    let x = published["keys"][0]["x"].as_str().expect("the public key");
    let raw = BASE64_URL_SAFE_NO_PAD.decode(x).expect("base64");
    let document = fs::read(setting.folder.path().join("jwks.json")).expect("there");
    for secret in [x.as_bytes(), &raw, &document] {
        let header = Header {
            alg: Algorithm::HS256,
            ..setting.header()
        };
        let forged = encode(&header, &claims(&json!({})), &EncodingKey::from_secret(secret)).expect("signed");
        assert_eq!(setting.refused(&forged), INVALID);
    }
}

#[tokio::test]
async fn another_key_is_not_believed_whatever_it_calls_itself() {
    let setting = setting().await;
    let other = self::setting().await;
    assert_eq!(setting.refused(&other.signed(&json!({}))), INVALID);
    // The same id, and the forger's own key in the header.
    let mut header = setting.header();
    header.jwk = Some(other.published().keys[0].clone());
    header.jku = Some("http://127.0.0.1:1/keys".into());
    assert_eq!(setting.refused(&other.signed_with(&header, &json!({}))), INVALID);
}

#[tokio::test]
async fn a_token_must_name_its_key_and_no_unknown_extension() {
    let setting = setting().await;
    let nameless = Header {
        kid: None,
        ..setting.header()
    };
    assert_eq!(
        setting.refused(&setting.signed_with(&nameless, &json!({}))),
        INVALID
    );
    let critical = Header {
        crit: Some(vec!["b64".into()]),
        ..setting.header()
    };
    assert_eq!(
        setting.refused(&setting.signed_with(&critical, &json!({}))),
        INVALID
    );
}

#[tokio::test]
async fn what_was_changed_or_is_no_token_is_not_valid() {
    let setting = setting().await;
    let good = setting.signed(&json!({}));
    let (rest, signature) = good.rsplit_once('.').expect("three parts");
    let (header, _) = rest.split_once('.').expect("three parts");
    let others = BASE64_URL_SAFE_NO_PAD.encode(claims(&json!({"sub": "services/contracts"})).to_string());
    for token in [
        format!("{header}.{others}.{signature}"),
        format!("{rest}.{}", BASE64_URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{rest}."),
        rest.to_owned(),
        format!("{good}.{signature}"),
        String::new(),
        "a.b.c".into(),
        "中.文.令牌".into(),
    ] {
        assert_eq!(setting.refused(&token), INVALID, "{token}");
    }
}

#[tokio::test]
async fn what_is_remembered_is_forgotten_when_it_expires() {
    let setting = setting().await;
    let remembered = |expires| Verified {
        subject: Subject::Person(PERSON),
        expires,
        generation: 0,
    };
    let digest: [u8; 32] = Sha256::digest("remembered").into();
    setting.verifier.verified.insert(digest, remembered(now() + 60));
    assert!(setting.verifier.verify("remembered").is_ok());
    setting.verifier.verified.insert(digest, remembered(now()));
    assert_eq!(setting.refused("remembered"), INVALID);
}

#[tokio::test]
async fn a_withdrawn_key_takes_what_was_verified_with_it_along() {
    let setting = setting().await;
    let old = setting.issuer().issue_person(PERSON, HOUR).expect("signed");
    assert!(setting.verifier.verify(&old).is_ok());
    fs::remove_file(setting.folder.path().join("issuer.pk8")).expect("removed");
    let new = setting.issuer().issue_person(PERSON, HOUR).expect("signed");
    assert_eq!(setting.refused(&new), INVALID, "the new key is not known yet");
    setting.verifier.known.reread().await.expect("the new keys");
    assert!(setting.verifier.verify(&new).is_ok());
    assert_eq!(setting.refused(&old), INVALID);
}

#[tokio::test]
async fn keys_that_cannot_be_read_again_stay_good() {
    let setting = setting().await;
    let token = setting.signed(&json!({}));
    let jwks = setting.folder.path().join("jwks.json");
    fs::write(&jwks, r#"{"keys": []}"#).expect("written");
    setting.verifier.known.reread().await.expect_err("no keys");
    assert!(setting.verifier.verify(&token).is_ok());
    fs::remove_file(&jwks).expect("removed");
    setting.verifier.known.reread().await.expect_err("no file");
    assert!(setting.verifier.verify(&token).is_ok());
}

#[tokio::test]
async fn a_new_key_is_found_soon_after_it_is_first_used() {
    let setting = setting().await;
    fs::remove_file(setting.folder.path().join("issuer.pk8")).expect("removed");
    let token = setting.issuer().issue_person(PERSON, HOUR).expect("signed");
    assert_eq!(setting.refused(&token), INVALID);
    let until = tokio::time::Instant::now() + super::REFRESH_GAP * 2;
    while setting.verifier.verify(&token).is_err() {
        assert!(tokio::time::Instant::now() < until, "the new key was not found");
        tokio::time::sleep(super::REFRESH_GAP / 50).await;
    }
}

#[tokio::test]
async fn without_keys_there_is_no_verifier() {
    let expected = Expected {
        issuer: "salient".into(),
        audience: "salient".into(),
        algorithm: Algorithm::EdDSA,
    };
    let missing = KeySource::File(Path::new("/nowhere/jwks.json").to_owned());
    let error = Verifier::start(missing, expected).await.err().expect("no keys");
    assert!(error.to_string().contains("/nowhere/jwks.json"), "{error}");
}
