//! What people type: options for every verb, and one type of arguments for each verb.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::{settle::Settled, verb};

/// The part of the help that follows the options.
macro_rules! epilogue {
    ($examples:literal) => {
        concat!(
            $examples,
            "Names:\n",
            "  medianest           a stack: a Compose project or a Swarm namespace\n",
            "  medianest/app       a service of it; `app` alone if no other stack has one\n",
            "  medianest/app/2     one replica; a container's name or id names it as well\n",
            "\n",
            "Exit codes:\n",
            "  0    done; for `health`: nothing is wrong\n",
            "  1    `health` has findings, or it failed and was rolled back, or a part of it was\n",
            "  2    refused, nothing touched: unknown option or name, a plan that cannot work\n",
            "  3    needs a person: no engine answers, or an operation has paused\n",
            "  4    it failed and so did the way back; the message has the next command\n",
            "  5    a disk here: a backup cannot be written or read; what was stopped runs again\n",
            "  129  the terminal is gone\n",
            "  130  interrupted with Ctrl-C\n",
            "  143  ended with kill\n",
            "  `exec` ends as the program that it ran does",
        )
    };
}

/// What follows the options in every help text that lists exit codes.
pub const EPILOGUE: &str = epilogue!(
    "Examples:\n\
    \x20 stacktop                              the dashboard\n\
    \x20 stacktop demo                         the dashboard on a simulated engine; needs no Docker\n\
    \x20 stacktop health                       what is wrong, and what the probes said\n\
    \x20 stacktop logs -f --tail 20 medianest  the newest lines of a stack, then new ones\n\
    \x20 stacktop ps --json | jq '.[] | select(.oom_killed)'\n\
    \x20 stacktop rollout medianest/app --plan what a rolling update would do, step by step\n\
    \x20 stacktop scale medianest/app=5        another number of replicas\n\n"
);

/// Watch Docker Compose and Docker Swarm stacks from a terminal.
///
/// Without a verb the dashboard opens. The verbs print, as tables for people and as JSON for programs.
#[derive(Clone, Debug, Parser)]
#[command(name = "stacktop", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = EPILOGUE)]
pub struct Args {
    /// Options for every verb.
    #[command(flatten)]
    pub options: Options,
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Options for every verb.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376
    #[arg(short = 'H', long, global = true, value_name = "ADDRESS", help_heading = "Engine")]
    pub host: Option<String>,
    /// Docker context to take the address from
    #[arg(short, long, global = true, value_name = "NAME", help_heading = "Engine")]
    pub context: Option<String>,
    /// Use a simulated engine instead of a real one
    #[arg(long, global = true, help_heading = "Simulated engine")]
    pub demo: bool,
    /// World of the simulated engine instead of the built-in one
    #[arg(long, global = true, value_name = "FILE", help_heading = "Simulated engine")]
    pub world: Option<PathBuf>,
    /// Where the world's randomness comes from: the same number gives the same world
    #[arg(long, global = true, value_name = "N", help_heading = "Simulated engine")]
    pub seed: Option<u64>,
    /// Seconds that pass in the world each second
    #[arg(long, global = true, value_name = "X", value_parser = speed, help_heading = "Simulated engine")]
    pub speed: Option<f64>,
    /// Colours of the dashboard: default, light, high-contrast, deuteranopia, mono
    #[arg(long, global = true, value_name = "NAME", env = "STACKTOP_THEME", help_heading = "Output")]
    pub theme: Option<String>,
    /// Change nothing: verbs that would are refused, the dashboard has no key for them
    #[arg(
        long,
        global = true,
        env = "STACKTOP_READ_ONLY",
        value_parser = clap::builder::FalseyValueParser::new(),
        help_heading = "Safety"
    )]
    pub read_only: bool,
    /// Settings to use instead of those in the configuration folder
    #[arg(long, global = true, value_name = "FILE", env = "STACKTOP_SETTINGS", help_heading = "Engine")]
    pub settings: Option<PathBuf>,
    /// What was settled there.
    #[arg(skip)]
    pub settled: Settled,
    /// Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it
    #[arg(long, global = true, help_heading = "Safety")]
    pub no_heal: bool,
    /// Print JSON with documented, stable fields
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
    /// Print no colours, as with the variable NO_COLOR
    #[arg(long, global = true, help_heading = "Output")]
    pub no_color: bool,
    /// Mark states in ASCII; so it is in a locale that is not UTF-8
    #[arg(long, global = true, help_heading = "Output")]
    pub ascii: bool,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// Open the dashboard on a simulated engine; needs no Docker
    Demo,
    /// Serve a simulated engine on a socket, for any Docker client, until Ctrl-C
    Sim(verb::sim::Args),
    /// List stacks; with names, the services of these stacks
    Ls(verb::ls::Args),
    /// List replicas and containers
    Ps(verb::ps::Args),
    /// Show CPU, memory, network and disk use of what runs
    Stats(verb::stats::Args),
    /// Print the output of replicas
    Logs(verb::logs::Args),
    /// Follow what the engine reports
    Events(verb::events::Args),
    /// Tell what is wrong and what the health checks said; exit code 1 if something is
    Health(verb::health::Args),
    /// Print what the engine knows of a thing, as JSON with secrets masked
    Inspect(verb::inspect::Args),
    /// List the nodes of the swarm
    Nodes,
    /// Replace a service's replicas one after the other, each behind its health
    Rollout(verb::rollout::Args),
    /// Put a service's last update back: what it ran before, behind the same gates
    Rollback(verb::rollback::Args),
    /// Set how many replicas services have
    Scale(verb::scale::Args),
    /// Restart replicas one at a time, each once the one before serves again
    Restart(verb::restart::Args),
    /// Start what does not run
    #[command(after_help = "Examples:\n  stacktop start shop/job")]
    Start(verb::each::Each),
    /// Stop what runs
    Stop(verb::stop::Args),
    /// Freeze what runs
    #[command(after_help = "Examples:\n  stacktop pause shop/worker --yes")]
    Pause(verb::each::Each),
    /// Let what is frozen go on
    #[command(after_help = "Examples:\n  stacktop unpause shop/worker")]
    Unpause(verb::each::Each),
    /// Send a signal to what runs
    Kill(verb::kill::Args),
    /// Remove containers
    Rm(verb::rm::Args),
    /// Fetch an image, or those of a stack or service
    Pull(verb::pull::Args),
    /// Run a program in a container, or a shell
    Exec(verb::exec::Args),
    /// Remove what nobody uses: containers, networks, images, build cache; volumes by name only
    Prune(verb::prune::Args),
    /// Move all tasks off a node of the swarm
    Drain(verb::node::Args),
    /// Let a node of the swarm take tasks again
    Activate(verb::node::Args),
    /// Back stacks up; look at backups, verify them, remove old ones
    Backup(verb::backup::Args),
    /// Give a stack back what a backup set holds; the newest valid one if none is named
    Restore(verb::restore::Args),
    /// Restore a set into throw-away volumes and servers, check it, and tell how long it took
    Drill(verb::drill::Args),
    /// List operations that have not ended, go on with them or back
    Ops(verb::ops::Args),
    /// List what was done, by whom and how it ended; needs no engine
    Journal(verb::journal::Args),
    /// Look at everything stacktop needs: engine, permissions, terminal
    Doctor,
    /// Print the version
    Version,
}

/// A speed that the simulated clock can run at.
fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed > 0.0 => Ok(speed),
        _ => Err("it must be a number above 0: 1 is real time, 10 is ten times as fast".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn options_are_taken_before_and_behind_the_verb() {
        for line in ["stacktop --demo --seed 7 ps", "stacktop ps --demo --seed 7"] {
            let args = parse(line).unwrap();
            assert_eq!((args.options.demo, args.options.seed), (true, Some(7)), "{line}");
        }
    }

    #[test]
    fn a_speed_of_nothing_is_refused() {
        for bad in ["0", "-1", "NaN", "inf", "fast"] {
            let error = parse(&format!("stacktop demo --speed={bad}")).unwrap_err().to_string();
            assert!(error.contains("above 0"), "{error}");
        }
    }

    #[test]
    fn a_time_that_is_none_is_explained() {
        let error = parse("stacktop logs web --since yesterday").unwrap_err().to_string();
        assert!(error.contains("RFC 3339"), "{error}");
    }

    #[test]
    fn the_help_of_every_verb_fits_80_cells() {
        let mut command = Args::command();
        command.build();
        for verb in command.get_subcommands() {
            let help = verb.clone().term_width(80).render_help().to_string();
            assert!(help.lines().all(|line| crate::text::width(line) <= 80), "{help}");
        }
    }
}
