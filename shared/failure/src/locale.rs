/// The languages that errors speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// `en`.
    #[default]
    English,
    /// `zh-CN`.
    Chinese,
}

impl Locale {
    /// The language an `accept-language` header prefers; English where it names neither.
    ///
    /// Clients list their languages in order of preference, so weights (`;q=`) are not weighed.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Self {
        header
            .split(',')
            .find_map(
                |range| match range.trim().get(..2)?.to_ascii_lowercase().as_str() {
                    "zh" => Some(Self::Chinese),
                    "en" => Some(Self::English),
                    _ => None,
                },
            )
            .unwrap_or_default()
    }

    /// The language's tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn the_first_language_known_wins() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Locale::Chinese),
            ("fr, zh-Hans", Locale::Chinese),
            ("en-GB, zh", Locale::English),
            ("de", Locale::English),
            ("", Locale::English),
            ("中", Locale::English),
        ] {
            assert_eq!(Locale::from_accept_language(header), expected, "{header}");
        }
    }
}
