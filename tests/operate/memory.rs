//! What a backup of a large volume takes, with the program as it is built for tests: memory that does not grow with what
//! is stored. How long it takes is printed beside the usual way and asserted of nothing.

use std::{
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{
    measure::{IMAGE, memory},
    support,
};
use support::{ComposeProject, Service, TestEngine};

/// The most memory that a backup may take, in KiB, whatever it stores: what zstd keeps of it is most of that.
const MOST: u64 = 128 << 10;

/// A project with one volume, and what its sets go to.
struct Site {
    bed: TestEngine,
    project: ComposeProject,
    folder: TempDir,
}

/// What a backup took.
struct Took {
    time: Duration,
    /// The most memory that the process had, in KiB.
    peak: u64,
}

impl Site {
    /// The project, its volume filled by the fixture.
    async fn filled(test: &str, words: &[&str]) -> Option<Self> {
        let bed = support::engine(test)?;
        let services = [Service::new("web", bed.server("1")).volume("data", "/data")];
        let project = bed.compose_project("large", &services).await;
        let filled = project.replica_of("web", 1).exec(words).await;
        assert_eq!(filled.exit_code, 0, "{filled:?}");
        Some(Self { bed, project, folder: TempDir::new().unwrap() })
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stacktop"));
        command.args(words).arg(&self.project.name).arg("--to").arg(self.folder.path());
        command.env("DOCKER_HOST", self.bed.engine().host()).env("XDG_STATE_HOME", self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Backs the project up.
    fn back_up(&self) -> Took {
        let began = Instant::now();
        let mut child = self.program(&["backup", "run", "--yes", "--no-heal"]).spawn().unwrap();
        let mut peak = 0;
        // The kernel keeps the most that there ever was, but forgets it with the process.
        while child.try_wait().unwrap().is_none() {
            peak = memory(child.id()).unwrap_or(peak);
            std::thread::sleep(Duration::from_millis(20));
        }
        let time = began.elapsed();
        succeeded(child.wait_with_output().unwrap());
        Took { time, peak }
    }

    /// Reads the set to its last byte.
    fn verify(&self) {
        succeeded(self.program(&["backup", "verify"]).output().unwrap());
    }
}

fn succeeded(ended: Output) -> String {
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{} {said} {}", ended.status, String::from_utf8_lossy(&ended.stdout));
    String::from_utf8(ended.stdout).unwrap()
}

#[allow(clippy::print_stdout, reason = "a measurement is printed")]
fn tell(what: &str, took: &Took) {
    let (mebibytes, seconds) = (took.peak as f64 / 1024.0, took.time.as_secs_f64());
    println!("{what}: peak {mebibytes:.0} MiB, {seconds:.1} s");
}

/// Backs a large volume up after one that is just large enough for every buffer to be in use.
fn compare((what, small): (&str, &Site), (much, large): (&str, &Site)) {
    let (few, many) = (small.back_up(), large.back_up());
    tell(what, &few);
    tell(much, &many);
    large.verify();
    assert!(many.peak <= MOST, "{} KiB for {much}", many.peak);
    assert!(many.peak <= few.peak * 3 / 2, "{} KiB for {what}, {} KiB for {much}", few.peak, many.peak);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_4_gib_takes_no_more_memory_than_one_of_64_mib() {
    const TEST: &str = "a_file_of_4_gib_takes_no_more_memory";
    let hole = |mib| ["hole", "/data/large", "--mib", mib];
    let Some(small) = Site::filled(TEST, &hole("64")).await else { return };
    let Some(large) = Site::filled(TEST, &hole("4096")).await else { return };
    compare(("one file of 64 MiB", &small), ("one file of 4 GiB", &large));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_files_take_no_more_memory_than_one_of_64_mib() {
    const TEST: &str = "a_hundred_thousand_files_take_no_more_memory";
    let files = |count, kib| ["fill", "/data", "--files", count, "--kib", kib];
    let Some(small) = Site::filled(TEST, &files("1", "65536")).await else { return };
    let Some(large) = Site::filled(TEST, &files("100000", "1")).await else { return };
    compare(("one file of 64 MiB", &small), ("100,000 files", &large));
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "a measurement is printed")]
async fn a_backup_is_measured_beside_tar_and_zstd() {
    const TEST: &str = "a_backup_is_measured_beside_tar_and_zstd";
    let Some(site) = Site::filled(TEST, &["fill", "/data", "--files", "64", "--kib", "4096"]).await else {
        return;
    };
    if site.bed.databases().is_none() {
        return;
    }
    let took = site.back_up();
    tell("64 files of 4 MiB", &took);
    site.verify();
    let began = Instant::now();
    let file = site.folder.path().join("by-hand.tar.zst");
    let line = format!(
        "docker run --rm -v {}_data:/d:ro {IMAGE} tar -c -C /d . | zstd -q -o {file} && sync {file}",
        site.project.name,
        file = file.display()
    );
    let mut usual = Command::new("bash");
    usual.args(["-o", "pipefail", "-c", &line]).env("DOCKER_HOST", site.bed.engine().host());
    succeeded(usual.output().unwrap());
    let usual = began.elapsed();
    let ratio = usual.as_secs_f64() / took.time.as_secs_f64();
    println!("tar | zstd: {:.1} s; this build is {ratio:.2} times as fast", usual.as_secs_f64());
}
