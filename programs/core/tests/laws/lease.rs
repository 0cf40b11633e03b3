//! What leases pay, and the maintenance that they leave out.

use proptest::prelude::*;
use trestle_core::{
    lease::{
        is_schedule, settle, LeaseTerms, Price, Reason, Settlement, SlaStep, Verdict, SLA_STEPS_MAX,
    },
    maintenance::{
        declare, declared_epochs, settled_together, EpochRange, MaintenanceError,
        MAINTENANCE_EPOCHS_MAX, MAINTENANCE_LEAD_EPOCHS, MAINTENANCE_QUARTER_EPOCHS,
        MAINTENANCE_WINDOWS_MAX,
    },
    units::{Bps, Epoch},
};

fn step(below: u16, credit: u16) -> SlaStep {
    SlaStep {
        below: Bps::new(below).unwrap(),
        credit: Bps::new(credit).unwrap(),
    }
}

fn one_step(below: u16, credit: u16) -> [SlaStep; SLA_STEPS_MAX] {
    let mut steps = [SlaStep::default(); SLA_STEPS_MAX];
    steps[0] = step(below, credit);
    steps
}

fn uncapped(steps: [SlaStep; SLA_STEPS_MAX]) -> LeaseTerms {
    LeaseTerms {
        steps,
        credit_left: u64::MAX,
    }
}

fn flat(price: u64) -> Price {
    Price {
        whole: price,
        payable: price,
    }
}

/// Thresholds that fall and credits that rise, some places unused.
fn schedule() -> impl Strategy<Value = [SlaStep; SLA_STEPS_MAX]> {
    let sorted = |size| prop::collection::btree_set(1_u16..=10_000, size);
    (0..=SLA_STEPS_MAX)
        .prop_flat_map(move |used| (sorted(used), sorted(used)))
        .prop_map(|(below, credit)| {
            let mut steps = [SlaStep::default(); SLA_STEPS_MAX];
            let pairs = below.into_iter().rev().zip(credit);
            for (place, (below, credit)) in steps.iter_mut().zip(pairs) {
                *place = step(below, credit);
            }
            steps
        })
}

proptest! {
    #[test]
    fn a_settlement_conserves_and_stays_within_escrow_price_and_cap(
        steps in schedule(),
        credit_left: u64,
        whole: u64,
        declared: u64,
        ok: u32,
        total: u32,
        escrow: u64,
    ) {
        prop_assert!(is_schedule(&steps));
        let price = Price { whole, payable: whole.saturating_sub(declared) };
        let terms = LeaseTerms { steps, credit_left };
        let settlement = settle(&terms, &price, ok, total, escrow);
        prop_assert!(settlement.due <= escrow && settlement.due <= whole);
        prop_assert!(settlement.consumed <= price.payable);
        prop_assert_eq!(
            u128::from(settlement.consumed) + u128::from(settlement.refunded),
            u128::from(settlement.due)
        );
        prop_assert!(settlement.credit <= credit_left && settlement.credit <= settlement.refunded);
        if total == 0 || ok == 0 {
            prop_assert_eq!(settlement.consumed, 0);
        }
        if ok >= total && total > 0 {
            prop_assert_eq!(settlement.consumed, price.payable.min(escrow));
        }
        if price.payable < price.whole {
            prop_assert_eq!(settlement.credit, 0);
        }
    }

    #[test]
    fn worse_availability_never_pays_more(
        steps in schedule(),
        credit_left: u64,
        price in 0_u64..1_000_000_000,
        total in 1_u32..10_000,
        a: u32,
        b: u32,
    ) {
        let terms = LeaseTerms { steps, credit_left };
        let (low, high) = ((a % total).min(b % total), (a % total).max(b % total));
        let pay = |ok| settle(&terms, &flat(price), ok, total, u64::MAX).consumed;
        prop_assert!(pay(low) <= pay(high));
        prop_assert!(pay(high) <= pay(total));
    }

    #[test]
    fn a_quarter_never_has_more_maintenance_than_allowed_and_settlements_never_mix_it(
        wishes in prop::collection::vec((0_u64..40, 0_u64..12, 0_u64..60), 1..60),
    ) {
        let mut windows = [EpochRange::default(); MAINTENANCE_WINDOWS_MAX];
        let mut all: Vec<EpochRange> = Vec::new();
        let (mut now, mut slot) = (0, 0);
        for (ahead, epochs, wait) in wishes {
            let window = EpochRange { first: now + ahead, epochs };
            if declare(&windows, slot, &window, Epoch(now)).is_ok() {
                prop_assert!(window.first > now + MAINTENANCE_LEAD_EPOCHS);
                windows[slot] = window;
                slot = (slot + 1) % MAINTENANCE_WINDOWS_MAX;
                all.push(window);
            }
            now += wait;
        }
        let last = all.last().map_or(0, EpochRange::end);
        let declared = |epoch: u64| all.iter().filter(|one| one.contains(epoch)).count();
        for first in 0..last {
            prop_assert!(declared(first) <= 1);
            let quarter = EpochRange { first, epochs: MAINTENANCE_QUARTER_EPOCHS };
            prop_assert!(declared_epochs(&all, &quarter) <= MAINTENANCE_EPOCHS_MAX);
            let together = settled_together(&all, first, first + 31);
            prop_assert!((first..=first + 31).contains(&together));
            for epoch in first..=together {
                prop_assert_eq!(declared(epoch), declared(first));
            }
        }
    }
}

#[test]
fn a_lease_pays_in_proportion_and_credits_a_broken_promise() {
    let terms = uncapped(one_step(9_500, 1_000));
    let kept = settle(&terms, &flat(10_000), 19, 20, u64::MAX);
    assert_eq!(
        (kept.due, kept.consumed, kept.refunded, kept.credit),
        (10_000, 9_500, 500, 0)
    );
    let broken = settle(&terms, &flat(10_000), 18, 20, u64::MAX);
    assert_eq!(
        (broken.due, broken.consumed, broken.refunded, broken.credit),
        (10_000, 8_100, 1_900, 900)
    );
    let silent = settle(&terms, &flat(10_000), 0, 0, 4_000);
    assert_eq!(
        (silent.due, silent.consumed, silent.refunded),
        (4_000, 0, 4_000)
    );
}

#[test]
fn the_severest_step_that_applies_counts_and_the_cap_bounds_it() {
    let steps = [
        step(9_900, 500),
        step(9_500, 1_000),
        step(9_000, 2_500),
        step(5_000, 10_000),
    ];
    let credit = |ok| settle(&uncapped(steps), &flat(100_000), ok, 100, u64::MAX).credit;
    assert_eq!(credit(99), 0);
    assert_eq!(credit(98), 98 * 50);
    assert_eq!(credit(94), 94 * 100);
    assert_eq!(credit(89), 89 * 250);
    assert_eq!(credit(49), 49_000);
    let capped = LeaseTerms {
        steps,
        credit_left: 1_000,
    };
    let settlement = settle(&capped, &flat(100_000), 49, 100, u64::MAX);
    assert_eq!((settlement.consumed, settlement.credit), (48_000, 1_000));
}

#[test]
fn a_schedule_rises_step_by_step() {
    let empty = SlaStep::default();
    let with = |steps: &[SlaStep]| is_schedule(steps);
    assert!(with(&[empty; 4]) && with(&one_step(9_000, 0)));
    assert!(with(&[step(9_000, 1), step(8_000, 2), empty, empty]));
    assert!(!with(&[step(9_000, 2), step(8_000, 2), empty, empty]));
    assert!(!with(&[step(9_000, 1), step(9_000, 2), empty, empty]));
    assert!(!with(&[step(9_000, 2), step(8_000, 1), empty, empty]));
    assert!(!with(&[empty, step(8_000, 1), empty, empty]));
    assert!(!with(&[step(9_000, 2), step(0, 1), empty, empty]));
    assert!(!with(&[step(9_000, 2), empty, step(8_000, 3), empty]));
}

#[test]
fn maintenance_is_neither_paid_nor_penalized() {
    let terms = uncapped(one_step(9_500, 1_000));
    let whole = Price {
        whole: 3_000,
        payable: 0,
    };
    let settlement = settle(&terms, &whole, 3, 3, u64::MAX);
    assert_eq!((settlement.consumed, settlement.refunded), (0, 3_000));
    let mixed = Price {
        whole: 3_000,
        payable: 2_000,
    };
    let settlement = settle(&terms, &mixed, 1, 2, u64::MAX);
    assert_eq!((settlement.consumed, settlement.credit), (1_000, 0));
}

#[test]
fn windows_that_cannot_be_declared_are_told_apart() {
    let mut windows = [EpochRange::default(); MAINTENANCE_WINDOWS_MAX];
    let window = |first, epochs| EpochRange { first, epochs };
    let none = windows;
    let refuse = |windows: &[EpochRange; MAINTENANCE_WINDOWS_MAX], slot, one: EpochRange| {
        declare(windows, slot, &one, Epoch(100)).unwrap_err()
    };
    assert_eq!(refuse(&none, 0, window(110, 0)), MaintenanceError::Empty);
    assert_eq!(refuse(&none, 0, window(102, 1)), MaintenanceError::TooSoon);
    assert_eq!(refuse(&none, 0, window(103, 10)), MaintenanceError::TooMuch);
    assert_eq!(declare(&none, 0, &window(103, 9), Epoch(100)), Ok(()));
    for (slot, place) in windows.iter_mut().enumerate() {
        *place = window(10 * slot as u64 + 20, 1);
    }
    assert_eq!(refuse(&windows, 0, window(110, 1)), MaintenanceError::Full);
    assert_eq!(declare(&windows, 0, &window(114, 1), Epoch(111)), Ok(()));
    windows[7] = window(150, 2);
    assert_eq!(
        refuse(&windows, 0, window(151, 1)),
        MaintenanceError::OutOfOrder
    );
}

#[test]
fn codes_name_one_reason_and_one_verdict_each() {
    for (code, reason) in (0_u8..).zip(Reason::ALL) {
        assert_eq!(reason.code(), code);
        assert_eq!(Reason::from_code(code), Some(reason));
    }
    assert_eq!(Reason::from_code(8), None);
    let given = Reason::ALL.iter().filter(|one| one.is_given_by_parties());
    assert_eq!(given.count(), 5);
    for (code, verdict) in (0_u8..).zip(Verdict::ALL) {
        assert_eq!(verdict.code(), code);
        assert_eq!(Verdict::from_code(code), Some(verdict));
    }
    assert_eq!(Verdict::from_code(9), None);
}

#[test]
fn a_verdict_says_what_happened() {
    let terms = uncapped(one_step(9_000, 1_000));
    let verdict = |payable, ok, total| {
        let price = Price {
            whole: 1_000,
            payable,
        };
        let settlement: Settlement = settle(&terms, &price, ok, total, u64::MAX);
        Verdict::of(&price, ok, total, &settlement)
    };
    assert_eq!(verdict(1_000, 9, 9), Verdict::Delivered);
    assert_eq!(verdict(1_000, 95, 100), Verdict::Partial);
    assert_eq!(verdict(1_000, 8, 9), Verdict::ServiceCredit);
    assert_eq!(verdict(1_000, 0, 9), Verdict::NothingDelivered);
    assert_eq!(verdict(500, 8, 9), Verdict::PartlyMaintenance);
    assert_eq!(verdict(0, 8, 9), Verdict::Maintenance);
}
