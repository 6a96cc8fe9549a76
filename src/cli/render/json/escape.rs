//! JSON whose strings cannot move a terminal's cursor: serde escapes the control characters that JSON demands, and
//! this everything else that a terminal acts on or hides.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use crate::text;

/// One value in one line, with its end.
///
/// # Errors
/// Never for the types that are printed; a map with keys that are no text would be one.
pub fn to_line<T: Serialize + ?Sized>(value: &T) -> io::Result<Vec<u8>> {
    write(value, CompactFormatter)
}

/// One value with indentation, with the end of its last line.
///
/// # Errors
/// As for [`to_line`].
pub fn pretty<T: Serialize + ?Sized>(value: &T) -> io::Result<Vec<u8>> {
    write(value, PrettyFormatter::new())
}

fn write<T: Serialize + ?Sized>(value: &T, layout: impl Formatter) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(256);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Safe(layout)))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A layout whose strings are safe to print.
struct Safe<F>(F);

macro_rules! as_inside {
    ($($name:ident($($argument:ident: $kind:ty),*))+) => {$(
        fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        }
    )+};
}

impl<F: Formatter> Formatter for Safe<F> {
    as_inside! {
        begin_array() end_array() begin_array_value(first: bool) end_array_value()
        begin_object() end_object() begin_object_key(first: bool) end_object_key()
        begin_object_value() end_object_value()
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, part: &str) -> io::Result<()> {
        if part.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return writer.write_all(part.as_bytes());
        }
        part.chars().try_for_each(|c| write_char(writer, c))
    }
}

fn write_char<W: ?Sized + io::Write>(writer: &mut W, c: char) -> io::Result<()> {
    let mut utf8 = [0; 4];
    let text = &*c.encode_utf8(&mut utf8);
    if text::sanitize(text) == text {
        return writer.write_all(text.as_bytes());
    }
    let mut units = [0; 2];
    c.encode_utf16(&mut units).iter().try_for_each(|unit| write!(writer, "\\u{unit:04x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_would_act_on_is_escaped() {
        let line = String::from_utf8(to_line("a\x1b[2J\u{9b}2J\u{202e}é\u{e0001}").unwrap()).unwrap();
        assert_eq!(line, "\"a\\u001b[2J\\u009b2J\\u202eé\\udb40\\udc01\"\n");
    }

    #[test]
    fn indentation_stays() {
        let text = String::from_utf8(pretty(&serde_json::json!({"a": [1]})).unwrap()).unwrap();
        assert_eq!(text, "{\n  \"a\": [\n    1\n  ]\n}\n");
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_is_safe_to_print(raw in any::<String>()) {
            let line = String::from_utf8(to_line(&raw).unwrap()).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&line).unwrap(), raw);
            let shown = line.trim_end();
            prop_assert_eq!(text::sanitize(shown), shown);
        }
    }
}
