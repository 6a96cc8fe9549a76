//! Volumes that are made.

use super::told;
use crate::{
    backup::{BackupError, VolumeRecord},
    command::restore::{DRILL, RESTORE},
    engine::Engine,
};

/// Makes a volume. The engine takes it for done where one of that name is there already, whoever's it is; here only one
/// of the same operation is.
pub(super) async fn make(engine: &Engine, volume: &VolumeRecord) -> Result<String, BackupError> {
    if let Some(found) = engine.volume(&volume.name).await.map_err(told)? {
        let is_ours = [RESTORE, DRILL].iter().any(|name| {
            let theirs = found.pointer("/Labels").and_then(|labels| labels.get(*name)?.as_str());
            theirs.is_some() && theirs == volume.labels.get(*name).map(String::as_str)
        });
        let why = format!("volume {} is there already: somebody else has made it", volume.name);
        return if is_ours { Ok("it is there already".to_owned()) } else { Err(BackupError::Source(why)) };
    }
    let VolumeRecord { name, driver, options, labels } = volume;
    engine.create_volume(name, driver, options, labels).await.map_err(told)?;
    Ok("done".to_owned())
}
