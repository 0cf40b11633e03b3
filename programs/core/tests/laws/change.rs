//! When changes of parameters take effect.

use {
    proptest::prelude::*,
    trestle_core::{
        change::{
            change_state, due_epoch, due_epoch_after, epochs_covering, ChangeState,
            CHANGE_DELAY_EPOCHS, CHANGE_LAPSE_EPOCHS,
        },
        units::Epoch,
    },
};

proptest! {
    #[test]
    fn no_change_is_due_before_its_whole_epochs_have_passed(
        proposed in 0..u64::MAX / 2,
        wait in 0..100_u64,
    ) {
        let state = change_state(due_epoch(Epoch(proposed)), Epoch(proposed + wait));
        let due = CHANGE_DELAY_EPOCHS + 1;
        let expected = match wait {
            wait if wait < due => ChangeState::Waiting,
            wait if wait < due + CHANGE_LAPSE_EPOCHS => ChangeState::Due,
            _ => ChangeState::Lapsed,
        };
        prop_assert_eq!(state, expected);
    }
}

proptest! {
    #[test]
    fn covering_epochs_are_the_fewest_that_last_long_enough(
        seconds in any::<u32>(),
        length in 1..1_000_000_u32,
    ) {
        let epochs = epochs_covering(seconds, length).unwrap();
        let (seconds, length) = (u64::from(seconds), u64::from(length));
        prop_assert!(epochs * length >= seconds);
        prop_assert!(epochs == 0 || (epochs - 1) * length < seconds);
    }

    #[test]
    fn waiting_for_more_only_moves_the_due_epoch(proposed in 0..u64::MAX / 2, more in 0..200_u64) {
        let due = due_epoch_after(Epoch(proposed), more);
        prop_assert_eq!(due.0, due_epoch(Epoch(proposed)).0 + more);
    }
}

#[test]
fn epochs_without_length_cover_nothing() {
    assert_eq!(epochs_covering(1, 0), None);
}

#[test]
fn the_last_epochs_do_not_wrap() {
    assert_eq!(due_epoch(Epoch(u64::MAX)), Epoch(u64::MAX));
    let state = change_state(Epoch(u64::MAX), Epoch(u64::MAX));
    assert_eq!(state, ChangeState::Due);
}
