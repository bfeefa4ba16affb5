//! Lists: pages, filters and orders as the AIPs have them, up to where SQL begins.
//!
//! # Pages (AIP-158)
//! [`Pages::open`] reads `page_size` and `page_token` into a [`Page`], which says how many rows to fetch after which cursor;
//! [`Page::close`] cuts what came and writes the next token. A token holds the cursor, readable but authenticated: it is good
//! only for the same method, caller and query, on every replica that has the same key. What the caller may see is
//! checked anew for each page; a token gives no right to anything.
//!
//! # Filters (AIP-160): the subset
//! [`filter::parse`] takes comparisons, all of which must hold:
//!
//! ```text
//! filter     = [ comparison { [ "AND" ] comparison } ]
//! comparison = field operator value
//! field      = letter { letter | digit | "_" | "." }
//! operator   = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":"
//! value      = word | '"' { character | "\\" ( '"' | "'" | "\\" ) } '"'
//! ```
//!
//! A word goes on to the next blank, and holds no quotes, parentheses, commas, `*`, `=`, `<`, `>` or `!`. Quotes may be
//! single as well; whatever is in them stands for itself.
//!
//! | kind of field | operators | a value is |
//! |---|---|---|
//! | text | `=` `!=`, and `:` for "contains" | any text |
//! | enum | `=` `!=` | one of the names listed |
//! | decimal | `=` `!=` `<` `<=` `>` `>=` | `1200.50` |
//! | date | the same | `2026-11-24` |
//! | timestamp | the same | RFC 3339: `2026-11-24T08:00:00Z`, `2026-11-24T16:00:00+08:00` |
//! | resource name | `=` `!=` | `customers/{uuid}` |
//! | bool | `=` `!=` | `true`, `false` |
//!
//! There is no `OR`, `NOT`, `-`, parenthesis, wildcard, function, bare word, or comparison of two fields; each is refused at
//! its position. A filter has at most 2,000 characters and 20 comparisons.
//!
//! # Orders (AIP-132)
//! [`order::parse`] takes fields separated by commas, each followed by `desc` or not: `due_date desc, number`.

pub mod filter;
pub mod order;

mod pages;
mod refused;
mod token;

pub use self::pages::{Page, Pages};
