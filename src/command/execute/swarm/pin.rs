//! Asks what a tag means now, the registry first, as the `docker` command line does.

use crate::{
    command::swarm::Pin,
    engine::{Engine, EngineError},
};

/// The reference with its digest, as far as anybody tells it; never an error: a tag alone is a reference, too.
pub(in crate::command::execute) async fn pin(engine: &Engine, reference: &str) -> Pin {
    if let Some(settled) = Pin::settled(reference) {
        return settled;
    }
    let why = match engine.distribution(reference).await {
        Ok(told) => match Pin::by_registry(reference, &told) {
            Some(pin) => return pin,
            None => "the registry names no digest".to_owned(),
        },
        Err(EngineError::Refused { message, .. }) => message,
        Err(error) => error.to_string(),
    };
    let image = engine.image(reference).await.ok().flatten();
    let known = image.and_then(|image| Pin::by_image(reference, &image, &why));
    known.unwrap_or_else(|| Pin::by_nobody(reference, &why))
}
