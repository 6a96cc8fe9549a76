//! A swarm of two nodes: what happens on the one that this engine is not.

use serde_json::json;

use crate::{
    site::image_with,
    yard::{Yard, rolled_back, to},
};

#[tokio::test]
async fn the_last_words_of_a_task_on_another_node_are_told() {
    let Some(yard) = Yard::pair("the_last_words_of_a_task_on_another_node").await else { return };
    let unhealthy = image_with(yard.bed(), "ENV UNHEALTHY_AFTER_MS=1").await;
    yard.private().copy_to_second(&unhealthy.name).await;
    let mut web = yard.web(1);
    web["TaskTemplate"]["Placement"] = json!({ "Constraints": ["node.hostname == node-2"] });
    yard.up(web).await;
    assert!(yard.running().await.is_empty(), "it runs on the other node");

    let told = rolled_back(&yard.operate(&to(&unhealthy.name)).await);
    for part in ["it ran on node node-2", "log: version 2 listens"] {
        assert!(told.contains(part), "{part}: {told}");
    }
}
