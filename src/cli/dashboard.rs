//! The dashboard, where this build has it.

use super::{args::Options, exit::Exit, exit::Failure};

/// Opens the dashboard on the engine that the options name.
///
/// # Errors
/// [`Failure::Usage`] where there is none to open.
#[cfg(not(feature = "tui"))]
pub(super) async fn run(_options: &Options) -> Result<Exit, Failure> {
    let verbs = "ls, ps, stats, logs, events, health, inspect, nodes, doctor, sim, version";
    Err(Failure::Usage(format!("this build has no dashboard; the verbs are {verbs}")))
}

/// Opens the dashboard on the engine that the options name. An engine that cannot be reached at the start ends the
/// program with the cause; one that is lost later does not.
///
/// # Errors
/// [`Failure::Usage`] for a theme that there is not or without a terminal, [`Failure::Unreachable`] without an
/// engine, [`Failure::Output`] if the terminal is lost.
#[cfg(feature = "tui")]
pub(super) async fn run(options: &Options) -> Result<Exit, Failure> {
    use std::io::{IsTerminal, stdin, stdout};

    if !stdin().is_terminal() || !stdout().is_terminal() {
        let sentence = "the dashboard needs a terminal; `stacktop ls` and the other verbs do without";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    let theme = look::theme(options)?;
    let clocks = super::endpoint::clocks(options);
    let connector = super::endpoint::connector(options)?;
    let engine = connector.connect().await?;
    crate::runtime::start_diagnostics();
    let (access, healing) = (look::access(options), look::healing(options));
    let (keymap, guard) = (options.settled.keymap.clone(), options.settled.guard.clone());
    let demo_shelf =
        if options.demo { Some(super::demo::shelving(&super::endpoint::world(options)?)) } else { None };
    let shelving = demo_shelf.clone().or_else(|| super::shelf::shelving(options));
    let options = crate::runtime::Options { theme, clocks, access, healing, keymap, guard, shelving };
    let ended = crate::runtime::dashboard(connector, engine, options).await;
    demo_shelf.iter().for_each(super::demo::clear);
    Ok(look::exit(ended?))
}

/// What the terminal can show, and how the dashboard ended.
#[cfg(feature = "tui")]
mod look {
    use std::env;

    use crate::{
        cli::{
            args::Options,
            exit::{Exit, Failure},
            surface::{Surface, is_set},
        },
        model::Access,
        runtime::{self, Healing},
        theme::{Colours, Glyphs, Theme},
    };

    pub(super) fn theme(options: &Options) -> Result<Theme, Failure> {
        let name = options.theme.as_deref().unwrap_or("default");
        let theme =
            Theme::for_terminal(colours(options), name).map_err(|error| Failure::Usage(error.to_string()))?;
        let glyphs = match Surface::stdout(options.no_color, options.ascii).glyphs {
            crate::cli::surface::Glyphs::Unicode => Glyphs::Unicode,
            crate::cli::surface::Glyphs::Ascii => Glyphs::Ascii,
        };
        Ok(theme.with_glyphs(glyphs))
    }

    pub(super) const fn access(options: &Options) -> Access {
        if options.read_only { Access::ReadOnly } else { Access::ReadWrite }
    }

    pub(super) const fn healing(options: &Options) -> Healing {
        if options.no_heal || options.read_only { Healing::Never } else { Healing::Once }
    }

    fn colours(options: &Options) -> Colours {
        if options.no_color || is_set("NO_COLOR") {
            return Colours::None;
        }
        let variable = |name| env::var(name).unwrap_or_default();
        of_terminal(&variable("TERM"), &variable("COLORTERM"))
    }

    /// How many colours a terminal of this `TERM` and `COLORTERM` has.
    fn of_terminal(term: &str, colorterm: &str) -> Colours {
        match (term, colorterm) {
            ("" | "dumb", _) => Colours::None,
            (_, "truecolor" | "24bit") => Colours::True,
            (term, _) if term.contains("direct") => Colours::True,
            (term, _) if term.contains("256color") => Colours::Indexed256,
            _ => Colours::Sixteen,
        }
    }

    pub(super) const fn exit(exit: runtime::Exit) -> Exit {
        match exit {
            runtime::Exit::Quit => Exit::Fine,
            runtime::Exit::Interrupted => Exit::Interrupted,
            runtime::Exit::HungUp => Exit::HungUp,
            runtime::Exit::Terminated => Exit::Terminated,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn colours_follow_what_the_terminal_says_of_itself() {
            let seen =
                [("xterm-256color", "truecolor"), ("screen-256color", ""), ("linux", ""), ("dumb", "")]
                    .map(|(term, colorterm)| of_terminal(term, colorterm));
            assert_eq!(seen, [Colours::True, Colours::Indexed256, Colours::Sixteen, Colours::None]);
        }
    }
}
