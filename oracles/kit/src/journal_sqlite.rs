//! The journal in SQLite. The SQL is standard: the same statements run on Postgres.

use crate::database::{Database, DatabaseError};
use crate::journal::{
    Begun, Draft, Entry, EntryState, Journal, JournalError, ATTEMPTS_MAX, KEY_BYTES_MAX,
    PENDING_MAX,
};
use async_trait::async_trait;
use rusqlite::{params, Connection, OptionalExtension, Row};
use solana_signature::Signature;

/// Creates the table; put it among the migrations of the database.
pub const JOURNAL_MIGRATION: &str = "
CREATE TABLE transaction_journal (
    id INTEGER PRIMARY KEY NOT NULL,
    action_key TEXT NOT NULL,
    signature BLOB NOT NULL UNIQUE,
    last_valid_block_height BIGINT NOT NULL,
    wire BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('unknown', 'landed', 'failed', 'expired')),
    slot BIGINT,
    error TEXT
);
CREATE INDEX transaction_journal_key ON transaction_journal (action_key, id);
CREATE INDEX transaction_journal_state ON transaction_journal (state, id);
";

const COLUMNS: &str =
    "id, action_key, signature, last_valid_block_height, wire, state, slot, error";

/// The journal of one service.
#[derive(Clone)]
pub struct SqliteJournal {
    database: Database,
}

impl SqliteJournal {
    /// Over a database that has [`JOURNAL_MIGRATION`].
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn begin(&self, draft: Draft) -> Result<Begun, JournalError> {
        if draft.key.is_empty() || draft.key.len() > KEY_BYTES_MAX {
            return Err(JournalError::Key);
        }
        self.database
            .write(move |transaction| begin(transaction, draft))
            .await
            .map_err(store)
    }

    async fn decide(&self, id: i64, state: EntryState) -> Result<(), JournalError> {
        let (name, slot, error) = match state {
            EntryState::Unknown => return Err(JournalError::NotPending(id)),
            EntryState::Landed { slot } => ("landed", Some(slot.cast_signed()), None),
            EntryState::Failed { error } => ("failed", None, Some(error)),
            EntryState::Expired => ("expired", None, None),
        };
        let stands = self.database.write(move |transaction| {
            transaction.execute(
                "UPDATE transaction_journal SET state = ?2, slot = ?3, error = ?4
                 WHERE id = ?1 AND state = 'unknown'",
                params![id, name, slot, error],
            )?;
            // The sender and the resolver may both learn the same from the chain.
            Ok(transaction.query_row(
                "SELECT count(*) FROM transaction_journal WHERE id = ?1 AND state = ?2",
                params![id, name],
                |row| row.get::<_, i64>(0),
            )?)
        });
        match stands.await.map_err(store)? {
            1 => Ok(()),
            _ => Err(JournalError::NotPending(id)),
        }
    }

    async fn pending(&self) -> Result<Vec<Entry>, JournalError> {
        let query = format!(
            "SELECT {COLUMNS} FROM transaction_journal WHERE state = 'unknown'
             ORDER BY id LIMIT {PENDING_MAX}"
        );
        let entries = self.database.read(move |connection| {
            let mut statement = connection.prepare_cached(&query)?;
            let rows = statement.query_map([], RawEntry::read)?;
            rows.map(|row| row?.decode()).collect()
        });
        entries.await.map_err(store)
    }

    async fn latest(&self, key: &str) -> Result<Option<Entry>, JournalError> {
        let key = key.to_owned();
        self.database
            .read(move |connection| latest(connection, &key))
            .await
            .map_err(store)
    }
}

fn begin(connection: &Connection, draft: Draft) -> Result<Begun, DatabaseError> {
    if let Some(entry) = latest(connection, &draft.key)? {
        // Only the newest entry of a key can be undecided or landed: nothing follows those.
        match &entry.state {
            EntryState::Unknown => return Ok(Begun::Pending(entry)),
            EntryState::Landed { .. } => return Ok(Begun::Landed(entry)),
            EntryState::Failed { .. } | EntryState::Expired => {}
        }
        let attempts: u32 = connection.query_row(
            "SELECT COUNT(*) FROM transaction_journal WHERE action_key = ?1",
            [&draft.key],
            |row| row.get(0),
        )?;
        if attempts >= ATTEMPTS_MAX {
            let last_error = match entry.state {
                EntryState::Failed { error } => Some(error),
                _ => None,
            };
            return Ok(Begun::Exhausted { last_error });
        }
    }
    let id = connection.query_row(
        "INSERT INTO transaction_journal
             (action_key, signature, last_valid_block_height, wire, state)
         VALUES (?1, ?2, ?3, ?4, 'unknown') RETURNING id",
        params![
            draft.key,
            draft.signature.as_ref(),
            draft.last_valid_block_height.cast_signed(),
            draft.wire
        ],
        |row| row.get(0),
    )?;
    Ok(Begun::Started(Entry {
        id,
        draft,
        state: EntryState::Unknown,
    }))
}

fn latest(connection: &Connection, key: &str) -> Result<Option<Entry>, DatabaseError> {
    let query = format!(
        "SELECT {COLUMNS} FROM transaction_journal WHERE action_key = ?1 ORDER BY id DESC LIMIT 1"
    );
    let mut statement = connection.prepare_cached(&query)?;
    statement
        .query_row([key], RawEntry::read)
        .optional()?
        .map(RawEntry::decode)
        .transpose()
}

struct RawEntry {
    id: i64,
    key: String,
    signature: Vec<u8>,
    last_valid_block_height: i64,
    wire: Vec<u8>,
    state: String,
    slot: Option<i64>,
    error: Option<String>,
}

impl RawEntry {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            key: row.get(1)?,
            signature: row.get(2)?,
            last_valid_block_height: row.get(3)?,
            wire: row.get(4)?,
            state: row.get(5)?,
            slot: row.get(6)?,
            error: row.get(7)?,
        })
    }

    fn decode(self) -> Result<Entry, DatabaseError> {
        let damaged = DatabaseError::Damaged("transaction_journal");
        let state = match (self.state.as_str(), self.slot, self.error) {
            ("unknown", None, None) => EntryState::Unknown,
            ("landed", Some(slot), None) => EntryState::Landed {
                slot: slot.cast_unsigned(),
            },
            ("failed", None, Some(error)) => EntryState::Failed { error },
            ("expired", None, None) => EntryState::Expired,
            _ => return Err(damaged),
        };
        let signature = Signature::try_from(self.signature.as_slice()).map_err(|_| damaged)?;
        let draft = Draft {
            key: self.key,
            signature,
            last_valid_block_height: self.last_valid_block_height.cast_unsigned(),
            wire: self.wire,
        };
        Ok(Entry {
            id: self.id,
            draft,
            state,
        })
    }
}

fn store(error: DatabaseError) -> JournalError {
    JournalError::Store(Box::new(error))
}
