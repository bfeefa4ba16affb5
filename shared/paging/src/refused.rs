use salient_failure::{Failure, Kind};
use salient_proto::access::v1::ErrorReason;

/// A filter or an order that is not understood, at a position in bytes, which the caller is told in characters.
pub(crate) fn refused(field: &'static str, text: &str, byte: usize, why: &str) -> Failure {
    let position = text.char_indices().take_while(|(index, _)| *index < byte).count();
    Failure::new(Kind::InvalidArgument, ErrorReason::FilterInvalid)
        .with("position", position)
        .field(field, format!("at position {position}: {why}"))
}
