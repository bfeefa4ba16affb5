//! Signed files (P6.1.4).

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Refusal;

/// The types of file that a signed contract may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FileType {
    /// A PDF document.
    Pdf,
    /// A JPEG image.
    Jpeg,
    /// A PNG image.
    Png,
}

impl FileType {
    /// Every type.
    pub(crate) const ALL: [Self; 3] = [Self::Pdf, Self::Jpeg, Self::Png];

    /// Its media type.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The type with this media type.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What every file of the type begins with.
    const fn magic(self) -> &'static [u8] {
        match self {
            Self::Pdf => b"%PDF-",
            Self::Jpeg => b"\xFF\xD8\xFF",
            Self::Png => b"\x89PNG\r\n\x1A\n",
        }
    }
}

/// A version of a contract's signed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// The contract.
    pub contract: Uuid,
    /// Which version it is, from 1.
    pub version: i32,
    /// The file's own name.
    pub filename: String,
    /// Its type.
    pub kind: FileType,
    /// Its size.
    pub size_bytes: i64,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
    /// Who sent it.
    pub uploader: Uuid,
    /// When it was stored.
    pub create_time: Timestamp,
}

/// What has arrived of a file, as far as it matters for what it is: its size, digest and first bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    size_bytes: u64,
    digest: Sha256,
    head: Vec<u8>,
}

impl Received {
    /// The longest beginning that a type is recognised by.
    const HEAD: usize = 8;

    /// Takes the next part.
    pub(crate) fn take(&mut self, chunk: &[u8]) {
        self.size_bytes += chunk.len() as u64;
        self.digest.update(chunk);
        let missing = Self::HEAD.saturating_sub(self.head.len());
        self.head.extend(chunk.iter().take(missing));
    }

    /// How much has arrived.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Holds the whole against what was announced.
    pub(crate) fn check(self, kind: FileType, size_bytes: u64, sha256: [u8; 32]) -> Result<(), Refusal> {
        let arrived = self.size_bytes;
        if arrived != size_bytes || <[u8; 32]>::from(self.digest.finalize()) != sha256 {
            return Err(Refusal::FileCorrupt { size_bytes: arrived });
        }
        if !self.head.starts_with(kind.magic()) {
            return Err(Refusal::FileType(kind));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::{FileType, Received, Refusal};

    const PDF: &[u8] = b"%PDF-1.7 signed";

    fn received(chunks: &[&[u8]]) -> Received {
        let mut received = Received::default();
        chunks.iter().for_each(|chunk| received.take(chunk));
        received
    }

    #[test]
    fn a_file_that_arrived_whole_passes_however_it_was_cut() {
        let digest = Sha256::digest(PDF).into();
        for chunks in [&[PDF][..], &[&PDF[..2], &PDF[2..7], &PDF[7..]]] {
            assert_eq!(
                received(chunks).check(FileType::Pdf, PDF.len() as u64, digest),
                Ok(())
            );
        }
    }

    #[test]
    fn what_differs_from_its_announcement_is_corrupt() {
        let digest = Sha256::digest(PDF).into();
        let corrupt = Err(Refusal::FileCorrupt {
            size_bytes: PDF.len() as u64,
        });
        assert_eq!(received(&[PDF]).check(FileType::Pdf, 99, digest), corrupt);
        assert_eq!(
            received(&[PDF]).check(FileType::Pdf, PDF.len() as u64, [0; 32]),
            corrupt
        );
    }

    #[test]
    fn the_first_bytes_have_to_be_those_of_the_type() {
        let digest = Sha256::digest(PDF).into();
        assert_eq!(
            received(&[PDF]).check(FileType::Png, PDF.len() as u64, digest),
            Err(Refusal::FileType(FileType::Png))
        );
    }

    #[test]
    fn types_are_known_by_their_names() {
        for kind in FileType::ALL {
            assert_eq!(FileType::named(kind.name()), Some(kind));
        }
        assert_eq!(FileType::named("text/html"), None);
    }
}
