//! A SQLite database that loses nothing that it confirmed.
//!
//! WAL with `synchronous = FULL` syncs the log at each commit. The file is locked for as long as
//! the service runs: two services with one key and one database would contradict each other.

use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;

/// How long to wait for another process that holds the file before giving up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// Why the database cannot be used.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// The file cannot be opened.
    #[error("cannot open database {}: {source}; is another service using it?", .path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A statement failed.
    #[error("database: {0}")]
    Sql(
        /// Why.
        #[from]
        rusqlite::Error,
    ),
    /// The file was made by a newer version of the service.
    #[error(
        "database has {found} migrations, this service knows {known}; start the newer version"
    )]
    Newer {
        /// In the file.
        found: i64,
        /// In the code.
        known: i64,
    },
    /// A stored value is not what was stored.
    #[error("database row of `{0}` is damaged; restore the file from a backup")]
    Damaged(
        /// Which table.
        &'static str,
    ),
    /// The worker was dropped while the runtime shut down.
    #[error("database worker was stopped")]
    Stopped,
}

/// A shared connection. Statements run on threads for blocking work, one at a time.
#[derive(Clone)]
pub struct Database {
    connection: Arc<Mutex<Connection>>,
}

impl Database {
    /// Opens or creates the file and applies the migrations that it has not seen, in order.
    pub fn open(path: &Path, migrations: &[&str]) -> Result<Self, DatabaseError> {
        let open = |source| DatabaseError::Open {
            path: path.to_path_buf(),
            source,
        };
        let mut connection = Connection::open(path).map_err(open)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(open)?;
        connection
            .execute_batch(
                "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
            )
            .map_err(open)?;
        migrate(&mut connection, migrations)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Runs `work` in one transaction. When this returns, what it wrote is on disk.
    pub async fn write<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, DatabaseError> + Send + 'static,
    {
        self.with(move |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
        .await
    }

    /// Runs `work` without changing anything.
    pub async fn read<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, DatabaseError> + Send + 'static,
    {
        self.with(move |connection| work(connection)).await
    }

    async fn with<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, DatabaseError> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            // A panic inside `work` rolled its transaction back; the connection itself is sound.
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(|_| DatabaseError::Stopped)?
    }
}

fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), DatabaseError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT PRIMARY KEY NOT NULL)",
    )?;
    let found: i64 = transaction.query_row("SELECT COUNT(*) FROM schema_migration", [], |row| {
        row.get(0)
    })?;
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(DatabaseError::Newer { found, known });
    }
    for (version, migration) in (1_i64..).zip(migrations) {
        if version > found {
            transaction.execute_batch(migration)?;
            transaction.execute(
                "INSERT INTO schema_migration (version) VALUES (?1)",
                [version],
            )?;
        }
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE thing (name TEXT NOT NULL)";
    const SECOND: &str = "ALTER TABLE thing ADD COLUMN size BIGINT NOT NULL DEFAULT 0";

    async fn add(database: &Database, name: &'static str, fail: bool) -> Result<(), DatabaseError> {
        database
            .write(move |transaction| {
                transaction.execute("INSERT INTO thing (name) VALUES (?1)", [name])?;
                if fail {
                    Err(DatabaseError::Damaged("thing"))
                } else {
                    Ok(())
                }
            })
            .await
    }

    async fn count(database: &Database) -> i64 {
        database
            .read(|connection| {
                Ok(connection.query_row("SELECT COUNT(*) FROM thing", [], |row| row.get(0))?)
            })
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn migrates_once_and_refuses_what_is_newer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let database = Database::open(&path, &[FIRST]).unwrap();
        add(&database, "a", false).await.unwrap();
        drop(database);
        let database = Database::open(&path, &[FIRST, SECOND]).unwrap();
        assert_eq!(count(&database).await, 1);
        drop(database);
        let newer = Database::open(&path, &[FIRST]);
        assert!(matches!(
            newer,
            Err(DatabaseError::Newer { found: 2, known: 1 })
        ));
    }

    #[tokio::test]
    async fn a_failed_transaction_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("a.db"), &[FIRST]).unwrap();
        assert!(add(&database, "a", true).await.is_err());
        assert_eq!(count(&database).await, 0);
        add(&database, "b", false).await.unwrap();
        assert_eq!(count(&database).await, 1);
    }

    #[tokio::test]
    async fn a_second_service_cannot_open_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let first = Database::open(&path, &[FIRST]).unwrap();
        assert!(Database::open(&path, &[FIRST]).is_err());
        drop(first);
        assert!(Database::open(&path, &[FIRST]).is_ok());
    }
}
