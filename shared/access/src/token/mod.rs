//! Tokens: JWTs of one issuer, for one audience, signed with one asymmetric algorithm.

mod issuer;
mod keys;
mod source;
mod subject;
mod verifier;

pub use jsonwebtoken::Algorithm;

pub use self::{
    issuer::{Issuer, IssuerError},
    keys::UnusableKeys,
    source::{KeySource, Unreadable},
    subject::Subject,
    verifier::{Expected, Rejected, Verifier},
};
