//! Files that the program makes of itself are what it would make now. `STACKTOP_REGENERATE=1 cargo test --test
//! generated` writes them anew.

#![allow(clippy::unwrap_used, reason = "a failure is to end the test with its reason")]

use std::{collections::BTreeSet, fs, path::Path};

use clap::CommandFactory;
use clap_complete::{Shell, generate};
use stacktop::{
    action::{Keymap, actions_markdown, keys_markdown},
    cli::Args,
};

/// Compares the file with `text`, or writes it if asked to.
fn check(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("STACKTOP_REGENERATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "{file} is out of date: run STACKTOP_REGENERATE=1 cargo test --test generated");
}

#[test]
fn the_key_reference_is_what_the_keymap_says() {
    check("assets/keys.md", &keys_markdown(&Keymap::shipped()));
}

/// The manual: a page for the program and one for each verb.
#[test]
fn the_manual_is_what_the_help_says() {
    let folder = tempfile::tempdir().unwrap();
    clap_mangen::generate_to(Args::command(), folder.path()).unwrap();
    let pages = names(folder.path());
    for name in &pages {
        let page = fs::read_to_string(folder.path().join(name)).unwrap();
        check(&format!("assets/man/{name}"), &page);
    }
    let kept = names(&Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/man"));
    assert_eq!(kept, pages, "a page of a verb that there is no more");
}

fn names(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_completions_know_every_verb() {
    for (shell, file) in
        [(Shell::Bash, "stacktop.bash"), (Shell::Zsh, "_stacktop"), (Shell::Fish, "stacktop.fish")]
    {
        let mut script = Vec::new();
        generate(shell, &mut Args::command(), "stacktop", &mut script);
        check(&format!("assets/completions/{file}"), &String::from_utf8(script).unwrap());
    }
}

#[test]
fn the_list_of_actions_is_what_the_table_says() {
    check("assets/actions.md", &actions_markdown());
}

#[cfg(feature = "tui")]
mod screen {
    use std::{sync::Arc, time::Duration};

    use jiff::Timestamp;
    use ratatui::{Terminal, backend::TestBackend};
    use stacktop::{
        action::Input,
        engine::Connector,
        runtime::{Clocks, Session},
        sim::{Options, Sim, World},
        theme::Theme,
        update::Msg,
        view,
    };

    /// A dashboard on the demo world, in a time that passes at once.
    struct Watcher {
        session: Session,
        terminal: Terminal<TestBackend>,
    }

    impl Watcher {
        fn start() -> Self {
            let epoch: Timestamp = "2026-03-02T03:04:05Z".parse().unwrap();
            let sim = Sim::start(World::builtin(), Options { seed: 7, speed: 1.0, epoch });
            let connector = Connector::in_process("demo", Arc::new(move || sim.connect()));
            let session = Session::start(connector, None, Clocks::world(epoch, 1.0));
            Self { session, terminal: Terminal::new(TestBackend::new(120, 40)).unwrap() }
        }

        async fn watch(&mut self, seconds: u64) {
            for _ in 0..seconds {
                let second = tokio::time::Instant::now() + Duration::from_secs(1);
                while let Ok(Some(msg)) = tokio::time::timeout_at(second, self.session.next()).await {
                    self.session.apply(msg);
                }
                self.tell(Msg::Tick);
            }
        }

        fn keys(&mut self, keys: &str) {
            for key in keys.split(' ') {
                self.tell(Msg::Input(Input::Key(key.parse().unwrap())));
            }
        }

        fn tell(&mut self, msg: Msg) {
            self.session.apply(msg);
            let mut hits = None;
            let theme = Theme::default();
            self.terminal.draw(|frame| hits = Some(view::draw(self.session.model(), &theme, frame))).unwrap();
            self.session.apply(Msg::Hits(hits.unwrap()));
        }

        fn picture(&mut self) -> String {
            self.tell(Msg::Tick);
            view::svg(self.terminal.backend().buffer(), "stacktop demo")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_picture_in_the_readme_is_the_demo_as_it_looks() {
        let mut watcher = Watcher::start();
        watcher.watch(30).await;
        watcher.keys("* / s e a r c h");
        watcher.keys("enter j esc");
        watcher.watch(70).await;
        super::check("assets/screens/demo.svg", &watcher.picture());
    }
}
