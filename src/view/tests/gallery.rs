//! Pictures of screens. Those in `assets/screens` are kept: they must be what the program draws. With
//! `STACKTOP_SCREENS=write` the test writes them anew; `GALLERY=directory cargo test gallery -- --ignored` writes
//! all screens, sizes and themes for people to look at.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use super::{fixture, operate, *};
use crate::{
    domain::Link,
    model::{Inspection, NoticeLevel, Overlay, Pane, Prompt, PromptPurpose, Tab},
    theme::{Colours, Glyphs},
    view::svg,
};

fn selected(name: &str) -> Model {
    let mut model = fixture::model();
    fixture::select(&mut model, name);
    model
}

fn tab(name: &str, tab: Tab) -> Model {
    let mut model = selected(name);
    model.focus.pane = Pane::Detail;
    model.detail.tab = tab;
    fixture::logs(&mut model, 300);
    model.logs.timestamps = true;
    let row = model.tree.selected.clone().unwrap();
    let lines = ["Id: 8f2c", "State:", "  Status: running", "  Pid: 4711"].map(str::to_owned);
    model.detail.inspection = Inspection::Answer(row, lines.into());
    model
}

fn lost() -> Model {
    let mut model = selected("codecave/search");
    model.link = Link::Lost {
        since: fixture::ago(12),
        cause: "the connection was reset by the engine".to_owned(),
        attempts: 4,
        retry_at: fixture::now() + SignedDuration::from_secs(3),
    };
    model
}

fn help() -> Model {
    let mut model = selected("medianest/app");
    model.focus.overlay = Some(Overlay::Help { scroll: 0 });
    model
}

fn picture(model: &Model, theme: &Theme, size: (u16, u16)) -> String {
    svg(&screen(model, theme, size).0, "stacktop")
}

#[test]
fn the_pictures_are_what_the_program_draws() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screens");
    let light = Theme::shipped("light").unwrap();
    let mut logs = tab("xorb/api-prod", Tab::Logs);
    logs.focus.zoomed = true;
    for (name, model, theme, size) in [
        ("home", selected("medianest/app"), Theme::default(), MEDIUM),
        ("health", tab("xorb/api-prod", Tab::Health), Theme::default(), MEDIUM),
        ("logs", logs, Theme::default(), (120, 30)),
        ("lost", lost(), Theme::default(), MEDIUM),
        ("plan", operate::planned(), Theme::default(), MEDIUM),
        ("rollout", operate::at_work(), Theme::default(), MEDIUM),
        ("light", selected("xorb/api-prod/2"), light, MEDIUM),
        ("small", selected("codecave/search"), Theme::default(), SMALL),
    ] {
        let (path, drawn) = (directory.join(format!("{name}.svg")), picture(&model, &theme, size));
        if std::env::var("STACKTOP_SCREENS").is_ok_and(|wish| wish == "write") {
            std::fs::write(&path, &drawn).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == drawn, "{} is not what is drawn: STACKTOP_SCREENS=write renews it", path.display());
    }
}

#[test]
#[ignore = "writes pictures for people to look at"]
fn gallery() {
    let directory = std::env::var("GALLERY").map_or_else(|_| std::env::temp_dir(), PathBuf::from);
    let save = |name: &str, model: &Model, theme: &Theme, size: (u16, u16)| {
        let path = directory.join(format!("{name}-{}x{}.svg", size.0, size.1));
        std::fs::write(path, picture(model, theme, size)).unwrap();
    };
    let theme = Theme::default();
    for size in [SMALL, MEDIUM, LARGE] {
        save("home", &selected("medianest/app"), &theme, size);
        save("stack", &selected("codecave"), &theme, size);
        for open in Tab::ALL {
            save(&format!("tab-{}", open.title()), &tab("xorb/api-prod", open), &theme, size);
        }
        save("lost", &lost(), &theme, size);
        save("help", &help(), &theme, size);
        let mut model = selected("codecave/search");
        model.focus.pane = Pane::Findings;
        model.notices.push(model.clock.running, NoticeLevel::Error, "no connection to node-b".to_owned());
        save("findings", &model, &theme, size);
        let error = Some("unclosed group".to_owned());
        model.focus.prompt =
            Some(Prompt { purpose: PromptPurpose::FilterTree, text: "api(".to_owned(), error });
        save("prompt", &model, &theme, size);
        save("connecting", &fixture::empty(), &theme, size);
    }
    for name in Theme::names() {
        for colours in [Colours::None, Colours::Sixteen, Colours::Indexed256, Colours::True] {
            let theme = Theme::for_terminal(colours, name).unwrap();
            save(&format!("theme-{name}-{colours:?}"), &selected("xorb/api-prod"), &theme, MEDIUM);
        }
    }
    let plain = Theme::for_terminal(Colours::None, "default").unwrap().with_glyphs(Glyphs::Ascii);
    save("ascii", &selected("medianest/app"), &plain, MEDIUM);
}
