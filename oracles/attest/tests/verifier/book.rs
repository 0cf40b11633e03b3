//! A verifier that joins late takes over what final roots stand for.

use crate::world::{view, Accounts, Node, Verifier, EPOCH};
use std::sync::Arc;
use trestle_attest::vote::Draft;
use trestle_core::root::FinalRoot;

fn final_root(draft: &Draft) -> FinalRoot {
    FinalRoot {
        epoch: draft.root.epoch,
        tree_root: draft.root.tree_root,
        digest: draft.digest,
        inputs_digest: draft.root.inputs_digest,
        totals: draft.root.totals.into(),
        leaf_count: draft.root.leaf_count,
        rules_version: draft.root.rules_version,
        finalized_at: 0,
    }
}

async fn drafted() -> (Vec<Node>, Verifier, Verifier, Draft) {
    let accounts = Arc::new(Accounts::default());
    let nodes = vec![
        Node::start(1, &accounts).await,
        Node::start(2, &accounts).await,
    ];
    nodes[0].damage();
    let (mut first, late) = (
        Verifier::new(&accounts).await,
        Verifier::new(&accounts).await,
    );
    first.ask(&view(&nodes, EPOCH)).await;
    let ended = view(&nodes, EPOCH + 1);
    first.look(&ended).await;
    let own = first.own_view(&ended, EPOCH).await;
    let draft = first.drafter(&[]).0.draft(&own).await.unwrap();
    (nodes, first, late, draft)
}

#[tokio::test]
async fn states_of_a_final_root_come_from_a_peer_and_are_kept() {
    let (_nodes, first, late, draft) = drafted().await;
    let root = final_root(&draft);
    let (_, book) = late.drafter(&[&first]);
    let previous = book.previous(Some(&root)).await.unwrap().unwrap();
    assert_eq!((previous.epoch, previous.digest), (EPOCH, draft.digest));
    assert_eq!(previous.states.len(), 2);
    assert_eq!(previous.states[0].slashed, 30);
    // Without any peer the second time, and published here too.
    let (_, alone) = late.drafter(&[]);
    assert_eq!(alone.previous(Some(&root)).await.unwrap(), Some(previous));
    assert_eq!(late.publisher.root(EPOCH).unwrap().digest, draft.digest);
    alone.publish_final(&root).await.unwrap();
    assert_eq!(book.previous(None).await.unwrap(), None);
}

#[tokio::test]
async fn states_that_do_not_lead_to_the_root_on_chain_are_not_taken() {
    let (_nodes, first, late, draft) = drafted().await;
    let (_, book) = late.drafter(&[&first]);
    let other = FinalRoot {
        inputs_digest: [1; 32],
        ..final_root(&draft)
    };
    assert!(book.previous(Some(&other)).await.is_err());
    let unknown = FinalRoot {
        digest: [1; 32],
        ..final_root(&draft)
    };
    assert!(book.previous(Some(&unknown)).await.is_err());
    // A peer that publishes a right digest over wrong states.
    let leaves = first.publisher.path(EPOCH, "leaves.json").unwrap();
    let text = std::fs::read_to_string(&leaves).unwrap();
    std::fs::write(
        &leaves,
        text.replacen("\"slashed\": \"30\"", "\"slashed\": \"0\"", 1),
    )
    .unwrap();
    let error = book
        .previous(Some(&final_root(&draft)))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("slashed"), "{error}");
}
