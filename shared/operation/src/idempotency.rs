use prost::Message;
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

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

    /// The key of one part of a mutation that does many things, each by itself: repeated, each part has the same key again.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        let hash = Self::fingerprint(name, [self.request_id.as_bytes().as_slice()]);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        Self {
            caller: self.caller.clone(),
            request_id: Builder::from_custom_bytes(id).into_uuid(),
            fingerprint: Self::fingerprint(name, [self.fingerprint.as_slice()]),
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
    fn each_part_has_a_key_of_its_own_and_the_same_again() {
        let request = GetProfileRequest { name: "x".into() };
        let whole = IdempotencyKey::of("employees/1".into(), Uuid::nil(), "/a", &request);
        assert_eq!(whole.part("tasks/1"), whole.part("tasks/1"));
        assert_ne!(whole.part("tasks/1").request_id, whole.part("tasks/2").request_id);
        let other = IdempotencyKey::of("employees/1".into(), Uuid::nil(), "/b", &request);
        assert_eq!(whole.part("tasks/1").request_id, other.part("tasks/1").request_id);
        assert_ne!(
            whole.part("tasks/1"),
            other.part("tasks/1"),
            "another request is refused"
        );
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let fingerprint = |parts: [&[u8]; 2]| IdempotencyKey::fingerprint("/a", parts);
        assert_ne!(fingerprint([b"ab", b"c"]), fingerprint([b"a", b"bc"]));
    }
}
