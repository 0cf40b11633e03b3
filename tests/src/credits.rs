//! A network with a credit market, a price, customers and commitments, and builders of the credits
//! program's instructions.

use {
    crate::{
        final_roots::Roots,
        staking::{OperatorKeys, World, PURSE},
        svm::{Outcome, Sent},
    },
    anchor_lang::{
        programs::{AssociatedToken, System, Token, Token2022},
        Id,
    },
    solana_address::Address,
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_signer::Signer,
    std::ops::{Deref, DerefMut},
    trestle_core::{
        leaf::LeafCounters,
        price::{PriceUpdate, VerificationLevel},
    },
    trestle_credits::{
        accounts,
        address::{
            credit_mint_address, customer_address, maintenance_address, market_address,
            revenue_address, revenue_vault_address,
        },
        constants::PRICE_PROGRAM,
        groups::client::{CreditWallet, CustomerWallet, Funds, LeaseRefund},
        instruction,
        state::{CustomerAccount, Lease, LeaseTerms, Market, MarketParams, SlaStep, DEEPER_STEPS},
    },
    trestle_staking::leaf::LeafProof,
};

pub use crate::billing::market_params;

/// The feed of the test market.
pub const FEED: [u8; 32] = [7; 32];
/// Stablecoin that each customer starts with, in millionths of a dollar.
pub const DOLLARS: u64 = 1_000_000_000_000;
/// Seconds of an epoch of the test network.
pub const EPOCH: i64 = 3_600;

/// A network whose credits can be bought.
pub struct CreditsWorld {
    pub staking: World,
    pub roots: Roots,
    pub market: Address,
    pub credit_mint: Address,
    pub revenue_vault: Address,
    pub price_account: Address,
    /// What customers paid for the service.
    pub revenue: Address,
}

/// A customer and its accounts.
pub struct Customer {
    pub key: Keypair,
    /// Network tokens and stablecoin.
    pub tokens: Address,
    pub stable: Address,
    /// The wallet's credits: its associated account.
    pub wallet: Address,
    /// The account with the network.
    pub account: Address,
}

/// A commitment of an operator to a customer, and the lease on it.
pub struct Deal {
    pub operator: OperatorKeys,
    pub commitment: Address,
    pub lease: Address,
}

impl Deref for CreditsWorld {
    type Target = World;

    fn deref(&self) -> &World {
        &self.staking
    }
}

impl DerefMut for CreditsWorld {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.staking
    }
}

/// Two dollars a token on average, give or take a tenth of a percent.
pub fn price(now: i64) -> PriceUpdate {
    PriceUpdate {
        write_authority: [1; 32],
        verification_level: VerificationLevel::Full,
        feed_id: FEED,
        price: 210_000_000,
        conf: 300_000,
        exponent: -8,
        publish_time: now,
        prev_publish_time: now - 1,
        ema_price: 200_000_000,
        ema_conf: 200_000,
        posted_slot: 1,
    }
}

/// Ten epochs at 1,000 credits, settled each for itself; below 90 % a tenth comes back.
pub fn terms() -> LeaseTerms {
    LeaseTerms {
        rate_per_epoch: 1_000,
        epochs: 10,
        period_epochs: 1,
        sla_bps: 9_000,
        credit_bps: 1_000,
        deeper_steps: [SlaStep::default(); DEEPER_STEPS],
        credit_cap_bps: 10_000,
        notice_epochs: 0,
        renewal_epochs: 0,
        renewal_rate: 0,
    }
}

/// The associated credit account of a wallet.
pub fn credit_account(wallet: &Address, mint: &Address) -> Address {
    let seeds = [wallet.as_ref(), Token2022::id().as_ref(), mint.as_ref()].map(<[u8]>::to_vec);
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    Address::find_program_address(&seeds, &AssociatedToken::id()).0
}

impl CreditsWorld {
    /// A network with a market, a price and an empty ring.
    pub fn new() -> Self {
        let mut world = Self::without_market();
        world.create_market(market_params()).expect("a market");
        let opener = world.svm.funded("opener");
        let open = world.revenue_open(opener.pubkey());
        world.must(open, &opener);
        world
    }

    /// The same before the market is created.
    pub fn without_market() -> Self {
        Self::with_programs(&["credits"])
    }

    /// The same with these programs besides staking.
    pub fn with_programs(programs: &[&str]) -> Self {
        let mut staking = World::new(programs);
        let roots = Roots::new(&mut staking.svm, staking.service);
        let network = staking.network;
        let mut world = Self {
            market: market_address(&network).0,
            credit_mint: credit_mint_address(&network).0,
            revenue_vault: revenue_vault_address(&network).0,
            price_account: staking.svm.fresh_address(),
            revenue: revenue_address(&staking.service).0,
            roots,
            staking,
        };
        world.post_price(&price(world.svm.now()));
        world
    }

    pub fn create_market(&mut self, params: MarketParams) -> Outcome {
        let ix = self.market_create(self.authority.pubkey(), params);
        let authority = self.authority.insecure_clone();
        self.svm.send(&[ix], &[&authority])
    }

    /// Writes the price account as Pyth would.
    pub fn post_price(&mut self, update: &PriceUpdate) {
        let (account, data) = (self.price_account, update.encode().to_vec());
        self.svm.put(account, PRICE_PROGRAM, data);
    }

    /// A funded customer with an empty credit account, before its account is open.
    pub fn stranger(&mut self, name: &str) -> Customer {
        let key = self.svm.funded(name);
        let (token_mint, stable_mint) = (self.token_mint, self.stable_mint);
        let customer = Customer {
            tokens: self.svm.put_tokens(token_mint, key.pubkey(), PURSE),
            stable: self.svm.put_tokens(stable_mint, key.pubkey(), DOLLARS),
            wallet: credit_account(&key.pubkey(), &self.credit_mint),
            account: customer_address(&self.network, &key.pubkey()).0,
            key,
        };
        let create = self.wallet_create(&customer);
        self.svm.must(&[create], &[&customer.key]);
        customer
    }

    /// The same with an open account.
    pub fn customer(&mut self, name: &str) -> Customer {
        let customer = self.stranger(name);
        let open = self.account_open(&customer);
        self.svm.must(&[open], &[&customer.key]);
        customer
    }

    /// A customer with this many free credits in its account.
    pub fn rich_customer(&mut self, name: &str, credits: u64) -> Customer {
        let customer = self.customer(name);
        let buy = self.credits_buy_stable(&customer, credits, u64::MAX);
        let deposit = self.account_deposit(&customer, credits);
        self.svm.must(&[buy, deposit], &[&customer.key]);
        customer
    }

    /// A customer with an open lease on these terms, and credits to spare.
    pub fn lease(&mut self, terms: LeaseTerms) -> (Customer, Deal) {
        let customer = self.rich_customer("customer", 100_000);
        let deal = self.deal("operator", &customer);
        self.open(&customer, &deal, terms).expect("a lease");
        (customer, deal)
    }

    pub fn open(&mut self, customer: &Customer, deal: &Deal, terms: LeaseTerms) -> Outcome {
        let ix = self.lease_open(customer, deal, terms);
        self.svm.send(&[ix], &[&customer.key, &deal.operator.node])
    }

    /// Lets time pass up to the begin of an epoch.
    pub fn reach(&mut self, epoch: u64) {
        while self.epoch() < epoch {
            self.svm.advance(EPOCH);
        }
    }

    /// Makes the root of an epoch final, at the earliest possible time.
    pub fn publish(&mut self, epoch: u64, leaves: &[(Address, LeafCounters)]) {
        self.reach(epoch + 1);
        let Self { staking, roots, .. } = self;
        roots.publish(&mut staking.svm, epoch, leaves, leaves.len());
    }

    /// Settles with the operator's leaf of an epoch.
    pub fn settle(&mut self, customer: &Customer, deal: &Deal, epoch: u64) -> Outcome {
        let leaf = self.roots.leaf(epoch, &deal.operator.address);
        let ix = self.lease_settle(customer, deal, leaf);
        self.svm.send(&[ix], &[])
    }

    #[track_caller]
    pub fn must(&mut self, ix: Instruction, signer: &Keypair) -> Sent {
        self.svm.must(&[ix], &[signer])
    }

    /// Credits in a wallet.
    pub fn credits(&self, customer: &Customer) -> u64 {
        self.amount_at(&customer.wallet, 64)
    }

    /// Credits in all wallets.
    pub fn credit_supply(&self) -> u64 {
        self.amount_at(&self.credit_mint, 36)
    }

    fn amount_at(&self, address: &Address, place: usize) -> u64 {
        let account = self.svm.raw(address).expect("an account that exists");
        let bytes = account.data[place..place + 8].try_into().expect("8 bytes");
        u64::from_le_bytes(bytes)
    }

    pub fn market_state(&self) -> Market {
        self.svm.get(&self.market)
    }

    pub fn account_state(&self, customer: &Customer) -> CustomerAccount {
        self.svm.get(&customer.account)
    }

    pub fn lease_state(&self, deal: &Deal) -> Lease {
        self.svm.get(&deal.lease)
    }

    /// The key of the network's authority.
    pub fn authority_key(&self) -> Keypair {
        self.authority.insecure_clone()
    }
}

impl Default for CreditsWorld {
    fn default() -> Self {
        Self::new()
    }
}

/// The instructions, one builder each.
impl CreditsWorld {
    /// Creates the associated credit account if there is none: what clients put before a purchase.
    pub fn wallet_create(&self, customer: &Customer) -> Instruction {
        const CREATE_IDEMPOTENT: u8 = 1;
        let accounts = vec![
            AccountMeta::new(customer.key.pubkey(), true),
            AccountMeta::new(customer.wallet, false),
            AccountMeta::new_readonly(customer.key.pubkey(), false),
            AccountMeta::new_readonly(self.credit_mint, false),
            AccountMeta::new_readonly(System::id(), false),
            AccountMeta::new_readonly(Token2022::id(), false),
        ];
        Instruction {
            program_id: AssociatedToken::id(),
            accounts,
            data: vec![CREATE_IDEMPOTENT],
        }
    }

    pub fn market_create(&self, authority: Address, params: MarketParams) -> Instruction {
        instruction::MarketCreate { params }.to_instruction(accounts::MarketCreate {
            authority,
            network: self.network,
            market: self.market,
            credit_mint: self.credit_mint,
            stable_mint: self.stable_mint,
            price_account: self.price_account,
            revenue_vault: self.revenue_vault,
            token_program: Token::id(),
            token_2022_program: Token2022::id(),
            system_program: System::id(),
        })
    }

    pub fn credits_buy_burn(
        &self,
        customer: &Customer,
        credits: u64,
        max_tokens: u64,
    ) -> Instruction {
        instruction::CreditsBuyBurn {
            credits,
            max_tokens,
        }
        .to_instruction(accounts::CreditsBuyBurn {
            buyer: self.credit_wallet(customer),
            token_mint: self.token_mint,
            buyer_tokens: customer.tokens,
            price_account: self.price_account,
            token_program: Token::id(),
        })
    }

    pub fn credits_buy_stable(
        &self,
        customer: &Customer,
        credits: u64,
        max_stable: u64,
    ) -> Instruction {
        instruction::CreditsBuyStable {
            credits,
            max_stable,
        }
        .to_instruction(accounts::CreditsBuyStable {
            buyer: self.credit_wallet(customer),
            buyer_stable: customer.stable,
            revenue_vault: self.revenue_vault,
            token_program: Token::id(),
        })
    }

    pub fn account_open(&self, customer: &Customer) -> Instruction {
        instruction::AccountOpen {}.to_instruction(accounts::AccountOpen {
            customer: customer.key.pubkey(),
            network: self.network,
            account: customer.account,
            system_program: System::id(),
        })
    }

    pub fn account_deposit(&self, customer: &Customer, credits: u64) -> Instruction {
        instruction::AccountDeposit { credits }.to_instruction(accounts::AccountDeposit {
            from: self.customer_wallet(customer),
        })
    }

    pub fn account_withdraw(&self, customer: &Customer, credits: u64) -> Instruction {
        instruction::AccountWithdraw { credits }.to_instruction(accounts::AccountWithdraw {
            to: self.customer_wallet(customer),
        })
    }

    pub fn lease_open(&self, customer: &Customer, deal: &Deal, terms: LeaseTerms) -> Instruction {
        instruction::LeaseOpen { terms }.to_instruction(accounts::LeaseOpen {
            customer: customer.key.pubkey(),
            node_key: deal.operator.node.pubkey(),
            funds: self.funds(customer),
            operator: deal.operator.address,
            commitment: deal.commitment,
            lease: deal.lease,
            system_program: System::id(),
            service: self.service,
            admission: self.nothing_shown(),
        })
    }

    pub fn lease_settle(&self, customer: &Customer, deal: &Deal, leaf: LeafProof) -> Instruction {
        instruction::LeaseSettle { leaf }.to_instruction(accounts::LeaseSettle {
            refund: self.lease_refund(customer, deal),
            ring: self.roots.ring,
            commitment: deal.commitment,
            revenue: self.revenue,
            maintenance: maintenance_address(&deal.operator.address).0,
        })
    }

    pub fn lease_end(&self, party: Address, deal: &Deal, reason: u8) -> Instruction {
        instruction::LeaseEnd { reason }.to_instruction(accounts::LeaseEnd {
            party,
            network: self.network,
            service: self.service,
            operator: deal.operator.address,
            lease: deal.lease,
        })
    }

    pub fn lease_close(&self, customer: &Customer, deal: &Deal) -> Instruction {
        instruction::LeaseClose {}.to_instruction(accounts::LeaseClose {
            refund: self.lease_refund(customer, deal),
            customer: customer.key.pubkey(),
        })
    }

    fn credit_wallet(&self, customer: &Customer) -> CreditWallet {
        CreditWallet {
            network: self.network,
            market: self.market,
            wallet: customer.key.pubkey(),
            credit_mint: self.credit_mint,
            wallet_credits: customer.wallet,
            token_2022_program: Token2022::id(),
        }
    }

    fn customer_wallet(&self, customer: &Customer) -> CustomerWallet {
        CustomerWallet {
            credits: self.credit_wallet(customer),
            account: customer.account,
        }
    }

    pub(crate) fn funds(&self, customer: &Customer) -> Funds {
        Funds {
            network: self.network,
            market: self.market,
            account: customer.account,
        }
    }

    pub(crate) fn lease_refund(&self, customer: &Customer, deal: &Deal) -> LeaseRefund {
        LeaseRefund {
            funds: self.funds(customer),
            lease: deal.lease,
        }
    }
}
