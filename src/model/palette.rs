//! Actions by name: what is typed, and which of them it may mean.

use super::{Field, Model, RowKey};
use crate::{
    action::{Action, Context, Touch},
    domain::{Link, StackKind},
};

/// The line in which an action is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// What was typed so far.
    pub field: Field,
    /// Which of the offers is selected, the best one first.
    pub selected: usize,
}

/// An action that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// It.
    pub action: Action,
    /// What was typed behind its name, for an action that takes an argument.
    pub argument: Option<String>,
}

/// How well a text fits, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Whole,
    Begins,
    BeginsWord,
    Contains,
    Letters,
    Explains,
}

impl Palette {
    /// The actions that apply now and that the typed text may mean, the best first.
    #[must_use]
    pub fn offers(&self, model: &Model) -> Vec<Offer> {
        let text = self.field.text.trim().to_lowercase();
        let mut found: Vec<(Fit, Offer)> = Vec::new();
        for action in Action::ALL.iter().copied().filter(|action| applies(model, *action)) {
            let argued = argument(action, self.field.text.trim());
            let plain = fit(action, &text).map(|fit| (fit, Offer { action, argument: None }));
            found.extend(argued.or(plain));
        }
        found.sort_by_key(|(fit, _)| *fit);
        found.into_iter().map(|(_, offer)| offer).collect()
    }

    /// The selected one.
    #[must_use]
    pub fn chosen(&self, model: &Model) -> Option<Offer> {
        self.offers(model).into_iter().nth(self.selected)
    }
}

/// Whether the action takes an argument.
const fn takes_argument(action: Action) -> bool {
    matches!(action, Action::Scale | Action::Update)
}

/// `scale 5`: the first word fits the action, and the rest is for it.
fn argument(action: Action, text: &str) -> Option<(Fit, Offer)> {
    let (name, rest) = text.split_once(char::is_whitespace).filter(|_| takes_argument(action))?;
    let fit = fit_name(action.id(), &name.to_lowercase())?;
    Some((fit, Offer { action, argument: Some(rest.trim().to_owned()) }))
}

/// Whether the action means anything where the focus is, and can be taken now.
fn applies(model: &Model, action: Action) -> bool {
    let in_reach = |context: &Context| model.keymap.keys(*context, action).next().is_some();
    let has_key = Context::ALL.iter().any(in_reach);
    let moves = matches!(
        action,
        Action::Top
            | Action::Bottom
            | Action::Open
            | Action::Close
            | Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::Confirm
            | Action::Palette
            | Action::Back
    );
    let live = action.touch() == Touch::Reads || model.link == Link::Live;
    let here = model.pane_contexts().iter().any(in_reach) || !has_key;
    !moves && here && live && model.offers(action) && has_object(model, action)
}

/// Whether there is something that the action can be taken on.
fn has_object(model: &Model, action: Action) -> bool {
    let selected = model.tree.selected.as_ref();
    let project = || matches!(selected, Some(RowKey::Stack(Some(_), StackKind::Compose)));
    let service = || selected.and_then(RowKey::service).is_some();
    match action {
        Action::Scale => service(),
        Action::Update => service() || project(),
        Action::Verify | Action::Restore | Action::Drill => {
            model.backups().is_some_and(|(_, backups)| !backups.sets.is_empty())
        }
        Action::PauseJob | Action::StopJob => model.jobs.at_work().next().is_some(),
        Action::Resume => !model.known.unfinished.is_empty(),
        _ => true,
    }
}

fn fit(action: Action, text: &str) -> Option<Fit> {
    let names = [action.id(), action.title()];
    let by_name = names.into_iter().filter_map(|name| fit_name(name, text)).min();
    by_name.or_else(|| action.doc().to_lowercase().contains(text).then_some(Fit::Explains))
}

fn fit_name(name: &str, text: &str) -> Option<Fit> {
    let begins_word = || name.split(['-', ' ']).any(|word| word.starts_with(text));
    let mut rest = name.chars();
    let has_letters = text.chars().all(|wanted| rest.any(|letter| letter == wanted));
    match name.strip_prefix(text) {
        Some("") => Some(Fit::Whole),
        Some(_) => Some(Fit::Begins),
        None if begins_word() => Some(Fit::BeginsWord),
        None if name.contains(text) => Some(Fit::Contains),
        None => has_letters.then_some(Fit::Letters),
    }
}
