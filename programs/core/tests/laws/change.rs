//! When changes of parameters take effect.

use {
    proptest::prelude::*,
    trestle_core::{
        change::{change_state, due_epoch, ChangeState, CHANGE_DELAY_EPOCHS, CHANGE_LAPSE_EPOCHS},
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

#[test]
fn the_last_epochs_do_not_wrap() {
    assert_eq!(due_epoch(Epoch(u64::MAX)), Epoch(u64::MAX));
    let state = change_state(Epoch(u64::MAX), Epoch(u64::MAX));
    assert_eq!(state, ChangeState::Due);
}
