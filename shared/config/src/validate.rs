//! What must hold of the values together, beyond the form of each.

use std::time::Duration;

use http::Uri;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret;

use crate::{Invalid, Problem, Settings};

/// A page-token key shorter than the digest it feeds could be searched.
const PAGING_KEY_BYTES: usize = 32;

/// The asymmetric algorithms of RFC 7518 that tokens may be signed with. A shared secret would let every service make tokens.
const ALGORITHMS: [&str; 9] = [
    "EdDSA", "ES256", "ES384", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512",
];

/// The largest message that the gRPC library takes by itself; larger things are streamed.
const MESSAGE_BYTES: usize = 4 << 20;

impl Settings {
    /// Checks every value that is set.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let mut problems = Vec::new();
        self.check_databases(&mut problems);
        self.check_peers(&mut problems);
        self.check_limits(&mut problems);
        self.check_rest(&mut problems);
        Invalid::unless_empty(problems)
    }

    /// Checks that what the services named cannot do without is set.
    ///
    /// # Errors
    /// Every setting that is missing.
    pub fn check_for_serving(&self, services: &[&str]) -> Result<(), Invalid> {
        let mut problems = Vec::new();
        for service in services {
            let own = self
                .services
                .get(*service)
                .and_then(|own| own.database_url.as_ref());
            if own.is_none() && self.database.url.is_none() {
                problems.push(Problem::new(
                    format!("services.{service}.database_url"),
                    "is not set, and neither is database.url",
                ));
            }
        }
        if self.auth.jwks.is_none() {
            problems.push(Problem::new(
                "auth.jwks",
                "is not set: no token could be verified",
            ));
        }
        if self.auth.issuer_folder.is_none() && self.auth.service_token_file.is_none() {
            problems.push(Problem::new(
                "auth.service_token_file",
                "is not set, and neither is auth.issuer_folder: services could not call each other",
            ));
        }
        if self.paging.key.is_none() {
            problems.push(Problem::new(
                "paging.key",
                "is not set: no page token could be made",
            ));
        }
        Invalid::unless_empty(problems)
    }

    fn check_databases(&self, problems: &mut Vec<Problem>) {
        let common = [
            ("database.url", &self.database.url),
            ("database.owner_url", &self.database.owner_url),
        ];
        let common = common.map(|(setting, url)| (setting.to_owned(), url));
        let own = self.services.iter();
        let own = own.map(|(name, service)| (format!("services.{name}.database_url"), &service.database_url));
        for (setting, url) in common.into_iter().chain(own) {
            let Some(url) = url else { continue };
            let url = url.expose_secret();
            if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
                // The value stays out of the message: it may hold a password.
                problems.push(Problem::new(setting, "is not a URL of the form postgres://…"));
            }
        }
        if self.database.max_connections == 0 {
            problems.push(Problem::new("database.max_connections", "must be at least 1"));
        }
    }

    fn check_peers(&self, problems: &mut Vec<Problem>) {
        for (name, address) in &self.peers {
            let usable = address
                .parse::<Uri>()
                .is_ok_and(|uri| uri.scheme_str() == Some("http") && uri.authority().is_some());
            if !usable {
                problems.push(Problem::new(
                    format!("peers.{name}"),
                    "is not a URL of the form http://host:port",
                ));
            }
        }
    }

    fn check_limits(&self, problems: &mut Vec<Problem>) {
        let limits = &self.limits;
        for (setting, value) in [
            ("limits.concurrent_calls", limits.concurrent_calls),
            ("limits.message_bytes", limits.message_bytes),
            (
                "connections.concurrent_streams",
                self.connections.concurrent_streams as usize,
            ),
        ] {
            if value == 0 {
                problems.push(Problem::new(setting, "must be at least 1"));
            }
        }
        if limits.message_bytes > MESSAGE_BYTES {
            problems.push(Problem::new(
                "limits.message_bytes",
                format!("must be at most {MESSAGE_BYTES}"),
            ));
        }
        for (setting, value) in [
            ("limits.deadline", limits.deadline),
            ("limits.streaming_deadline", limits.streaming_deadline),
            ("limits.mutation_deadline", limits.mutation_deadline),
            (
                "connections.keepalive_interval",
                self.connections.keepalive_interval,
            ),
            (
                "connections.keepalive_timeout",
                self.connections.keepalive_timeout,
            ),
            ("database.wait_timeout", self.database.wait_timeout),
            ("database.connect_timeout", self.database.connect_timeout),
        ] {
            if value == Duration::ZERO {
                problems.push(Problem::new(setting, "must be longer than nothing"));
            }
        }
    }

    fn check_rest(&self, problems: &mut Vec<Problem>) {
        if !ALGORITHMS.contains(&self.auth.algorithm.as_str()) {
            let known = ALGORITHMS.join(", ");
            problems.push(Problem::new("auth.algorithm", format!("is none of {known}")));
        }
        if self.auth.issuer_folder.is_some() && self.auth.service_token_file.is_some() {
            problems.push(Problem::new(
                "auth.service_token_file",
                "is set beside auth.issuer_folder: set one of them",
            ));
        }
        if self
            .paging
            .key
            .as_ref()
            .is_some_and(|key| key.expose_secret().len() < PAGING_KEY_BYTES)
        {
            problems.push(Problem::new(
                "paging.key",
                format!("is shorter than {PAGING_KEY_BYTES} bytes"),
            ));
        }
        if TimeZone::get(&self.calendar.time_zone).is_err() {
            problems.push(Problem::new(
                "calendar.time_zone",
                "is not the name of a time zone",
            ));
        }
    }
}
