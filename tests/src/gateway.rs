//! A prepaid gateway on a network with a credit market, its user, and builders of its instructions.

use {
    crate::{
        credits::{credit_account, CreditsWorld, DOLLARS},
        staking::OperatorKeys,
        svm::{Outcome, Sent},
        tokens::TOKEN,
    },
    anchor_lang::{
        programs::{AssociatedToken, System, Token, Token2022},
        Id,
    },
    prepaid_gateway::{
        accounts,
        address::{customer_address, gateway_address, plan_address, till_address},
        groups::client::{Books, Refund, Till},
        instruction,
        state::{Gateway, Plan},
    },
    solana_address::Address,
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_signer::Signer,
    std::ops::{Deref, DerefMut},
    trestle_core::hash::sha256,
    trestle_credits::{
        address::{customer_address as account_address, lease_address, maintenance_address},
        state::{CustomerAccount, LeaseTerms},
    },
    trestle_proofs::address::{commitment_address, load_address},
    trestle_staking::leaf::LeafProof,
};

/// What a credit costs, in millionths of a dollar.
pub const CREDIT_PRICE: u64 = 10;
/// Stablecoin that the owner puts into the till.
pub const FLOAT: u64 = 1_000_000;
/// Bytes of the data that plans register.
pub const SIZE_BYTES: u64 = 1 << 20;

/// A gateway without a plan, and a user.
pub struct GatewayWorld {
    pub credits: CreditsWorld,
    pub owner: Keypair,
    pub user: Keypair,
    /// The stablecoin of both.
    pub owner_stable: Address,
    pub user_stable: Address,
    pub gateway: Address,
    pub customer: Address,
    pub account: Address,
    pub till: Address,
    pub plan: Address,
    /// The customer's wallet of credits.
    pub wallet: Address,
}

/// What a plan leases.
pub struct PlanDeal {
    pub operator: OperatorKeys,
    pub root: [u8; 32],
    pub commitment: Address,
    pub lease: Address,
}

impl Deref for GatewayWorld {
    type Target = CreditsWorld;

    fn deref(&self) -> &CreditsWorld {
        &self.credits
    }
}

impl DerefMut for GatewayWorld {
    fn deref_mut(&mut self) -> &mut CreditsWorld {
        &mut self.credits
    }
}

impl GatewayWorld {
    /// An open gateway with a float.
    pub fn new() -> Self {
        let mut world = Self::without_gateway();
        world.open_gateway().expect("a gateway");
        world.put_float(FLOAT);
        world
    }

    /// The same before the gateway is opened.
    pub fn without_gateway() -> Self {
        let programs = ["credits", "proofs", "prepaid_gateway"];
        let mut credits = CreditsWorld::with_programs(&programs);
        credits
            .create_market(crate::credits::market_params())
            .expect("a market");
        let owner = credits.svm.funded("gateway owner");
        let user = credits.svm.funded("gateway user");
        let open = credits.revenue_open(owner.pubkey());
        credits.must(open, &owner);
        let stable_mint = credits.stable_mint;
        let gateway = gateway_address(&credits.network, &owner.pubkey(), 0).0;
        let customer = customer_address(&gateway).0;
        Self {
            owner_stable: credits.svm.put_tokens(stable_mint, owner.pubkey(), DOLLARS),
            user_stable: credits.svm.put_tokens(stable_mint, user.pubkey(), DOLLARS),
            account: account_address(&credits.network, &customer).0,
            till: till_address(&gateway).0,
            plan: plan_address(&gateway).0,
            wallet: credit_account(&customer, &credits.credit_mint),
            gateway,
            customer,
            owner,
            user,
            credits,
        }
    }

    /// Opens the gateway, and the customer's wallet as clients do.
    pub fn open_gateway(&mut self) -> Outcome {
        let instructions = [self.wallet_create(), self.gateway_open(0)];
        let owner = self.owner.insecure_clone();
        self.svm.send(&instructions, &[&owner])
    }

    /// Puts stablecoin of the owner into the till.
    pub fn put_float(&mut self, amount: u64) {
        let ix = Instruction {
            program_id: Token::id(),
            accounts: vec![
                AccountMeta::new(self.owner_stable, false),
                AccountMeta::new(self.till, false),
                AccountMeta::new_readonly(self.owner.pubkey(), true),
            ],
            data: [&[3], &amount.to_le_bytes()[..]].concat(),
        };
        let owner = self.owner.insecure_clone();
        self.must(ix, &owner);
    }

    /// Pays for a plan of this many credits.
    pub fn pay(&mut self, credits: u64) -> Outcome {
        let ix = self.plan_open(credits);
        let user = self.user.insecure_clone();
        self.svm.send(&[ix], &[&user])
    }

    /// An operator with stake, and what it would keep.
    pub fn plan_deal(&mut self, name: &str) -> PlanDeal {
        let operator = self.credits.staking.operator(name, 100 * TOKEN);
        let root = sha256(&[b"plan", name.as_bytes()]);
        let commitment = commitment_address(&operator.address, &root).0;
        PlanDeal {
            lease: lease_address(&commitment).0,
            operator,
            root,
            commitment,
        }
    }

    /// Opens the lease of the plan.
    pub fn lease_plan(&mut self, deal: &PlanDeal, terms: LeaseTerms) -> Outcome {
        let ix = self.plan_lease(deal, terms);
        let user = self.user.insecure_clone();
        self.svm.send(&[ix], &[&user, &deal.operator.node])
    }

    /// A gateway whose plan of ten epochs at 1,000 credits is leased.
    pub fn leased() -> (Self, PlanDeal) {
        let mut world = Self::new();
        world.pay(10_000).expect("a plan");
        let deal = world.plan_deal("operator");
        world
            .lease_plan(&deal, crate::credits::terms())
            .expect("a lease");
        (world, deal)
    }

    /// Makes a root final and settles the plan with it.
    pub fn settle_with(&mut self, deal: &PlanDeal, epoch: u64, windows: (u32, u32)) -> Sent {
        let leaf = crate::final_roots::windows(windows.0, windows.1);
        self.publish(epoch, &[(deal.operator.address, leaf)]);
        let leaf = self.roots.leaf(epoch, &deal.operator.address);
        let ix = self.plan_settle(deal, leaf);
        self.svm.must(&[ix], &[])
    }

    /// Closes the plan, signed by the user.
    pub fn close(&mut self, deal: &PlanDeal) -> Outcome {
        let user = self.user.insecure_clone();
        let ix = self.plan_close(deal, true);
        self.svm.send(&[ix], &[&user])
    }

    pub fn gateway_state(&self) -> Gateway {
        self.svm.get(&self.gateway)
    }

    pub fn plan_state(&self) -> Plan {
        self.svm.get(&self.plan)
    }

    pub fn customer_state(&self) -> CustomerAccount {
        self.svm.get(&self.account)
    }
}

impl Default for GatewayWorld {
    fn default() -> Self {
        Self::new()
    }
}

/// The instructions, one builder each.
impl GatewayWorld {
    /// Creates the customer's wallet of credits, paid for by the owner.
    pub fn wallet_create(&self) -> Instruction {
        const CREATE_IDEMPOTENT: u8 = 1;
        let accounts = vec![
            AccountMeta::new(self.owner.pubkey(), true),
            AccountMeta::new(self.wallet, false),
            AccountMeta::new_readonly(self.customer, false),
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

    pub fn gateway_open(&self, number: u32) -> Instruction {
        let owner = self.owner.pubkey();
        let gateway = gateway_address(&self.network, &owner, number).0;
        let customer = customer_address(&gateway).0;
        instruction::GatewayOpen { number }.to_instruction(accounts::GatewayOpen {
            owner,
            network: self.network,
            market: self.market,
            gateway,
            customer,
            stable_mint: self.stable_mint,
            till: till_address(&gateway).0,
            account: account_address(&self.network, &customer).0,
            token_program: Token::id(),
            system_program: System::id(),
            credits_program: trestle_credits::ID,
        })
    }

    pub fn gateway_withdraw(&self, owner: Address, to: Address, amount: u64) -> Instruction {
        instruction::GatewayWithdraw { amount }.to_instruction(accounts::GatewayWithdraw {
            owner,
            from: self.till_group(),
            plan: self.plan,
            account: self.account,
            destination: to,
        })
    }

    pub fn plan_open(&self, credits: u64) -> Instruction {
        instruction::PlanOpen { credits }.to_instruction(accounts::PlanOpen {
            user: self.user.pubkey(),
            user_stable: self.user_stable,
            into: self.till_group(),
            plan: self.plan,
            books: self.books(),
            credit_mint: self.credit_mint,
            wallet_credits: self.wallet,
            revenue_vault: self.revenue_vault,
            token_2022_program: Token2022::id(),
            system_program: System::id(),
            credits_program: trestle_credits::ID,
        })
    }

    pub fn plan_cancel(&self) -> Instruction {
        instruction::PlanCancel {}.to_instruction(accounts::PlanCancel {
            user: self.user.pubkey(),
            refund: self.refund(),
        })
    }

    pub fn plan_lease(&self, deal: &PlanDeal, terms: LeaseTerms) -> Instruction {
        instruction::PlanLease {
            root: deal.root,
            size_bytes: SIZE_BYTES,
            terms,
        }
        .to_instruction(accounts::PlanLease {
            user: self.user.pubkey(),
            node: deal.operator.node.pubkey(),
            gateway: self.gateway,
            plan: self.plan,
            customer: self.customer,
            books: self.books(),
            service: self.service,
            operator: deal.operator.address,
            commitment: deal.commitment,
            load: load_address(&deal.operator.address).0,
            ring: self.roots.ring,
            lease: deal.lease,
            system_program: System::id(),
            proofs_program: trestle_proofs::ID,
            credits_program: trestle_credits::ID,
            admission: self.nothing_shown(),
        })
    }

    pub fn plan_settle(&self, deal: &PlanDeal, leaf: LeafProof) -> Instruction {
        instruction::PlanSettle { leaf }.to_instruction(accounts::PlanSettle {
            plan: self.plan,
            books: self.books(),
            lease: deal.lease,
            ring: self.roots.ring,
            commitment: deal.commitment,
            revenue: self.revenue,
            maintenance: maintenance_address(&deal.operator.address).0,
            credits_program: trestle_credits::ID,
        })
    }

    pub fn plan_end(&self, deal: &PlanDeal) -> Instruction {
        instruction::PlanEnd {}.to_instruction(accounts::PlanEnd {
            user: self.user.pubkey(),
            gateway: self.gateway,
            plan: self.plan,
            customer: self.customer,
            network: self.network,
            service: self.service,
            operator: deal.operator.address,
            commitment: deal.commitment,
            ring: self.roots.ring,
            proofs_program: trestle_proofs::ID,
        })
    }

    /// Signed by the user, or by nobody.
    pub fn plan_close(&self, deal: &PlanDeal, by_user: bool) -> Instruction {
        let mut ix = instruction::PlanClose {}.to_instruction(accounts::PlanClose {
            user: self.user.pubkey(),
            refund: self.refund(),
            books: self.books(),
            lease: deal.lease,
            commitment: deal.commitment,
            system_program: System::id(),
            credits_program: trestle_credits::ID,
        });
        ix.accounts[0].is_signer = by_user;
        ix
    }

    fn till_group(&self) -> Till {
        Till {
            gateway: self.gateway,
            customer: self.customer,
            till: self.till,
            token_program: Token::id(),
        }
    }

    fn refund(&self) -> Refund {
        Refund {
            user_stable: self.user_stable,
            from: self.till_group(),
            plan: self.plan,
        }
    }

    fn books(&self) -> Books {
        Books {
            network: self.network,
            market: self.market,
            account: self.account,
        }
    }
}
