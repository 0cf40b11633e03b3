//! Off chain: steps at random are made to concern something that there is.

use {
    crate::{
        model_chain::{CUSTOMERS, OPERATORS},
        model_clearance_steps, model_group_steps, model_round_steps,
        model_steps::ALL,
    },
    trestle_model::{Actor, Asset, Change, Holder, Leaf, Step, World},
};

/// The step with the amounts that stand for all there is, and between parties that have something
/// between them.
pub fn resolved(step: &Step, model: &World) -> Step {
    let mut step = step.clone();
    match &mut step {
        Step::StakeUnbond {
            operator, amount, ..
        } if *amount == ALL => {
            *amount = model.operators.get(operator).map_or(0, |state| state.stake);
        }
        Step::DelegationUnbond {
            by,
            operator,
            shares,
        } if *shares == ALL => {
            let delegation = model.delegations.get(&(*by, *operator));
            *shares = delegation.map_or(0, |delegation| delegation.shares);
        }
        Step::EpochAllot { epoch } if *epoch == ALL => *epoch = model.pool.next_epoch,
        Step::RootPublish { growth } => earned(growth, model),
        Step::TreasuryWithdraw { amount, .. } if *amount == ALL => {
            *amount = model.ledger.balance(Asset::Stable, Holder::Treasury);
        }
        Step::ChangePropose {
            change: Change::Pool {
                tokens_per_epoch, ..
            },
            ..
        } if model.pool.minting.is_some() => *tokens_per_epoch = model.pool.tokens_per_epoch,
        _ => met(&mut step, model),
    }
    model_clearance_steps::resolved(&mut step, model);
    model_group_steps::resolved(&mut step, model);
    model_round_steps::resolved(&mut step, model);
    step
}

/// Mostly no root grants more stablecoin than was allotted: else little of it can be claimed.
fn earned(growth: &mut [Leaf], model: &World) {
    let granted = model.roots.last().map_or(0, |root| root.totals.stable);
    let mut left = model.pool.stable.allotted.saturating_sub(granted);
    let is_excessive = growth.first().is_some_and(|leaf| leaf.units % 4 == 0);
    for leaf in growth.iter_mut().filter(|_| !is_excessive) {
        leaf.stable = leaf.stable.min(left);
        left -= leaf.stable;
    }
}

/// Who acts for the other parties as somebody did for these.
fn for_parties(by: Actor, these: (u8, u8), others: (u8, u8)) -> Actor {
    if by == Actor::Customer(these.0) {
        Actor::Customer(others.0)
    } else if by == Actor::Operator(these.1) {
        Actor::Operator(others.1)
    } else {
        by
    }
}

/// Parties that have a lease, if any have.
fn leased(customer: &mut u8, operator: &mut u8, model: &World) {
    let leases = &model.credits.leases;
    if !leases.contains_key(&(*customer, *operator)) {
        if let Some(parties) = leases.keys().next() {
            (*customer, *operator) = *parties;
        }
    }
}

/// Parties that have a meter, if any have.
fn metered(customer: &mut u8, operator: &mut u8, model: &World) {
    let meters = &model.credits.meters;
    if !meters.contains_key(&(*customer, *operator)) {
        if let Some(parties) = meters.keys().next() {
            (*customer, *operator) = *parties;
        }
    }
}

/// Steps between a customer and an operator, where there is a meter, a lease or a sale.
fn met(step: &mut Step, model: &World) {
    let credits = &model.credits;
    match step {
        Step::MeterSettle {
            customer,
            operator,
            signed_by,
            ..
        } if !credits.meters.contains_key(&(*customer, *operator)) => {
            if let Some((parties, meter)) = credits.meters.iter().next() {
                (*customer, *operator) = *parties;
                *signed_by = meter.signer;
            }
        }
        Step::LeaseRenew {
            customer,
            operator,
            rate,
            ..
        } => {
            leased(customer, operator, model);
            let lease = credits.leases.get(&(*customer, *operator));
            if *rate == ALL {
                *rate = lease.map_or(1, |lease| lease.deal.renewal_rate);
            }
        }
        Step::LeaseEnd {
            by,
            customer,
            operator,
        } => {
            let was = (*customer, *operator);
            leased(customer, operator, model);
            *by = for_parties(*by, was, (*customer, *operator));
        }
        Step::LeaseClose { customer, operator } => leased(customer, operator, model),
        Step::MeterDeposit {
            by,
            customer,
            operator,
            ..
        }
        | Step::MeterEnd {
            by,
            customer,
            operator,
        } => {
            let was = (*customer, *operator);
            metered(customer, operator, model);
            *by = for_parties(*by, was, (*customer, *operator));
        }
        Step::MeterClose { customer, operator } => metered(customer, operator, model),
        Step::CommitmentRegister {
            customer, operator, ..
        } => {
            let all = (0..CUSTOMERS).flat_map(|one| (0..OPERATORS).map(move |by| (one, by)));
            let mut free = all.filter(|parties| !model.commitments.contains_key(parties));
            if let Some(parties) = free.next() {
                (*customer, *operator) = parties;
            }
        }
        Step::LeaseTransfer { customer, from, .. } => leased(customer, from, model),
        Step::LeaseSettle { back, .. } if *back == 0 => settled(step, model),
        _ => sold(step, model),
    }
}

/// Steps of sales by card are about the customer to whom something was sold.
fn sold(step: &mut Step, model: &World) {
    match step {
        Step::CardChargeback {
            customer, payment, ..
        }
        | Step::CardResolve {
            customer, payment, ..
        }
        | Step::CardRefund {
            customer, payment, ..
        } => {
            if let Some(sale) = model.credits.sales.get(payment) {
                *customer = sale.customer;
            }
        }
        _ => {}
    }
}

/// A lease that is due, with the root that it is due with.
fn settled(step: &mut Step, model: &World) {
    let Step::LeaseSettle {
        customer,
        operator,
        back,
    } = step
    else {
        return;
    };
    let is_due = |of: &(u8, u8)| model.lease_due(of.0, of.1).ok();
    let due = model
        .credits
        .leases
        .keys()
        .find_map(|of| Some((*of, is_due(of)?)));
    if let Some((parties, epoch)) = due {
        (*customer, *operator) = parties;
        let newer = model.roots.iter().rev();
        let place = newer.take_while(|root| root.epoch != epoch).count();
        *back = u8::try_from(place).unwrap_or(u8::MAX);
    }
}
