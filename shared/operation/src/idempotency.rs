use prost::Message;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Which mutation it is, so that a repeat gets the first answer instead of a second effect.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    /// The actor. Two callers may use the same id without meeting.
    pub caller: String,
    /// The id that the caller chose.
    pub request_id: Uuid,
    /// What was asked for: SHA-256 over the method and the request. The same id with another fingerprint is refused.
    pub fingerprint: [u8; 32],
}

impl IdempotencyKey {
    /// The key of a call with one request message.
    #[must_use]
    pub fn of(caller: String, request_id: Uuid, method: &str, request: &impl Message) -> Self {
        let encoded = request.encode_to_vec();
        Self {
            caller,
            request_id,
            fingerprint: Self::fingerprint(method, [encoded.as_slice()]),
        }
    }

    /// The fingerprint of a call whose request comes in parts.
    #[must_use]
    pub fn fingerprint<'a>(method: &str, parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
        let mut hash = Sha256::new();
        // Lengths keep parts apart: otherwise moving a byte from one to the next would not show.
        let mut add = |part: &[u8]| {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        };
        add(method.as_bytes());
        parts.into_iter().for_each(add);
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use salient_proto::access::v1::GetProfileRequest;
    use uuid::Uuid;

    use super::IdempotencyKey;

    #[test]
    fn the_same_request_has_the_same_fingerprint_and_no_other_has() {
        let key = |method: &str, name: &str| {
            let request = GetProfileRequest { name: name.into() };
            IdempotencyKey::of("employees/1".into(), Uuid::nil(), method, &request)
        };
        assert_eq!(key("/a", "x"), key("/a", "x"));
        assert_ne!(key("/a", "x"), key("/b", "x"));
        assert_ne!(key("/a", "x"), key("/a", "y"));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let fingerprint = |parts: [&[u8]; 2]| IdempotencyKey::fingerprint("/a", parts);
        assert_ne!(fingerprint([b"ab", b"c"]), fingerprint([b"a", b"bc"]));
    }
}
