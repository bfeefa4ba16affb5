use std::collections::HashMap;

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey,
    jwk::{AlgorithmParameters, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};

/// The keys that tokens may be signed with, by `kid`.
pub(super) struct Keys {
    by_id: HashMap<String, DecodingKey>,
    /// The set they were made of.
    set: JwkSet,
    /// Grows with every change: what was verified with an earlier generation has to be verified again.
    pub(super) generation: u64,
}

/// A key set holds no key that fits the algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no key has a kid and fits {0:?}")]
pub struct UnusableKeys(Algorithm);

impl Keys {
    /// Takes those keys of the set that fit the algorithm; issuers may publish others beside them.
    pub(super) fn new(set: JwkSet, algorithm: Algorithm, generation: u64) -> Result<Self, UnusableKeys> {
        let by_id: HashMap<_, _> = set.keys.iter().filter_map(|key| usable(key, algorithm)).collect();
        if by_id.is_empty() {
            return Err(UnusableKeys(algorithm));
        }
        Ok(Self {
            by_id,
            set,
            generation,
        })
    }

    pub(super) fn get(&self, id: &str) -> Option<&DecodingKey> {
        self.by_id.get(id)
    }

    /// Whether the set says what it said before.
    pub(super) fn is_of(&self, set: &JwkSet) -> bool {
        self.set == *set
    }
}

/// The key with its id, if it is one for verifying signatures of this algorithm.
fn usable(key: &Jwk, algorithm: Algorithm) -> Option<(String, DecodingKey)> {
    let id = key.common.key_id.clone()?;
    let signs = key
        .common
        .public_key_use
        .as_ref()
        .is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let stated = key
        .common
        .key_algorithm
        .is_none_or(|stated| stated == KeyAlgorithm::from(algorithm));
    let family = family(&key.algorithm) == Some(algorithm.family());
    (signs && stated && family)
        .then(|| DecodingKey::from_jwk(key).ok().map(|key| (id, key)))
        .flatten()
}

fn family(parameters: &AlgorithmParameters) -> Option<AlgorithmFamily> {
    match parameters {
        AlgorithmParameters::EllipticCurve(_) => Some(AlgorithmFamily::Ec),
        AlgorithmParameters::RSA(_) => Some(AlgorithmFamily::Rsa),
        AlgorithmParameters::OctetKeyPair(_) => Some(AlgorithmFamily::Ed),
        // A published secret is none: symmetric keys verify nothing here.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::Algorithm;
    use serde_json::{Value, json};

    use super::{Keys, UnusableKeys};

    fn key(change: &Value) -> Value {
        let mut key = json!({
            "kty": "OKP", "crv": "Ed25519", "kid": "one", "use": "sig", "alg": "EdDSA",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        });
        for (name, value) in change.as_object().expect("an object") {
            key[name] = value.clone();
        }
        key
    }

    fn keys(keys: &[Value]) -> Result<Keys, UnusableKeys> {
        let set = serde_json::from_value(json!({ "keys": keys })).expect("a key set");
        Keys::new(set, Algorithm::EdDSA, 0)
    }

    #[test]
    fn a_fitting_key_is_found_by_its_id_whatever_stands_beside_it() {
        let secret = json!({"kty": "oct", "kid": "two", "k": "c2VjcmV0"});
        let unknown = json!({"kty": "new", "kid": "three"});
        let keys = keys(&[secret, unknown, key(&json!({}))]).expect("one fits");
        assert!(keys.get("one").is_some());
        assert!(keys.get("two").is_none() && keys.get("three").is_none());
    }

    #[test]
    fn a_key_that_does_not_fit_is_none() {
        for change in [
            json!({"use": "enc"}),
            json!({"alg": "RS256"}),
            json!({"kid": null}),
        ] {
            assert!(keys(&[key(&change)]).is_err(), "{change}");
        }
        assert!(keys(&[]).is_err());
    }
}
