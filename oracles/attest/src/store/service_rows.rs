//! States of the service as rows.

use super::rows::{from_blob, to_blob};
use super::ServiceSeen;
use rusqlite::{params, Connection, OptionalExtension, Row, Transaction};
use trestle_kit::database::DatabaseError;

/// Whether a state says more than the last row.
pub(super) fn is_new(
    connection: &Connection,
    seen: &ServiceSeen,
    since: i64,
) -> Result<bool, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT seen_at, version, params FROM service_seen ORDER BY seen_at DESC LIMIT 1",
    )?;
    let mut rows = statement.query([])?;
    let Some(last) = rows.next()?.map(read_service).transpose()? else {
        return Ok(true);
    };
    let same = (last.version, last.params) == (seen.version, seen.params);
    // A chain time that did not move on cannot order two states; the next look will.
    Ok(last.seen_at < seen.seen_at && (!same || last.seen_at < since))
}

pub(super) fn insert_service(
    transaction: &Transaction<'_>,
    seen: &ServiceSeen,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "INSERT INTO service_seen (seen_at, version, params) VALUES (?1, ?2, ?3)",
        params![seen.seen_at, seen.version, to_blob(&seen.params)?],
    )?;
    Ok(())
}

pub(super) fn services_since(
    connection: &Connection,
    since: i64,
) -> Result<Vec<ServiceSeen>, DatabaseError> {
    let mut statement =
        connection.prepare_cached("SELECT MAX(seen_at) FROM service_seen WHERE seen_at <= ?1")?;
    let last: Option<i64> = statement
        .query_row([since], |row| row.get(0))
        .optional()?
        .flatten();
    let mut statement = connection.prepare_cached(
        "SELECT seen_at, version, params FROM service_seen WHERE seen_at >= ?1 ORDER BY seen_at",
    )?;
    let mut rows = statement.query([last.unwrap_or(since)])?;
    let mut seen = Vec::new();
    while let Some(row) = rows.next()? {
        seen.push(read_service(row)?);
    }
    Ok(seen)
}

pub(super) fn prune_services(
    transaction: &Transaction<'_>,
    since: i64,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "DELETE FROM service_seen WHERE seen_at < (
             SELECT MAX(newer.seen_at) FROM service_seen AS newer WHERE newer.seen_at <= ?1)",
        [since],
    )?;
    Ok(())
}

fn read_service(row: &Row<'_>) -> Result<ServiceSeen, DatabaseError> {
    Ok(ServiceSeen {
        seen_at: row.get(0)?,
        version: row.get(1)?,
        params: from_blob(&row.get::<_, Vec<u8>>(2)?, "service_seen")?,
    })
}
