//! RabbitMQ: virtual hosts, users with their passwords, permissions, policies and queues come back. By hand, since its image
//! takes a minute: `cargo test --test restore rabbitmq -- --ignored`.

use stacktop::command::{execute::operation::Verdict, restore::Way};

use crate::{
    site::Site,
    support::{self, Service, Spec},
};

async fn site(test: &str) -> Option<Site> {
    let bed = support::engine(test)?;
    let image = bed.rabbitmq()?;
    let mq = Spec::new(&image).env("RABBITMQ_DEFAULT_USER", "root").env("RABBITMQ_DEFAULT_PASS", "geheim");
    let site = Site::up(bed, &[Service::new("mq", mq)]).await;
    // Whoever asks the server before it has made its cookie makes one that it cannot read.
    site.ready(&site.container("mq"), ["bash", "-c", "</dev/tcp/127.0.0.1/5672"]).await;
    site.ready(&site.container("mq"), ["rabbitmq-diagnostics", "--quiet", "check_running"]).await;
    for line in [
        "add_vhost shop",
        "add_user ada 'also secret'",
        "set_permissions -p shop ada '.*' '^orders' '.*'",
        r#"set_policy -p shop limit '^orders' '{"max-length": 5000}'"#,
        r#"eval 'rabbit_amqqueue:declare(rabbit_misc:r(<<"shop">>, queue, <<"orders">>), true, false, [], none, <<"ada">>).'"#,
    ] {
        ctl(&site, line).await;
    }
    Some(site)
}

async fn ctl(site: &Site, line: &str) -> String {
    let line = format!("rabbitmqctl --silent {line}");
    site.exec(&site.container("mq"), ["sh", "-c", &line]).await
}

/// All that was made, in the words of the server.
async fn definitions(site: &Site) -> Vec<String> {
    let mut told = Vec::new();
    for line in [
        "list_permissions -p shop",
        "list_policies -p shop",
        "list_queues -p shop name durable",
        "list_users",
    ] {
        told.push(ctl(site, line).await);
    }
    told.push(ctl(site, "authenticate_user ada 'also secret'").await);
    told
}

#[tokio::test]
#[ignore = "makes an image of 700 MB"]
async fn the_definitions_of_a_rabbitmq_come_back_into_the_running_server() {
    let Some(site) = site("the_definitions_of_a_rabbitmq_come_back").await else { return };
    let wanted = definitions(&site).await;
    site.back_up().await;
    ctl(&site, "delete_user ada").await;
    ctl(&site, "delete_vhost shop").await;
    assert_eq!(site.restore(Way::Fresh).await, Verdict::Done);
    assert_eq!(definitions(&site).await, wanted);
    site.assert_clean().await;
}
