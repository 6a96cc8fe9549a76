//! stacktop watches and drives Docker Compose and Docker Swarm stacks from a terminal.
//!
//! # The idea
//!
//! 1. **One core, two front ends.** The dashboard ([`runtime::dashboard()`]) and the command line ([`cli`]) are thin;
//!    both look at the same [`domain::Snapshot`], grouped into the same [`domain::Fleet`], with the same
//!    [`domain::findings()`].
//! 2. **State changes in one place.** [`update::update()`] takes the [`model::Model`] and one message, changes it, and
//!    returns what is to be done outside as [`update::Effect`]s. It does no I/O and reads no clock: time is stamped on
//!    the message. The same messages give the same model.
//! 3. **The view only reads.** [`view::draw()`] turns a model into cells. What it alone knows, the sizes of areas, goes
//!    back as [`model::Hits`], by a message.
//! 4. **The world changes in one way.** A command observes, plans ([`command::Plan`], a pure function of what was
//!    observed), is confirmed, and is walked through ([`command::Walker`]), each call announced in the [`journal`]. Where
//!    a rolling update stands is read from names, labels and states alone, so one function plans a fresh one, one that
//!    was killed, and the way back.
//! 5. **Every engine is reached over HTTP, the simulated one too.** [`engine::Engine`] speaks to a real daemon or to
//!    [`sim::Sim`], a server of the Docker Engine API over a simulated world, and cannot tell them apart. The same
//!    contract is tested on both; where they differ, the simulation is wrong.
//! 6. **Text from outside is made safe where it enters** ([`text::sanitize()`]), secrets are masked where they would
//!    leave ([`domain::mask_json`]).
//!
//! # The way of a sample
//!
//! A container's statistics arrive in [`engine`], become a [`domain::Sample`] and wait in a slot that keeps only the
//! newest. The observer hands all slots over a few times a second as [`domain::Observation`]. [`runtime::Session`]
//! stamps it, [`update::update()`] derives rates and adds a point to [`model::History`], and marks the model dirty.
//! The event loop draws at once after a key or a rest, else at most every 33 ms, and not at all while nothing changes.
//!
//! # The way of a key
//!
//! `term` turns what the terminal sends into an [`action::Input`]. [`action::Keymap`] says what it means where the
//! focus is: an [`action::Action`], one row of the table from which help, the hints line and `assets/keys.md` are made.
//!
//! # A lost engine
//!
//! One supervisor ([`engine::observe()`]) owns the link. When it is lost, rows keep their last values and show their
//! age, charts get a gap, and it is tried again after half a second, one, two … ten. On return events are subscribed to
//! before the list is taken, so that nothing falls between. The program never ends for it.
//!
//! # Who may use whom
//!
//! `text` and `domain` use nothing above them; `action`, `model`, `update`, `view` compute and never wait; `engine` is
//! the only place that names bollard, `term` the only one that names crossterm. `tests/architecture.rs` has the table
//! and fails on anything else. The feature `tui` holds the dashboard; the headless program builds without it.

pub mod action;
pub mod backup;
pub mod cli;
pub mod command;
pub mod domain;
pub mod engine;
pub mod journal;
pub mod model;
pub mod runtime;
pub mod settings;
pub mod sim;
pub mod term;
pub mod text;
#[cfg(feature = "tui")]
pub mod theme;
pub mod update;
#[cfg(feature = "tui")]
pub mod view;
