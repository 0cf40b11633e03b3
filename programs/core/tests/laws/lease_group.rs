//! What lease groups pay.

use proptest::prelude::*;
use trestle_core::{
    lease::{self, LeaseTerms, Price, SlaStep, SLA_STEPS_MAX},
    lease_group::{settle, Delivery, GroupPrice, GroupSettlement, GROUP_MEMBERS_MAX},
    math::MathError,
    units::Bps,
};

type Deliveries = [Delivery; GROUP_MEMBERS_MAX];

fn step(below: u16, credit: u16) -> SlaStep {
    SlaStep {
        below: Bps::new(below).unwrap(),
        credit: Bps::new(credit).unwrap(),
    }
}

/// Two steps; the same threshold or credit twice is no worse a case.
fn terms() -> impl Strategy<Value = LeaseTerms> {
    let share = || 0..=10_000_u16;
    (share(), share(), share(), share(), any::<u64>()).prop_map(|(a, b, c, d, credit_left)| {
        let mut steps = [SlaStep::default(); SLA_STEPS_MAX];
        steps[0] = step(a.max(b), c.min(d));
        steps[1] = step(a.min(b), c.max(d));
        LeaseTerms { steps, credit_left }
    })
}

fn price() -> impl Strategy<Value = GroupPrice> {
    (0..=1_u64 << 40, 1..=3_650_u64, 1..=16_u8).prop_map(|(rate, epochs, needed)| GroupPrice {
        rate,
        epochs,
        needed,
    })
}

/// A delivery in a settlement of this many epochs.
fn delivery(epochs: u64) -> impl Strategy<Value = Delivery> {
    let windows = prop_oneof![Just(0), 1..100_u32, any::<u32>()];
    let ended = any::<bool>();
    let some = (0..=epochs, 0..=epochs, 0..=epochs);
    (some, ended, windows, any::<u32>()).prop_map(
        move |((served, owed, excused), ended, total, ok)| {
            let cut = if ended { epochs - served } else { 0 };
            Delivery {
                served,
                cut,
                owed: owed.min(cut),
                excused: excused.min(served),
                ok: ok % total.saturating_add(1).max(1),
                total,
            }
        },
    )
}

/// A price, and what up to sixteen members delivered.
fn case() -> impl Strategy<Value = (GroupPrice, Deliveries)> {
    price().prop_flat_map(|price| {
        let members = prop::collection::vec(delivery(price.epochs), 1..=GROUP_MEMBERS_MAX);
        members.prop_map(move |members| {
            let mut deliveries = [Delivery::default(); GROUP_MEMBERS_MAX];
            deliveries[..members.len()].copy_from_slice(&members);
            (price, deliveries)
        })
    })
}

fn sum(earned: &[u64]) -> u64 {
    earned.iter().sum()
}

proptest! {
    #[test]
    fn a_settlement_conserves_and_never_costs_more_than_k_operators(
        terms in terms(),
        (price, deliveries) in case(),
    ) {
        let GroupSettlement { whole, earned } = settle(&terms, &price, &deliveries).unwrap();
        let most = price.rate * price.epochs * u64::from(price.needed);
        prop_assert_eq!(whole.due, most);
        prop_assert_eq!(whole.consumed + whole.refunded, whole.due);
        prop_assert_eq!(sum(&earned), whole.consumed);
        prop_assert!(whole.credit <= whole.refunded && whole.credit <= terms.credit_left);
        for (earned, delivery) in earned.iter().zip(&deliveries) {
            prop_assert!(*earned <= price.rate * price.epochs);
            if delivery.owed == 0 && (delivery.ok == 0 || delivery.served == 0) {
                prop_assert_eq!(*earned, 0);
            }
        }
    }

    #[test]
    fn who_delivers_more_earns_no_less_and_the_group_costs_no_less(
        terms in terms(),
        (price, deliveries) in case(),
        place in 0..GROUP_MEMBERS_MAX,
        more: u32,
    ) {
        let mut better = deliveries;
        let one = &mut better[place];
        one.ok = one.ok.saturating_add(more % 16).min(one.total);
        let before = settle(&terms, &price, &deliveries).unwrap();
        let after = settle(&terms, &price, &better).unwrap();
        prop_assert!(after.whole.consumed >= before.whole.consumed);
        // The credit that no fraction of can be paid goes to the largest remainder.
        prop_assert!(after.earned[place] + 1 >= before.earned[place]);
    }

    #[test]
    fn equal_delivery_is_paid_equally_and_more_is_paid_no_less(
        terms in terms(),
        (price, mut deliveries) in case(),
    ) {
        deliveries[1] = deliveries[0];
        let earned = settle(&terms, &price, &deliveries).unwrap().earned;
        prop_assert!(earned[0].abs_diff(earned[1]) <= 1);
        deliveries[1].ok = 0;
        let earned = settle(&terms, &price, &deliveries).unwrap().earned;
        prop_assert!(earned[0] + 1 >= earned[1]);
    }

    #[test]
    fn a_group_of_one_is_a_lease(
        terms in terms(),
        rate in 0..=1_u64 << 40,
        epochs in 1..=3_650_u64,
        total: u32,
        ok: u32,
    ) {
        let ok = ok.min(total);
        let mut deliveries = [Delivery::default(); GROUP_MEMBERS_MAX];
        deliveries[0] = Delivery { served: epochs, ok, total, ..Delivery::default() };
        let price = GroupPrice { rate, epochs, needed: 1 };
        let group = settle(&terms, &price, &deliveries).unwrap();
        let whole = rate * epochs;
        let price = Price { whole, payable: whole };
        prop_assert_eq!(group.whole, lease::settle(&terms, &price, ok, total, u64::MAX));
        prop_assert_eq!(group.earned[0], group.whole.consumed);
    }

    #[test]
    fn a_group_of_one_at_a_step_of_the_schedule_is_a_lease(
        below in 1..=10_000_u16,
        times in 1..=400_000_u32,
        off in 0..=2_u32,
    ) {
        // As near to the step as windows can be.
        let total = times * 10_000;
        let ok = (times * u32::from(below) + off).saturating_sub(1).min(total);
        let terms = LeaseTerms {
            steps: [step(below, 5_000), SlaStep::default(), SlaStep::default(), SlaStep::default()],
            credit_left: u64::MAX,
        };
        let mut deliveries = [Delivery::default(); GROUP_MEMBERS_MAX];
        deliveries[0] = Delivery { served: 7, ok, total, ..Delivery::default() };
        let group = settle(&terms, &GroupPrice { rate: 900, epochs: 7, needed: 1 }, &deliveries);
        let price = Price { whole: 6_300, payable: 6_300 };
        let lease = lease::settle(&terms, &price, ok, total, u64::MAX);
        prop_assert_eq!(group.unwrap().whole, lease);
    }

    #[test]
    fn maintenance_only_lowers_the_service_credit(
        terms in terms(),
        (price, deliveries) in case(),
        place in 0..GROUP_MEMBERS_MAX,
    ) {
        let mut less = deliveries;
        less[place].excused = 0;
        let (with, without) =
            (settle(&terms, &price, &deliveries).unwrap(), settle(&terms, &price, &less).unwrap());
        prop_assert!(with.whole.credit <= without.whole.credit);
        // All that the credit does not take is paid by what was delivered, maintenance or not.
        let (paid, unpaid) = (&with.whole, &without.whole);
        prop_assert_eq!(paid.consumed + paid.credit, unpaid.consumed + unpaid.credit);
    }

    #[test]
    fn whoever_stands_where_is_paid_the_same(terms in terms(), (price, deliveries) in case()) {
        let mut turned = deliveries;
        turned.reverse();
        let there = settle(&terms, &price, &deliveries).unwrap();
        let mut here = settle(&terms, &price, &turned).unwrap();
        prop_assert_eq!(there.whole, here.whole);
        here.earned.reverse();
        for (a, b) in there.earned.iter().zip(here.earned) {
            prop_assert!(a.abs_diff(b) <= 1);
        }
    }
}

fn served(ok: u32, total: u32) -> Delivery {
    Delivery {
        served: 1,
        ok,
        total,
        ..Delivery::default()
    }
}

fn group(members: &[Delivery], needed: u8, steps: &[SlaStep]) -> GroupSettlement {
    let mut deliveries = [Delivery::default(); GROUP_MEMBERS_MAX];
    deliveries[..members.len()].copy_from_slice(members);
    let mut terms = LeaseTerms {
        steps: [SlaStep::default(); SLA_STEPS_MAX],
        credit_left: u64::MAX,
    };
    terms.steps[..steps.len()].copy_from_slice(steps);
    let price = GroupPrice {
        rate: 1_000,
        epochs: 1,
        needed,
    };
    settle(&terms, &price, &deliveries).unwrap()
}

#[test]
fn members_are_paid_by_what_each_delivered_up_to_k() {
    // Two of three: half, whole and nothing make one and a half.
    let some = group(&[served(1, 2), served(4, 4), served(0, 4)], 2, &[]);
    assert_eq!((some.whole.consumed, some.whole.refunded), (1_500, 500));
    assert_eq!(some.earned[..3], [500, 1_000, 0]);
    // Three wholes share what two cost.
    let all = group(&[served(1, 1), served(1, 1), served(1, 1)], 2, &[]);
    assert_eq!((all.whole.consumed, all.whole.refunded), (2_000, 0));
    assert_eq!(all.earned[..3], [667, 667, 666]);
}

#[test]
fn the_schedule_reads_what_the_members_delivered_together() {
    let steps = [step(9_000, 1_000)];
    // 0.5 + 1 + 0.3 of 2 is 90 %.
    let kept = group(&[served(1, 2), served(1, 1), served(3, 10)], 2, &steps);
    assert_eq!((kept.whole.consumed, kept.whole.credit), (1_800, 0));
    let broken = group(&[served(1, 2), served(1, 1), served(2, 10)], 2, &steps);
    assert_eq!((broken.whole.consumed, broken.whole.credit), (1_530, 170));
    assert_eq!(sum(&broken.earned), 1_530);
    // A third operator that fails costs no credit while the other two deliver.
    let spare = group(&[served(1, 1), served(1, 1), served(0, 10)], 2, &steps);
    assert_eq!((spare.whole.consumed, spare.whole.credit), (2_000, 0));
}

#[test]
fn what_the_customer_cut_earns_no_service_credit_and_what_it_owes_is_paid() {
    let cut = Delivery {
        cut: 1,
        ..Delivery::default()
    };
    let owed = Delivery { owed: 1, ..cut };
    let steps = [step(10_000, 10_000)];
    let settled = group(&[owed, served(0, 1)], 1, &steps);
    assert_eq!((settled.whole.consumed, settled.whole.credit), (1_000, 0));
    // One of two serves on: it is paid in full, though half of the group is gone.
    let settled = group(&[cut, served(1, 1)], 2, &steps);
    assert_eq!((settled.whole.consumed, settled.whole.credit), (1_000, 0));
    let settled = group(&[served(0, 1), served(1, 1)], 2, &steps);
    assert_eq!((settled.whole.consumed, settled.whole.credit), (0, 1_000));
}

#[test]
fn what_is_missed_in_maintenance_is_not_paid_and_gives_no_service_credit() {
    let steps = [step(10_000, 10_000)];
    let away = Delivery {
        excused: 1,
        ..served(0, 4)
    };
    let settled = group(&[away, served(4, 4)], 2, &steps);
    assert_eq!((settled.whole.consumed, settled.whole.credit), (1_000, 0));
    assert_eq!(settled.earned[..2], [0, 1_000]);
    // It excuses no more than was missed: what another member missed still counts.
    let present = Delivery {
        excused: 1,
        ..served(4, 4)
    };
    let settled = group(&[present, served(3, 4)], 2, &steps);
    assert_eq!(settled.whole.credit, 1_750);
}

#[test]
fn amounts_out_of_range_are_told() {
    let price = GroupPrice {
        rate: u64::MAX,
        epochs: 2,
        needed: 1,
    };
    let terms = LeaseTerms {
        steps: [SlaStep::default(); SLA_STEPS_MAX],
        credit_left: 0,
    };
    let none = [Delivery::default(); GROUP_MEMBERS_MAX];
    assert_eq!(settle(&terms, &price, &none), Err(MathError::Overflow));
}
