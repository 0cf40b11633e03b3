//! Off chain: steps at random that concern lease groups.

use {
    crate::{
        model_chain::{CUSTOMERS, OPERATORS},
        model_credit_steps::lease_deal,
        model_groups::GROUPS,
        model_steps::{mostly, ALL},
    },
    proptest::{prelude::*, sample::select},
    trestle_model::{Actor, GroupDeal, LeaseDeal, Step, World},
};

/// A customer and its number for a group.
fn group() -> (std::ops::Range<u8>, std::ops::Range<u8>) {
    (0..CUSTOMERS, 0..GROUPS)
}

/// What a group is opened with, mostly of operators that there are and to begin soon.
fn group_deal() -> BoxedStrategy<GroupDeal> {
    let few = (1..=OPERATORS).prop_flat_map(|most| (1..=most, Just(most)));
    let size = prop_oneof![
        16 => few,
        1 => select(vec![(0, 1), (3, 2), (1, 16), (16, 16), (1, 17)]),
    ];
    let ahead = prop_oneof![12 => 1..4_u64, 1 => select(vec![0, 32, 33])];
    let renews = prop_oneof![24 => Just(false), 1 => Just(true)];
    (size, ahead, lease_deal(), renews)
        .prop_map(|((needed, members_max), ahead, lease, renews)| {
            let lease = if renews {
                lease
            } else {
                LeaseDeal {
                    renewal_epochs: 0,
                    renewal_rate: 0,
                    ..lease
                }
            };
            GroupDeal {
                needed,
                members_max,
                start: ALL - ahead,
                lease,
            }
        })
        .boxed()
}

/// Steps of groups with their weights.
pub fn group_steps() -> Vec<(u32, BoxedStrategy<Step>)> {
    let agreed = prop_oneof![12 => Just(true), 1 => Just(false)];
    let back = prop_oneof![3 => Just(0), 1 => 0..4_u8];
    vec![
        (
            5,
            (group(), group_deal())
                .prop_map(|((customer, number), deal)| Step::GroupOpen {
                    customer,
                    number,
                    deal,
                })
                .boxed(),
        ),
        (
            9,
            (group(), 0..OPERATORS, agreed)
                .prop_map(|((customer, number), operator, agreed)| Step::GroupJoin {
                    customer,
                    number,
                    operator,
                    agreed,
                })
                .boxed(),
        ),
        (
            14,
            (group(), 0..OPERATORS, back)
                .prop_map(|((customer, number), operator, back)| Step::GroupRecord {
                    customer,
                    number,
                    operator,
                    back,
                })
                .boxed(),
        ),
        (
            7,
            group()
                .prop_map(|(customer, number)| Step::GroupSettle { customer, number })
                .boxed(),
        ),
        (
            1,
            group()
                .prop_flat_map(|(customer, number)| {
                    let by = mostly(Just(Actor::Customer(customer)));
                    (by, Just(customer), Just(number))
                })
                .prop_map(|(by, customer, number)| Step::GroupEnd {
                    by,
                    customer,
                    number,
                })
                .boxed(),
        ),
        (
            3,
            group()
                .prop_map(|(customer, number)| Step::GroupClose { customer, number })
                .boxed(),
        ),
    ]
}

/// Every group that there is.
fn keys(model: &World) -> Vec<(u8, u8)> {
    model.credits.groups.keys().copied().collect()
}

/// The first of these steps that goes through takes the place of one that does not.
pub fn instead(step: &mut Step, others: impl Iterator<Item = Step>, model: &World) {
    let mut goes = others.filter(|other| model.clone().apply(other).is_ok());
    if model.clone().apply(step).is_err() {
        if let Some(other) = goes.next() {
            *step = other;
        }
    }
}

/// Steps about a group that there is, where they can go through.
pub fn resolved(step: &mut Step, model: &World) {
    match step {
        Step::GroupOpen {
            customer,
            number,
            deal,
        } => {
            if deal.start > ALL / 2 {
                deal.start = model.epoch() + (ALL - deal.start);
            }
            let all = (0..CUSTOMERS).flat_map(|one| (0..GROUPS).map(move |by| (one, by)));
            let is_taken = |key: &(u8, u8)| model.credits.groups.contains_key(key);
            let mut free = all.filter(|key| !is_taken(key));
            if is_taken(&(*customer, *number)) {
                (*customer, *number) = free.next().unwrap_or((*customer, *number));
            }
        }
        Step::GroupJoin { agreed: true, .. } => {
            let keys = keys(model).into_iter();
            let all = keys.flat_map(|key| (0..OPERATORS).map(move |operator| (key, operator)));
            let all = all.filter(|((customer, number), operator)| {
                let group = &model.credits.groups[&(*customer, *number)];
                let mut members = group.members.iter();
                let serves = |last: Option<u64>| last.is_none_or(|last| last > group.settled);
                model.epoch() < group.end
                    && members.all(|one| one.operator != *operator || !serves(one.last))
            });
            let others = all.map(|((customer, number), operator)| Step::GroupJoin {
                customer,
                number,
                operator,
                agreed: true,
            });
            instead(step, others, model);
        }
        Step::GroupRecord { back: 0, .. } => recorded(step, model),
        Step::GroupSettle { .. } => {
            let keys = keys(model).into_iter();
            let others = keys.map(|(customer, number)| Step::GroupSettle { customer, number });
            instead(step, others, model);
        }
        Step::GroupEnd {
            by,
            customer,
            number,
        } => {
            let is_customer = *by == Actor::Customer(*customer);
            let known = keys(model);
            if !known.contains(&(*customer, *number)) {
                (*customer, *number) = *known.first().unwrap_or(&(*customer, *number));
            }
            if is_customer {
                *by = Actor::Customer(*customer);
            }
        }
        Step::GroupClose { .. } => {
            let keys = keys(model).into_iter();
            let others = keys.map(|(customer, number)| Step::GroupClose { customer, number });
            instead(step, others, model);
        }
        _ => {}
    }
}

/// A member that is due, with the root that it is due with: the one that was named if it is.
fn recorded(step: &mut Step, model: &World) {
    let Step::GroupRecord {
        customer,
        number,
        operator,
        back,
    } = step
    else {
        return;
    };
    let named = ((*customer, *number), *operator);
    let all = model.credits.groups.iter().flat_map(|(key, group)| {
        let members = group.members.iter();
        members.map(|member| (*key, member.operator))
    });
    let mut due = [named]
        .into_iter()
        .chain(all)
        .filter_map(|(key, operator)| {
            let epoch = model.group_due(key.0, key.1, operator).ok()?;
            Some((key, operator, epoch))
        });
    if let Some((key, who, epoch)) = due.next() {
        ((*customer, *number), *operator) = (key, who);
        let newer = model.roots.iter().rev();
        let place = newer.take_while(|root| Some(root.epoch) != epoch).count();
        *back = u8::try_from(place).unwrap_or(u8::MAX);
    }
}
