//! Two verifiers, real answers: one drafts, the other reviews.

use crate::world::{view, Accounts, Node, Verifier, EPOCH};
use anchor_lang::bytemuck::Zeroable;
use solana_signer::Signer;
use std::sync::Arc;
use trestle_attest::chain::ChainView;
use trestle_attest::vote::{Draft, Reviewer, Verdict};
use trestle_sdk::fetch::Proposal;
use trestle_verify::RULES_VERSION;

struct Stage {
    nodes: Vec<Node>,
    verifiers: Vec<Verifier>,
    ended: ChainView,
}

impl Stage {
    /// Nodes were asked by all verifiers; then the epoch ended.
    async fn new(nodes: u8, harm: impl AsyncFnOnce(&mut Vec<Node>)) -> Self {
        let accounts = Arc::new(Accounts::default());
        let mut started = Vec::new();
        for number in 1..=nodes {
            started.push(Node::start(number, &accounts).await);
        }
        let mut verifiers = vec![
            Verifier::new(&accounts).await,
            Verifier::new(&accounts).await,
        ];
        harm(&mut started).await;
        let running = view(&started, EPOCH);
        let ended = view(&started, EPOCH + 1);
        for verifier in &mut verifiers {
            verifier.ask(&running).await;
            verifier.look(&ended).await;
        }
        Self {
            nodes: started,
            verifiers,
            ended,
        }
    }

    async fn draft(&self) -> Draft {
        let own = self.verifiers[0].own_view(&self.ended, EPOCH).await;
        let (drafter, _) = self.verifiers[0].drafter(&[&self.verifiers[1]]);
        drafter.draft(&own).await.unwrap()
    }

    fn proposal(&self, draft: &Draft) -> Proposal {
        let mut proposal = Proposal::zeroed();
        proposal.epoch = draft.root.epoch;
        proposal.proposer = self.verifiers[0].key.pubkey();
        proposal.digest = draft.digest;
        proposal.tree_root = draft.root.tree_root;
        proposal.inputs_digest = draft.root.inputs_digest;
        proposal.totals = draft.root.totals;
        proposal.leaf_count = draft.root.leaf_count;
        proposal.rules_version = RULES_VERSION;
        proposal
    }

    async fn review(&self, proposal: &Proposal, late: bool) -> Verdict {
        let own = self.verifiers[1].own_view(&self.ended, EPOCH).await;
        let (drafter, _) = self.verifiers[1].drafter(&[&self.verifiers[0]]);
        Reviewer { drafter }
            .review(&own, proposal, late)
            .await
            .unwrap()
    }

    /// What the other verifier says of it in a dispute.
    async fn judge(&self, proposal: &Proposal) -> Option<bool> {
        let own = self.verifiers[1].own_view(&self.ended, EPOCH).await;
        let (drafter, _) = self.verifiers[1].drafter(&[&self.verifiers[0]]);
        Reviewer { drafter }.judge(&own, proposal).await.unwrap()
    }

    /// What it could prove on chain.
    async fn fault(&self, proposal: &Proposal) -> Option<&'static str> {
        let own = self.verifiers[1].own_view(&self.ended, EPOCH).await;
        let (drafter, _) = self.verifiers[1].drafter(&[&self.verifiers[0]]);
        let fault = Reviewer { drafter }
            .fault(&own, &self.ended.registry, proposal)
            .await
            .unwrap();
        fault.map(|fault| fault.name())
    }
}

#[tokio::test]
async fn in_a_dispute_a_verifier_says_what_it_computes_and_abstains_where_it_cannot() {
    let stage = Stage::new(1, async |_| {}).await;
    let honest = stage.proposal(&stage.draft().await);
    assert_eq!(stage.judge(&honest).await, Some(true));
    let mut wrong = honest;
    wrong.tree_root = [0; 32];
    assert_eq!(stage.judge(&wrong).await, Some(false));
    let mut other_rules = honest;
    other_rules.rules_version = RULES_VERSION + 1;
    assert_eq!(stage.judge(&other_rules).await, Some(false));
    let mut without_files = honest;
    without_files.digest = [0xbd; 32];
    assert_eq!(stage.judge(&without_files).await, None);
}

#[tokio::test]
async fn what_the_chain_can_see_of_a_false_root_is_found() {
    let stage = Stage::new(2, async |_| {}).await;
    let honest = stage.proposal(&stage.draft().await);
    assert_eq!(stage.fault(&honest).await, None);
    let mut understated = honest;
    understated.totals.units = 0;
    assert_eq!(stage.fault(&understated).await, Some("totals"));
    let mut without_files = honest;
    without_files.digest = [0xbd; 32];
    assert_eq!(stage.fault(&without_files).await, None);
}

#[tokio::test]
async fn a_loss_that_the_node_did_not_sign_is_found() {
    let mut stage = Stage::new(2, async |nodes| nodes[1].damage()).await;
    let proposal = stage.proposal(&stage.draft().await);
    assert_eq!(stage.fault(&proposal).await, None);
    let other = solana_keypair::Keypair::new().pubkey();
    let mut registry = (*stage.ended.registry).clone();
    for (_, operator) in &mut registry.operators {
        operator.node_key = other;
    }
    stage.ended.registry = Arc::new(registry.clone());
    assert_eq!(stage.fault(&proposal).await, Some("signature"));
    for (_, operator) in &mut registry.operators {
        operator.node_key_epoch = EPOCH;
    }
    stage.ended.registry = Arc::new(registry);
    assert_eq!(
        stage.fault(&proposal).await,
        None,
        "it may be the former key's"
    );
}

#[tokio::test]
async fn a_verifier_that_was_down_asks_and_scores_by_the_key_of_the_chain() {
    let accounts = Arc::new(Accounts::default());
    let nodes = vec![Node::start(1, &accounts).await];
    nodes[0].damage();
    let mut verifier = Verifier::new(&accounts).await;
    let with_key = |epoch: u64, key, key_epoch| {
        let mut view = view(&nodes, epoch);
        let mut registry = (*view.registry).clone();
        registry.operators[0].1.node_key = key;
        registry.operators[0].1.node_key_epoch = key_epoch;
        view.registry = Arc::new(registry);
        view
    };
    let former = solana_keypair::Keypair::new().pubkey();
    verifier.look(&with_key(EPOCH - 5, former, 0)).await;
    // The key was changed three epochs ago, so that the chain convicts by the new one.
    let now = |epoch| with_key(epoch, nodes[0].node_key, EPOCH - 2);
    verifier.ask(&now(EPOCH)).await;
    verifier.look(&now(EPOCH + 1)).await;
    assert_eq!(
        verifier.shared.store.findings(EPOCH).await.unwrap().len(),
        4
    );
    let own = verifier.own_view(&now(EPOCH + 1), EPOCH).await;
    let by_chain = nodes[0].node_key.to_bytes();
    assert_eq!(own.inputs().operators[0].node_key, by_chain);
    let (drafter, _) = verifier.drafter(&[]);
    let draft = drafter.draft(&own).await.unwrap();
    assert_eq!(draft.root.totals.slashed, 30, "losses, not misses");
}

#[tokio::test]
async fn what_one_verifier_computed_another_finds_right() {
    let stage = Stage::new(3, async |nodes| {
        nodes[1].damage();
        nodes[2].stop().await;
    })
    .await;
    let draft = stage.draft().await;
    assert_eq!(draft.root.leaf_count, 3);
    assert_eq!(
        draft.root.totals.slashed, 30,
        "three hundredths of a stake of 1000"
    );
    let verdict = stage.review(&stage.proposal(&draft), false).await;
    let Verdict::Right(files) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(files.0.root.digest, draft.digest);
    assert_eq!(stage.draft().await, draft, "scoring again gives the same");
}

#[tokio::test]
async fn a_false_root_is_refused_and_the_reason_names_it() {
    let stage = Stage::new(1, async |_| {}).await;
    let honest = stage.proposal(&stage.draft().await);
    type Spoil = fn(&mut Proposal);
    let spoils: [(Spoil, &str); 5] = [
        (|one| one.totals.tokens += 1, "totals.tokens"),
        (|one| one.tree_root = [0; 32], "treeRoot"),
        (|one| one.inputs_digest = [0; 32], "inputsDigest"),
        (|one| one.leaf_count = 2, "leafCount"),
        (
            |one| one.rules_version = RULES_VERSION + 1,
            "rules version 4",
        ),
    ];
    for (spoil, name) in spoils {
        let mut proposal = honest;
        spoil(&mut proposal);
        let verdict = stage.review(&proposal, false).await;
        let Verdict::Wrong(reason) = verdict else {
            panic!("{verdict:?}")
        };
        assert!(reason.contains(name), "{reason}");
    }
}

#[tokio::test]
async fn a_digest_without_files_is_waited_for_and_then_refused() {
    let stage = Stage::new(1, async |_| {}).await;
    let mut proposal = stage.proposal(&stage.draft().await);
    proposal.digest = [0xbd; 32];
    assert!(matches!(
        stage.review(&proposal, false).await,
        Verdict::Unknown(_)
    ));
    let verdict = stage.review(&proposal, true).await;
    let Verdict::Wrong(reason) = verdict else {
        panic!("{verdict:?}")
    };
    assert!(reason.contains("another digest"), "{reason}");
}

#[tokio::test]
async fn a_miss_that_another_verifier_has_an_answer_to_is_filled_in() {
    let accounts = Arc::new(Accounts::default());
    let mut nodes = vec![Node::start(1, &accounts).await];
    let (mut first, mut second) = (
        Verifier::new(&accounts).await,
        Verifier::new(&accounts).await,
    );
    let (running, ended) = (view(&nodes, EPOCH), view(&nodes, EPOCH + 1));
    second.ask(&running).await;
    nodes[0].stop().await;
    first.ask(&running).await;
    first.look(&ended).await;
    second.look(&ended).await;
    assert!(first.shared.store.findings(EPOCH).await.unwrap().is_empty());
    let own = first.own_view(&ended, EPOCH).await;
    let (alone, _) = first.drafter(&[]);
    let missed = alone.draft(&own).await.unwrap();
    let (together, _) = first.drafter(&[&second]);
    let filled = together.draft(&own).await.unwrap();
    assert_eq!(
        (missed.root.totals.units, filled.root.totals.units),
        (0, 40)
    );

    // The other one refuses the miss, since it holds the answer.
    let stage = Stage {
        nodes,
        verifiers: vec![first, second],
        ended,
    };
    let verdict = stage.review(&stage.proposal(&missed), true).await;
    assert!(matches!(verdict, Verdict::Wrong(_)), "{verdict:?}");
    let verdict = stage.review(&stage.proposal(&filled), true).await;
    assert!(matches!(verdict, Verdict::Right(_)), "{verdict:?}");
    assert_eq!(stage.nodes.len(), 1);
}

#[tokio::test]
async fn a_verifier_that_never_asked_neither_drafts_nor_believes_a_miss() {
    let accounts = Arc::new(Accounts::default());
    let mut nodes = vec![Node::start(1, &accounts).await];
    let (mut first, second) = (
        Verifier::new(&accounts).await,
        Verifier::new(&accounts).await,
    );
    let (running, ended) = (view(&nodes, EPOCH), view(&nodes, EPOCH + 1));
    nodes[0].stop().await;
    first.ask(&running).await;
    first.look(&ended).await;
    second.look(&running).await;
    second
        .shared
        .store
        .open_epoch(&first.own_view(&ended, EPOCH).await.opened)
        .await
        .unwrap();
    second.look(&ended).await;
    let own = second.own_view(&ended, EPOCH).await;
    let (drafter, _) = second.drafter(&[&first]);
    let error = drafter.draft(&own).await.unwrap_err();
    assert!(
        error.to_string().contains("4 challenges were not asked"),
        "{error}"
    );
    let stage = Stage {
        nodes,
        verifiers: vec![first, second],
        ended,
    };
    let draft = stage.draft().await;
    let verdict = stage.review(&stage.proposal(&draft), false).await;
    let Verdict::Wrong(reason) = verdict else {
        panic!("{verdict:?}")
    };
    assert!(reason.contains("not asked here"), "{reason}");
    // That convicts nobody: others may have asked.
    assert_eq!(stage.judge(&stage.proposal(&draft)).await, None);
}
