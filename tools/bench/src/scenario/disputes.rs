//! Disputes among three verifiers, and the declaration that a service is stalled.

use anyhow::Result;
use trestle_proofs::constants::ESCAPE_EPOCHS;
use trestle_tests::{
    proofs::{Draft, Stage},
    staking::BOND_MIN,
};

use super::{proofs::succeed, Recorder};

/// Measures every instruction on disputes and stalls.
pub fn measure(recorder: &mut Recorder) -> Result<()> {
    let cases = [("3 verifiers slashed", false), ("the bond forfeited", true)];
    for (case, is_right) in cases {
        let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
        let opened = stage.dispute(proposal);
        let voted = [0, 1].map(|number| stage.say(number, proposal, is_right));
        if is_right {
            recorder.record("dispute_open", "", opened)?;
            let [first, second] = voted;
            recorder.record("dispute_vote", "", first)?;
            succeed(second)?;
        }
        recorder.record("dispute_resolve", case, stage.resolve(proposal))?;
    }
    escape(recorder)
}

fn escape(recorder: &mut Recorder) -> Result<()> {
    let mut stage = Stage::new();
    stage.settle(&Draft::honest(0, 3, 10));
    for _ in 0..ESCAPE_EPOCHS {
        stage.next_epoch();
    }
    let ix = stage.service_escape();
    recorder.send("service_escape", "", &mut stage.world.svm, ix, &[])
}
