//! A network with a service, and builders of the staking program's instructions.

use {
    crate::{
        svm::{key, Outcome, Sent, Svm},
        tokens::{STABLE_DECIMALS, TOKEN, TOKEN_DECIMALS},
    },
    anchor_lang::programs::{System, Token},
    anchor_lang::Id,
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::pause,
    trestle_proofs::address::load_address,
    trestle_rewards::address::{claim_address, pool_address},
    trestle_staking::{
        accounts,
        address::{
            bond_vault_address, delegation_pool_address, insurance_vault_address, network_address,
            operator_address, service_address, stake_vault_address, verifiers_address,
        },
        groups::client,
        instruction,
        leaf::LeafProof,
        state::{Network, NetworkParams, Operator, OperatorProfile, ServiceParams, VerifierSet},
    },
};

/// Tokens that each test account starts with, in base units.
pub const PURSE: u64 = 1_000_000 * TOKEN;
/// Smallest bond of a verifier in the test network, in base units.
pub const BOND_MIN: u64 = 1_000 * TOKEN;

/// A network with one service, and where everything of it is.
pub struct World {
    pub svm: Svm,
    /// Authority of the network and of both mints.
    pub authority: Keypair,
    pub guardian: Keypair,
    pub token_mint: Address,
    pub stable_mint: Address,
    pub network: Address,
    pub verifiers: Address,
    pub stake_vault: Address,
    pub bond_vault: Address,
    pub insurance_vault: Address,
    /// Service 0.
    pub service: Address,
}

/// A registered operator and its accounts.
pub struct OperatorKeys {
    pub authority: Keypair,
    pub node: Keypair,
    /// The operator account.
    pub address: Address,
    /// Token account of the authority: source of stake and payout.
    pub purse: Address,
}

/// A verifier and its token account.
pub struct VerifierKeys {
    pub key: Keypair,
    pub purse: Address,
}

/// Parameters that the program accepts: hourly epochs, a ten-minute window, a day of unbonding.
pub fn network_params() -> NetworkParams {
    NetworkParams {
        guardian: key("guardian").pubkey(),
        epoch_seconds: 3_600,
        challenge_window_seconds: 600,
        unbonding_seconds: 86_400,
        verifier_bond_min: BOND_MIN,
        bond_slash_bps: 5_000,
        burn_bps: 5_000,
        insurance_bps: 3_000,
        challenger_bps: 2_000,
        displacement_margin_bps: 0,
    }
}

/// Parameters that the program accepts: one token a GiB, 1 % missing found with 95 %.
/// Parameters of a network in which a tenth more than the smallest bond displaces it.
pub fn open_network() -> NetworkParams {
    NetworkParams {
        displacement_margin_bps: 1_000,
        ..network_params()
    }
}

pub fn service_params() -> ServiceParams {
    ServiceParams {
        kind: 1,
        stake_per_gib: TOKEN,
        missing_bps: 100,
        detect_bps: 9_500,
        miss_slash_bps: 100,
        lost_slash_bps: 1_000,
        answer_deadline_ms: 5_000,
        notice_epochs: 2,
    }
}

/// A profile that the program accepts.
pub fn profile(node_key: Address) -> OperatorProfile {
    OperatorProfile {
        node_key,
        zone: 7,
        capacity_gib: 100,
        endpoint: "http://127.0.0.1:7070".to_string(),
    }
}

impl World {
    /// A chain with these programs besides staking, a network and a service.
    pub fn new(programs: &[&str]) -> Self {
        let mut world = Self::without_network(programs);
        world.create_network(network_params()).expect("a network");
        world.create_service(service_params()).expect("a service");
        world
    }

    /// The same chain before the network is created.
    pub fn without_network(programs: &[&str]) -> Self {
        let mut svm = Svm::new(&[&["staking"], programs].concat());
        let (authority, guardian) = (svm.funded("authority"), svm.funded("guardian"));
        let (token_mint, stable_mint) = (svm.fresh_address(), svm.fresh_address());
        svm.put_mint(token_mint, TOKEN_DECIMALS, Some(authority.pubkey()));
        svm.put_mint(stable_mint, STABLE_DECIMALS, Some(authority.pubkey()));
        let mut world = Self {
            svm,
            authority,
            guardian,
            token_mint,
            stable_mint,
            network: Address::default(),
            verifiers: Address::default(),
            stake_vault: Address::default(),
            bond_vault: Address::default(),
            insurance_vault: Address::default(),
            service: Address::default(),
        };
        world.switch_to(token_mint);
        world
    }

    /// Points every address to the network of another token.
    pub fn switch_to(&mut self, token_mint: Address) {
        self.token_mint = token_mint;
        self.network = network_address(&token_mint).0;
        self.verifiers = verifiers_address(&self.network).0;
        self.stake_vault = stake_vault_address(&self.network).0;
        self.bond_vault = bond_vault_address(&self.network).0;
        self.insurance_vault = insurance_vault_address(&self.network).0;
        self.service = service_address(&self.network, 0).0;
    }

    pub fn create_network(&mut self, params: NetworkParams) -> Outcome {
        let ix = self.network_create(self.authority.pubkey(), params);
        self.svm.send(&[ix], &[&self.authority])
    }

    pub fn create_service(&mut self, params: ServiceParams) -> Outcome {
        let index = self.network().service_count;
        let ix = self.service_create(self.authority.pubkey(), index, params);
        self.svm.send(&[ix], &[&self.authority])
    }

    /// The keys and the purse of an operator that is not registered yet.
    pub fn operator_keys(&mut self, name: &str) -> OperatorKeys {
        let authority = self.svm.funded(name);
        let purse = self
            .svm
            .put_tokens(self.token_mint, authority.pubkey(), PURSE);
        OperatorKeys {
            address: operator_address(&self.service, &authority.pubkey()).0,
            node: key(&format!("{name}-node")),
            authority,
            purse,
        }
    }

    /// A registered operator with this stake.
    pub fn operator(&mut self, name: &str, stake: u64) -> OperatorKeys {
        let keys = self.operator_keys(name);
        let ix = self.operator_register(&keys, profile(keys.node.pubkey()));
        self.svm.must(&[ix], &[&keys.authority]);
        if stake > 0 {
            self.deposit(&keys, stake);
        }
        keys
    }

    /// Deposits from the operator's own purse.
    pub fn deposit(&mut self, keys: &OperatorKeys, amount: u64) -> Sent {
        let ix = self.stake_deposit(keys.address, keys.authority.pubkey(), keys.purse, amount);
        self.svm.must(&[ix], &[&keys.authority])
    }

    /// The key and the purse of a verifier that is not registered yet.
    pub fn verifier_keys(&mut self, name: &str) -> VerifierKeys {
        let key = self.svm.funded(name);
        let purse = self.svm.put_tokens(self.token_mint, key.pubkey(), PURSE);
        VerifierKeys { key, purse }
    }

    /// A registered verifier with this bond.
    pub fn verifier(&mut self, name: &str, bond: u64) -> VerifierKeys {
        let keys = self.verifier_keys(name);
        let ix = self.verifier_register(&keys, self.authority.pubkey(), bond);
        self.svm.must(&[ix], &[&keys.key, &self.authority]);
        keys
    }

    /// Pauses every area of the network.
    pub fn pause(&mut self) {
        self.pause_areas(pause::ALL);
    }

    /// Pauses areas of the network.
    pub fn pause_areas(&mut self, areas: u8) {
        let ix = self.network_pause(self.guardian.pubkey(), areas, true);
        self.svm.must(&[ix], &[&self.guardian]);
    }

    pub fn network(&self) -> Network {
        self.svm.get(&self.network)
    }

    pub fn verifier_set(&self) -> VerifierSet {
        self.svm.get(&self.verifiers)
    }

    pub fn operator_state(&self, keys: &OperatorKeys) -> Operator {
        self.svm.get(&keys.address)
    }

    /// The epoch that runs now.
    pub fn epoch(&self) -> u64 {
        self.network()
            .epoch_at(self.svm.now())
            .expect("a time after genesis")
            .0
    }
}

/// The instructions, one builder each.
impl World {
    pub fn network_create(&self, authority: Address, params: NetworkParams) -> Instruction {
        instruction::NetworkCreate { params }.to_instruction(accounts::NetworkCreate {
            authority,
            token_mint: self.token_mint,
            stable_mint: self.stable_mint,
            network: self.network,
            verifiers: self.verifiers,
            stake_vault: self.stake_vault,
            bond_vault: self.bond_vault,
            insurance_vault: self.insurance_vault,
            token_program: Token::id(),
            system_program: System::id(),
        })
    }

    pub fn network_pause(&self, actor: Address, areas: u8, paused: bool) -> Instruction {
        instruction::NetworkPause { areas, paused }.to_instruction(accounts::NetworkPause {
            actor,
            network: self.network,
        })
    }

    pub fn authority_propose(&self, authority: Address, candidate: Address) -> Instruction {
        instruction::AuthorityPropose { candidate }.to_instruction(accounts::AuthorityPropose {
            authority,
            network: self.network,
        })
    }

    pub fn authority_accept(&self, candidate: Address) -> Instruction {
        instruction::AuthorityAccept {}.to_instruction(accounts::AuthorityAccept {
            candidate,
            network: self.network,
        })
    }

    pub fn service_create(
        &self,
        authority: Address,
        index: u16,
        params: ServiceParams,
    ) -> Instruction {
        instruction::ServiceCreate { params }.to_instruction(accounts::ServiceCreate {
            authority,
            network: self.network,
            service: service_address(&self.network, index).0,
            system_program: System::id(),
        })
    }

    pub fn operator_register(&self, keys: &OperatorKeys, profile: OperatorProfile) -> Instruction {
        instruction::OperatorRegister { profile }.to_instruction(accounts::OperatorRegister {
            authority: keys.authority.pubkey(),
            network: self.network,
            service: self.service,
            payout: keys.purse,
            operator: keys.address,
            system_program: System::id(),
        })
    }

    pub fn operator_update(
        &self,
        keys: &OperatorKeys,
        payout: Address,
        profile: OperatorProfile,
    ) -> Instruction {
        instruction::OperatorUpdate { profile }.to_instruction(accounts::OperatorUpdate {
            authority: keys.authority.pubkey(),
            network: self.network,
            payout,
            operator: keys.address,
            load: load_address(&keys.address).0,
        })
    }

    pub fn stake_deposit(
        &self,
        operator: Address,
        depositor: Address,
        source: Address,
        amount: u64,
    ) -> Instruction {
        instruction::StakeDeposit { amount }.to_instruction(accounts::StakeDeposit {
            depositor,
            source,
            stake: self.stake_group(operator),
        })
    }

    pub fn stake_unbond(&self, keys: &OperatorKeys, amount: u64) -> Instruction {
        instruction::StakeUnbond { amount }.to_instruction(accounts::StakeUnbond {
            authority: keys.authority.pubkey(),
            network: self.network,
            operator: keys.address,
        })
    }

    pub fn stake_withdraw(&self, keys: &OperatorKeys, destination: Address) -> Instruction {
        instruction::StakeWithdraw {}.to_instruction(accounts::StakeWithdraw {
            authority: keys.authority.pubkey(),
            destination,
            stake: self.stake_group(keys.address),
        })
    }

    pub fn verifier_register(
        &self,
        keys: &VerifierKeys,
        authority: Address,
        bond: u64,
    ) -> Instruction {
        instruction::VerifierRegister { bond }.to_instruction(accounts::VerifierRegister {
            verifier: keys.key.pubkey(),
            authority,
            source: keys.purse,
            bonds: self.bond_group(),
        })
    }

    pub fn verifier_displace(&self, keys: &VerifierKeys, bond: u64) -> Instruction {
        instruction::VerifierDisplace { bond }.to_instruction(accounts::VerifierDisplace {
            verifier: keys.key.pubkey(),
            source: keys.purse,
            bonds: self.bond_group(),
        })
    }

    pub fn verifier_exit(&self, verifier: Address) -> Instruction {
        instruction::VerifierExit {}.to_instruction(accounts::VerifierExit {
            verifier,
            network: self.network,
            verifiers: self.verifiers,
        })
    }

    pub fn verifier_withdraw(&self, verifier: Address, destination: Address) -> Instruction {
        instruction::VerifierWithdraw {}.to_instruction(accounts::VerifierWithdraw {
            verifier,
            destination,
            bonds: self.bond_group(),
        })
    }

    pub fn slash_apply(&self, operator: Address, ring: Address, leaf: LeafProof) -> Instruction {
        instruction::SlashApply { leaf }.to_instruction(accounts::SlashApply {
            ring,
            stake: self.stake_group(operator),
            token_mint: self.token_mint,
            insurance_vault: self.insurance_vault,
            claim: claim_address(&pool_address(&self.service).0, &operator).0,
            delegation_pool: delegation_pool_address(&operator).0,
        })
    }

    pub fn slash_record(
        &self,
        pool: Address,
        operator: Address,
        slashed: u64,
        amount: u64,
    ) -> Instruction {
        instruction::SlashRecord { slashed, amount }
            .to_instruction(accounts::SlashRecord { pool, operator })
    }

    pub fn bond_slash(
        &self,
        slasher: Address,
        challenger: Address,
        signers: u32,
        voted_epoch: u64,
    ) -> Instruction {
        instruction::BondSlash {
            signers,
            voted_epoch,
        }
        .to_instruction(accounts::BondSlash {
            slasher,
            bonds: self.bond_group(),
            token_mint: self.token_mint,
            insurance_vault: self.insurance_vault,
            challenger,
        })
    }

    fn stake_group(&self, operator: Address) -> client::StakeVault {
        client::StakeVault {
            network: self.network,
            operator,
            stake_vault: self.stake_vault,
            token_program: Token::id(),
        }
    }

    fn bond_group(&self) -> client::BondVault {
        client::BondVault {
            network: self.network,
            verifiers: self.verifiers,
            bond_vault: self.bond_vault,
            token_program: Token::id(),
        }
    }
}
