//! Off chain: compares what the chain says about rounds, disputes and commitments with the model.

use {
    crate::{
        model_books::same,
        model_chain::{key_of, Chain, CUSTOMERS},
    },
    solana_signer::Signer,
    trestle_credits::address::maintenance_address,
    trestle_model::{Commitment, Proposal, ProposalKey, Window},
    trestle_proofs::{
        address::{load_address, seeds_address},
        state,
    },
};

/// Everything that the proofs program says must be what the model says.
pub fn compare(chain: &Chain) -> Result<(), String> {
    ring(chain)?;
    let rounds = &chain.model.rounds;
    for (key, known) in &rounds.proposals {
        proposal(chain, *key, known)?;
    }
    for epoch in rounds.open.keys() {
        round(chain, *epoch)?;
    }
    for key in rounds.disputes.keys() {
        dispute(chain, *key)?;
    }
    for operator in chain.model.operators.keys() {
        for customer in 0..CUSTOMERS {
            commitment(chain, customer, *operator)?;
        }
        load(chain, *operator)?;
        maintenance(chain, *operator)?;
    }
    Ok(())
}

fn ring(chain: &Chain) -> Result<(), String> {
    let (svm, model) = (&chain.world.svm, &chain.model);
    let ring: state::RootRing = svm.get(&chain.world.roots.ring);
    let read = ring.latest().map(|root| {
        let totals = root.totals;
        let sums = [totals.tokens, totals.stable, totals.slashed, totals.units];
        (root.epoch, sums, root.leaf_count as usize)
    });
    let known = model.roots.last().map(|root| {
        let totals = root.totals;
        let sums = [totals.tokens, totals.stable, totals.slashed, totals.units];
        (root.epoch, sums, root.leaves.len())
    });
    same("newest root", read, known)?;
    let count = model.roots_forgotten + model.roots.len() as u64;
    same(
        "roots",
        (ring.count, ring.is_stalled()),
        (count, model.stalled),
    )?;
    let seeds: state::SeedRing = svm.get(&seeds_address(&chain.world.service).0);
    let read = (
        seeds.oldest().map(|seed| seed.epoch),
        seeds.latest().map(|seed| seed.epoch),
    );
    let known = &model.rounds.seeds;
    same(
        "seeds",
        read,
        (known.first().copied(), known.last().copied()),
    )
}

fn proposal(chain: &Chain, key: ProposalKey, known: &Proposal) -> Result<(), String> {
    let address = chain.proposal_key(key).proposal();
    let state: state::Proposal = chain.world.svm.get(&address);
    let read = (
        state.signers,
        state.weight,
        (state.quorum_at != 0).then_some(state.quorum_at),
        state.proposed_at,
        state.voted_epoch,
        (state.status, state.dispute),
        (state.epoch, state.leaf_count as usize),
    );
    let dispute = match (known.is_disputed, known.was_disputed) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    };
    let model = (
        known.signers,
        known.weight,
        known.quorum_at,
        known.proposed_at,
        known.voted_epoch,
        (1 + u8::from(known.is_lost), dispute),
        (known.root.epoch, known.root.leaves.len()),
    );
    same(&format!("proposal {key:?}"), read, model)
}

fn round(chain: &Chain, epoch: u64) -> Result<(), String> {
    let key = chain.proposal_key((epoch, trestle_model::Actor::Stranger));
    let state: state::Round = chain.world.svm.get(&key.round());
    let known = &chain.model.rounds.open[&epoch];
    let read = (state.payer, state.opened_epoch, state.voted, state.weights);
    let payer = key_of(known.payer).pubkey();
    let model = (payer, known.opened_epoch, known.voted, known.weights);
    same(&format!("round {epoch}"), read, model)
}

fn dispute(chain: &Chain, key: ProposalKey) -> Result<(), String> {
    let address = chain.proposal_key(key).dispute();
    let state: state::Dispute = chain.world.svm.get(&address);
    let known = &chain.model.rounds.disputes[&key];
    let read = (
        state.challenger,
        state.bond,
        state.ends_at,
        state.voted_epoch,
        state.weights,
        (state.right, state.weight_right),
        (state.wrong, state.weight_wrong),
    );
    let model = (
        key_of(known.challenger).pubkey(),
        known.bond,
        known.ends_at,
        known.voted_epoch,
        known.weights,
        known.right,
        known.wrong,
    );
    same(&format!("dispute {key:?}"), read, model)
}

fn commitment(chain: &Chain, customer: u8, operator: u8) -> Result<(), String> {
    let svm = &chain.world.svm;
    let address = chain.deals[&(customer, operator)].commitment;
    let read = svm.raw(&address).map(|_| {
        let state: state::Commitment = svm.get(&address);
        Commitment {
            size_bytes: state.size_bytes,
            registered_epoch: state.registered_epoch,
            ended: (state.status == 2).then_some((state.ended_epoch, state.ended_by == 1)),
        }
    });
    let known = chain.model.commitments.get(&(customer, operator));
    let what = format!("commitment of {operator} to {customer}");
    same(&what, read.as_ref(), known)
}

fn load(chain: &Chain, operator: u8) -> Result<(), String> {
    let address = load_address(&chain.operator_address(operator)).0;
    let state: state::OperatorLoad = chain.world.svm.get(&address);
    let of = chain.model.commitments.iter();
    let of = of.filter(|((_, by), _)| *by == operator);
    let (mut count, mut kib) = (0, 0);
    for (_, commitment) in of {
        count += 1;
        kib += commitment.size_bytes.div_ceil(1 << 10);
    }
    let read = (state.commitments, state.committed_kib);
    same(&format!("load of {operator}"), read, (count, kib))
}

fn maintenance(chain: &Chain, operator: u8) -> Result<(), String> {
    let svm = &chain.world.svm;
    let address = maintenance_address(&chain.operator_address(operator)).0;
    let mut read = Vec::new();
    if svm.raw(&address).is_some() {
        let state: trestle_credits::state::Maintenance = svm.get(&address);
        let windows = state.windows.iter().filter(|window| window.epochs > 0);
        read.extend(windows.map(|window| Window {
            first: window.first,
            epochs: window.epochs,
        }));
        read.sort_by_key(|window| window.first);
    }
    let known = chain.model.maintenance.get(&operator);
    let known = known.cloned().unwrap_or_default();
    same(&format!("maintenance of {operator}"), read, known)
}
