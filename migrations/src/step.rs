//! What a migration step is.

use async_trait::async_trait;

use crate::Context;

/// What a step would do. Empty when the chain already is as it should be.
#[derive(Debug, Default)]
pub struct Plan {
    /// One line each, in the order of the transactions.
    pub actions: Vec<String>,
}

impl Plan {
    /// Nothing is left to do.
    pub fn done() -> Self {
        Self::default()
    }

    /// One thing to do.
    pub fn one(action: impl Into<String>) -> Self {
        Self {
            actions: vec![action.into()],
        }
    }

    /// Whether the step has been applied already.
    pub fn is_done(&self) -> bool {
        self.actions.is_empty()
    }
}

/// One numbered change of a deployment.
#[async_trait(?Send)]
pub trait Step {
    /// The file's name: number and noun.
    fn name(&self) -> &'static str;

    /// Reads the chain and says what is missing. Sends nothing.
    async fn plan(&self, context: &Context) -> anyhow::Result<Plan>;

    /// Sends what `plan` named. Replaying an applied step sends nothing.
    async fn apply(&self, context: &Context) -> anyhow::Result<()>;

    /// Reads the chain and fails unless it is as the settings say.
    async fn verify(&self, context: &Context) -> anyhow::Result<()>;
}
