//! `revenue_open`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::revenue::RevenueState,
    trestle_credits::{event::RevenueOpened, state::ServiceRevenue},
    trestle_tests::credits::CreditsWorld,
};

#[test]
fn anybody_opens_it_once_for_each_service() {
    let mut world = CreditsWorld::without_market();
    let anybody = world.svm.funded("anybody");
    let ix = world.revenue_open(anybody.pubkey());
    let sent = world.must(ix, &anybody);
    let event = sent.event::<RevenueOpened>().expect("an event");
    assert_eq!(event.revenue, world.revenue);
    assert_eq!(
        (event.network, event.service),
        (world.network, world.service)
    );
    println!("revenue_open: {} CU", sent.compute_units);
    let other = world.svm.funded("other");
    let again = world.revenue_open(other.pubkey());
    assert!(world.svm.send(&[again], &[&other]).is_err());
}

#[test]
fn a_fresh_revenue_counts_nothing() {
    let world = CreditsWorld::new();
    let state: ServiceRevenue = world.revenue_state();
    assert_eq!(
        (state.network, state.service),
        (world.network, world.service)
    );
    assert_eq!(
        (
            state.consumed,
            state.released_credits,
            state.released_stable
        ),
        (0, 0, 0)
    );
}

#[test]
fn a_paused_network_lets_it_open() {
    let mut world = CreditsWorld::without_market();
    world.pause();
    let anybody = world.svm.funded("anybody");
    let ix = world.revenue_open(anybody.pubkey());
    world.must(ix, &anybody);
}

#[test]
fn other_programs_read_it_by_the_layout_in_core() {
    let mut world = CreditsWorld::new();
    let revenue = world.revenue;
    world
        .svm
        .edit::<ServiceRevenue>(&revenue, |state| state.consumed = 7);
    let data = world.svm.raw(&revenue).expect("an account").data;
    // Aligned as the runtime hands it to programs.
    let mut aligned = vec![0_u64; data.len().div_ceil(8)];
    bytemuck::cast_slice_mut(&mut aligned)[..data.len()].copy_from_slice(&data);
    let bytes = &bytemuck::cast_slice(&aligned)[..data.len()];
    let state = RevenueState::from_account_data(bytes).expect("the layout");
    assert_eq!(state.service, world.service.to_bytes());
    assert_eq!(state.network, world.network.to_bytes());
    assert_eq!(state.consumed, 7);
}
