//! The reading side of the terminal.

use std::{io, time::Duration};

use crossterm::event::{self, Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::StreamExt;

use crate::action::{Code, Input, Key};

/// How long the reading side may take to come to rest.
const REST: Duration = Duration::from_millis(20);

/// What the person does, as it comes. Let it go while somebody else has the terminal.
#[derive(Debug, Default)]
pub struct Inputs {
    events: EventStream,
}

impl Inputs {
    /// Starts reading.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the reading: what is typed from here on is for somebody else, and what was typed and not asked for yet is
    /// forgotten. Dropping alone leaves a wake-up for crossterm's reading thread behind, and the next reader would
    /// take it in place of a key.
    pub fn let_go(self) {
        drop(self);
        while let Ok(true) = event::poll(REST) {
            if event::read().is_err() {
                return;
            }
        }
    }

    /// The next input; `None` once the terminal is gone. It may be dropped while it waits: nothing is lost.
    ///
    /// # Errors
    /// If the terminal cannot be read.
    pub async fn next(&mut self) -> io::Result<Option<Input>> {
        while let Some(event) = self.events.next().await {
            if let Some(input) = input(event?) {
                return Ok(Some(input));
            }
        }
        Ok(None)
    }
}

fn input(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => self::key(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Resize(..) => Some(Input::Resized),
        Event::Key(_) | Event::Mouse(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    code(event.code, event.modifiers.contains(KeyModifiers::SHIFT)).map(|code| Key { code, ctrl, alt })
}

/// Terminals report a shifted letter as its capital, some as the letter with a modifier.
fn code(code: KeyCode, shift: bool) -> Option<Code> {
    Some(match code {
        KeyCode::Char(c) if shift => Code::Char(c.to_uppercase().next().unwrap_or(c)),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::F(number) => Code::Function(number),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if shift => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(code: KeyCode, modifiers: KeyModifiers) -> Option<Input> {
        input(Event::Key(KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn a_shifted_letter_is_its_capital_however_the_terminal_reports_it() {
        let capital = Some(Input::Key("G".parse().unwrap()));
        assert_eq!(press(KeyCode::Char('G'), KeyModifiers::SHIFT), capital);
        assert_eq!(press(KeyCode::Char('g'), KeyModifiers::SHIFT), capital);
        assert_eq!(press(KeyCode::Char('G'), KeyModifiers::NONE), capital);
    }

    #[test]
    fn a_released_key_is_no_input() {
        let released = KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(input(Event::Key(released)), None);
    }
}
