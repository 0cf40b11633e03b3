//! Step 6: one verifier's key proposes a root that pays its friend. The others do not sign it.

use anyhow::{bail, ensure, Context, Result};
use solana_signer::Signer;
use trestle_core::{leaf::PayoutLeaf, merkle::Tree};
use trestle_localnet::{key, verifier_name};
use trestle_proofs::state::{ProposedRoot, Totals};
use trestle_rewards::state::Pool;
use trestle_sdk::{
    fetch,
    instruction::proofs::{epoch_finalize, epoch_propose, ProposalKey},
    send::{Outcome, SendConfig, SendError, Sender, TransactionRequest},
};

use crate::{stage::VERIFIERS, Demo};

/// The verifier whose key is used, and the operator who is to profit.
const LIAR: usize = VERIFIERS - 1;
const FRIEND: usize = 5;

/// Proposes the false root of `epoch`, waits for the honest one, and shows that the false one
/// cannot become final.
pub async fn run(demo: &mut Demo, epoch: u64) -> Result<()> {
    let liar = key(&demo.stage.folder.join("keys"), &verifier_name(LIAR))?;
    let root = false_root(demo, epoch).await?;
    let deployment = demo.stage.deployment();
    let false_proposal = ProposalKey {
        network: deployment.network,
        service: deployment.service,
        epoch,
        proposer: liar.pubkey(),
    };
    let propose = epoch_propose(
        &liar.pubkey(),
        &deployment.network,
        &deployment.service,
        root,
    );
    let request = TransactionRequest::new(liar.pubkey(), vec![propose]);
    let sender = Sender::new(&demo.stage.rpc, SendConfig::default());
    let receipt = sender.send(&request, &[&liar], |_| Ok(())).await?;
    if !matches!(receipt.outcome, Outcome::Landed { .. }) {
        bail!(
            "the false root was not even proposed: {:?}",
            receipt.outcome
        );
    }
    let amount = format!("{} base units for a friend", root.totals.tokens);
    demo.note_signature("false root proposed", &amount, &receipt.signature)
        .await?;
    refused(demo, &false_proposal).await?;
    let honest = demo.wait_until_final(epoch).await?;
    ensure!(
        honest.tree_root != root.tree_root,
        "the false root became final"
    );
    alone(demo, &false_proposal).await?;
    demo.report
        .line("the other verifiers refused to attest it, and made their own root final");
    Ok(())
}

/// A tree of one leaf that pays everything the epoch was allotted to one operator.
async fn false_root(demo: &Demo, epoch: u64) -> Result<ProposedRoot> {
    let ring = fetch::ring(&demo.stage.rpc, &demo.service()).await?;
    let latest = ring.latest().context("no root is final yet")?;
    let pool: Pool = fetch::fetch(&demo.stage.rpc, &demo.stage.deployment().pool).await?;
    // A verifier that asks for more than the allotment is refused by the program at once.
    let tokens = latest.totals.tokens.checked_add(pool.tokens_per_epoch);
    let totals = Totals {
        tokens: tokens.context("the totals overflow")?,
        stable: latest.totals.stable,
        slashed: latest.totals.slashed,
        units: latest.totals.units,
    };
    let leaf = PayoutLeaf {
        operator: demo.stage.operator(FRIEND)?.to_bytes(),
        tokens: totals.tokens,
        stable: totals.stable,
        slashed: totals.slashed,
        units: totals.units,
        ..Default::default()
    };
    let tree = Tree::build(vec![leaf.hash()]).context("a tree of one leaf")?;
    Ok(ProposedRoot {
        epoch,
        tree_root: tree.root(),
        leaf_count: tree.leaf_count(),
        totals,
        inputs_digest: [7; 32],
        rules_version: latest.rules_version,
        previous_digest: latest.digest,
    })
}

/// Finalizing the false root fails for want of a quorum.
async fn refused(demo: &mut Demo, proposal: &ProposalKey) -> Result<()> {
    let anyone = demo.stage.key("anyone")?;
    // The liar opened the round, so the liar paid for it.
    let finalize = epoch_finalize(proposal, &proposal.proposer);
    let request = TransactionRequest::new(anyone.pubkey(), vec![finalize]);
    let sender = Sender::new(&demo.stage.rpc, SendConfig::default());
    match sender.simulate(&request).await {
        Err(SendError::Rejected { error, .. }) if error.name == "NoQuorum" => {
            demo.report
                .line(format!("finalizing the false root is refused: {error}"));
            Ok(())
        }
        Ok(_) => bail!("the false root could be finalized"),
        Err(error) => Err(error.into()),
    }
}

/// Nobody but the liar has signed the false root; its proposal may have been closed by now.
async fn alone(demo: &Demo, proposal: &ProposalKey) -> Result<()> {
    let proposals = demo.proposals(proposal.epoch).await?;
    let stands = proposals
        .iter()
        .find(|(address, _)| *address == proposal.proposal());
    if let Some((_, stands)) = stands {
        ensure!(
            stands.signers.count_ones() == 1,
            "somebody attested the false root"
        );
        ensure!(stands.quorum_at == 0, "the false root has a quorum");
    }
    Ok(())
}
