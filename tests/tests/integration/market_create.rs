//! `market_create`, by its specification.

use {
    anchor_lang::programs::Token2022,
    anchor_lang::Id,
    solana_signer::Signer,
    spl_token_2022_interface::{
        extension::{
            metadata_pointer::{self, MetadataPointer},
            non_transferable::NonTransferable,
            BaseStateWithExtensions, ExtensionType, StateWithExtensions,
        },
        instruction::{initialize_mint2, initialize_non_transferable_mint},
        state::Mint,
    },
    spl_token_metadata_interface::instruction::initialize,
    trestle_credits::{
        credit_mint::{
            initialize_mint_data, metadata_data, metadata_pointer_data, non_transferable_data,
            MINT_BYTES,
        },
        error::CreditsError,
        event::MarketCreated,
        state::MarketParams,
        ID,
    },
    trestle_tests::{
        credits::{market_params, price, CreditsWorld, FEED},
        svm::assert_refused,
    },
};

/// Number of the extension that holds metadata.
const TOKEN_METADATA: u16 = 19;
/// What a call that writes metadata begins with.
const METADATA_INITIALIZE: [u8; 8] = [210, 225, 30, 162, 88, 184, 77, 141];

#[test]
fn only_the_networks_authority_creates_the_market_once() {
    let mut world = CreditsWorld::without_market();
    let stranger = world.svm.funded("stranger");
    let ix = world.market_create(stranger.pubkey(), market_params());
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, CreditsError::NotNetworkAuthority);

    let sent = world.create_market(market_params()).expect("a market");
    let event = sent.event::<MarketCreated>().expect("an event");
    assert_eq!(
        (event.market, event.credit_mint, event.price_account),
        (world.market, world.credit_mint, world.price_account)
    );
    assert_eq!(event.feed_id, FEED);
    println!("market_create: {} CU", sent.compute_units);
    let market = world.market_state();
    assert_eq!((market.minted, market.held, market.escrowed), (0, 0, 0));

    assert!(world.create_market(market_params()).is_err());
}

#[test]
fn the_price_account_belongs_to_pyth_and_carries_the_named_feed() {
    let mut world = CreditsWorld::without_market();
    let (account, now) = (world.price_account, world.svm.now());
    let foreign = world.svm.fresh_address();
    world
        .svm
        .put(account, foreign, price(now).encode().to_vec());
    let outcome = world.create_market(market_params());
    assert_refused(outcome, ID, CreditsError::NotPriceProgram);

    let mut update = price(now);
    update.feed_id = [8; 32];
    world.post_price(&update);
    let outcome = world.create_market(market_params());
    assert_refused(outcome, ID, CreditsError::PriceOtherFeed);
}

#[test]
fn parameters_are_within_their_bounds() {
    let mut world = CreditsWorld::without_market();
    let with = |change: fn(&mut MarketParams)| {
        let mut params = market_params();
        change(&mut params);
        params
    };
    let bad = [
        (with(|p| p.feed_id = [0; 32]), CreditsError::BadFeed),
        (
            with(|p| p.terms.max_age_seconds = 9),
            CreditsError::BadPriceAge,
        ),
        (
            with(|p| p.terms.max_age_seconds = 3_601),
            CreditsError::BadPriceAge,
        ),
        (
            with(|p| p.terms.max_conf_bps = 0),
            CreditsError::BadPriceConf,
        ),
        (
            with(|p| p.terms.max_conf_bps = 1_001),
            CreditsError::BadPriceConf,
        ),
        (
            with(|p| p.terms.protocol_fee_bps = 2_001),
            CreditsError::BadFee,
        ),
        (
            with(|p| p.terms.insurance_fee_bps = 1_001),
            CreditsError::BadFee,
        ),
        (
            with(|p| p.terms.biller_cap = 100_000_000_001),
            CreditsError::BadBillerCap,
        ),
        (with(|p| p.uri = "x".repeat(201)), CreditsError::BadUri),
        (with(|p| p.uri = "a b".to_string()), CreditsError::BadUri),
        (with(|p| p.uri = "\u{e9}".to_string()), CreditsError::BadUri),
    ];
    for (params, error) in bad {
        assert_refused(world.create_market(params), ID, error);
    }
    let longest = with(|p| p.uri = "x".repeat(200));
    world.create_market(longest).expect("the longest address");
}

#[test]
fn an_empty_metadata_address_is_allowed() {
    let mut world = CreditsWorld::without_market();
    let params = MarketParams {
        uri: String::new(),
        ..market_params()
    };
    world.create_market(params).expect("a market");
}

#[test]
fn the_credit_mint_cannot_be_transferred_or_frozen_and_carries_its_own_metadata() {
    let world = CreditsWorld::new();
    let account = world.svm.raw(&world.credit_mint).expect("the mint");
    assert_eq!(account.owner, Token2022::id());
    let mint = StateWithExtensions::<Mint>::unpack(&account.data).expect("a mint");
    assert_eq!((mint.base.decimals, mint.base.supply), (0, 0));
    assert_eq!(mint.base.mint_authority, Some(world.market).into());
    assert!(mint.base.freeze_authority.is_none());
    mint.get_extension::<NonTransferable>()
        .expect("not transferable");
    let pointer = mint.get_extension::<MetadataPointer>().expect("a pointer");
    assert_eq!(
        Option::<solana_address::Address>::from(pointer.metadata_address),
        Some(world.credit_mint)
    );
    assert!(Option::<solana_address::Address>::from(pointer.authority).is_none());
    // Type and length, who may change it, whose it is, then the texts and no further entries.
    let texts = metadata_data(&market_params().uri).expect("encoded");
    let metadata = [
        world.market.as_ref(),
        world.credit_mint.as_ref(),
        texts.strip_prefix(&METADATA_INITIALIZE).expect("a call"),
        &[0; 4],
    ]
    .concat();
    let len = u16::try_from(metadata.len()).expect("short");
    let header = [TOKEN_METADATA.to_le_bytes(), len.to_le_bytes()].concat();
    assert_eq!(
        &account.data[MINT_BYTES..],
        [header, metadata].concat().as_slice()
    );
}

#[test]
fn an_address_that_somebody_sent_lamports_to_is_no_obstacle() {
    for lamports in [900_000, 1_000_000_000] {
        let mut world = CreditsWorld::without_market();
        for address in [world.credit_mint, world.market, world.revenue_vault] {
            world.svm.vm().airdrop(&address, lamports).expect("sent");
        }
        world.create_market(market_params()).expect("a market");
    }
}

#[test]
fn packed_calls_equal_those_of_the_spl_crates() {
    let program = Token2022::id();
    let mut world = CreditsWorld::without_market();
    let (mint, authority) = (world.svm.fresh_address(), world.svm.fresh_address());
    let pointer = metadata_pointer::instruction::initialize(&program, &mint, None, Some(mint));
    assert_eq!(metadata_pointer_data(&mint), pointer.expect("encoded").data);
    let fixed = initialize_non_transferable_mint(&program, &mint);
    assert_eq!(non_transferable_data(), fixed.expect("encoded").data);
    let init = initialize_mint2(&program, &mint, &authority, None, 0);
    assert_eq!(
        initialize_mint_data(&authority),
        init.expect("encoded").data
    );
    let metadata = initialize(
        &program,
        &mint,
        &authority,
        &mint,
        &authority,
        "Trestle Data Credit".to_string(),
        "DC".to_string(),
        "https://x".to_string(),
    );
    assert_eq!(metadata_data("https://x").expect("encoded"), metadata.data);
    let bytes = ExtensionType::try_calculate_account_len::<Mint>(&[
        ExtensionType::NonTransferable,
        ExtensionType::MetadataPointer,
    ]);
    assert_eq!(bytes.expect("a length"), MINT_BYTES);
}

#[test]
fn the_mint_is_paid_for_exactly() {
    let world = CreditsWorld::new();
    let account = world.svm.raw(&world.credit_mint).expect("the mint");
    let mut world = world;
    let rent = world
        .svm
        .vm()
        .minimum_balance_for_rent_exemption(account.data.len());
    assert_eq!(account.lamports, rent);
}
