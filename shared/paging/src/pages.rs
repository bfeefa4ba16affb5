use aws_lc_rs::hmac::Key;
use salient_failure::{Failure, Kind, Result};
use salient_operation::OpContext;
use salient_proto::access::v1::ErrorReason;
use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};

use crate::token::{self, Seal};

/// The rows of a page where the caller does not say.
const DEFAULT_SIZE: u16 = 50;
/// The most rows of a page; a larger `page_size` means this many.
const LARGEST_SIZE: u16 = 1_000;
/// Sent where a cursor cannot be written. It is no token: the caller's next page is an error, not a wrong end of the list.
const NO_TOKEN: &str = "-";

/// Opens pages. One for a service; clones share the key.
#[derive(Clone)]
pub struct Pages {
    key: Key,
}

impl Pages {
    /// Authenticates page tokens with this key, which all replicas of the service share. With another key, tokens given out
    /// before are no longer good, and callers start their lists again.
    #[must_use]
    pub fn new(key: SecretString) -> Self {
        Self {
            key: token::key(&key),
        }
    }

    /// Opens the page that a request asks for. `query_parts` are the fields that make it this query and no other: the
    /// parent, the filter, the order; not the page size, which may differ from page to page.
    ///
    /// # Errors
    /// REQUEST_INVALID for a negative size; PAGE_TOKEN_INVALID for a token that was not given out to this caller, by this
    /// method, for this query.
    pub fn open<C: Serialize + DeserializeOwned>(
        &self,
        op: &OpContext,
        page_size: i32,
        page_token: &str,
        query_parts: &[&[u8]],
    ) -> Result<Page<C>> {
        let seal = Seal::new(&self.key, op, query_parts);
        let size = size(page_size)?;
        let after = match page_token {
            "" => None,
            token => Some(after(&seal, token).ok_or_else(not_of_this_query)?),
        };
        Ok(Page { size, after, seal })
    }
}

/// One page of a list that is ordered by what a cursor `C` holds.
pub struct Page<C> {
    size: u16,
    after: Option<C>,
    seal: Seal,
}

impl<C: Serialize> Page<C> {
    /// How many rows to fetch: one more than the page has, which tells whether another page follows.
    #[must_use]
    pub fn limit(&self) -> i64 {
        i64::from(self.size) + 1
    }

    /// The cursor of the last row of the page before; `None` on the first page.
    #[must_use]
    pub const fn after(&self) -> Option<&C> {
        self.after.as_ref()
    }

    /// Cuts the rows fetched, at most [`Page::limit`] of them, to the page, and writes the token of the next one: empty
    /// where the list ends here.
    pub fn close<T>(&self, mut rows: Vec<T>, cursor: impl FnOnce(&T) -> C) -> (Vec<T>, String) {
        let size = usize::from(self.size);
        let more = rows.len() > size;
        rows.truncate(size);
        let last = rows.last().filter(|_| more);
        let token = last.map_or_else(String::new, |row| self.token(&cursor(row)));
        (rows, token)
    }

    fn token(&self, cursor: &C) -> String {
        serde_json::to_vec(cursor).map_or_else(
            |error| {
                tracing::error!(%error, "a page cursor cannot be written");
                NO_TOKEN.to_owned()
            },
            |cursor| self.seal.write(&cursor),
        )
    }
}

fn size(page_size: i32) -> Result<u16> {
    match u16::try_from(page_size) {
        Ok(0) => Ok(DEFAULT_SIZE),
        Ok(size) => Ok(size.min(LARGEST_SIZE)),
        Err(_) if page_size < 0 => Err(Failure::invalid_field("page_size", "must not be negative")),
        Err(_) => Ok(LARGEST_SIZE),
    }
}

fn after<C: DeserializeOwned>(seal: &Seal, token: &str) -> Option<C> {
    let cursor = seal.read(token)?;
    // Authentic, but from a release whose cursors looked different.
    serde_json::from_slice(&cursor).ok()
}

fn not_of_this_query() -> Failure {
    Failure::new(Kind::InvalidArgument, ErrorReason::PageTokenInvalid)
        .field("page_token", "was not given out for this query")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;

    type Cursor = (String, Uuid);

    fn open(size: i32, token: &str, filter: &str) -> Result<Page<Cursor>> {
        let op = OpContext::background("contracts", "/salient.contracts.v1.ContractService/ListContracts");
        Pages::new(SecretString::from("a key")).open(&op, size, token, &[filter.as_bytes()])
    }

    #[test]
    fn a_list_is_read_page_by_page_to_its_end() {
        let all: Vec<Cursor> = (0..7).map(|n| (format!("HT-{n}"), Uuid::from_u128(n))).collect();
        let (mut read, mut token, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = open(3, &token, "").expect("our own token");
            let rest = all
                .iter()
                .filter(|row| page.after().is_none_or(|after| *row > after));
            let limit = usize::try_from(page.limit()).expect("small");
            let (rows, next) = page.close(rest.take(limit).cloned().collect(), Cursor::clone);
            read.extend(rows);
            pages += 1;
            if next.is_empty() {
                break;
            }
            token = next;
        }
        assert_eq!((read, pages), (all, 3));
    }

    #[test]
    fn a_list_that_ends_with_its_page_has_no_next() {
        let page = open(2, "", "").expect("the first page");
        let row = || (String::new(), Uuid::nil());
        assert_eq!(page.close(vec![row(), row()], Cursor::clone).1, "");
        assert_eq!(page.close(Vec::new(), Cursor::clone), (Vec::new(), String::new()));
    }

    #[test]
    fn the_size_has_a_default_and_a_bound() {
        for (size, limit) in [(0, 51), (1, 2), (1_000, 1_001), (1_001, 1_001), (i32::MAX, 1_001)] {
            assert_eq!(open(size, "", "").expect("no token").limit(), limit, "{size}");
        }
        let failure = open(-1, "", "").err().expect("negative");
        assert_eq!(failure.reason(), "ERROR_REASON_REQUEST_INVALID");
        assert!(failure.to_string().contains("page_size: must not be negative"));
    }

    #[test]
    fn a_token_of_another_query_is_refused() {
        let page = open(1, "", "state = DRAFT").expect("the first page");
        let row = || (String::new(), Uuid::nil());
        let (_, token) = page.close(vec![row(), row()], Cursor::clone);
        assert!(
            open(2, &token, "state = DRAFT").is_ok(),
            "another size is the same query"
        );
        for (token, filter) in [(token.as_str(), "state = ACTIVE"), ("forged", "state = DRAFT")] {
            let failure = open(1, token, filter).err().expect("not of this query");
            assert_eq!(failure.kind(), Kind::InvalidArgument);
            assert_eq!(failure.reason(), "ERROR_REASON_PAGE_TOKEN_INVALID");
        }
    }

    #[test]
    fn a_token_whose_cursor_has_another_shape_is_refused() {
        let op = OpContext::background("contracts", "/list");
        let pages = Pages::new(SecretString::from("a key"));
        let page = pages.open::<u32>(&op, 1, "", &[]).expect("the first page");
        let (_, token) = page.close(vec![1, 2], |row| *row);
        assert!(pages.open::<u32>(&op, 1, &token, &[]).is_ok());
        assert!(pages.open::<Cursor>(&op, 1, &token, &[]).is_err());
    }

    #[test]
    fn a_cursor_that_cannot_be_written_does_not_end_the_list() {
        // JSON has no objects with such keys.
        type Unwritable = BTreeMap<(u8, u8), u8>;
        let op = OpContext::background("contracts", "/list");
        let pages = Pages::new(SecretString::from("a key"));
        let page = pages.open::<Unwritable>(&op, 1, "", &[]).expect("the first page");
        let (_, token) = page.close(vec![1, 2], |_| Unwritable::from([((1, 1), 1)]));
        let failure = pages
            .open::<Unwritable>(&op, 1, &token, &[])
            .err()
            .expect("no token");
        assert_eq!(failure.reason(), "ERROR_REASON_PAGE_TOKEN_INVALID");
    }
}
