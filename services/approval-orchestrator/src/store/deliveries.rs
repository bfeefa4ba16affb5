use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error};

diesel::table! {
    /// As `migrations/common` makes it; only what is asked for here.
    outbox (id) {
        id -> Uuid,
        ordering_key -> Text,
        due_time -> Timestamptz,
        lease_until -> Nullable<Timestamptz>,
    }
}

/// Makes what stands in a line due at once, but for what is on its way.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deliveries_hasten(connection: &mut Connection, line: &str) -> Result<(), Error> {
    let now = jiff_diesel::Timestamp::from(Timestamp::now());
    let idle = outbox::lease_until
        .is_null()
        .or(outbox::lease_until.assume_not_null().lt(now));
    diesel::update(outbox::table.filter(outbox::ordering_key.eq(line)).filter(idle))
        .set(outbox::due_time.eq(now))
        .execute(connection)
        .await?;
    Ok(())
}
