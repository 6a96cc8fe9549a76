//! What a backup of a large volume costs at its fastest, against `docker run … tar | zstd` on the same volume in the same
//! run; `memory.rs` measures less on every run. Nothing is asserted: machines differ. It needs the image of
//! `tests/testbed/base-image.sh`, the `docker` command, 10 GB of disk and a program that was built to be fast:
//! `cargo test --release --test operate measure -- --ignored --nocapture`.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Has tar and Perl.
pub(super) const IMAGE: &str = "stacktop-test/base:bookworm";

/// Otherwise the engine writes all that tar prints into a log of the container, too, which takes most of the time: the
/// harder comparison, unless somebody forgets it.
const UNLOGGED: &str = "--rm --log-driver none";

/// Each way is gone so often, in turns: the machine is not as busy at one moment as at another.
const ROUNDS: usize = 3;

/// Writes 100,000 files of 1 to 8 KB, much as programs write them.
const SMALL_FILES: &str = r#"srand(7); for my $n (0..99999) { my $f = "/d/" . ($n % 997); mkdir $f; open(my $h, ">", "$f/$n") or die; print $h map { sprintf("%d user=%d status=%d took=%.3f\n", $n, rand(1e6), 200 + rand(300), rand()) } 0..(20 + rand(120)); close($h) or die }"#;

/// Writes one file of 4 GiB: half of it lines of a log, half of it what does not compress.
const LARGE_FILE: &str = r#"srand(7); open(my $h, ">", "/d/large") or die; open(my $r, "<", "/dev/urandom") or die; for (1..64) { my $text = ""; while (length($text) < 32 << 20) { $text .= sprintf("%d user=%d status=%d took=%.3f\n", 1e9 + rand(1e6), rand(1e6), 200 + rand(300), rand()) } print $h substr($text, 0, 32 << 20); read($r, my $noise, 32 << 20); print $h $noise } close($h) or die"#;

/// A volume of a project of its own, which goes with it.
struct Volume {
    stack: String,
    name: String,
}

impl Volume {
    fn filled(stack: &str, program: &str) -> Self {
        let stack = format!("{stack}{}", std::process::id());
        let volume = Self { name: format!("{stack}_data"), stack };
        let label = format!("com.docker.compose.project={}", volume.stack);
        docker(&["volume", "create", "--label", &label, &volume.name]);
        let mount = format!("{}:/d", volume.name);
        docker(&["run", "--rm", "-v", &mount, IMAGE, "perl", "-e", program]);
        volume
    }

    /// Bytes of its tar archive.
    fn size(&self) -> u64 {
        let line = format!("docker run {UNLOGGED} -v {}:/d:ro {IMAGE} tar -c -C /d . | wc -c", self.name);
        sh(&line).trim().parse().unwrap()
    }

    /// How long the usual way takes, on a disk as well.
    fn by_tar(&self, folder: &Path, options: &str) -> Duration {
        let file = folder.join("by-hand.tar.zst");
        let began = Instant::now();
        let tar = format!("docker run {options} -v {}:/d:ro {IMAGE} tar -c -C /d .", self.name);
        sh(&format!("{tar} | zstd -q -f -o {file} && sync {file}", file = file.display()));
        let took = began.elapsed();
        fs::remove_file(file).unwrap();
        took
    }

    /// How long a backup takes, and the most memory that it had, in KiB.
    fn by_stacktop(&self, folder: &Path) -> (Duration, u64) {
        let program =
            std::env::var("STACKTOP_MEASURED").unwrap_or_else(|_| env!("CARGO_BIN_EXE_stacktop").to_owned());
        let began = Instant::now();
        let mut child = Command::new(program)
            .args(["backup", "run", &self.stack, "--yes", "--to"])
            .arg(folder)
            .env("XDG_STATE_HOME", folder)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut peak = 0;
        let ended = loop {
            if let Some(ended) = child.try_wait().unwrap() {
                break ended;
            }
            peak = memory(child.id()).unwrap_or(peak);
            std::thread::sleep(Duration::from_millis(20));
        };
        let took = began.elapsed();
        assert!(ended.success(), "{ended}");
        fs::remove_dir_all(folder.join(&self.stack)).unwrap();
        (took, peak)
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        docker(&["volume", "rm", "-f", &self.name]);
    }
}

fn docker(words: &[&str]) {
    let done = Command::new("docker").args(words).stdout(Stdio::null()).status().unwrap();
    assert!(done.success(), "{words:?}");
}

fn sh(line: &str) -> String {
    let done = Command::new("bash").args(["-o", "pipefail", "-c", line]).output().unwrap();
    assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// The most memory that a process has had, in KiB.
pub(super) fn memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[allow(clippy::print_stdout, reason = "a measurement is printed")]
fn compare(what: &str, volume: &Volume) {
    let folder = tempfile::tempdir().unwrap();
    let size = volume.size();
    let rate = |took: Duration| size as f64 / took.as_secs_f64() / 1e6;
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let tar = volume.by_tar(folder.path(), UNLOGGED);
        let (own, peak) = volume.by_stacktop(folder.path());
        let ratio = tar.as_secs_f64() / own.as_secs_f64();
        println!(
            "{what}, {:.0} MB: stacktop {:.1} s, {:.0} MB/s, peak {:.0} MiB; tar | zstd {:.1} s, {:.0} MB/s; {ratio:.2} times as fast",
            size as f64 / 1e6,
            own.as_secs_f64(),
            rate(own),
            peak as f64 / 1024.0,
            tar.as_secs_f64(),
            rate(tar)
        );
        ratios.push(ratio);
    }
    let logged = volume.by_tar(folder.path(), "--rm");
    println!("{what}: tar | zstd as it is without `--log-driver none`: {:.1} s", logged.as_secs_f64());
    ratios.sort_by(f64::total_cmp);
    println!("{what}: {:.2} times as fast as tar | zstd, the median of {ROUNDS}", ratios[ROUNDS / 2]);
}

#[test]
#[ignore = "a measurement"]
fn a_hundred_thousand_small_files() {
    compare("100,000 small files", &Volume::filled("small", SMALL_FILES));
}

#[test]
#[ignore = "a measurement"]
fn one_file_of_4_gib() {
    compare("one file of 4 GiB", &Volume::filled("large", LARGE_FILE));
}
