//! The four programs are deployed. Deploying takes their own keys and is done by the cluster's
//! tools (`solana program deploy`); this step only refuses to go on without them.

use anyhow::{ensure, Result};
use async_trait::async_trait;
use solana_pubkey::Pubkey;

use crate::{Context, Plan, Step};

const PROGRAMS: [(&str, Pubkey); 4] = [
    ("staking", trestle_staking::ID),
    ("proofs", trestle_proofs::ID),
    ("rewards", trestle_rewards::ID),
    ("credits", trestle_credits::ID),
];

pub struct Programs;

#[async_trait(?Send)]
impl Step for Programs {
    fn name(&self) -> &'static str {
        "0001_programs"
    }

    async fn plan(&self, _: &Context) -> Result<Plan> {
        Ok(Plan::done())
    }

    async fn apply(&self, _: &Context) -> Result<()> {
        Ok(())
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        for (name, address) in PROGRAMS {
            let account = context.rpc.get_account(&address).await;
            ensure!(
                account.is_ok_and(|account| account.executable),
                "the {name} program is not deployed at {address}: \
                 run `solana program deploy target/deploy/trestle_{name}.so`"
            );
        }
        Ok(())
    }
}
