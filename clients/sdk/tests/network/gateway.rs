//! A program of somebody else on a local network: the whole life of a plan of the prepaid gateway.

use anchor_lang::{InstructionData, ToAccountMetas};
use prepaid_gateway::{
    accounts, address as gateway, groups::client, instruction as args, ID as GATEWAY,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use trestle_core::{hash::sha256, leaf::PayoutLeaf, merkle::Tree};
use trestle_localnet::{
    key, verifier_name, CHALLENGE_WINDOW_SECONDS, EPOCH_SECONDS, STABLE, TOKEN,
};
use trestle_proofs::state::{ProposedRoot, Totals};
use trestle_sdk::{
    address::{
        self, CREDITS_ID, PROOFS_ID, SYSTEM_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
    },
    fetch::{
        fetch, fetch_optional, token_balance, CustomerAccount, Lease, Network, Proposal, Round,
    },
    instruction::{
        credits::{LeafProof, LeaseTerms, DEEPER_STEPS},
        proofs::{epoch_attest, epoch_finalize, epoch_propose, ProposalKey},
        staking, token,
    },
    time::chain_time,
};

use crate::service::{artifacts, Service};

/// Credits of the plan: one epoch.
const CREDITS: u64 = 100_000;
/// What they cost, in millionths of a dollar.
const PRICE: u64 = CREDITS * 10;
/// Lamports of each wallet: 10 SOL.
const WALLET_LAMPORTS: u64 = 10_000_000_000;

/// A gateway, its owner and its user.
struct World {
    service: Service,
    owner: Keypair,
    user: Keypair,
    node: Keypair,
    operator: Pubkey,
    gateway: Pubkey,
    customer: Pubkey,
    commitment: Pubkey,
}

impl World {
    async fn start() -> Self {
        let service = Service::start_with(0, 2).await;
        let remote = service.network.remote();
        let so_file = artifacts().join("prepaid_gateway.so");
        remote.deploy(&GATEWAY, &so_file).unwrap();
        let book = &service.deployed.deployment;
        let (owner, user, wallet) = (Keypair::new(), Keypair::new(), Keypair::new());
        let network = book.network;
        let gateway = gateway::gateway_address(&network, &owner.pubkey(), 0).0;
        let operator = address::operator(&book.service, &wallet.pubkey());
        for (key, tokens, stable) in [
            (&owner, 0, 10 * STABLE),
            (&user, 0, 10 * STABLE),
            (&wallet, 100 * TOKEN, 0),
        ] {
            let address = key.pubkey();
            remote.fund_sol(&address, WALLET_LAMPORTS).unwrap();
            let faucet = service
                .deployed
                .faucet(&service.rpc, &address, tokens, stable);
            faucet.await.unwrap();
        }
        let world = Self {
            customer: gateway::customer_address(&gateway).0,
            commitment: address::commitment(&operator, &root()),
            node: Keypair::new(),
            service,
            owner,
            user,
            operator,
            gateway,
        };
        world.register(&wallet).await;
        world
    }

    async fn register(&self, wallet: &Keypair) {
        let book = &self.service.deployed.deployment;
        let authority = wallet.pubkey();
        let tokens = address::token_account(&authority, &book.token_mint);
        let profile = staking::OperatorProfile {
            node_key: self.node.pubkey(),
            zone: 1,
            capacity_gib: 1,
            endpoint: "http://127.0.0.1:9".to_string(),
        };
        let instructions = vec![
            staking::operator_register(&authority, &book.network, &book.service, &tokens, profile),
            staking::stake_deposit(
                &authority,
                &tokens,
                &book.network,
                &self.operator,
                100 * TOKEN,
            ),
        ];
        self.service.land(wallet, instructions).await;
    }

    fn stable_of(&self, owner: &Pubkey) -> Pubkey {
        address::token_account(owner, &self.service.deployed.deployment.stable_mint)
    }

    async fn stable_left(&self, owner: &Pubkey) -> u64 {
        let account = self.stable_of(owner);
        let balance = token_balance(&self.service.rpc, &account).await.unwrap();
        balance.unwrap().amount
    }

    fn till(&self) -> client::Till {
        client::Till {
            gateway: self.gateway,
            customer: self.customer,
            till: gateway::till_address(&self.gateway).0,
            token_program: TOKEN_PROGRAM_ID,
        }
    }

    fn books(&self) -> client::Books {
        let network = self.service.deployed.deployment.network;
        client::Books {
            network,
            market: address::market(&network),
            account: address::customer(&network, &self.customer),
        }
    }

    fn open_gateway(&self) -> Vec<Instruction> {
        let book = &self.service.deployed.deployment;
        let owner = self.owner.pubkey();
        let till = gateway::till_address(&self.gateway).0;
        let accounts = accounts::GatewayOpen {
            owner,
            network: book.network,
            market: book.market,
            gateway: self.gateway,
            customer: self.customer,
            stable_mint: book.stable_mint,
            till,
            account: address::customer(&book.network, &self.customer),
            token_program: TOKEN_PROGRAM_ID,
            system_program: SYSTEM_PROGRAM_ID,
            credits_program: CREDITS_ID,
        };
        let float = spl_token_interface::instruction::transfer(
            &TOKEN_PROGRAM_ID,
            &self.stable_of(&owner),
            &till,
            &owner,
            &[],
            2 * PRICE,
        );
        vec![
            token::credit_account_create(&owner, &self.customer, &book.credit_mint),
            call(&accounts, &args::GatewayOpen { number: 0 }),
            float.unwrap(),
        ]
    }

    fn open_plan(&self) -> Instruction {
        let book = &self.service.deployed.deployment;
        let accounts = accounts::PlanOpen {
            user: self.user.pubkey(),
            user_stable: self.stable_of(&self.user.pubkey()),
            into: self.till(),
            plan: gateway::plan_address(&self.gateway).0,
            books: self.books(),
            credit_mint: book.credit_mint,
            wallet_credits: address::credit_account(&self.customer, &book.credit_mint),
            revenue_vault: address::revenue_vault(&book.network),
            token_2022_program: TOKEN_2022_PROGRAM_ID,
            system_program: SYSTEM_PROGRAM_ID,
            credits_program: CREDITS_ID,
        };
        call(&accounts, &args::PlanOpen { credits: CREDITS })
    }

    fn lease_plan(&self) -> Instruction {
        let service = self.service.deployed.deployment.service;
        let policy = address::policy(&service);
        let nobody = || trestle_staking::groups::client::Voucher {
            issuer: policy,
            clearance: policy,
            credential: policy,
        };
        let accounts = accounts::PlanLease {
            user: self.user.pubkey(),
            node: self.node.pubkey(),
            gateway: self.gateway,
            plan: gateway::plan_address(&self.gateway).0,
            customer: self.customer,
            books: self.books(),
            service,
            operator: self.operator,
            commitment: self.commitment,
            load: address::load(&self.operator),
            ring: address::ring(&service),
            lease: address::lease(&self.commitment),
            system_program: SYSTEM_PROGRAM_ID,
            proofs_program: PROOFS_ID,
            credits_program: CREDITS_ID,
            admission: trestle_staking::groups::client::Admission {
                policy,
                operator: nobody(),
                customer: nobody(),
            },
        };
        let arguments = args::PlanLease {
            root: root(),
            size_bytes: 1 << 20,
            terms: terms(),
        };
        call(&accounts, &arguments)
    }

    fn settle_plan(&self, leaf: LeafProof) -> Instruction {
        let service = self.service.deployed.deployment.service;
        let accounts = accounts::PlanSettle {
            plan: gateway::plan_address(&self.gateway).0,
            books: self.books(),
            lease: address::lease(&self.commitment),
            ring: address::ring(&service),
            commitment: self.commitment,
            revenue: address::revenue(&service),
            maintenance: address::maintenance(&self.operator),
            credits_program: CREDITS_ID,
        };
        call(&accounts, &args::PlanSettle { leaf })
    }

    fn close_plan(&self) -> Instruction {
        let accounts = accounts::PlanClose {
            user: self.user.pubkey(),
            refund: client::Refund {
                user_stable: self.stable_of(&self.user.pubkey()),
                from: self.till(),
                plan: gateway::plan_address(&self.gateway).0,
            },
            books: self.books(),
            lease: address::lease(&self.commitment),
            commitment: self.commitment,
            system_program: SYSTEM_PROGRAM_ID,
            credits_program: CREDITS_ID,
        };
        let mut ix = call(&accounts, &args::PlanClose {});
        // The commitment stays, so the user signs.
        ix.accounts[0].is_signer = true;
        ix
    }

    /// Lets both verifiers make a root of `epoch` final, with these windows of the operator, and
    /// gives the operator's leaf.
    async fn publish(&self, epoch: u64, windows: (u32, u32)) -> LeafProof {
        let book = &self.service.deployed.deployment;
        let leaf = PayoutLeaf {
            operator: self.operator.to_bytes(),
            windows_ok: windows.0,
            windows_total: windows.1,
            ..PayoutLeaf::default()
        };
        let tree = Tree::build(vec![leaf.hash()]).unwrap();
        let ring = trestle_sdk::fetch::ring(&self.service.rpc, &book.service).await;
        let root = ProposedRoot {
            epoch,
            tree_root: tree.root(),
            leaf_count: tree.leaf_count(),
            totals: Totals::default(),
            inputs_digest: sha256(&[b"inputs"]),
            rules_version: 1,
            previous_digest: ring.unwrap().latest_digest(),
        };
        let verifier = |number| key(&self.service.deployed.folder, &verifier_name(number)).unwrap();
        let (first, second) = (verifier(0), verifier(1));
        let network: Network = fetch(&self.service.rpc, &book.network).await.unwrap();
        let end = i64::try_from(epoch + 1).unwrap() * i64::from(EPOCH_SECONDS);
        let remote = self.service.network.remote();
        remote.travel_to(network.genesis + end + 1).unwrap();
        let at = ProposalKey {
            network: book.network,
            service: book.service,
            epoch,
            proposer: first.pubkey(),
        };
        let propose = epoch_propose(&first.pubkey(), &book.network, &book.service, root);
        self.service.land(&first, vec![propose]).await;
        let proposal: Proposal = fetch(&self.service.rpc, &at.proposal()).await.unwrap();
        let attest = epoch_attest(&second.pubkey(), &at, proposal.digest);
        self.service.land(&second, vec![attest]).await;
        let now = chain_time(&self.service.rpc).await.unwrap().unix_seconds;
        let over = now + i64::from(CHALLENGE_WINDOW_SECONDS) + 1;
        remote.travel_to(over).unwrap();
        let round: Round = fetch(&self.service.rpc, &at.round()).await.unwrap();
        let finalize = epoch_finalize(&at, &round.payer);
        self.service.land(&first, vec![finalize]).await;
        LeafProof {
            epoch,
            index: 0,
            counters: leaf.counters().into(),
            proof: tree.proof(0).unwrap(),
        }
    }
}

fn root() -> [u8; 32] {
    sha256(&[b"the user's data"])
}

/// One epoch; below 90 % a tenth comes back.
fn terms() -> LeaseTerms {
    LeaseTerms {
        rate_per_epoch: CREDITS,
        epochs: 1,
        period_epochs: 1,
        sla_bps: 9_000,
        credit_bps: 1_000,
        deeper_steps: [Default::default(); DEEPER_STEPS],
        credit_cap_bps: 10_000,
        notice_epochs: 0,
        renewal_epochs: 0,
        renewal_rate: 0,
    }
}

fn call(accounts: &impl ToAccountMetas, arguments: &impl InstructionData) -> Instruction {
    Instruction {
        program_id: GATEWAY,
        accounts: accounts.to_account_metas(None),
        data: arguments.data(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_paid_leased_settled_with_a_final_root_and_refunded_to_the_unit() {
    let world = World::start().await;
    let user = world.user.pubkey();
    let service = &world.service;
    service.land(&world.owner, world.open_gateway()).await;
    let before = world.stable_left(&user).await;

    service.land(&world.user, vec![world.open_plan()]).await;
    assert_eq!(world.stable_left(&user).await, before - PRICE);
    let account = address::customer(&service.deployed.deployment.network, &world.customer);
    let bought: CustomerAccount = fetch(&service.rpc, &account).await.unwrap();
    assert_eq!((bought.customer, bought.balance), (world.customer, CREDITS));

    let signers = [&world.user, &world.node];
    service
        .land_signed(&signers, vec![world.lease_plan()])
        .await;
    let lease = address::lease(&world.commitment);
    let leased: Lease = fetch(&service.rpc, &lease).await.unwrap();
    assert_eq!((leased.customer, leased.escrow), (world.customer, CREDITS));

    // Three of four windows are good, so a quarter and a tenth of the rest come back.
    let leaf = world.publish(leased.start_epoch, (3, 4)).await;
    let settle = world.settle_plan(leaf);
    service.land(&world.owner, vec![settle]).await;
    let settled: CustomerAccount = fetch(&service.rpc, &account).await.unwrap();
    assert_eq!((settled.consumed, settled.balance), (67_500, 32_500));

    service.land(&world.user, vec![world.close_plan()]).await;
    assert_eq!(world.stable_left(&user).await, before - 67_500 * 10);
    let gone = fetch_optional::<Lease>(&service.rpc, &lease).await.unwrap();
    assert!(gone.is_none());
}
