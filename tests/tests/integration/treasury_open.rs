//! `treasury_open`, by its specification.

use {
    solana_signer::Signer, spl_token_interface::state::Account,
    trestle_credits::event::TreasuryOpened, trestle_tests::credits::CreditsWorld,
};

#[test]
fn anybody_opens_the_treasury_once_and_pays_for_it() {
    let mut world = CreditsWorld::new();
    let payer = world.svm.funded("payer");
    let ix = world.treasury_open(payer.pubkey());
    let sent = world.must(ix.clone(), &payer);
    println!("treasury_open: {} CU", sent.compute_units);
    let event = sent.event::<TreasuryOpened>().expect("an event");
    assert_eq!(event.market, world.market);
    assert!(world.svm.send(&[ix], &[&payer]).is_err());
}

#[test]
fn only_the_market_can_move_what_is_in_either_account() {
    let mut world = CreditsWorld::new();
    let [treasury, insurance, _] = world.revenue_targets();
    for vault in [treasury, insurance] {
        let account: Account = world.svm.packed(&vault);
        assert_eq!(
            (account.owner, account.mint),
            (world.market, world.stable_mint)
        );
        assert!(account.delegate.is_none() && account.close_authority.is_none());
    }
}
