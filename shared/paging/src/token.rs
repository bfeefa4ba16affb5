//! Page tokens: `base64url(tag ‖ cursor)`, the tag an HMAC-SHA256 over what the token is bound to and the cursor.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use salient_operation::OpContext;
use secrecy::{ExposeSecret as _, SecretString};

/// The bytes of a tag.
const TAG: usize = 32;
/// The longest token that is read, in characters. A cursor is a handful of columns.
const LONGEST: usize = 4_096;
/// What the tag is over, first of all: no other use of the key, and no other layout, can make one.
const PURPOSE: &[u8] = b"salient page token 1";

/// Makes tokens for one query of one caller, and reads back no others.
#[derive(Clone)]
pub(crate) struct Seal {
    key: Key,
    bound_to: Vec<u8>,
}

/// The key for HMAC-SHA256.
pub(crate) fn key(secret: &SecretString) -> Key {
    Key::new(HMAC_SHA256, secret.expose_secret().as_bytes())
}

impl Seal {
    pub(crate) fn new(key: &Key, op: &OpContext, query_parts: &[&[u8]]) -> Self {
        let mut bound_to = Vec::new();
        // Lengths keep parts apart: otherwise moving a byte from one to the next would not show.
        let mut add = |part: &[u8]| {
            bound_to.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bound_to.extend_from_slice(part);
        };
        add(PURPOSE);
        add(op.method.as_bytes());
        add(op.actor().as_bytes());
        query_parts.iter().for_each(|part| add(part));
        Self {
            key: key.clone(),
            bound_to,
        }
    }

    /// The token that holds the cursor.
    pub(crate) fn write(&self, cursor: &[u8]) -> String {
        let tag = hmac::sign(&self.key, &self.signed(cursor));
        BASE64_URL_SAFE_NO_PAD.encode([tag.as_ref(), cursor].concat())
    }

    /// The cursor in a token; `None` where the token is not one of this query's.
    pub(crate) fn read(&self, token: &str) -> Option<Vec<u8>> {
        if token.len() > LONGEST {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (tag, cursor) = bytes.split_at_checked(TAG)?;
        hmac::verify(&self.key, &self.signed(cursor), tag).ok()?;
        Some(cursor.to_vec())
    }

    /// The cursor comes last and alone without its length, so that it cannot be taken for a part of the query.
    fn signed(&self, cursor: &[u8]) -> Vec<u8> {
        let query = (self.bound_to.len() as u64).to_be_bytes();
        [query.as_slice(), &self.bound_to, cursor].concat()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seal(method: &'static str, service: &'static str, query_parts: &[&[u8]]) -> Seal {
        let key = key(&SecretString::from("a key of the suite"));
        Seal::new(&key, &OpContext::background(service, method), query_parts)
    }

    #[test]
    fn a_token_is_good_for_its_own_query_alone() {
        let token = seal("/a", "contracts", &[b"ab", b"c"]).write(b"cursor");
        let read = |method, service, parts: &[&[u8]]| seal(method, service, parts).read(&token);
        assert_eq!(read("/a", "contracts", &[b"ab", b"c"]), Some(b"cursor".to_vec()));
        assert_eq!(read("/b", "contracts", &[b"ab", b"c"]), None, "another method");
        assert_eq!(read("/a", "customers", &[b"ab", b"c"]), None, "another caller");
        assert_eq!(read("/a", "contracts", &[b"ab", b"d"]), None, "another query");
        assert_eq!(read("/a", "contracts", &[b"a", b"bc"]), None, "a byte moved");
        assert_eq!(read("/a", "contracts", &[b"ab"]), None, "a part less");
    }

    #[test]
    fn another_key_makes_other_tokens() {
        let op = OpContext::background("contracts", "/a");
        let other = Seal::new(&key(&SecretString::from("another key")), &op, &[]);
        assert_eq!(seal("/a", "contracts", &[]).read(&other.write(b"cursor")), None);
    }

    #[test]
    fn no_character_of_a_token_can_be_changed() {
        let seal = seal("/a", "contracts", &[]);
        let token = seal.write(b"{\"after\":17}");
        for index in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).expect("ASCII");
            assert_eq!(seal.read(&forged), None, "{index}");
        }
        for end in 0..token.len() {
            assert_eq!(seal.read(&token[..end]), None, "cut at {end}");
        }
    }

    proptest! {
        #[test]
        fn no_text_from_elsewhere_is_a_token(text in ".{0,200}") {
            prop_assert_eq!(seal("/a", "contracts", &[]).read(&text), None);
        }
    }
}
