//! What the person or the terminal does.

use super::Key;

/// Something that the person or the terminal did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Pressed a key.
    Key(Key),
    /// Pasted text.
    Paste(String),
    /// The terminal has another size, or is ours again.
    Resized,
}
