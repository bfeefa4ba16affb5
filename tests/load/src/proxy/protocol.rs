//! PostgreSQL's protocol, as far as counting needs it: how messages are framed, and which of them end a round trip.

use bytes::{Buf as _, BytesMut};

/// The version that a connection starts with; other numbers in its place are requests for encryption or cancellation.
const PROTOCOL_3: i32 = 196_608;
/// The length in a message counts itself.
const LENGTH: usize = 4;

/// What the client said that matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It connects as this role.
    Role(String),
    /// It names a statement: name and text.
    Parse(String, String),
    /// It will run the statement of this name.
    Bind(String),
    /// It waits for the answer to everything since the last time.
    Sync,
    /// It sends statements as text and waits for the answer.
    Query(String),
}

/// Takes a client's bytes as they come and answers what it said.
#[derive(Debug, Default)]
pub struct Frontend {
    started: bool,
    buffer: BytesMut,
}

impl Frontend {
    /// Takes the next bytes.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<Said> {
        self.buffer.extend_from_slice(bytes);
        let mut said = Vec::new();
        while let Some((tag, body)) = self.next() {
            said.extend(match tag {
                None => self.start(&body),
                Some(b'P') => pair(&body).map(|(name, text)| Said::Parse(name, text)),
                // The portal's name, then the statement's.
                Some(b'B') => pair(&body).map(|(_, name)| Said::Bind(name)),
                Some(b'S') => Some(Said::Sync),
                Some(b'Q') => text(&body).map(|(text, _)| Said::Query(text)),
                Some(_) => None,
            });
        }
        said
    }

    /// The next whole message; the first ones have no tag.
    fn next(&mut self) -> Option<(Option<u8>, BytesMut)> {
        let header = if self.started { 1 } else { 0 };
        let (tag, length) = framed(&self.buffer, header)?;
        let mut message = self.buffer.split_to(header + length);
        message.advance(header + LENGTH);
        Some((tag, message))
    }

    fn start(&mut self, body: &[u8]) -> Option<Said> {
        let (version, mut settings) = body.split_first_chunk()?;
        self.started = i32::from_be_bytes(*version) == PROTOCOL_3;
        while let Some((name, rest)) = text(settings) {
            let (value, rest) = text(rest)?;
            if name == "user" {
                return Some(Said::Role(value));
            }
            settings = rest;
        }
        None
    }
}

/// Takes a server's bytes as they come and answers how often it said that it is ready for the next query.
#[derive(Debug, Default)]
pub struct Backend(BytesMut);

impl Backend {
    /// Takes the next bytes.
    pub fn take(&mut self, bytes: &[u8]) -> usize {
        self.0.extend_from_slice(bytes);
        let mut ready = 0;
        while let Some((tag, length)) = framed(&self.0, 1) {
            self.0.advance(1 + length);
            ready += usize::from(tag == Some(b'Z'));
        }
        ready
    }
}

/// The tag and length of the message at the start, if all of it is there.
fn framed(buffer: &[u8], header: usize) -> Option<(Option<u8>, usize)> {
    let (tag, rest) = buffer.split_at_checked(header)?;
    let length = i32::from_be_bytes(*rest.first_chunk()?);
    let length = usize::try_from(length).ok().filter(|length| *length >= LENGTH)?;
    (rest.len() >= length).then_some((tag.first().copied(), length))
}

/// The text up to the next zero, and what follows that.
fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let (text, rest) = bytes.split_at(end);
    Some((
        String::from_utf8_lossy(text).into_owned(),
        rest.get(1..).unwrap_or_default(),
    ))
}

fn pair(bytes: &[u8]) -> Option<(String, String)> {
    let (first, rest) = text(bytes)?;
    let (second, _) = text(rest)?;
    Some((first, second))
}

#[cfg(test)]
mod tests {
    use super::{Backend, Frontend, PROTOCOL_3, Said};

    fn message(tag: Option<u8>, body: &[u8]) -> Vec<u8> {
        let length = i32::try_from(body.len() + 4).expect("short").to_be_bytes();
        tag.into_iter()
            .chain(length)
            .chain(body.iter().copied())
            .collect()
    }

    fn start() -> Vec<u8> {
        let body = [
            &PROTOCOL_3.to_be_bytes()[..],
            b"database\0salient\0user\0salient_contracts\0\0",
        ]
        .concat();
        message(None, &body)
    }

    #[test]
    fn the_role_and_the_ends_of_round_trips_are_heard() {
        let bytes = [
            start(),
            message(Some(b'P'), b"s1\0SELECT 1\0\0\0"),
            message(Some(b'D'), b"Ss1\0"),
            message(Some(b'S'), b""),
            message(Some(b'B'), b"\0s1\0\0\0\0\0\0\0"),
            message(Some(b'E'), b"\0\0\0\0\0"),
            message(Some(b'S'), b""),
            message(Some(b'Q'), b"COMMIT\0"),
        ];
        let said = [
            Said::Role("salient_contracts".into()),
            Said::Parse("s1".into(), "SELECT 1".into()),
            Said::Sync,
            Said::Bind("s1".into()),
            Said::Sync,
            Said::Query("COMMIT".into()),
        ];
        assert_eq!(Frontend::default().take(&bytes.concat()), said);
    }

    #[test]
    fn messages_may_come_in_pieces() {
        let bytes = [start(), message(Some(b'Q'), b"BEGIN\0"), message(Some(b'S'), b"")].concat();
        let mut frontend = Frontend::default();
        let said: Vec<_> = bytes.iter().flat_map(|byte| frontend.take(&[*byte])).collect();
        assert_eq!(said, Frontend::default().take(&bytes));
        assert_eq!(said.len(), 3);
    }

    #[test]
    fn a_request_for_encryption_comes_before_the_start() {
        let request = message(None, &80_877_103_i32.to_be_bytes());
        let mut frontend = Frontend::default();
        assert_eq!(frontend.take(&request), []);
        assert_eq!(frontend.take(&start()).len(), 1);
    }

    #[test]
    fn only_readiness_counts_of_what_the_server_says() {
        let bytes = [
            message(Some(b'2'), b""),
            message(Some(b'Z'), b"I"),
            message(Some(b'C'), b"Z\0"),
        ]
        .concat();
        let mut backend = Backend::default();
        assert_eq!(bytes.iter().map(|byte| backend.take(&[*byte])).sum::<usize>(), 1);
    }
}
