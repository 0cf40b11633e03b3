//! Off chain: compares what the chain says about lease groups with the model.

use {
    crate::{
        model_books::same,
        model_chain::{Chain, CUSTOMERS},
        model_groups::GROUPS,
    },
    bytemuck::Zeroable,
    trestle_credits::{
        address::maintenance_address,
        constants::VERSION,
        state::{GroupMember, LeaseGroup, SlaStep, DEEPER_STEPS},
    },
    trestle_model::{Group, GroupDeal, LeaseDeal, Member},
};

/// Every group of the chain must be one of the model, in all that it says.
pub fn compare(chain: &Chain) -> Result<(), String> {
    for customer in 0..CUSTOMERS {
        for number in 0..GROUPS {
            let address = chain.group(customer, number).address;
            let known = chain.model.credits.groups.get(&(customer, number));
            let state = chain
                .world
                .svm
                .raw(&address)
                .map(|_| chain.world.svm.get::<LeaseGroup>(&address));
            let read = state.as_ref().map(|state| group(chain, state, known));
            let what = format!("group {number} of {customer}");
            same(&what, read.as_ref(), known)?;
            if let (Some(state), Some(known)) = (&state, known) {
                let is_at = state.is_at(&address);
                same(&format!("address of {what}"), is_at, true)?;
                fixed(chain, customer, state, known)?;
            }
        }
    }
    Ok(())
}

/// What chain and model put into different words, or only the chain has.
fn fixed(chain: &Chain, customer: u8, state: &LeaseGroup, known: &Group) -> Result<(), String> {
    let world = &chain.world;
    same(
        "parties of a group",
        (state.version, state.network, state.service),
        (VERSION, world.network, world.service),
    )?;
    let status = match (known.is_done, known.is_ending) {
        (true, _) => 3,
        (false, true) => 2,
        (false, false) => 1,
    };
    same(
        "status of a group",
        (state.status, state.reason),
        (status, u8::from(known.is_ending)),
    )?;
    same(
        "zeros of a group",
        (state.deeper_steps, state._reserved),
        ([SlaStep::default(); DEEPER_STEPS], [0; 32]),
    )?;
    same("whether a period is open", state.round_open <= 1, true)?;
    let free = &state.members[known.members.len()..];
    let is_free = free.iter().all(|member| *member == GroupMember::zeroed());
    same("free places of a group", is_free, true)?;
    for (state, member) in state.members.iter().zip(&known.members) {
        let flags = [
            state.baseline_known,
            state.recorded,
            state.cut_by_customer,
            state.place_was_cut,
        ];
        let is_clean = flags.iter().all(|flag| *flag <= 1) && state._pad == 0;
        let maintenance = maintenance_address(&state.operator).0;
        let is_clean = is_clean && state.is_maintenance(&maintenance);
        let deal = &chain.deals[&(customer, member.operator)];
        same(
            "what a member serves",
            (state.commitment, state.registered_epoch, is_clean),
            (deal.commitment, 0, true),
        )?;
    }
    Ok(())
}

/// What the chain does not remember is as it is known: the term once the end has moved, and what
/// members have earned.
fn group(chain: &Chain, state: &LeaseGroup, known: Option<&Group>) -> Group {
    let epochs = known.map_or(0, |group| group.deal.lease.epochs);
    let members = state.members().iter().enumerate().map(|(place, state)| {
        let known = known.and_then(|group| group.members.get(place));
        member(chain, state, known)
    });
    Group {
        deal: GroupDeal {
            needed: state.needed,
            members_max: state.members_max,
            start: state.start_epoch,
            lease: LeaseDeal {
                rate: state.rate_per_epoch,
                epochs,
                period: state.period_epochs,
                sla_bps: state.sla_bps,
                credit_bps: state.credit_bps,
                cap_bps: state.credit_cap_bps,
                notice: state.notice_epochs,
                renewal_epochs: 0,
                renewal_rate: 0,
            },
        },
        end: state.end_epoch,
        settled: state.settled_epoch,
        is_ending: known.is_some_and(|group| group.is_ending),
        is_done: state.status == 3,
        is_open: state.round_open == 1,
        round: (state.round_epoch, state.round_opened),
        deposited: state.deposited,
        escrow: state.escrow,
        consumed: state.consumed,
        refunded: state.refunded,
        credited: state.credited,
        members: members.collect(),
        earned_before: known.map_or(0, |group| group.earned_before),
    }
}

fn member(chain: &Chain, state: &GroupMember, known: Option<&Member>) -> Member {
    let mut operators = chain.operators.iter();
    let operator = operators.find(|(_, address)| **address == state.operator);
    Member {
        operator: operator.map_or(u8::MAX, |(number, _)| *number),
        first: state.first_epoch,
        last: (state.last_epoch != u64::MAX).then_some(state.last_epoch),
        owed: state.owed_epoch,
        is_cut: state.cut_by_customer == 1,
        is_place_cut: state.place_was_cut == 1,
        has_baseline: state.baseline_known == 1,
        counted: (state.counted_ok, state.counted_total),
        delivered: (state.delivered_ok, state.delivered_total),
        is_recorded: state.recorded == 1,
        excused: state.excused_epochs.into(),
        earned: known.map_or(0, |member| member.earned),
    }
}
