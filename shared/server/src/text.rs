//! Text that PostgreSQL cannot keep: U+0000. It is refused here, for every field of every request, because nobody who writes a
//! handler or a rule thinks of it.

use prost_reflect::{DynamicMessage, MapKey, Value};
use salient_failure::Failure;
use salient_proto::{POOL, Request};

/// Refuses an encoded message with U+0000 in any of its strings, naming the field.
pub(crate) fn check<R: Request>(encoded: &[u8]) -> Result<(), Failure> {
    // Nearly every message ends here: its encoding holds no zero byte, and so no text does.
    if !encoded.contains(&0) {
        return Ok(());
    }
    let name = R::full_name();
    let descriptor = POOL.get_message_by_name(&name);
    let descriptor = descriptor.ok_or_else(|| Failure::internal(format!("{name} is not in the pool")))?;
    let dynamic = DynamicMessage::decode(descriptor, encoded).map_err(Failure::internal)?;
    match in_message(&dynamic) {
        Some(path) => Err(Failure::invalid_field(path, "must not contain U+0000")),
        None => Ok(()),
    }
}

/// The path of the first string that holds it.
fn in_message(message: &DynamicMessage) -> Option<String> {
    message.fields().find_map(|(field, value)| {
        let rest = in_value(value)?;
        Some(format!("{}{rest}", field.name()))
    })
}

/// The rest of the path, after the name of the field that has this value.
fn in_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Message(message) => in_message(message).map(|path| format!(".{path}")),
        Value::List(values) => values.iter().enumerate().find_map(|(index, value)| {
            let rest = in_value(value)?;
            Some(format!("[{index}]{rest}"))
        }),
        Value::Map(values) => values.iter().find_map(|(key, value)| {
            let in_key = matches!(key, MapKey::String(key) if key.contains('\0'));
            in_key.then(String::new).or_else(|| in_value(value))
        }),
        _ => None,
    }
}
