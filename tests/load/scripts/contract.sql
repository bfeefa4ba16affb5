SELECT c.id, c.number, c.state, c.owner, c.unit, c.region_code, c.total, c.tax, c.revision, c.version, c.approval, c.round, c.submit_time,
    c.outcome, c.outcome_comment, c.outcome_time, c.sign_date, c.company_signatory, c.customer_signatory, c.file,
    c.create_time, c.update_time, c.archive_time, c.delete_time, r.content, r.digest
FROM contracts.contract c JOIN contracts.revision r ON r.contract = c.id AND r.number = c.revision
WHERE c.id = {draft}
