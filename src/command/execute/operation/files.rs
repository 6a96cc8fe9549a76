//! Reads the compose files of a project, and what they include, from this machine's disk. What cannot be read is a note.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    command::{
        Member,
        compose::{self, Include, Settings, Variables},
    },
    text::sanitize,
};

/// No compose file is longer; a label may name anything.
const LONGEST: u64 = 1 << 20;

/// So many files are read for a project, each as often as it is included.
const MOST: usize = 100;

/// The files that a project was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The project's folder.
    folder: PathBuf,
    /// Its files, the later ones over the earlier ones.
    files: Vec<String>,
    /// Its environment files.
    env_files: Vec<String>,
}

impl Named {
    /// Those that a container's labels name.
    pub(super) fn by(member: &Member) -> Self {
        let label = |name: &str| member.label(&format!("com.docker.compose.project.{name}"));
        let list = |text: &str| text.split(',').filter(|path| !path.is_empty()).map(str::to_owned).collect();
        Self {
            folder: label("working_dir").unwrap_or_default().into(),
            files: list(label("config_files").unwrap_or_default()),
            env_files: list(label("environment_file").unwrap_or(".env")),
        }
    }

    /// What they say of a service.
    pub(super) async fn read(&self, service: &str) -> Settings {
        let variables = texts(&self.folder, &self.env_files).await;
        let place = Place { folder: self.folder.clone(), variables, above: Vec::new() };
        let called = |path: &str| {
            let path = self.folder.join(path);
            sanitize(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
        };
        let files: Vec<_> = self.files.iter().map(|path| (path.clone(), called(path))).collect();
        Reading { service, left: MOST }.all(&place, &files).await
    }
}

/// What a sentence says of a file that is not read.
pub(super) fn unheeded(why: &str) -> String {
    format!("{why}: what it may say of updates, hooks and replicas is not heeded")
}

/// Where files are read.
#[derive(Clone, Debug)]
struct Place {
    /// What paths are relative to.
    folder: PathBuf,
    /// The texts of environment files, the weaker ones first.
    variables: String,
    /// The files that have led here.
    above: Vec<PathBuf>,
}

/// One reading of all that is said of a service.
struct Reading<'a> {
    service: &'a str,
    left: usize,
}

impl Reading<'_> {
    /// What files say, each a path and a name for people; the later ones over the earlier ones.
    async fn all(&mut self, place: &Place, files: &[(String, String)]) -> Settings {
        let mut settings = Settings::default();
        for (path, called) in files {
            let said = Box::pin(self.one(place, path, called)).await;
            let said = said.unwrap_or_else(|note| Settings { notes: vec![note], ..Settings::default() });
            settings = said.over(settings);
        }
        settings
    }

    /// What a file says, over what it includes.
    async fn one(&mut self, place: &Place, path: &str, called: &str) -> Result<Settings, String> {
        if path.contains("://") {
            return Err(unheeded(&format!("{called} is no file of this machine")));
        }
        let path = place.folder.join(path);
        let unread = |error: io::Error| unheeded(&format!("{called} cannot be read ({error})"));
        let path = tokio::fs::canonicalize(path).await.map_err(unread)?;
        if place.above.contains(&path) {
            return Err(format!(
                "{called} includes itself, by way of what it includes: it is not read once more"
            ));
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            unheeded(&format!("{called} is left out, as more than {MOST} files are included"))
        })?;
        let text = text(&path).await.map_err(unread)?;
        let variables = Variables::read(&place.variables);
        let mut said =
            compose::of_file(&text, called, self.service, &variables).map_err(|why| unheeded(&why))?;
        let (includes, notes) = compose::includes(&text, called, &variables);
        said.notes.extend(notes);
        for include in includes {
            let above = [place.above.as_slice(), std::slice::from_ref(&path)].concat();
            let included = self.included(&Place { above, ..place.clone() }, &include).await;
            said = said.over(included);
        }
        Ok(said)
    }

    async fn included(&mut self, place: &Place, include: &Include) -> Settings {
        let first = include.paths.first().map(|path| place.folder.join(path)).unwrap_or_default();
        let beside = || first.parent().map(Path::to_path_buf).unwrap_or_default();
        let folder = include.folder.as_ref().map_or_else(beside, |folder| place.folder.join(folder));
        let own = if include.env_files.is_empty() {
            texts(&folder, &[".env".to_owned()]).await
        } else {
            texts(&place.folder, &include.env_files).await
        };
        // Its own variables are weaker than those of who includes it.
        let variables = format!("{own}\n{}", place.variables);
        // All paths are written as seen from who includes them.
        let absolute = |path: &String| {
            let is_remote = path.contains("://");
            let whole = place.folder.join(path).to_string_lossy().into_owned();
            (if is_remote { path.clone() } else { whole }, sanitize(path))
        };
        let files: Vec<_> = include.paths.iter().map(absolute).collect();
        self.all(&Place { folder, variables, above: place.above.clone() }, &files).await
    }
}

/// The texts of environment files; those that are not there say nothing.
async fn texts(folder: &Path, files: &[String]) -> String {
    let mut texts = String::new();
    for path in files {
        texts.push_str(&text(&folder.join(path)).await.unwrap_or_default());
        texts.push('\n');
    }
    texts
}

async fn text(path: &Path) -> io::Result<String> {
    let known = tokio::fs::metadata(path).await?;
    if !known.is_file() || known.len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no file of 1 MiB or less"));
    }
    tokio::fs::read_to_string(path).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A project of these files, the first of which is the one that Compose was given.
    async fn read(files: &[(&str, &str)]) -> Settings {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let files = vec![files[0].0.to_owned()];
        let named = Named { folder: folder.path().to_owned(), files, env_files: vec![".env".to_owned()] };
        named.read("web").await
    }

    fn written(settings: &Settings) -> Option<(u64, String)> {
        settings.written_replicas().map(|said| (said.value, said.by))
    }

    #[tokio::test]
    async fn an_included_file_is_heeded_with_paths_of_its_own_and_what_includes_it_counts_more() {
        let settings = read(&[
            ("compose.yaml", "include: [parts/web.yaml]\nservices: {db: {image: x}}"),
            ("parts/web.yaml", "include: [more/base.yaml]\nservices: {web: {scale: 3}}"),
            (
                "parts/more/base.yaml",
                "services: {web: {scale: 9, deploy: {update_config: {parallelism: 2}}}}",
            ),
        ])
        .await;
        assert_eq!(written(&settings), Some((3, "parts/web.yaml".to_owned())));
        let parallelism = settings.update.parallelism.unwrap();
        assert_eq!((parallelism.value, parallelism.by.as_str()), (2, "more/base.yaml"));
        assert_eq!(settings.notes, Vec::<String>::new());
    }

    #[tokio::test]
    async fn the_long_form_has_overriding_files_a_folder_and_variables_of_its_own() {
        let long = "include: [{path: [a/web.yaml, a/over.yaml], project_directory: b, env_file: a/x.env}]";
        let settings = read(&[
            ("compose.yaml", long),
            (".env", "BOTH=4"),
            ("a/x.env", "BOTH=9\nOWN=2"),
            ("a/web.yaml", "include: [deep.yaml]\nservices: {web: {scale: 1}}"),
            ("a/over.yaml", "services: {web: {scale: \"${BOTH}\"}}"),
            ("b/deep.yaml", "services: {web: {deploy: {update_config: {parallelism: \"${OWN}\"}}}}"),
        ])
        .await;
        assert_eq!(written(&settings), Some((4, "a/over.yaml".to_owned())));
        assert_eq!(
            settings.update.parallelism.map(|said| (said.value, said.by)),
            Some((2, "deep.yaml".to_owned()))
        );
        assert_eq!(settings.notes, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_file_that_includes_itself_is_told_and_read_once() {
        let settings = read(&[
            ("compose.yaml", "include: [parts/web.yaml]"),
            ("parts/web.yaml", "include: [../compose.yaml]\nservices: {web: {scale: 3}}"),
        ])
        .await;
        assert_eq!(written(&settings), Some((3, "parts/web.yaml".to_owned())));
        assert_eq!(settings.notes.len(), 1, "{:?}", settings.notes);
        assert!(settings.notes[0].starts_with("../compose.yaml includes itself"), "{:?}", settings.notes);
    }

    #[tokio::test]
    async fn what_is_missing_remote_or_without_end_is_a_note() {
        let settings = read(&[("compose.yaml", "include: [gone.yaml, \"oci://registry/stack:1\"]")]).await;
        let notes = settings.notes.join("\n");
        assert!(notes.contains("gone.yaml cannot be read"), "{notes}");
        assert!(notes.contains("oci://registry/stack:1 is no file of this machine"), "{notes}");

        let many: Vec<String> = (0..40).map(|_| "other.yaml".to_owned()).collect();
        let (many, both) = (format!("include: {many:?}"), format!("include: {:?}", ["x.yaml"; 40]));
        let settings = read(&[("compose.yaml", &many), ("other.yaml", &both), ("x.yaml", "{}")]).await;
        assert!(settings.notes[0].contains("more than 100 files"), "{:?}", settings.notes.first());
    }
}
