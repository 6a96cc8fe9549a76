//! Pictures of screens, for people: `cargo test gallery -- --ignored`, into the directory that `GALLERY` names.

use super::{fixture, *};
use crate::{
    domain::Link,
    model::{Inspection, NoticeLevel, Overlay, Pane, Prompt, PromptPurpose, Tab},
    theme::{Colours, Glyphs},
    view::svg,
};
use jiff::SignedDuration;

fn save(name: &str, model: &Model, theme: &Theme, size: (u16, u16)) {
    let directory = std::env::var("GALLERY").map_or_else(|_| std::env::temp_dir(), Into::into);
    let (buffer, _) = screen(model, theme, size);
    let path = directory.join(format!("{name}-{}x{}.svg", size.0, size.1));
    std::fs::write(path, svg(&buffer, "stacktop")).unwrap();
}

#[test]
#[ignore = "writes pictures for people to look at"]
fn gallery() {
    let theme = Theme::default();
    for size in [SMALL, MEDIUM, LARGE] {
        let mut model = fixture::model();
        fixture::select(&mut model, "medianest/app");
        save("home", &model, &theme, size);
        model.focus.pane = Pane::Detail;
        for tab in Tab::ALL {
            let what = if tab == Tab::Overview { "medianest/app" } else { "xorb/api-prod" };
            fixture::select(&mut model, what);
            model.detail.tab = tab;
            if tab == Tab::Logs {
                fixture::logs(&mut model, 300);
                model.logs.timestamps = true;
            }
            if tab == Tab::Inspect {
                let lines = ["Id: 8f2c", "State:", "  Status: running", "  Pid: 4711"].map(str::to_owned);
                let row = model.tree.selected.clone().unwrap();
                model.detail.inspection = Inspection::Answer(row, lines.into());
            }
            save(&format!("tab-{}", tab.title()), &model, &theme, size);
        }
        let mut model = fixture::model();
        fixture::select(&mut model, "codecave/search");
        model.link = Link::Lost {
            since: fixture::ago(12),
            cause: "the connection was reset by the engine".to_owned(),
            attempts: 4,
            retry_at: fixture::now() + SignedDuration::from_secs(3),
        };
        save("lost", &model, &theme, size);
        model.link = Link::Live;
        model.focus.overlay = Some(Overlay::Help { scroll: 0 });
        save("help", &model, &theme, size);
        model.focus.overlay = None;
        model.focus.pane = Pane::Findings;
        model.notices.push(model.clock.running, NoticeLevel::Error, "no connection to node-b".to_owned());
        save("findings", &model, &theme, size);
        model.focus.pane = Pane::Tree;
        let error = Some("unclosed group".to_owned());
        model.focus.prompt =
            Some(Prompt { purpose: PromptPurpose::FilterTree, text: "api(".to_owned(), error });
        save("prompt", &model, &theme, size);
        save("connecting", &fixture::empty(), &theme, size);
    }
    for name in Theme::names() {
        let mut model = fixture::model();
        fixture::select(&mut model, "codecave/search");
        save(&format!("theme-{name}"), &model, &Theme::shipped(name).unwrap(), MEDIUM);
        let few = Theme::for_terminal(Colours::Sixteen, name).unwrap();
        save(&format!("theme-{name}-16"), &model, &few, MEDIUM);
    }
    let mut model = fixture::model();
    fixture::select(&mut model, "medianest/app");
    let plain = Theme::for_terminal(Colours::None, "default").unwrap().with_glyphs(Glyphs::Ascii);
    save("ascii", &model, &plain, MEDIUM);
}
