//! The store in SQLite. The SQL is standard: types, upserts and all run on Postgres, where only
//! `INTEGER PRIMARY KEY` becomes an identity column.

use super::rows::{array, from_blob, read_finding, to_blob, FindingColumns};
use super::service_rows::{insert_service, is_new, prune_services, services_since};
use super::{
    ChunkAttempts, Decision, DecisionVerdict, EvidenceStore, ExchangeDraft, ExchangeResult,
    KnownRoot, OpenedEpoch, OperatorSeen, ServiceSeen, StoreError, ANSWER_BYTES_MAX,
    REASON_CHARS_MAX,
};
use async_trait::async_trait;
use rusqlite::{params, Connection, OptionalExtension, Row, Transaction};
use trestle_core::hash::Hash;
use trestle_kit::database::{Database, DatabaseError};
use trestle_kit::journal_sqlite::JOURNAL_MIGRATION;
use trestle_verify::storage::{ChallengeEvidence, CommitmentInput};

/// All tables of the service, in order of introduction.
pub const MIGRATIONS: [&str; 4] = [
    JOURNAL_MIGRATION,
    include_str!("schema_0001.sql"),
    include_str!("schema_0002.sql"),
    include_str!("schema_0003.sql"),
];

/// The store of one service.
#[derive(Clone)]
pub struct SqliteStore {
    database: Database,
}

impl SqliteStore {
    /// Over a database opened with [`MIGRATIONS`].
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, StoreError> {
        Ok(self.database.write(work).await?)
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, StoreError> {
        Ok(self.database.read(work).await?)
    }
}

#[async_trait]
impl EvidenceStore for SqliteStore {
    async fn note_operators(&self, seen: &[OperatorSeen]) -> Result<u32, StoreError> {
        let seen = seen.to_vec();
        // Most looks find nothing new, and a read costs no sync to disk.
        let changed = self
            .read(move |connection| changed_operators(connection, seen))
            .await?;
        if changed.is_empty() {
            return Ok(0);
        }
        self.write(move |transaction| {
            for one in &changed {
                insert_operator(transaction, one)?;
            }
            Ok(u32::try_from(changed.len()).unwrap_or(u32::MAX))
        })
        .await
    }

    async fn operators_since(&self, since: i64) -> Result<Vec<OperatorSeen>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT operator, node_key, zone, stake, min_stake, registered_epoch, seen_at,
                     active_stake
                 FROM operator_seen AS one
                 WHERE seen_at > ?1 OR seen_at = (
                     SELECT MAX(seen_at) FROM operator_seen AS older
                     WHERE older.operator = one.operator AND older.seen_at <= ?1)
                 ORDER BY operator, seen_at",
            )?;
            let mut rows = statement.query([since])?;
            let mut seen = Vec::new();
            while let Some(row) = rows.next()? {
                seen.push(read_operator(row)?);
            }
            Ok(seen)
        })
        .await
    }

    async fn note_service(&self, seen: &ServiceSeen, since: i64) -> Result<bool, StoreError> {
        let seen = *seen;
        if !self.read(move |one| is_new(one, &seen, since)).await? {
            return Ok(false);
        }
        self.write(move |transaction| insert_service(transaction, &seen))
            .await?;
        Ok(true)
    }

    async fn services_since(&self, since: i64) -> Result<Vec<ServiceSeen>, StoreError> {
        self.read(move |connection| services_since(connection, since))
            .await
    }

    async fn open_epoch(&self, opened: &OpenedEpoch) -> Result<(), StoreError> {
        let opened = opened.clone();
        self.write(move |transaction| {
            let inserted = transaction.execute(
                "INSERT INTO epoch_opened (epoch, seed, challenges) VALUES (?1, ?2, ?3)
                 ON CONFLICT (epoch) DO NOTHING",
                params![opened.epoch.cast_signed(), opened.seed, opened.challenges],
            )?;
            if inserted == 0 {
                return Ok(());
            }
            for commitment in &opened.commitments {
                transaction.execute(
                    "INSERT INTO epoch_commitment (epoch, commitment, body) VALUES (?1, ?2, ?3)",
                    params![
                        opened.epoch.cast_signed(),
                        commitment.address,
                        to_blob(commitment)?
                    ],
                )?;
            }
            Ok(())
        })
        .await
    }

    async fn opened(&self, epoch: u64) -> Result<Option<OpenedEpoch>, StoreError> {
        self.read(move |connection| read_opened(connection, epoch))
            .await
    }

    async fn begin_exchange(&self, draft: &ExchangeDraft) -> Result<i64, StoreError> {
        let draft = draft.clone();
        self.write(move |transaction| {
            Ok(transaction.query_row(
                "INSERT INTO exchange (epoch, commitment, chunk, request, asked_at_ms, done)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0) RETURNING id",
                params![
                    draft.epoch.cast_signed(),
                    draft.commitment,
                    draft.chunk,
                    draft.request,
                    draft.asked_at_ms
                ],
                |row| row.get(0),
            )?)
        })
        .await
    }

    async fn end_exchange(&self, id: i64, result: &ExchangeResult) -> Result<(), StoreError> {
        let result = result.clone();
        self.write(move |transaction| end_exchange(transaction, id, result))
            .await
    }

    async fn attempts(&self, epoch: u64) -> Result<Vec<ChunkAttempts>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT commitment, chunk, COUNT(*) FROM exchange
                 WHERE epoch = ?1 AND done = 1 GROUP BY commitment, chunk
                 ORDER BY commitment, chunk",
            )?;
            let mut rows = statement.query([epoch.cast_signed()])?;
            let mut attempts = Vec::new();
            while let Some(row) = rows.next()? {
                attempts.push(ChunkAttempts {
                    commitment: array(&row.get::<_, Vec<u8>>(0)?)?,
                    chunk: row.get(1)?,
                    attempts: row.get(2)?,
                });
            }
            Ok(attempts)
        })
        .await
    }

    async fn found(&self, epoch: u64) -> Result<Vec<([u8; 32], u32)>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT commitment, number FROM finding WHERE epoch = ?1
                 ORDER BY commitment, number",
            )?;
            let mut rows = statement.query([epoch.cast_signed()])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push((array(&row.get::<_, Vec<u8>>(0)?)?, row.get(1)?));
            }
            Ok(found)
        })
        .await
    }

    async fn findings(&self, epoch: u64) -> Result<Vec<ChallengeEvidence>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT commitment, number, kind, leaf, path, signature FROM finding
                 WHERE epoch = ?1 ORDER BY commitment, number",
            )?;
            let mut rows = statement.query([epoch.cast_signed()])?;
            let mut findings = Vec::new();
            while let Some(row) = rows.next()? {
                findings.push(read_finding(row)?);
            }
            Ok(findings)
        })
        .await
    }

    async fn put_root(&self, root: &KnownRoot) -> Result<(), StoreError> {
        let root = root.clone();
        self.write(move |transaction| {
            transaction.execute(
                "INSERT INTO known_root (digest, epoch, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (digest) DO NOTHING",
                params![root.digest, root.epoch.cast_signed(), to_blob(&root)?],
            )?;
            Ok(())
        })
        .await
    }

    async fn root(&self, digest: &Hash) -> Result<Option<KnownRoot>, StoreError> {
        let digest = *digest;
        self.read(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT body FROM known_root WHERE digest = ?1")?;
            let body: Option<Vec<u8>> =
                statement.query_row([digest], |row| row.get(0)).optional()?;
            body.map(|body| from_blob(&body, "known_root")).transpose()
        })
        .await
    }

    async fn put_decision(&self, epoch: u64, decision: &Decision) -> Result<(), StoreError> {
        let decision = decision.clone();
        self.write(move |transaction| {
            let verdict = match decision.verdict {
                DecisionVerdict::Attest => "attest",
                DecisionVerdict::Refuse => "refuse",
            };
            transaction.execute(
                "INSERT INTO decision
                     (epoch, proposal, proposer, digest, verdict, reason, decided_at, reviews)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
                 ON CONFLICT (proposal, digest) DO UPDATE SET
                     verdict = excluded.verdict, reason = excluded.reason,
                     decided_at = excluded.decided_at, reviews = decision.reviews + 1",
                params![
                    epoch.cast_signed(),
                    decision.proposal,
                    decision.proposer,
                    decision.digest,
                    verdict,
                    shorten(&decision.reason),
                    decision.decided_at
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn decisions(&self, epoch: u64) -> Result<Vec<Decision>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT proposal, proposer, digest, verdict, reason, decided_at, reviews
                 FROM decision WHERE epoch = ?1 ORDER BY decided_at, proposal",
            )?;
            let mut rows = statement.query([epoch.cast_signed()])?;
            let mut decisions = Vec::new();
            while let Some(row) = rows.next()? {
                decisions.push(read_decision(row)?);
            }
            Ok(decisions)
        })
        .await
    }

    async fn prune(&self, epoch: u64, since: i64) -> Result<(), StoreError> {
        self.write(move |transaction| {
            for table in [
                "finding",
                "exchange",
                "epoch_commitment",
                "epoch_opened",
                "decision",
                "known_root",
            ] {
                let statement = format!("DELETE FROM {table} WHERE epoch < ?1");
                transaction.execute(&statement, [epoch.cast_signed()])?;
            }
            transaction.execute(
                "DELETE FROM operator_seen WHERE seen_at < (
                     SELECT MAX(newer.seen_at) FROM operator_seen AS newer
                     WHERE newer.operator = operator_seen.operator AND newer.seen_at <= ?1)",
                [since],
            )?;
            prune_services(transaction, since)
        })
        .await
    }
}

fn changed_operators(
    connection: &Connection,
    seen: Vec<OperatorSeen>,
) -> Result<Vec<OperatorSeen>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT operator, node_key, zone, stake, min_stake, registered_epoch, seen_at,
             active_stake
         FROM operator_seen WHERE operator = ?1 ORDER BY seen_at DESC LIMIT 1",
    )?;
    let mut changed = Vec::new();
    for one in seen {
        let mut rows = statement.query([one.operator])?;
        let last = rows.next()?.map(read_operator).transpose()?;
        let same = last.is_some_and(|last| {
            OperatorSeen {
                seen_at: one.seen_at,
                ..last
            } == one
        });
        // A chain time that did not move on cannot order two states; the next look will.
        let orderly = last.is_none_or(|last| last.seen_at < one.seen_at);
        if !same && orderly {
            changed.push(one);
        }
    }
    Ok(changed)
}

fn insert_operator(transaction: &Transaction<'_>, one: &OperatorSeen) -> Result<(), DatabaseError> {
    transaction.execute(
        "INSERT INTO operator_seen
             (operator, node_key, zone, stake, min_stake, registered_epoch, seen_at, active_stake)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            one.operator,
            one.node_key,
            one.zone,
            one.stake.cast_signed(),
            one.min_stake.cast_signed(),
            one.registered_epoch.cast_signed(),
            one.seen_at,
            one.active_stake.cast_signed()
        ],
    )?;
    Ok(())
}

fn read_operator(row: &Row<'_>) -> Result<OperatorSeen, DatabaseError> {
    let number = |column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(OperatorSeen {
        operator: array(&row.get::<_, Vec<u8>>(0)?)?,
        node_key: array(&row.get::<_, Vec<u8>>(1)?)?,
        zone: row.get(2)?,
        stake: number(3)?,
        min_stake: number(4)?,
        registered_epoch: number(5)?,
        seen_at: row.get(6)?,
        active_stake: number(7)?,
    })
}

fn read_opened(connection: &Connection, epoch: u64) -> Result<Option<OpenedEpoch>, DatabaseError> {
    let mut statement =
        connection.prepare_cached("SELECT seed, challenges FROM epoch_opened WHERE epoch = ?1")?;
    let head: Option<(Vec<u8>, u32)> = statement
        .query_row([epoch.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((seed, challenges)) = head else {
        return Ok(None);
    };
    let mut statement = connection
        .prepare_cached("SELECT body FROM epoch_commitment WHERE epoch = ?1 ORDER BY commitment")?;
    let mut rows = statement.query([epoch.cast_signed()])?;
    let mut commitments: Vec<CommitmentInput> = Vec::new();
    while let Some(row) = rows.next()? {
        commitments.push(from_blob(&row.get::<_, Vec<u8>>(0)?, "epoch_commitment")?);
    }
    Ok(Some(OpenedEpoch {
        epoch,
        seed: array(&seed)?,
        challenges,
        commitments,
    }))
}

fn end_exchange(
    transaction: &Transaction<'_>,
    id: i64,
    result: ExchangeResult,
) -> Result<(), DatabaseError> {
    let answer = result
        .answer
        .get(..ANSWER_BYTES_MAX)
        .unwrap_or(&result.answer);
    let error = result.error.as_deref().map(shorten);
    let epoch: i64 = transaction.query_row(
        "UPDATE exchange SET done = 1, answer = ?2, error = ?3, elapsed_ms = ?4
         WHERE id = ?1 AND done = 0 RETURNING epoch",
        params![id, answer, error, result.elapsed_ms.cast_signed()],
        |row| row.get(0),
    )?;
    for finding in &result.findings {
        let Some(columns) = FindingColumns::of(&finding.finding) else {
            continue;
        };
        transaction.execute(
            "INSERT INTO finding (epoch, commitment, number, kind, leaf, path, signature, exchange)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (epoch, commitment, number) DO NOTHING",
            params![
                epoch,
                finding.commitment,
                finding.number,
                columns.kind,
                columns.leaf,
                columns.path,
                columns.signature,
                id
            ],
        )?;
    }
    Ok(())
}

fn read_decision(row: &Row<'_>) -> Result<Decision, DatabaseError> {
    let verdict: String = row.get(3)?;
    Ok(Decision {
        proposal: row.get(0)?,
        proposer: row.get(1)?,
        digest: row.get(2)?,
        verdict: match verdict.as_str() {
            "attest" => DecisionVerdict::Attest,
            "refuse" => DecisionVerdict::Refuse,
            _ => return Err(DatabaseError::Damaged("decision")),
        },
        reason: row.get(4)?,
        decided_at: row.get(5)?,
        reviews: row.get(6)?,
    })
}

fn shorten(text: &str) -> String {
    text.chars().take(REASON_CHARS_MAX).collect()
}
