//! The part of the file that is about backups.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use serde_yaml::{Location, Spanned};

use super::{Backups, StackBackups};
use crate::{
    backup::{Cipher, Keys, Retention, Schedule, Scope},
    text::span,
};

/// What begins every secret key of `age`.
const SECRET: &str = "AGE-SECRET-KEY-";

/// What is wrong, and where.
type Wrong = (Location, String);

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::settings) struct File {
    folder: Option<Spanned<String>>,
    keep: Option<Spanned<Retention>>,
    encrypt: Option<Spanned<Encrypt>>,
    identity: Option<Spanned<String>>,
    rpo: Option<Spanned<String>>,
    rto: Option<Spanned<String>>,
    stacks: BTreeMap<String, Stack>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Encrypt {
    age: Vec<String>,
    gpg: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Stack {
    schedule: Option<Spanned<String>>,
    dumps: Option<Spanned<String>>,
    volumes: Option<Spanned<String>>,
    keep: Option<Spanned<Retention>>,
    rpo: Option<Spanned<String>>,
    rto: Option<Spanned<String>>,
}

impl File {
    /// What it says, or the first thing in it that means nothing.
    pub(in crate::settings) fn read(self) -> Result<Backups, Wrong> {
        let common = Stack { keep: self.keep, rpo: self.rpo, rto: self.rto, ..Stack::default() };
        let stacks = self.stacks.into_iter().map(|(name, stack)| Ok((name, stack.read()?)));
        Ok(Backups {
            folder: self.folder.as_ref().map(absolute).transpose()?,
            cipher: self.encrypt.map(Encrypt::read).transpose()?.unwrap_or_default(),
            keys: Keys { identity: self.identity.as_ref().map(absolute).transpose()? },
            common: common.read()?,
            stacks: stacks.collect::<Result<_, Wrong>>()?,
        })
    }
}

impl Encrypt {
    fn read(spanned: Spanned<Self>) -> Result<Cipher, Wrong> {
        let wrong = |why: &str| Err((spanned.referenced, why.to_owned()));
        let Self { age, gpg } = spanned.value;
        if age.iter().any(|recipient| recipient.starts_with(SECRET)) {
            return wrong(
                "this is a secret key, which only reads backups: write the public key here, \
                          `age-keygen -y FILE` prints it, and the file with the secret one as `identity`",
            );
        }
        match (age.is_empty(), gpg.is_empty()) {
            (false, true) => Ok(Cipher::Age(age)),
            (true, false) => Ok(Cipher::Gpg(gpg)),
            (false, false) => wrong("one program encrypts: write keys for `age` or for `gpg`, not for both"),
            (true, true) => wrong("no key is named: write `{age: [age1...]}` or `{gpg: [KEY...]}`"),
        }
    }
}

impl Stack {
    fn read(self) -> Result<StackBackups, Wrong> {
        if let (Some(all), true) = (&self.schedule, self.dumps.is_some() || self.volumes.is_some()) {
            let why = "`schedule` is for everything together: write it alone, or `dumps` and `volumes` apart";
            return Err((all.referenced, why.to_owned()));
        }
        let written =
            [(Scope::All, self.schedule), (Scope::Dumps, self.dumps), (Scope::Volumes, self.volumes)];
        let schedules = written.into_iter().filter_map(|(scope, text)| Some((scope, text?)));
        Ok(StackBackups {
            schedules: schedules
                .map(|(scope, text)| Ok((scope, schedule(&text)?)))
                .collect::<Result<_, Wrong>>()?,
            keep: self.keep.as_ref().map(retention).transpose()?,
            rpo: self.rpo.as_ref().map(duration).transpose()?,
            rto: self.rto.as_ref().map(duration).transpose()?,
        })
    }
}

fn schedule(text: &Spanned<String>) -> Result<Schedule, Wrong> {
    Schedule::parse(&text.value).map_err(|why| (text.referenced, why))
}

fn duration(text: &Spanned<String>) -> Result<Duration, Wrong> {
    let read = span(&text.value).filter(|span| !span.is_zero());
    read.ok_or_else(|| {
        (text.referenced, format!("`{}` is no span of time; write 45m, 6h, 1h30m or 2d", text.value))
    })
}

fn retention(keep: &Spanned<Retention>) -> Result<Retention, Wrong> {
    if keep.value.keeps_nothing() {
        let why = "this keeps no set at all; write how many are to stay, such as `{last: 3, daily: 7}`";
        return Err((keep.referenced, why.to_owned()));
    }
    Ok(keep.value)
}

/// A path that means the same wherever the program is started.
fn absolute(text: &Spanned<String>) -> Result<PathBuf, Wrong> {
    if text.value.starts_with('/') || text.value.starts_with("~/") {
        return Ok(Path::new(&text.value).to_owned());
    }
    let why = format!("`{}` depends on where stacktop is started; write it from `/` or `~/` on", text.value);
    Err((text.referenced, why))
}
