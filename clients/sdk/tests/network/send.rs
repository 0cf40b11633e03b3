//! Sending, and the four ways it can end.

use solana_keypair::Keypair;
use solana_signature::Signature;
use solana_signer::Signer;
use trestle_sdk::{
    address, event,
    fetch::{fetch, fetch_optional, list, ring, CustomerAccount, Filter, Network, Operator},
    instruction::credits,
    send::{
        transaction_details, Outcome, Pending, PriorityFee, SendConfig, SendError, Sender,
        TransactionRequest,
    },
    time::chain_time,
};

use crate::service::{Service, CREDITS};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn landed_refused_failed_and_expired_are_told_apart() {
    let service = Service::start(0).await;
    let network = service.deployed.deployment.network;
    let customer = service.customer.pubkey();
    let sender = Sender::new(&service.rpc, SendConfig::default());
    let withdraw = |credits| {
        let instruction = credits::account_withdraw(&customer, &network, credits);
        TransactionRequest::new(customer, vec![instruction])
    };

    // Landed: with what was simulated, and an event in the logs.
    let mut seen = None;
    let receipt = sender
        .send(&withdraw(1_000), &[&service.customer], |signed| {
            seen = Some(signed.signature());
            Ok(())
        })
        .await
        .unwrap();
    assert!(matches!(receipt.outcome, Outcome::Landed { .. }));
    assert_eq!(seen, Some(receipt.signature));
    let details = transaction_details(&service.rpc, &receipt.signature)
        .await
        .unwrap();
    assert!(details.units_consumed > 0 && details.fee_lamports >= 5_000);
    assert!(details.units_consumed <= u64::from(receipt.simulation.unit_limit));
    let events =
        event::find::<event::credits::AccountWithdrawn>(&details.logs, &address::CREDITS_ID);
    assert_eq!(events.len(), 1);

    // Refused by the simulation: nothing is sent, and the error is in words.
    let refused = sender
        .send(&withdraw(CREDITS), &[&service.customer], |_| Ok(()))
        .await;
    let Err(SendError::Rejected { error, logs, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(error.name, "InsufficientCredits");
    assert_eq!(error.program, Some(address::CREDITS_ID));
    assert!(error.hint.is_some() && !logs.is_empty());

    // Failed on chain: both were fine when simulated, the first took what the second needs.
    let half = CREDITS - 1_500;
    let first = sender.prepare(&withdraw(half)).await.unwrap();
    let second = sender.prepare(&withdraw(half + 1)).await.unwrap();
    let first = sender.sign(&first, &[&service.customer]).unwrap();
    let second = sender.sign(&second, &[&service.customer]).unwrap();
    assert!(matches!(
        sender.submit_and_resolve(&first).await,
        Outcome::Landed { .. }
    ));
    let Outcome::Failed { error, .. } = sender.submit_and_resolve(&second).await else {
        panic!("the second must fail")
    };
    assert_eq!(error.name, "InsufficientCredits");
    assert!(matches!(
        sender.resolve(&second.pending()).await,
        Outcome::Failed { .. }
    ));

    // Expired: never sent, and its last block has passed.
    let never = Pending {
        signature: Signature::from([7; 64]),
        last_valid_block_height: 0,
    };
    assert_eq!(sender.resolve(&never).await, Outcome::Expired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_priority_fee_is_paid_as_asked() {
    let service = Service::start(0).await;
    let network = service.deployed.deployment.network;
    let customer = service.customer.pubkey();
    let config = SendConfig {
        priority_fee: PriorityFee::MicroLamports(1_000_000),
        unit_limit: Some(100_000),
        ..SendConfig::default()
    };
    let sender = Sender::new(&service.rpc, config);
    let instruction = credits::account_withdraw(&customer, &network, 1);
    let request = TransactionRequest::new(customer, vec![instruction]);
    let receipt = sender
        .send(&request, &[&service.customer], |_| Ok(()))
        .await
        .unwrap();
    assert!(matches!(receipt.outcome, Outcome::Landed { .. }));
    assert_eq!(receipt.simulation.fee_lamports, 5_000 + 100_000);
    let details = transaction_details(&service.rpc, &receipt.signature)
        .await
        .unwrap();
    assert_eq!(details.fee_lamports, receipt.simulation.fee_lamports);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_read_by_kind_and_by_owner() {
    let service = Service::start(2).await;
    let book = &service.deployed.deployment;
    let network: Network = fetch(&service.rpc, &book.network).await.unwrap();
    assert_eq!(network.token_mint, book.token_mint);
    assert_eq!(address::network(&book.token_mint), book.network);

    let filter = Filter::address(core::mem::offset_of!(Operator, service), &book.service);
    let operators = list::<Operator>(&service.rpc, &[filter]).await.unwrap();
    let mut expected: Vec<_> = service.hosts.iter().map(|host| host.operator).collect();
    expected.sort();
    let found: Vec<_> = operators.iter().map(|(address, _)| *address).collect();
    assert_eq!(found, expected);
    let elsewhere = Filter::address(core::mem::offset_of!(Operator, service), &book.network);
    assert!(list::<Operator>(&service.rpc, &[elsewhere])
        .await
        .unwrap()
        .is_empty());

    let ring = ring(&service.rpc, &book.service).await.unwrap();
    assert_eq!((ring.count, ring.service), (0, book.service.to_bytes()));

    let nobody = Keypair::new().pubkey();
    let absent = fetch_optional::<CustomerAccount>(&service.rpc, &nobody)
        .await
        .unwrap();
    assert!(absent.is_none());
    let missing = fetch::<CustomerAccount>(&service.rpc, &nobody)
        .await
        .err()
        .unwrap();
    assert!(missing.is_not_found());
    let wrong = fetch::<CustomerAccount>(&service.rpc, &book.network)
        .await
        .err()
        .unwrap();
    assert!(
        wrong.to_string().contains("is not a customer account"),
        "{wrong}"
    );

    let time = chain_time(&service.rpc).await.unwrap();
    assert!(time.unix_seconds >= network.genesis && time.slot > 0);
}
