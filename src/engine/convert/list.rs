//! Lists, read while they arrive: of a list of thousands, no more is kept than the elements it has become.

use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Deserializer, Error, value::RawValue};

/// Reads a list from pieces of its text, one element after the other. An element that is not what was expected is left
/// out; `null` is an empty list.
#[derive(Debug, Default)]
pub(in crate::engine) struct Elements {
    /// What of the text is not read yet: an element that is not complete.
    text: Vec<u8>,
    place: Place,
    /// How long the text has to be until it is worth another look.
    enough: usize,
}

/// Where in the list it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    /// Where the first element begins, if there is one.
    Open,
    /// Where another element begins.
    Next,
    /// Behind an element.
    Behind,
    After,
}

/// What a text begins with.
enum Found<T> {
    /// An element of so many bytes; none if it is another than expected.
    Element(Option<T>, usize),
    /// One that is not complete.
    Part,
}

impl Elements {
    /// Takes more of the text, and hands on the elements that it completes.
    ///
    /// # Errors
    /// What makes it no list.
    pub(in crate::engine) fn push<T: DeserializeOwned>(
        &mut self,
        bytes: &[u8],
        mut take: impl FnMut(T),
    ) -> Result<(), Error> {
        self.text.extend_from_slice(bytes);
        if self.text.len() < self.enough {
            return Ok(());
        }
        let text = std::mem::take(&mut self.text);
        let rest = self.read(&text, &mut take)?;
        self.text = rest.to_vec();
        // A long element is not looked at with each piece of it.
        self.enough = rest.len() * 2;
        Ok(())
    }

    /// The end of the text.
    ///
    /// # Errors
    /// The list has none.
    pub(in crate::engine) fn finish<T: DeserializeOwned>(
        mut self,
        mut take: impl FnMut(T),
    ) -> Result<(), Error> {
        let text = std::mem::take(&mut self.text);
        let rest = self.read(&text, &mut take)?;
        match self.place {
            Place::After if rest.is_empty() => Ok(()),
            Place::After => Err(Error::custom("something follows the list")),
            _ => Err(Error::custom("the list has no end")),
        }
    }

    /// Reads as far as there is text; returns the rest.
    fn read<'a, T: DeserializeOwned>(
        &mut self,
        text: &'a [u8],
        take: &mut impl FnMut(T),
    ) -> Result<&'a [u8], Error> {
        let mut rest = text.trim_ascii_start();
        loop {
            (self.place, rest) = match (self.place, rest) {
                (Place::After, _) | (_, []) => return Ok(rest),
                (Place::Before, [b'[', rest @ ..]) => (Place::Open, rest),
                (Place::Before, [b'n', b'u', b'l', b'l', rest @ ..]) => (Place::After, rest),
                (Place::Before, begun) if b"null".starts_with(begun) => return Ok(rest),
                (Place::Before, _) => return Err(Error::custom("it is no list")),
                (Place::Open | Place::Behind, [b']', rest @ ..]) => (Place::After, rest),
                (Place::Behind, [b',', rest @ ..]) => (Place::Next, rest),
                (Place::Behind, _) => return Err(Error::custom("there is no comma between two elements")),
                (Place::Open | Place::Next, _) => match element(rest)? {
                    Found::Part => return Ok(rest),
                    Found::Element(element, length) => {
                        element.into_iter().for_each(&mut *take);
                        (Place::Behind, rest.get(length..).unwrap_or_default())
                    }
                },
            };
            rest = rest.trim_ascii_start();
        }
    }
}

/// The element that a text begins with.
fn element<T: DeserializeOwned>(text: &[u8]) -> Result<Found<T>, Error> {
    let mut read = Deserializer::from_slice(text).into_iter::<T>();
    match read.next() {
        // A number may go on.
        Some(Ok(element)) if read.byte_offset() < text.len() => {
            Ok(Found::Element(Some(element), read.byte_offset()))
        }
        Some(Err(error)) if !error.is_eof() => another(text, &error),
        _ => Ok(Found::Part),
    }
}

/// An element that is not what was expected.
fn another<T>(text: &[u8], unexpected: &Error) -> Result<Found<T>, Error> {
    let mut read = Deserializer::from_slice(text).into_iter::<&RawValue>();
    match read.next() {
        Some(Ok(_)) if read.byte_offset() < text.len() => {
            log::warn!("left out an element of a list that cannot be read: {unexpected}");
            Ok(Found::Element(None, read.byte_offset()))
        }
        Some(Err(error)) if !error.is_eof() => Err(error),
        _ => Ok(Found::Part),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::convert::wire;

    wire! {
        /// A row.
        struct Row { id: String = "Id", count: u64 = "Count" }
    }

    fn read(json: &[u8], cuts: &[usize]) -> Result<Vec<(String, u64)>, String> {
        let (mut elements, mut rows) = (Elements::default(), Vec::new());
        let mut take = |row: Row| rows.push((row.id, row.count));
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (json.len() + 1)).collect();
        cuts.extend([0, json.len()]);
        cuts.sort_unstable();
        for cut in cuts.windows(2) {
            elements.push(&json[cut[0]..cut[1]], &mut take).map_err(|error| error.to_string())?;
        }
        elements.finish(take).map_err(|error| error.to_string())?;
        Ok(rows)
    }

    fn row(id: &str, count: u64) -> (String, u64) {
        (id.to_owned(), count)
    }

    #[test]
    fn one_malformed_element_does_not_cost_the_list() {
        let json = br#"[{"Id":"a","Count":1},7,{"Id":"b","Count":"many"},{"Id":null}]"#;
        assert_eq!(read(json, &[]), Ok(vec![row("a", 1), row("b", 0), row("", 0)]));
    }

    #[test]
    fn null_is_an_empty_list() {
        assert_eq!(read(b"null\n", &[]), Ok(Vec::new()));
        assert_eq!(read(b" [ ] ", &[]), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_list_is_told() {
        for (json, cause) in [
            ("{}", "it is no list"),
            ("", "the list has no end"),
            ("nul", "the list has no end"),
            (r#"[{"Id":"a"}"#, "the list has no end"),
            (r#"[{"Id":"a"},"#, "the list has no end"),
            (r#"[{"Id":"a"} {"Id":"b"}]"#, "there is no comma between two elements"),
            ("[] []", "something follows the list"),
        ] {
            assert_eq!(read(json.as_bytes(), &[]), Err(cause.to_owned()), "{json}");
        }
        assert!(read(br#"[{"Id":a}]"#, &[]).is_err_and(|cause| cause.contains("expected value")));
        assert!(read(br"[7,]", &[]).is_err());
    }

    #[test]
    fn a_long_element_is_looked_at_a_few_times_only() {
        let json = format!(r#"[{{"Id":"{}"}}]"#, "x".repeat(4 << 20));
        let cuts: Vec<usize> = (0..json.len()).step_by(1 << 10).collect();
        assert_eq!(read(json.as_bytes(), &cuts).unwrap()[0].0.len(), 4 << 20);
    }

    fn element() -> impl Strategy<Value = String> {
        prop_oneof![
            (0u64..1000, "[a-z\\[\\]{}, \"\\\\é]{0,12}")
                .prop_map(|(count, id)| { serde_json::json!({"Count": count, "Id": id}).to_string() }),
            (0u64..100_000).prop_map(|number| number.to_string()),
            Just("null".to_owned()),
            Just(r#""],[{""#.to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn a_list_split_anywhere_has_the_same_elements(
            elements in proptest::collection::vec(element(), 0..8),
            cuts in proptest::collection::vec(any::<usize>(), 0..12),
        ) {
            let json = format!("[{}]\n", elements.join(" , "));
            let whole: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
            let expected: Vec<_> = whole.iter().filter(|element| element.is_object()).map(row_of).collect();
            prop_assert_eq!(read(json.as_bytes(), &cuts), Ok(expected));
        }

        #[test]
        fn no_bytes_at_all_upset_it(
            json in "[\\[\\]{},:\"a0n\\\\ ]{0,40}",
            cuts in proptest::collection::vec(any::<usize>(), 0..6),
        ) {
            prop_assert_eq!(read(json.as_bytes(), &cuts).ok(), read(json.as_bytes(), &[]).ok());
        }
    }

    fn row_of(value: &serde_json::Value) -> (String, u64) {
        row(value["Id"].as_str().unwrap_or_default(), value["Count"].as_u64().unwrap_or_default())
    }
}
