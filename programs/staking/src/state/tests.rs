//! Laws of the state types, whatever happens in whatever order.

use {
    super::{Network, Operator, OperatorProfile, Service, UnbondTicket, VerifierSet},
    crate::constants::{CAPACITY_GIB_MAX, VERIFIERS_MAX, VERSION},
    anchor_lang::prelude::Address,
    bytemuck::Zeroable,
    proptest::prelude::*,
    trestle_core::units::{Bps, Epoch, TokenAmount},
};

fn address(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

fn operator() -> Operator {
    Operator {
        version: VERSION,
        capacity_gib: 1,
        controller: address(1),
        ..Operator::zeroed()
    }
}

#[derive(Clone, Debug)]
enum StakeStep {
    Deposit(u64),
    Unbond(u64, i64),
    Withdraw(i64),
    Slash(u64),
    Exit(i64),
}

fn stake_step() -> impl Strategy<Value = StakeStep> {
    let amount = prop_oneof![0..5_u64, any::<u64>(), Just(u64::MAX)];
    prop_oneof![
        amount.clone().prop_map(StakeStep::Deposit),
        (amount.clone(), 0..100_i64).prop_map(|(amount, at)| StakeStep::Unbond(amount, at)),
        (0..100_i64).prop_map(StakeStep::Withdraw),
        amount.prop_map(StakeStep::Slash),
        (0..100_i64).prop_map(StakeStep::Exit),
    ]
}

proptest! {
    #[test]
    fn what_an_operator_has_changes_only_by_what_moves(
        steps in prop::collection::vec(stake_step(), 1..60),
    ) {
        let mut operator = operator();
        for step in steps {
            let before = operator;
            let held = u128::from(before.stake) + tickets(&before);
            let moved = match step {
                StakeStep::Deposit(amount) => {
                    operator.deposit(TokenAmount(amount)).map(|()| i128::from(amount))
                }
                StakeStep::Unbond(amount, at) => {
                    operator.unbond(TokenAmount(amount), at).map(|()| 0)
                }
                StakeStep::Exit(at) => operator.leave(at).map(|_| 0),
                StakeStep::Withdraw(now) => operator.withdraw(now).map(|sum| -i128::from(sum.0)),
                StakeStep::Slash(total) => operator.slash(total, None).map(|taken| {
                    let applied = operator.slashed_applied - before.slashed_applied;
                    assert_eq!(applied, taken.total.0);
                    assert!(operator.slashed_applied <= total);
                    -i128::from(taken.total.0)
                }),
            };
            // A refusal undoes the whole transaction.
            let moved = moved.unwrap_or_else(|_| {
                operator = before;
                0
            });
            let now = u128::from(operator.stake) + tickets(&operator);
            prop_assert_eq!(now as i128, held as i128 + moved);
            prop_assert!(operator.invariant().is_ok());
        }
    }

    #[test]
    fn a_slash_is_taken_once(stake in 1..u64::MAX, total in 1..u64::MAX) {
        let mut operator = Operator { stake, ..operator() };
        let taken = operator.slash(total, None).unwrap();
        prop_assert_eq!(taken.total.0, stake.min(total));
        let left = operator.stake;
        prop_assert!(operator.slash(total, None).is_err(), "the same counter once more");
        prop_assert_eq!(operator.stake, left);
    }

    #[test]
    fn only_clean_urls_are_accepted(url in "\\PC{0,100}") {
        let profile = OperatorProfile {
            node_key: address(1),
            zone: 0,
            capacity_gib: CAPACITY_GIB_MAX,
            endpoint: url.clone(),
        };
        let is_url = url.starts_with("http://") || url.starts_with("https://");
        if profile.validate().is_ok() {
            prop_assert!(is_url && url.is_ascii() && url.len() <= 95);
            let mut operator = operator();
            operator.describe(&profile, address(2)).unwrap();
            prop_assert_eq!(operator.endpoint_str(), url);
        }
    }
}

#[test]
fn the_last_epoch_has_no_next_one_for_another_key() {
    let mut operator = operator();
    let profile = OperatorProfile {
        node_key: address(9),
        zone: 0,
        capacity_gib: 1,
        endpoint: "http://a".to_string(),
    };
    assert!(operator.update(&profile, address(2), u64::MAX).is_err());
    operator.update(&profile, address(2), 6).unwrap();
    assert_eq!(
        (operator.node_key, operator.node_key_epoch),
        (address(9), 7)
    );
    operator.update(&profile, address(3), 9).unwrap();
    assert_eq!((operator.payout, operator.node_key_epoch), (address(3), 7));
}

fn tickets(operator: &Operator) -> u128 {
    let amounts = operator
        .tickets
        .iter()
        .map(|ticket| u128::from(ticket.amount));
    amounts.sum()
}

#[test]
fn withdrawing_leaves_what_has_not_matured() {
    let ticket = |amount, unlock_at| UnbondTicket { amount, unlock_at };
    let mut operator = Operator {
        tickets: [ticket(1, 10), ticket(2, 20), ticket(4, 30), ticket(8, 20)],
        ..operator()
    };
    assert_eq!(operator.withdraw(20).unwrap(), TokenAmount(11));
    assert_eq!(
        operator.tickets,
        [ticket(0, 0), ticket(0, 0), ticket(4, 30), ticket(0, 0)]
    );
}

#[derive(Clone, Debug)]
enum BondStep {
    Admit { who: u8, bond: u64, epoch: u64 },
    Exit { who: u8, at: i64 },
    Withdraw { who: u8, now: i64 },
    Slash { mask: u32, epoch: u64, bps: u16 },
}

fn bond_step() -> impl Strategy<Value = BondStep> {
    // More names than places, so that the set fills up.
    let who = 1..=40_u8;
    prop_oneof![
        4 => (who.clone(), 0..1_000_000_u64, 0..9_u64)
            .prop_map(|(who, bond, epoch)| BondStep::Admit { who, bond, epoch }),
        2 => (who.clone(), 1..100_i64).prop_map(|(who, at)| BondStep::Exit { who, at }),
        2 => (who, 0..100_i64).prop_map(|(who, now)| BondStep::Withdraw { who, now }),
        1 => (any::<u32>(), 0..9_u64, 0..=10_000_u16)
            .prop_map(|(mask, epoch, bps)| BondStep::Slash { mask, epoch, bps }),
    ]
}

proptest! {
    #[test]
    fn bonds_change_only_by_what_moves(steps in prop::collection::vec(bond_step(), 1..120)) {
        let mut set = VerifierSet::zeroed();
        set.create(255, address(0));
        let mut owed: u64 = 0;
        for step in steps {
            let before = set;
            match step {
                BondStep::Admit { who, bond, epoch } => {
                    let admitted = set.admit(address(who), TokenAmount(bond), epoch);
                    let is_known = before.find(&address(who)).is_some();
                    let is_full = before.count as usize == VERIFIERS_MAX;
                    prop_assert_eq!(admitted.is_ok(), !is_known && !is_full);
                    owed += admitted.map_or(0, |_| bond);
                }
                BondStep::Exit { who, at } => {
                    let _ = set.start_exit(&address(who), at);
                }
                BondStep::Withdraw { who, now } => {
                    owed -= set.withdraw(&address(who), now).map_or(0, |(_, left)| left.0);
                }
                BondStep::Slash { mask, epoch, bps } => {
                    let taken = set.slash(mask, epoch, Bps::new(bps).unwrap());
                    owed -= taken.map_or(0, |taken| taken.amount.0);
                    spares_the_innocent(&before, &set, mask, epoch)?;
                }
            }
            prop_assert!(set.invariant(owed).is_ok());
        }
    }
}

fn spares_the_innocent(
    before: &VerifierSet,
    after: &VerifierSet,
    mask: u32,
    epoch: u64,
) -> Result<(), TestCaseError> {
    for (index, (old, new)) in before.entries.iter().zip(&after.entries).enumerate() {
        let is_guilty = mask >> index & 1 == 1 && old.admitted_epoch <= epoch;
        prop_assert!(is_guilty || old == new);
    }
    Ok(())
}

/// Seconds of an epoch in the laws about changes.
const EPOCH_SECONDS: u32 = 3_600;

proptest! {
    #[test]
    fn every_vote_cast_before_a_change_is_known_is_settled_before_it_is_due(
        window in 10..=4 * EPOCH_SECONDS,
        now in 0..10_000_000_i64,
    ) {
        let network = Network {
            epoch_seconds: EPOCH_SECONDS,
            challenge_window_seconds: window,
            ..Network::zeroed()
        };
        let due = network.change_due(network.epoch_at(now).unwrap()).unwrap();
        // Attested an epoch after the proposal, and challenged for a whole window after that.
        let settled_at = now + i64::from(EPOCH_SECONDS) + i64::from(window);
        prop_assert!(due.0 * u64::from(EPOCH_SECONDS) >= settled_at as u64);
    }

    #[test]
    fn whoever_gives_notice_when_a_change_becomes_known_serves_no_epoch_under_it(
        notice in 1..=90_u16,
        epoch in 0..1_000_000_u64,
    ) {
        let service = Service { notice_epochs: notice, ..Service::zeroed() };
        let last_served = epoch + u64::from(notice);
        prop_assert!(service.change_due(Epoch(epoch)).0 > last_served + 1);
    }
}
