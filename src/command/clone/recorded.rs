//! What a real engine said: recorded on Engine 20.10 (`newer` on 26.1) from containers that Compose v2.26 and the
//! Docker client made, then shortened.

use serde_json::{Value, json};

use super::{Changes, Original};

const V20: (u32, u32) = (1, 41);

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A replica of a Compose service: two networks, a range of ports, two anonymous volumes, a named one, a bind.
pub(crate) fn web() -> Original {
    Original::new(read(include_str!("recorded/web.json")), image(), V20)
}

/// A Compose service with a fixed name, a fixed address and a host name.
pub(crate) fn fixed() -> Original {
    Original::new(read(include_str!("recorded/fixed.json")), image(), V20)
}

/// A Compose service in the network of [`fixed`].
pub(crate) fn attached() -> Original {
    Original::new(read(include_str!("recorded/attached.json")), image(), V20)
}

/// `docker run` with a link, an own volume, label and port, and another interval of the image's health check.
pub(crate) fn plain() -> Original {
    Original::new(read(include_str!("recorded/plain.json")), full_image(), V20)
}

/// `docker run --entrypoint ""`.
pub(crate) fn bare() -> Original {
    Original::new(read(include_str!("recorded/bare.json")), full_image(), V20)
}

/// A Compose service on Engine 26.1 with a fixed address and a fixed hardware address.
pub(crate) fn newer() -> Original {
    Original::new(read(include_str!("recorded/newer.json")), full_image(), (1, 45))
}

/// The image of the Compose services on 20.10.
pub(crate) fn image() -> Value {
    read(include_str!("recorded/image.json"))
}

/// An image that sets everything an image can set.
pub(crate) fn full_image() -> Value {
    read(include_str!("recorded/full-image.json"))
}

/// The new content of the same reference.
pub(crate) fn changes(final_name: &str, number: u64) -> Changes {
    let mut new_image = image();
    new_image["Id"] = json!("sha256:new");
    Changes {
        image_ref: "shop/web:1".to_owned(),
        new_image_id: "sha256:new".to_owned(),
        new_image,
        number,
        final_name: final_name.to_owned(),
        ..Changes::default()
    }
}
